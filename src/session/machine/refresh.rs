//! What the answer to a refresh means.

use super::super::command::Command;
use super::super::error::RefreshFailure;
use super::super::event::Remembered;
use super::super::id::{AttemptId, Entropy, EpochId};
use super::super::status::EndReason;
use super::super::time::Moment;
use super::super::token::Grant;
use super::super::turns::Settled;
use super::{Phase, Session};

impl<E: Entropy> Session<E> {
    pub(super) fn refresh_settled(
        &mut self,
        now: Moment,
        attempt: AttemptId,
        outcome: Result<Grant, RefreshFailure>,
        remembered: Option<Remembered>,
    ) {
        let (settled, turn) = self.turns.settle(attempt);
        if let Some(turn) = turn {
            self.commands.push(Command::ReleaseLock { attempt: turn.attempt });
        }
        let is_known = matches!(outcome, Ok(_) | Err(RefreshFailure::Rejected { .. }));
        if is_known && matches!(settled, Settled::InTime { .. } | Settled::Late { .. }) {
            self.unsettled = None;
        }
        match (settled, outcome) {
            (Settled::InTime { number } | Settled::Late { number }, Ok(grant)) => {
                let is_new = self.callers.want_new_epoch(number);
                // Whoever wanted a new session waits for it no longer.
                let is_ended = matches!(self.phase, Phase::Ended(_)) && !is_new;
                // The server has rotated since a late one: its newest answer is the one to go by.
                if !is_ended && number > self.adopted {
                    self.cookie_in_doubt = false;
                    let epoch = self.epoch_of(&grant, remembered, is_new);
                    self.adopt(epoch, grant, Some(number));
                }
            }
            (Settled::InTime { .. }, Err(RefreshFailure::Rejected { .. })) => {
                let reason = match self.phase {
                    Phase::Ended(reason) => reason,
                    Phase::Unknown if remembered.is_none() => EndReason::None,
                    _ => EndReason::Rejected,
                };
                self.end(reason);
            }
            (Settled::InTime { .. }, Err(failure)) => self.refresh_failed(now, failure),
            // Its cookie may lie over that of the session that has begun since.
            (Settled::Stray, Ok(_)) => self.cookie_in_doubt = matches!(self.phase, Phase::Active(_)),
            (Settled::Late { .. } | Settled::Stray | Settled::Inert, _) => {}
        }
    }

    /// Of which sign-in a token is that a refresh has brought.
    pub(super) fn epoch_of(
        &mut self,
        grant: &Grant,
        remembered: Option<Remembered>,
        is_new: bool,
    ) -> EpochId {
        if !is_new {
            let recognised = remembered.filter(|known| {
                known.subject == grant.subject.as_ref().map(|subject| subject.digest(known.epoch))
            });
            if let Some(known) = recognised {
                return known.epoch;
            }
            if let Phase::Active(held) = &self.phase
                && held.grant.subject == grant.subject
            {
                return held.epoch;
            }
        }
        EpochId::draw(&mut self.entropy)
    }

    pub(super) fn refresh_failed(&mut self, now: Moment, failure: RefreshFailure) {
        let before = self.status();
        self.backoff.fail(now, failure.retry_after(), &mut self.entropy);
        self.failure = Some(failure);
        // A failure like the one before, far ahead of the next renewal, is nothing new to the app.
        self.published &= self.status() == before;
    }
}
