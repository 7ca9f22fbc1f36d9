//! Refreshes for which no caller waits: their allowance, and their messages to the other tabs.

use crate::session::error::RefreshFailure;
use crate::session::id::Entropy;
use crate::session::machine::Session;
use crate::session::renewal::allowance::SentFor;
use crate::session::tabs::message::PeerMessage;
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
        if confirms || self.queue.sent == 0 { Millis::ZERO } else { self.renewal.allowance.wait(now) }
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
        let has_failed = self.renewal.failure.is_some() && !self.renewal.is_offline();
        if self.renewal.allowance.count_sent(sent_for, has_failed, now, &mut self.entropy) {
            self.tell_tried();
        }
    }

    /// Counts the outcome of a refresh.
    pub(super) fn count_outcome(&mut self, now: Moment, outcome: Result<&Grant, &RefreshFailure>) {
        let held = self.tenure.token().map(|current| &current.grant.token);
        let brings = outcome.is_ok_and(|grant| held != Some(&grant.token));
        let is_offline = outcome == Err(&RefreshFailure::Offline);
        if self.renewal.allowance.count_outcome(brings, is_offline, now) {
            self.tell_tried();
        }
    }

    fn tell_tried(&mut self) {
        if !self.tabs.siblings().is_empty() {
            self.tell(PeerMessage::Tried);
        }
    }

    /// Counts a refresh of another tab.
    pub(super) fn tried_elsewhere(&mut self, now: Moment) {
        self.renewal.allowance.take(now, &mut self.entropy);
        self.renewal.allowance.show(now);
    }
}
