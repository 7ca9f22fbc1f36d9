//! One client: a machine, its user, and the way to the server.

use silent_session::session::{
    AccessToken, AttemptId, Audience, Config, Credential, Denial, Event, Grant, LockTask, Millis, Moment,
    Outbox, RefreshFailure, Reply, Request, Session, Status, Subject, Ticket,
};

use crate::day::{self, Day, Fault, Patience};
use crate::load::Load;
use crate::seed::{Chance, Seed};
use crate::storage::Storage;

/// How long an access token lives.
const LIFETIME: Millis = Millis::from_secs(900);
/// How long a reply of the API takes, in milliseconds.
const API: i64 = 60;
/// How many paths of the API are called.
const PATHS: f64 = 8.0;

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Next {
    SignsIn,
    Goes,
    Calls,
    Reloads,
    ComesOnline,
    Answer,
    ApiReplies,
    Tick,
}

/// A call of the API: before it is sent, while its ticket waits for a token, and when it is out.
#[derive(Clone, Debug)]
struct Call {
    audience: Audience,
    is_replay: bool,
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
    /// When replies to refreshes come, to which attempts, and what has gone wrong. The next is the last.
    answers: Vec<(i64, AttemptId, Option<RefreshFailure>)>,
    waiting: Vec<(Ticket, Call)>,
    /// Calls that are out, and when their replies come. The next is the first.
    out: Vec<(i64, Call, Credential)>,
    tick: Option<i64>,
    tickets: u32,
    /// How many tokens it has received.
    tokens: u32,
    /// How many refreshes it has sent during the outage.
    attempts: u32,
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
            answers: Vec::new(),
            waiting: Vec::new(),
            out: Vec::new(),
            tick: None,
            tickets: 0,
            tokens: 0,
            attempts: 0,
        }
    }

    fn next(&self) -> Option<(i64, Next)> {
        let next = if self.session.is_none() {
            (self.tickets == 0).then_some((self.comes, Next::SignsIn))
        } else {
            let answer = self.answers.last().map(|(at, ..)| (*at, Next::Answer));
            let api = self.out.first().map(|(at, ..)| (*at, Next::ApiReplies));
            let online = self.comes_online.map(|at| (at, Next::ComesOnline));
            let tick = self.tick.map(|at| (at, Next::Tick));
            let reloads = self.reloads.map(|at| (at, Next::Reloads));
            let all = [
                answer,
                api,
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
        let Some((now, next)) = self.next() else {
            load.ends(self.attempts);
            return false;
        };
        match next {
            Next::SignsIn if !self.day.lets_in(now) => {
                self.comes = now + day::tries_again_after(&mut self.seed);
            }
            Next::SignsIn => self.signs_in(now, load),
            Next::Goes => {
                load.leave(now);
                self.session = None;
            }
            Next::Calls => {
                self.calls = now + self.day.calls_after(&mut self.seed);
                let path = (PATHS * self.seed.part()) as u32;
                let audience = Audience::new("https://api.example", &path.to_string());
                let ticket = self.waits(Call { audience, is_replay: false });
                let wanted = Event::TokenWanted { ticket, not: None, min_validity: Millis::ZERO };
                self.happens(now, wanted, load);
            }
            Next::ApiReplies => {
                let (_, call, credential) = self.out.remove(0);
                self.api_replies(now, call, &credential, load);
            }
            Next::Reloads => {
                self.reloads = None;
                self.happens(now, Event::Left, load);
                self.answers.clear();
                self.waiting.clear();
                self.out.clear();
                // What a page shows, it asks for.
                self.calls = now + 1;
                self.opens(now, Config::default(), load);
            }
            Next::ComesOnline => {
                self.comes_online = None;
                self.happens(now, Event::CameOnline, load);
            }
            Next::Answer => {
                let Some((_, attempt, failure)) = self.answers.pop() else { return true };
                let outcome = match failure {
                    Some(failure) => Err(failure),
                    None => Ok(self.grant(now)),
                };
                self.happens(now, Event::RefreshSettled { attempt, outcome, echoes: false }, load);
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
        let grant = self.grant(now);
        self.happens(now, Event::SignedIn { ticket, grant }, load);
    }

    fn api_replies(&mut self, now: i64, call: Call, credential: &Credential, load: &mut Load) {
        let (epoch, generation) = (credential.epoch, credential.generation);
        let audience = call.audience.clone();
        let event = match (self.day.api_accepts(now), call.is_replay) {
            (true, _) => Event::TokenAccepted { epoch, generation, audience },
            (false, true) => Event::ReplayRejected { audience },
            (false, false) => {
                let ticket = self.waits(Call { is_replay: true, ..call });
                Event::TokenRejected { ticket, epoch, generation, audience }
            }
        };
        self.happens(now, event, load);
    }

    fn opens(&mut self, now: i64, config: Config, load: &mut Load) {
        let chance = Chance::clone(&self.chance);
        self.chance.next_page();
        self.session = Some(Session::new(config, chance));
        self.happens(now, Event::Started, load);
    }

    fn happens(&mut self, now: i64, event: Event, load: &mut Load) {
        let Some(session) = &mut self.session else { return };
        let moment = Moment::new(now, now);
        load.events += 1;
        let mut outboxes = vec![handle(session, &mut self.storage, moment, event)];
        while let Some(outbox) = outboxes.pop() {
            // Nobody else is there.
            let next = match outbox.lock {
                Some(LockTask::Acquire(attempt)) => Some(Event::LockGranted { attempt, contended: false }),
                Some(LockTask::ReadAgain(attempt)) => Some(Event::LookedAgain { attempt }),
                Some(LockTask::Watch(_) | LockTask::Steal(_)) | None => None,
            };
            if let Some(event) = next {
                load.events += 1;
                outboxes.push(handle(session, &mut self.storage, moment, event));
            }
            for (ticket, reply) in outbox.replies {
                match reply {
                    Ok(Reply::Token(credential)) => {
                        if let Some(at) = self.waiting.iter().position(|(waits, _)| *waits == ticket) {
                            let (_, call) = self.waiting.swap_remove(at);
                            self.out.push((now + API, call, credential));
                        }
                    }
                    Ok(Reply::Done | Reply::SignedOut(_)) => {}
                    Err(denial) => {
                        self.waiting.retain(|(waits, _)| *waits != ticket);
                        let is_unavailable = matches!(denial, Denial::Unavailable { .. });
                        if is_unavailable && self.day.patience != Patience::Wait {
                            let at = now + day::tries_again_after(&mut self.seed);
                            self.reloads.get_or_insert(at);
                        }
                    }
                }
            }
            if outbox.app.publish && self.day.patience == Patience::Reload {
                let shows_token = matches!(session.status(), Status::Active { failure: None, .. });
                self.reloads = self.reloads.filter(|_| !shows_token);
            }
            if let Some(Request::Refresh { attempt, .. }) = outbox.app.request {
                load.attempt(now);
                self.attempts += u32::from(self.day.outage().contains(&now));
                if let Some((after, failure)) = self.day.reply(now, &mut self.seed) {
                    self.answers.push((now + after, attempt, failure));
                    self.answers.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
                }
            }
        }
        let wait = session.deadline(moment).map(|wait| wait.signed());
        self.tick = wait.map(|wait| now.saturating_add(wait));
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// A ticket for a call that waits for a token.
    fn waits(&mut self, call: Call) -> Ticket {
        let ticket = self.ticket();
        self.waiting.push((ticket, call));
        ticket
    }

    fn grant(&mut self, now: i64) -> Grant {
        self.tokens += 1;
        Grant {
            // As long as a small JWT.
            token: AccessToken::new(&format!("{:t>600}", self.tokens)),
            received: Moment::new(now, now),
            lifetime: Some(LIFETIME),
            subject: Some(Subject::new("somebody", None)),
        }
    }
}

/// Handles an event, after what is stored where the event needs that. Stores what is to be.
fn handle(session: &mut Session<Chance>, storage: &mut Storage, now: Moment, event: Event) -> Outbox {
    if session.needs_storage(&event) {
        let outbox = session.handle(now, Event::StorageRead(Box::new(storage.stored())));
        storage.obey(&outbox.writes);
    }
    let outbox = session.handle(now, event);
    storage.obey(&outbox.writes);
    outbox
}
