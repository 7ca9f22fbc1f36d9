//! One client: a machine, its user, and the way to the server.

use std::time::Duration;

use silent_session::session::{
    AccessToken, AttemptId, Command, Config, Denial, Event, Grant, Moment, RefreshFailure, Session, Status,
    Subject, Ticket,
};

use crate::day::{self, Day, Fault, Patience};
use crate::load::Load;
use crate::seed::{Chance, Seed};
use crate::storage::Storage;

/// How long an access token lives.
const LIFETIME: Duration = Duration::from_secs(900);
/// How long an answer takes, in milliseconds.
const ANSWER: i64 = 60;
/// And a refusal to answer.
const REFUSAL: i64 = 20;

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Next {
    SignsIn,
    Goes,
    Calls,
    Reloads,
    ComesOnline,
    Answer(AttemptId, Option<RefreshFailure>),
    Tick,
}

pub(crate) struct Client {
    day: Day,
    /// Not there before it signs in, and gone when it goes.
    session: Option<Session<Chance>>,
    storage: Storage,
    seed: Seed,
    chance: Chance,
    comes: i64,
    goes: i64,
    calls: i64,
    reloads: Option<i64>,
    comes_online: Option<i64>,
    /// When an answer comes, to which attempt, and what has gone wrong.
    answer: Option<(i64, AttemptId, Option<RefreshFailure>)>,
    tick: Option<i64>,
    tickets: u32,
}

impl Client {
    pub(crate) fn new(day: Day, mut seed: Seed, chance: Chance) -> Self {
        let comes = day::comes(&mut seed);
        let goes = day::goes(&mut seed, comes);
        let calls = comes + day.calls_after(&mut seed);
        Self {
            day,
            session: None,
            storage: Storage::default(),
            seed,
            chance,
            comes,
            goes,
            calls,
            reloads: None,
            comes_online: None,
            answer: None,
            tick: None,
            tickets: 0,
        }
    }

    fn next(&self) -> Option<(i64, Next)> {
        let next = if self.session.is_none() {
            (self.tickets == 0).then_some((self.comes, Next::SignsIn))
        } else {
            let answer = self.answer.map(|(at, attempt, failure)| (at, Next::Answer(attempt, failure)));
            let online = self.comes_online.map(|at| (at, Next::ComesOnline));
            let tick = self.tick.map(|at| (at, Next::Tick));
            let reloads = self.reloads.map(|at| (at, Next::Reloads));
            let all = [
                answer,
                online,
                tick,
                reloads,
                Some((self.calls, Next::Calls)),
                Some((self.goes, Next::Goes)),
            ];
            all.into_iter().flatten().min_by_key(|(at, _)| *at)
        };
        next.filter(|(at, _)| *at < day::END)
    }

    /// Lets the next thing happen; `false` when nothing will any more.
    pub(crate) fn step(&mut self, load: &mut Load) -> bool {
        let Some((now, next)) = self.next() else { return false };
        match next {
            Next::SignsIn if !self.day.is_up(now) => {
                self.comes = now + day::tries_again_after(&mut self.seed);
            }
            Next::SignsIn => self.signs_in(now, load),
            Next::Goes => {
                load.leave(now);
                self.session = None;
            }
            Next::Calls => {
                self.calls = now + self.day.calls_after(&mut self.seed);
                let ticket = self.ticket();
                let wanted = Event::TokenWanted { ticket, not: None, min_validity: Duration::ZERO };
                self.happens(now, wanted, load);
            }
            Next::Reloads => {
                self.reloads = None;
                self.answer = None;
                // What a page shows, it asks for.
                self.calls = now + 1;
                self.opens(now, Config::default(), load);
            }
            Next::ComesOnline => {
                self.comes_online = None;
                self.happens(now, Event::CameOnline { memo: self.storage.memo() }, load);
            }
            Next::Answer(attempt, failure) => {
                self.answer = None;
                let outcome = failure.map_or_else(|| Ok(grant(now)), Err);
                let memo = self.storage.memo();
                self.happens(now, Event::RefreshSettled { attempt, outcome, echoes: false, memo }, load);
            }
            Next::Tick => {
                self.tick = None;
                self.happens(now, Event::Tick, load);
            }
        }
        true
    }

    fn signs_in(&mut self, now: i64, load: &mut Load) {
        load.enter(now);
        self.goes = self.goes.max(now + 1);
        self.calls = self.calls.max(now + 1);
        if self.day.fault == Fault::Offline {
            self.comes_online = Some(self.day.outage().end).filter(|end| *end > now);
        }
        self.opens(now, Config { restore: false, ..Config::default() }, load);
        let ticket = self.ticket();
        let memo = self.storage.memo();
        self.happens(now, Event::SignedIn { ticket, grant: grant(now), memo }, load);
    }

    fn opens(&mut self, now: i64, config: Config, load: &mut Load) {
        let chance = Chance::clone(&self.chance);
        self.chance.next_page();
        self.session = Some(Session::new(config, chance));
        self.happens(now, Event::Started { memo: self.storage.memo(), company: false }, load);
    }

    fn happens(&mut self, now: i64, event: Event, load: &mut Load) {
        let Some(session) = &mut self.session else { return };
        let moment = Moment::new(now, now);
        load.events += 1;
        let mut commands = session.handle(moment, event);
        while !commands.is_empty() {
            let mut more = Vec::new();
            for command in commands {
                self.storage.obey(&command);
                let memo = self.storage.memo();
                match command {
                    // Nobody else is there.
                    Command::AcquireLock { attempt } => {
                        load.events += 1;
                        let granted = Event::LockGranted { attempt, contended: false, memo };
                        more.extend(session.handle(moment, granted));
                    }
                    Command::LookAgain { attempt } => {
                        load.events += 1;
                        more.extend(session.handle(moment, Event::LookedAgain { attempt, memo }));
                    }
                    Command::SendRefresh { attempt, .. } => {
                        load.attempt(now);
                        self.answer = match self.day.is_up(now) {
                            true => Some((now + ANSWER, attempt, None)),
                            false => self
                                .day
                                .fault
                                .failure()
                                .map(|failure| (now + REFUSAL, attempt, Some(failure))),
                        };
                    }
                    Command::Answer { answer: Err(Denial::Unavailable { .. }), .. }
                        if self.day.patience != Patience::Wait =>
                    {
                        let at = now + day::tries_again_after(&mut self.seed);
                        self.reloads.get_or_insert(at);
                    }
                    Command::Publish if self.day.patience == Patience::Reload => {
                        let shows_token = matches!(session.status(), Status::Active { failure: None, .. });
                        self.reloads = self.reloads.filter(|_| !shows_token);
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
