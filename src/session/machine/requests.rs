//! What a caller gets that wants a token, or whose token was refused.

use std::time::Duration;

use super::super::breaker::Audience;
use super::super::callers::Wish;
use super::super::command::Reply;
use super::super::error::Denial;
use super::super::id::{Entropy, EpochId, Generation, Ticket};
use super::super::time::Moment;
use super::super::token::AccessToken;
use super::{Phase, Session};

impl<E: Entropy> Session<E> {
    pub(super) fn token_wanted(
        &mut self,
        now: Moment,
        ticket: Ticket,
        not: Option<AccessToken>,
        min_validity: Duration,
    ) {
        self.note_use();
        match &self.phase {
            Phase::Ended { reason, .. } => self.answer(ticket, Err(Denial::Ended(*reason))),
            Phase::Active(held) if not.as_ref() == Some(&held.grant.token) => {
                self.refused(now, ticket, &Audience::new(""));
            }
            // A refused token may be good enough for other APIs, unless its successor is on the way.
            Phase::Active(held)
                if held.grant.lasts(now, min_validity)
                    && !(held.refused && self.turns.refresh_is_coming()) =>
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
                self.token_wanted(now, ticket, None, Duration::ZERO);
            }
            _ => self.answer(ticket, Err(Denial::Changed)),
        }
    }

    /// Somebody uses the session: a hidden tab renews it ahead again.
    fn note_use(&mut self) {
        if let Phase::Active(held) = &mut self.phase
            && !std::mem::replace(&mut held.used, true)
            && self.hidden
            && held.refresh.is_some()
        {
            self.published = false;
        }
    }

    /// The token in hand was refused.
    pub(super) fn refused(&mut self, now: Moment, ticket: Ticket, audience: &Audience) {
        let Phase::Active(held) = &mut self.phase else { return };
        let pause = match self.breaker.open_until(audience, now) {
            None if held.is_brand_new(now) => Some(self.breaker.strike(audience, now)),
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
