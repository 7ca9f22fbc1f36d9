//! Refreshes for which no caller waits, and what all tabs may spend on refreshes.

use crate::session::error::RefreshFailure;
use crate::session::id::Entropy;
use crate::session::machine::Session;
use crate::session::renewal::allowance::SentFor;
use crate::session::renewal::backoff::scale;
use crate::session::renewal::spending::{Budget, Charge};
use crate::session::storage::note::Note;
use crate::session::tenure::Phase;
use crate::session::time::{Millis, Moment};
use crate::session::token::Grant;
use crate::session::turn::Turn;

impl<E: Entropy> Session<E> {
    /// Returns how long a refresh is held back for which no caller waits.
    pub(super) fn idle_wait(&self, now: Moment) -> Millis {
        // The server would reject the other tabs as well, so the lock is kept until that is
        // confirmed.
        let confirms = self.markers.is_rejected() && self.queue.current.as_ref().is_some_and(Turn::is_held);
        if confirms || self.queue.sent == 0 {
            Millis::ZERO
        } else {
            self.renewal.allowance.wait(self.stored.spent, now)
        }
    }

    /// Counts a refresh as it is sent.
    pub(super) fn count_sent(&mut self, now: Moment) {
        let has_reason = match &self.tenure.phase {
            Phase::Active(current) => {
                self.ahead(current).is_some_and(|due| due.is_due(now))
                    || !current.grant.lasts(now, Millis::ZERO)
            }
            // No other tab sends its token.
            Phase::Unknown { elsewhere, .. } => !elsewhere || !self.config.shares_token,
            Phase::Ended { .. } | Phase::Closed { .. } => false,
        };
        let sent_for = match (self.waiters.is_empty(), has_reason) {
            (false, _) => SentFor::Caller,
            (true, true) => SentFor::Lifetime,
            (true, false) => SentFor::Nothing,
        };
        if self.renewal.breaker.count_sent() {
            self.charge(Budget::Rejected.take(now, Millis::ZERO));
        }
        let extra = scale(Budget::Idle.bucket().period() / 4, &mut self.entropy);
        if let Some(charge) = self.renewal.allowance.count_sent(sent_for, now, extra) {
            self.charge(charge);
        }
    }

    /// Counts the outcome of a refresh.
    pub(super) fn count_outcome(&mut self, now: Moment, outcome: Result<&Grant, &RefreshFailure>) {
        let held = self.tenure.token().map(|current| &current.grant.token);
        let brings = outcome.is_ok_and(|grant| held != Some(&grant.token));
        let is_offline = outcome == Err(&RefreshFailure::Offline);
        if let Some(charge) = self.renewal.allowance.count_outcome(brings, is_offline, now) {
            self.charge(charge);
        }
    }

    /// Counts, in all tabs, a refresh that was taken out of a budget or is given back. Where tabs
    /// share no token, each has budgets of its own for rejected ones.
    fn charge(&mut self, charge: Charge) {
        if charge.budget == Budget::Idle || self.config.shares_token {
            self.note(Note::Charged(charge));
        } else {
            self.renewal.own.charge(charge);
        }
    }

    /// Returns how long the next refresh for a rejected token is held back, or the next one that
    /// would be given back.
    pub(super) fn rejected_wait(&self, budget: Budget, now: Moment) -> Millis {
        let spent = if self.config.shares_token { self.stored.spent } else { self.renewal.own };
        spent.wait(budget, now)
    }

    /// Gives back what rejected tokens have cost this tab: they were those of another session.
    pub(super) fn forgive_rejections(&mut self, now: Moment) {
        let counts = self.renewal.breaker.take_counts();
        for (budget, count) in [Budget::Rejected, Budget::Justified].into_iter().zip(counts) {
            if count > 0 {
                self.charge(budget.give_back(now, count));
            }
        }
    }

    /// Gives a refresh back that was justified, unless that happens all the time.
    pub(super) fn give_back_justified(&mut self, now: Moment) {
        if self.rejected_wait(Budget::Justified, now).is_zero() {
            self.renewal.breaker.count_given_back();
            self.charge(Budget::Justified.take(now, Millis::ZERO));
            self.charge(Budget::Rejected.give_back(now, 1));
        }
    }
}
