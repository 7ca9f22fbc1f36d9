//! What decides when the token is renewed: pauses after failures, the allowance, APIs that reject tokens, and other tabs.

pub(crate) mod allowance;
pub(crate) mod backoff;
pub(crate) mod breaker;
pub(crate) mod bucket;

use crate::session::error::RefreshFailure;
use crate::session::renewal::allowance::Allowance;
use crate::session::renewal::backoff::Backoff;
use crate::session::renewal::breaker::Breaker;
use crate::session::time::{Deadline, Moment};

/// What decides when the token is renewed.
#[derive(Debug, Default)]
pub(crate) struct Renewal {
    pub(crate) backoff: Backoff,
    pub(crate) allowance: Allowance,
    pub(crate) breaker: Breaker,
    /// Why the last attempt failed, until a token arrives.
    pub(crate) failure: Option<RefreshFailure>,
    /// Why an attempt failed last, and when (milliseconds since 1970): to show.
    pub(crate) last_failure: Option<(RefreshFailure, i64)>,
    /// In a worker: whether a page refreshes for it.
    pub(crate) deferral: Deferral,
    /// In a page: whether a worker has asked it to refresh.
    pub(crate) worker_needs_token: bool,
}

/// How far a worker has come with leaving a refresh to a page.
#[derive(Debug, Default)]
pub(crate) enum Deferral {
    /// No page was asked.
    #[default]
    No,
    /// A page was asked, and may reply until then that it will refresh.
    Until(Deadline),
    /// A page has said that it refreshes. Its token is waited for until then, however often that is said.
    Coming(Deadline),
    /// No page has helped: the worker refreshes itself.
    Over,
}

impl Renewal {
    /// Whether the last attempt failed because there is no network.
    pub(crate) fn is_offline(&self) -> bool {
        self.failure == Some(RefreshFailure::Offline)
    }

    /// Returns when the next attempt is made after a failure, in milliseconds since 1970. Sooner if a caller comes.
    /// `is_idle`: whether no caller waits.
    pub(crate) fn retry_at(&self, is_idle: bool) -> Option<i64> {
        let paused = if is_idle { self.backoff.idle_retry_at() } else { self.backoff.retry_at() };
        paused.max(self.allowance.held_until())
    }

    /// Whether nothing holds back a refresh for which no caller waits.
    pub(crate) fn is_free(&self, now: Moment) -> bool {
        self.backoff.until(now).is_none() && self.allowance.wait(now).is_zero()
    }

    /// The session has ended, or has a token: nothing is asked of other tabs, and there is no pause.
    pub(crate) fn settle(&mut self) {
        self.failure = None;
        self.stop_deferring();
        self.backoff.reset();
    }

    /// A refresh has settled: who was asked to refresh, or for whom, is asked anew next time.
    pub(crate) fn stop_deferring(&mut self) {
        self.worker_needs_token = false;
        self.deferral = Deferral::No;
    }
}
