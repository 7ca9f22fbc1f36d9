//! The machine: events in, commands out.

mod life;
mod queue;
mod refresh;
mod requests;

use std::time::Duration;

use super::backoff::Backoff;
use super::breaker::Breaker;
use super::callers::{Callers, Wish};
use super::command::{Command, Reply};
use super::config::Config;
use super::error::{Denial, RefreshFailure};
use super::event::Event;
use super::held::Held;
use super::id::{AttemptId, Entropy, Ticket};
use super::status::{EndReason, Status};
use super::time::Moment;
use super::turns::{Job, Turns};

#[derive(Debug)]
enum Phase {
    Unknown,
    Active(Held),
    Ended(EndReason),
    Closed,
}

/// One session. See the [module](super) for its states and invariants.
#[derive(Debug)]
pub struct Session<E> {
    config: Config,
    entropy: E,
    phase: Phase,
    started: bool,
    turns: Turns,
    callers: Callers,
    /// Logins that run, the one whose turn it is or not.
    logins: Vec<Ticket>,
    /// A refresh overlapped an unordered sign-in: whose cookie there is now, one more refresh will tell.
    cookie_in_doubt: bool,
    backoff: Backoff,
    sign_out_backoff: Backoff,
    failure: Option<RefreshFailure>,
    /// What went along with refreshes of which nobody knows whether they have rotated the cookie.
    unsettled: Option<AttemptId>,
    /// The number of the newest refresh that brought a token.
    adopted: u32,
    breaker: Breaker,
    published: bool,
    commands: Vec<Command>,
}

impl<E: Entropy> Session<E> {
    /// A session of which nothing is known yet. It does nothing before [`Event::Started`].
    pub fn new(config: Config, entropy: E) -> Self {
        let phase = if config.restore { Phase::Unknown } else { Phase::Ended(EndReason::None) };
        Self {
            config,
            entropy,
            phase,
            started: false,
            turns: Turns::default(),
            callers: Callers::default(),
            logins: Vec::new(),
            cookie_in_doubt: false,
            backoff: Backoff::default(),
            sign_out_backoff: Backoff::default(),
            failure: None,
            unsettled: None,
            adopted: 0,
            breaker: Breaker::default(),
            published: true,
            commands: Vec::new(),
        }
    }

    /// Takes what happened, and says what to do.
    #[must_use = "a command that is dropped leaves somebody waiting"]
    pub fn handle(&mut self, now: Moment, event: Event) -> Vec<Command> {
        if matches!(self.phase, Phase::Closed) {
            self.refuse_when_closed(event);
        } else {
            self.react(now, event);
            self.advance(now);
        }
        let mut commands = std::mem::take(&mut self.commands);
        if !std::mem::replace(&mut self.published, true) {
            // The lock goes before anything of the app's runs; the app sees the new state before any answer.
            let place = commands.iter().take_while(|c| matches!(c, Command::ReleaseLock { .. })).count();
            commands.insert(place, Command::Publish);
        }
        commands
    }

    /// How long until a [`Event::Tick`] is wanted; `None` when only an event can change anything.
    pub fn deadline(&self, now: Moment) -> Option<Duration> {
        let patience = self.callers.patience_left(now, self.config.patience);
        let work = match self.turns.next_look(now) {
            Some(look) => Some(look),
            None => [self.refresh_wait(now), self.agenda_wait(now)].into_iter().flatten().min(),
        };
        [patience, work].into_iter().flatten().min()
    }

    /// What the app may see.
    pub fn status(&self) -> Status {
        match &self.phase {
            Phase::Unknown => {
                Status::Unknown { failure: self.failure, retry_at: self.failure.and(self.backoff.retry_at()) }
            }
            Phase::Active(held) => Status::Active {
                epoch: held.epoch,
                generation: held.generation,
                grant: held.grant.clone(),
                failure: self.failure,
                refresh_at: held.refresh.map(|due| {
                    let paused = self.failure.and(self.backoff.retry_at());
                    paused.map_or(due.wall_ms(), |until| until.max(due.wall_ms()))
                }),
            },
            Phase::Ended(reason) => Status::Ended(*reason),
            Phase::Closed => Status::Closed,
        }
    }

    fn react(&mut self, now: Moment, event: Event) {
        match event {
            Event::Started => self.started = true,
            Event::SignInWanted { ticket } => self.turns.agenda.push(Job::Login { ticket }),
            Event::LoginSettled { ticket, grant } => self.login_settled(ticket, grant),
            Event::SignedIn { ticket, grant } => {
                self.cookie_in_doubt = self.turns.refresh_is_out();
                self.begin_session(grant);
                self.answer(ticket, Ok(Reply::Done));
            }
            Event::CookieChanged { ticket } => {
                let wish = Wish::NewEpoch { after: self.turns.sent };
                self.callers.add(ticket, wish, None, now);
            }
            Event::SignOutWanted { ticket } => self.sign_out(ticket),
            Event::SignOutSettled { attempt, outcome } => self.sign_out_settled(now, attempt, outcome),
            Event::TokenWanted { ticket, not, min_validity } => {
                self.token_wanted(now, ticket, not, min_validity);
            }
            Event::RenewalWanted { ticket } => match self.phase {
                Phase::Ended(reason) => self.answer(ticket, Err(Denial::Ended(reason))),
                _ => self.wait(now, ticket, Wish::Renewal { after: self.turns.sent }),
            },
            Event::TokenRejected { ticket, epoch, generation, audience } => {
                self.token_rejected(now, ticket, epoch, generation, &audience);
            }
            Event::ReplayRejected { audience } => {
                // Fifty replays that are refused together are one strike.
                if self.breaker.open_until(&audience, now).is_none() {
                    self.breaker.strike(&audience, now);
                }
            }
            Event::TokenAccepted { epoch, generation, audience } => {
                self.breaker.forget(&audience);
                if let Phase::Active(held) = &mut self.phase {
                    held.accepted |= held.epoch == epoch && held.generation == generation;
                }
            }
            Event::Withdrawn { ticket } => self.callers.withdraw(ticket),
            Event::LockGranted { attempt } => {
                if self.turns.current.as_ref().is_some_and(|turn| turn.attempt == attempt && !turn.busy) {
                    self.begin_turn(now);
                }
            }
            Event::RefreshSettled { attempt, outcome, remembered } => {
                self.refresh_settled(now, attempt, outcome, remembered);
            }
            Event::Tick => {}
            Event::CameOnline => {
                self.backoff.reset();
                self.sign_out_backoff.reset();
            }
            Event::Closed => self.close(),
        }
    }

    fn wait(&mut self, now: Moment, ticket: Ticket, wish: Wish) {
        let epoch = match &self.phase {
            Phase::Active(held) => Some(held.epoch),
            _ => None,
        };
        self.callers.add(ticket, wish, epoch, now);
    }

    /// Takes from the queue what has not begun of one kind, and says so to those who wait for it.
    fn cancel(&mut self, which: impl Fn(&Job) -> bool, denial: Denial) {
        let (tickets, attempt) = self.turns.cancel(which);
        if let Some(attempt) = attempt {
            self.commands.push(Command::ReleaseLock { attempt });
        }
        for ticket in tickets {
            self.answer(ticket, Err(denial));
        }
    }

    fn answer(&mut self, ticket: Ticket, answer: Result<Reply, Denial>) {
        self.commands.push(Command::Answer { ticket, answer });
    }
}
