//! The decision when to refresh: pauses after failures, the allowance, APIs that reject tokens, and
//! other tabs.

pub(crate) mod allowance;
pub(crate) mod backoff;
pub(crate) mod breaker;
pub(crate) mod bucket;
pub(crate) mod spending;

use crate::session::error::RefreshFailure;
use crate::session::renewal::allowance::Allowance;
use crate::session::renewal::backoff::Backoff;
use crate::session::renewal::breaker::Breaker;
use crate::session::renewal::spending::Spent;
use crate::session::time::{Deadline, Moment};

/// The state that decides when to refresh.
#[derive(Debug, Default)]
pub(crate) struct Renewal {
    pub(crate) backoff: Backoff,
    pub(crate) allowance: Allowance,
    pub(crate) breaker: Breaker,
    /// What rejected tokens have cost this tab, if tabs share no token: each replaces its own.
    pub(crate) own: Spent,
    /// The last failure, until a token is received.
    pub(crate) failure: Option<RefreshFailure>,
    /// The last failure and its date (milliseconds since 1970), for display.
    pub(crate) last_failure: Option<(RefreshFailure, i64)>,
    /// In a worker: whether a page refreshes for it.
    pub(crate) deferral: Deferral,
    /// In a page: whether a worker has asked it to refresh.
    pub(crate) worker_needs_token: bool,
}

/// The progress of a worker that leaves a refresh to a page.
#[derive(Debug, Default)]
pub(crate) enum Deferral {
    /// No page was asked.
    #[default]
    No,
    /// A page was asked. Until the deadline it may reply that it will refresh.
    Until(Deadline),
    /// A page has replied that it will refresh. The worker waits for its token until the deadline;
    /// further replies do not extend it.
    Coming(Deadline),
    /// No page has helped. The worker refreshes itself.
    Over,
}

impl Renewal {
    /// Whether the last attempt failed because there is no network.
    pub(crate) fn is_offline(&self) -> bool {
        self.failure == Some(RefreshFailure::Offline)
    }

    /// Returns the date of the next attempt after a failure, in milliseconds since 1970. A caller
    /// makes it sooner. `is_idle`: whether no caller waits.
    pub(crate) fn retry_at(&self, is_idle: bool) -> Option<i64> {
        let paused = if is_idle { self.backoff.idle_retry_at() } else { self.backoff.retry_at() };
        paused.max(self.allowance.held_until())
    }

    /// Whether nothing holds back a refresh for which no caller waits.
    pub(crate) fn is_free(&self, spent: Spent, now: Moment) -> bool {
        self.backoff.until(now).is_none() && self.allowance.wait(spent, now).is_zero()
    }

    /// Ends the pause and the deferral, because the session has ended or has a token.
    pub(crate) fn settle(&mut self) {
        self.failure = None;
        self.stop_deferring();
        self.backoff.reset();
    }

    /// Ends the deferral, because a refresh has settled. The next one is deferred anew.
    pub(crate) fn stop_deferring(&mut self) {
        self.worker_needs_token = false;
        self.deferral = Deferral::No;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::renewal::spending::Budget;
    use crate::session::time::Millis;

    const NOW: Moment = Moment::new(1_000_000, 0);

    #[test]
    fn the_next_attempt_is_after_the_pause_and_after_the_allowance() {
        let (mut renewal, mut spent) = (Renewal::default(), Spent::default());
        assert!(renewal.is_free(spent, NOW) && renewal.retry_at(true).is_none());
        let failure = RefreshFailure::Unavailable { status: Some(503), retry_after: None };
        renewal.failure = Some(failure);
        renewal.backoff.fail(NOW, &failure, &mut || u64::MAX);
        let [awaited, idle] = [false, true].map(|is_idle| renewal.retry_at(is_idle));
        assert!(!renewal.is_free(spent, NOW) && awaited < idle && awaited > Some(1_000_000));
        (0..8).for_each(|_| spent.charge(Budget::Idle.take(NOW, Millis::ZERO)));
        renewal.allowance.show(spent, NOW);
        assert_eq!(renewal.retry_at(false), Some(1_200_000));
        renewal.backoff.reset();
        assert!(!renewal.is_free(spent, NOW), "the allowance is used up");
    }

    #[test]
    fn a_token_settles_what_was_asked_of_other_tabs() {
        let until = Deadline::new(NOW, Default::default());
        let mut renewal = Renewal {
            failure: Some(RefreshFailure::Offline),
            deferral: Deferral::Coming(until),
            worker_needs_token: true,
            ..Renewal::default()
        };
        renewal.backoff.fail(NOW, &RefreshFailure::Offline, &mut || 0);
        assert!(renewal.is_offline());
        renewal.settle();
        assert!(
            !renewal.is_offline() && !renewal.worker_needs_token && renewal.is_free(Spent::default(), NOW)
        );
        assert!(matches!(renewal.deferral, Deferral::No));
    }
}
