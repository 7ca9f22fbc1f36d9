//! What a caller gets that wants a token, or whose token was refused.

use super::super::time::Millis;

use super::super::breaker::Audience;
use super::super::callers::Wish;
use super::super::error::Denial;
use super::super::id::{Entropy, EpochId, Generation, Ticket};
use super::super::outbox::Reply;
use super::super::time::Moment;
use super::super::token::AccessToken;
use super::{Phase, Session};

impl<E: Entropy> Session<E> {
    pub(super) fn token_wanted(
        &mut self,
        now: Moment,
        ticket: Ticket,
        not: Option<AccessToken>,
        min_validity: Millis,
    ) {
        self.note_use();
        match &self.phase {
            Phase::Ended { reason, .. } => self.answer(ticket, Err(Denial::Ended(*reason))),
            Phase::Active(held) if not.as_ref() == Some(&held.grant.token) => {
                self.refused(now, ticket, &Audience::unnamed());
            }
            // A refused token may be good enough for other APIs, unless its successor is on the way.
            Phase::Active(held)
                if held.grant.lasts(now, min_validity) && !(held.refused && self.is_being_replaced(now)) =>
            {
                let credential = held.credential();
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
        match &self.phase {
            Phase::Ended { reason, .. } => self.answer(ticket, Err(Denial::Ended(*reason))),
            Phase::Active(held) if held.epoch == epoch && held.generation == generation => {
                self.refused(now, ticket, audience);
            }
            Phase::Active(held) if held.epoch == epoch => {
                self.token_wanted(now, ticket, None, Millis::ZERO);
            }
            _ => self.answer(ticket, Err(Denial::Changed)),
        }
    }

    /// Whether a refresh was asked for, or is on the wire; or a worker is about to leave it to a page.
    fn is_being_replaced(&self, now: Moment) -> bool {
        self.turns.refresh_is_coming() || (self.config.defers && self.refresh_is_due(now))
    }

    /// Somebody uses the session: a hidden tab renews it ahead again.
    fn note_use(&mut self) {
        if let Phase::Active(held) = &mut self.phase
            && !std::mem::replace(&mut held.used, true)
            && self.hidden
            && held.refresh.is_some()
        {}
    }

    /// The token in hand was refused.
    pub(super) fn refused(&mut self, now: Moment, ticket: Ticket, audience: &Audience) {
        let Phase::Active(held) = &mut self.phase else { return };
        let is_brand_new = held.is_brand_new(now, audience.is_unnamed()) && self.breaker.is_cause(audience);
        let pause = match self.breaker.open_until(audience, now) {
            None if is_brand_new => Some(self.breaker.strike(audience, now)),
            // Nobody says whether the token was accepted in between. It has lived for a while.
            Some(_) if audience.is_unnamed() && !is_brand_new && !held.rejected_early => None,
            pause => pause,
        };
        held.rejected_early |= is_brand_new;
        // Those that are refused together cause one refresh.
        let pause = match pause {
            None if !held.refused => self.breaker.spend(audience, now),
            pause => pause,
        };
        match pause {
            Some(until) => self.answer(ticket, Err(Denial::Refused { retry_at: until.wall_ms() })),
            None => {
                held.refuse(now, self.breaker.has_strikes(audience));
                self.wait(now, ticket, Wish::Token);
            }
        }
    }
}
