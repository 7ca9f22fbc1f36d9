//! One client: a machine, its user, and the way to the server.

use std::time::Duration;

use silent_session::session::{
    AccessToken, AttemptId, Command, Config, Event, Grant, Memo, Moment, RefreshFailure, Session, Subject,
    Ticket,
};

use crate::day;
use crate::load::Load;
use crate::seed::{Chance, Seed};

/// How long an access token lives.
const LIFETIME: Duration = Duration::from_secs(900);
/// How long an answer takes, in milliseconds.
const ANSWER: i64 = 60;
/// And a refusal to answer.
const REFUSAL: i64 = 20;

/// What happens next, and when.
#[derive(Clone, Copy, Debug)]
enum Next {
    SignsIn,
    Goes,
    Calls,
    Answer(AttemptId),
    Tick,
}

pub(crate) struct Client {
    /// Not there before it signs in, and gone when it goes.
    session: Option<Session<Chance>>,
    seed: Seed,
    chance: Chance,
    comes: i64,
    goes: i64,
    calls: i64,
    answer: Option<(i64, AttemptId)>,
    tick: Option<i64>,
    tickets: u32,
}

impl Client {
    pub(crate) fn new(mut seed: Seed, chance: Chance) -> Self {
        let comes = day::comes(&mut seed);
        let goes = day::goes(&mut seed, comes);
        let calls = comes + day::calls_after(&mut seed);
        Self { session: None, seed, chance, comes, goes, calls, answer: None, tick: None, tickets: 0 }
    }

    /// When something happens next; `None` when nothing will any more.
    pub(crate) fn next_at(&self) -> Option<i64> {
        self.next().map(|(at, _)| at).filter(|at| *at < day::END)
    }

    fn next(&self) -> Option<(i64, Next)> {
        if self.session.is_none() {
            return (self.tickets == 0).then_some((self.comes, Next::SignsIn));
        }
        let answer = self.answer.map(|(at, attempt)| (at, Next::Answer(attempt)));
        let tick = self.tick.map(|at| (at, Next::Tick));
        let all = [answer, tick, Some((self.calls, Next::Calls)), Some((self.goes, Next::Goes))];
        all.into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    /// Lets it happen.
    pub(crate) fn step(&mut self, load: &mut Load) {
        let Some((now, next)) = self.next() else { return };
        match next {
            Next::SignsIn => self.signs_in(now, load),
            Next::Goes => {
                load.clients -= 1;
                self.session = None;
                self.answer = None;
            }
            Next::Calls => {
                self.calls = now + day::calls_after(&mut self.seed);
                let ticket = self.ticket();
                self.happens(
                    now,
                    Event::TokenWanted { ticket, not: None, min_validity: Duration::ZERO },
                    load,
                );
            }
            Next::Answer(attempt) => {
                self.answer = None;
                let outcome = match day::is_up(now - ANSWER) {
                    true => Ok(grant(now)),
                    false => Err(RefreshFailure::Unavailable { status: Some(503), retry_after: None }),
                };
                self.happens(now, Event::RefreshSettled { attempt, outcome, memo: memo() }, load);
            }
            Next::Tick => {
                self.tick = None;
                self.happens(now, Event::Tick, load);
            }
        }
    }

    fn signs_in(&mut self, now: i64, load: &mut Load) {
        let config = Config { restore: false, ..Config::default() };
        self.session = Some(Session::new(config, self.chance.clone()));
        load.clients += 1;
        load.most_clients = load.most_clients.max(load.clients);
        self.happens(now, Event::Started { memo: memo(), company: false }, load);
        let ticket = self.ticket();
        self.happens(now, Event::SignedIn { ticket, grant: grant(now), memo: memo() }, load);
    }

    fn happens(&mut self, now: i64, event: Event, load: &mut Load) {
        let Some(session) = &mut self.session else { return };
        let moment = Moment::new(now, now);
        load.events += 1;
        let mut commands = session.handle(moment, event);
        while !commands.is_empty() {
            let mut more = Vec::new();
            for command in commands {
                match command {
                    // Nobody else is there.
                    Command::AcquireLock { attempt } => {
                        load.events += 1;
                        let granted = Event::LockGranted { attempt, contended: false, memo: memo() };
                        more.extend(session.handle(moment, granted));
                    }
                    Command::LookAgain { attempt } => {
                        load.events += 1;
                        more.extend(session.handle(moment, Event::LookedAgain { attempt, memo: memo() }));
                    }
                    Command::SendRefresh { attempt, .. } => {
                        load.attempt(now);
                        let wait = if day::is_up(now) { ANSWER } else { REFUSAL };
                        self.answer = Some((now + wait, attempt));
                    }
                    _ => {}
                }
            }
            commands = more;
        }
        let wait = session.deadline(moment).map(|wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
        self.tick = wait.map(|wait| now.saturating_add(wait));
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }
}

fn grant(now: i64) -> Grant {
    Grant {
        // As long as a small JWT.
        token: AccessToken::new(&"t".repeat(600)),
        received: Moment::new(now, now),
        lifetime: Some(LIFETIME),
        subject: Some(Subject::new("somebody", None)),
    }
}

fn memo() -> Memo {
    Memo { is_kept: true, ..Memo::default() }
}
