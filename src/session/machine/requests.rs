//! Calls that want a token, or whose token was rejected.

use crate::session::error::Denial;
use crate::session::id::{Entropy, EpochId, Generation, Ticket};
use crate::session::machine::Session;
use crate::session::outbox::Reply;
use crate::session::renewal::breaker::Audience;
use crate::session::renewal::spending::Budget;
use crate::session::tenure::Phase;
use crate::session::time::{Deadline, Millis, Moment};
use crate::session::token::AccessToken;
use crate::session::waiters::Wish;

impl<E: Entropy> Session<E> {
    pub(super) fn token_wanted(
        &mut self,
        now: Moment,
        ticket: Ticket,
        not: Option<AccessToken>,
        min_validity: Millis,
    ) {
        self.note_use();
        match &self.tenure.phase {
            Phase::Ended { reason, .. } => self.answer(ticket, Err(Denial::Ended(*reason))),
            Phase::Active(current) if not.as_ref() == Some(&current.grant.token) => {
                self.refused(now, ticket, &Audience::unnamed());
            }
            // A rejected token may be good enough for other APIs, unless its successor is on the
            // way.
            Phase::Active(current)
                if current.grant.lasts(now, min_validity)
                    && !(current.refused && self.is_being_replaced(now)) =>
            {
                let credential = current.credential();
                self.answer(ticket, Ok(Reply::Token(credential)));
            }
            _ => self.wait(now, ticket, Wish::Token),
        }
    }

    pub(super) fn token_rejected(
        &mut self,
        now: Moment,
        ticket: Ticket,
        epoch: EpochId,
        generation: Generation,
        audience: &Audience,
    ) {
        match &self.tenure.phase {
            Phase::Ended { reason, .. } => self.answer(ticket, Err(Denial::Ended(*reason))),
            Phase::Active(current) if current.epoch == epoch && current.generation == generation => {
                self.refused(now, ticket, audience);
            }
            Phase::Active(current) if current.epoch == epoch => {
                self.token_wanted(now, ticket, None, Millis::ZERO);
            }
            _ => self.answer(ticket, Err(Denial::Changed)),
        }
    }

    /// Whether a refresh waits for its turn or is in flight, or a worker is about to leave it to a
    /// page.
    pub(super) fn is_being_replaced(&self, now: Moment) -> bool {
        self.queue.refresh_is_coming() || (self.config.defers && self.refresh_is_due(now))
    }

    /// Notes that the session is used: a hidden tab renews it ahead again.
    fn note_use(&mut self) {
        if let Phase::Active(current) = &mut self.tenure.phase {
            current.used = true;
        }
    }

    /// Handles the rejection of the current token: refreshes it, unless that is known not to help.
    pub(super) fn refused(&mut self, now: Moment, ticket: Ticket, audience: &Audience) {
        let held = self.rejected_wait(Budget::Rejected, now);
        let Phase::Active(current) = &mut self.tenure.phase else { return };
        let is_brand_new =
            current.is_brand_new(now, audience.is_unnamed()) && self.renewal.breaker.is_cause(audience);
        let pause = match self.renewal.breaker.open_until(audience, now) {
            None if is_brand_new => Some(self.renewal.breaker.strike(audience, now)),
            // It has lived for a while, and may have been accepted in between: `accessToken()` does
            // not tell.
            Some(_) if audience.is_unnamed() && !is_brand_new && !current.rejected_early => None,
            pause => pause,
        };
        current.rejected_early |= is_brand_new;
        // Calls that are rejected together cause one refresh.
        let is_cause = pause.is_none() && !current.refused;
        let pause = if is_cause && !held.is_zero() { Some(Deadline::new(now, held)) } else { pause };
        if let Some(until) = pause {
            return self.answer(ticket, Err(Denial::Refused { retry_at: until.wall_ms() }));
        }
        current.refuse(now, self.renewal.breaker.has_strikes(audience));
        if is_cause {
            self.renewal.breaker.causes(audience);
        }
        self.wait(now, ticket, Wish::Token);
    }
}
