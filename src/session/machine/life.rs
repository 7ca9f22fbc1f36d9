//! How a session begins and ends.

use super::super::breaker::Breaker;
use super::super::callers::{Caller, Wish};
use super::super::command::{Command, Reply};
use super::super::error::{Denial, RefreshFailure};
use super::super::event::{Event, Remembered};
use super::super::held::Held;
use super::super::id::{AttemptId, Entropy, EpochId, Ticket};
use super::super::status::EndReason;
use super::super::time::Moment;
use super::super::token::Grant;
use super::super::turns::Job;
use super::{Phase, Session};

impl<E: Entropy> Session<E> {
    pub(super) fn login_settled(&mut self, ticket: Ticket, grant: Option<Grant>) {
        let is_its = |job: &Job| *job == Job::Login { ticket };
        if let Some(turn) = self.turns.current.take_if(|turn| is_its(&turn.job)) {
            self.commands.push(Command::ReleaseLock { attempt: turn.attempt });
        } else if self.turns.refresh_is_out() {
            self.cookie_in_doubt = grant.is_some();
        }
        let Some(index) = self.logins.iter().position(|login| *login == ticket) else {
            return; // Signed out, or closed, in the meantime: answered already.
        };
        self.logins.swap_remove(index);
        match grant {
            Some(grant) => {
                self.begin_session(grant);
                self.answer(ticket, Ok(Reply::Done));
            }
            None => self.answer(ticket, Err(Denial::SignInFailed)),
        }
    }

    /// A sign-in: whatever was before is over.
    pub(super) fn begin_session(&mut self, grant: Grant) {
        self.cancel(|job| matches!(job, Job::SignOut { .. }), Denial::Changed);
        self.sign_out_backoff.reset();
        self.turns.turn_inert();
        let epoch = EpochId::draw(&mut self.entropy);
        self.adopt(epoch, grant, None);
    }

    /// Takes a token in hand, that of a sign-in or of the `number`-th refresh, and serves all that waited for it.
    pub(super) fn adopt(&mut self, epoch: EpochId, grant: Grant, number: Option<u32>) {
        let predecessor = match &self.phase {
            Phase::Active(held) => Some(held),
            _ => None,
        };
        let is_new_epoch = predecessor.is_none_or(|held| held.epoch != epoch);
        let subject = grant.subject.as_ref().map(|subject| subject.digest(epoch));
        let held = Held::new(epoch, grant, predecessor, &self.config, &mut self.entropy);
        let credential = held.credential();
        self.phase = Phase::Active(held);
        self.published = false;
        self.failure = None;
        self.backoff.reset();
        self.adopted = number.unwrap_or(self.turns.sent);
        if is_new_epoch {
            // What an API held against the tokens of one user is nothing to the next.
            self.breaker = Breaker::default();
            self.unsettled = None;
            self.commands.push(Command::Remember(Some(Remembered { epoch, subject })));
        }
        let is_served = |caller: &Caller| {
            caller.wish.is_granted_by(number) || caller.epoch.is_some_and(|asked| asked != epoch)
        };
        for caller in self.callers.take(is_served) {
            let answer = match caller.wish {
                _ if caller.epoch.is_some_and(|asked| asked != epoch) => Err(Denial::Changed),
                Wish::Token => Ok(Reply::Token(credential.clone())),
                Wish::Renewal { .. } | Wish::NewEpoch { .. } => Ok(Reply::Done),
            };
            self.answer(caller.ticket, answer);
        }
    }

    /// The session is over. What waits for a token hears so; what was sent in it is inert.
    pub(super) fn end(&mut self, reason: EndReason) {
        self.published &= matches!(self.phase, Phase::Ended(before) if before == reason);
        self.phase = Phase::Ended(reason);
        self.failure = None;
        self.cookie_in_doubt = false;
        self.unsettled = None;
        self.backoff.reset();
        self.turns.turn_inert();
        self.commands.push(Command::Remember(None));
        for caller in self.callers.take(|_| true) {
            self.answer(caller.ticket, Err(Denial::Ended(reason)));
        }
    }

    pub(super) fn sign_out(&mut self, ticket: Ticket) {
        self.end(EndReason::SignedOut);
        let denial = Denial::Ended(EndReason::SignedOut);
        self.cancel(|job| matches!(job, Job::Login { .. }), denial);
        for login in std::mem::take(&mut self.logins) {
            self.answer(login, Err(denial));
        }
        if self.config.tells_sign_out {
            self.sign_out_backoff.reset();
            self.turns.add_sign_out(vec![ticket]);
        } else {
            self.answer(ticket, Ok(Reply::Done));
        }
    }

    pub(super) fn sign_out_settled(
        &mut self,
        now: Moment,
        attempt: AttemptId,
        outcome: Result<(), RefreshFailure>,
    ) {
        let Some(turn) = self.turns.take(attempt) else { return };
        self.commands.push(Command::ReleaseLock { attempt });
        let Job::SignOut { tickets } = turn.job else { return };
        match outcome {
            Ok(()) => {
                self.sign_out_backoff.reset();
                for ticket in tickets {
                    self.answer(ticket, Ok(Reply::Done));
                }
            }
            Err(failure) => self.sign_out_failed(now, tickets, failure),
        }
    }

    pub(super) fn sign_out_failed(&mut self, now: Moment, tickets: Vec<Ticket>, failure: RefreshFailure) {
        for ticket in tickets {
            self.answer(ticket, Err(Denial::SignOutUnconfirmed(failure)));
        }
        // A session that has begun since must not be signed out for the one before it.
        if !matches!(self.phase, Phase::Active(_)) {
            self.sign_out_backoff.fail(now, failure.retry_after(), &mut self.entropy);
            self.turns.add_sign_out(Vec::new());
        }
    }

    pub(super) fn close(&mut self) {
        self.phase = Phase::Closed;
        self.published = false;
        self.cancel(|_| true, Denial::Closed);
        let mut tickets = std::mem::take(&mut self.logins);
        if let Some(turn) = self.turns.current.take() {
            self.commands.push(Command::ReleaseLock { attempt: turn.attempt });
            // A login that runs is among the logins already.
            if matches!(turn.job, Job::SignOut { .. }) {
                tickets.append(&mut turn.job.into_tickets());
            }
        }
        tickets.extend(self.callers.take(|_| true).into_iter().map(|caller| caller.ticket));
        for ticket in tickets {
            self.answer(ticket, Err(Denial::Closed));
        }
    }

    pub(super) fn refuse_when_closed(&mut self, event: Event) {
        match event {
            Event::SignInWanted { ticket }
            | Event::SignedIn { ticket, .. }
            | Event::CookieChanged { ticket }
            | Event::SignOutWanted { ticket }
            | Event::TokenWanted { ticket, .. }
            | Event::RenewalWanted { ticket }
            | Event::TokenRejected { ticket, .. } => self.answer(ticket, Err(Denial::Closed)),
            _ => {}
        }
    }
}
