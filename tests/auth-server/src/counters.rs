//! What has happened, in numbers, for tests to look at.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// The numbers. Each counts since the start or the last reset.
        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $($(#[$doc])* pub(crate) $name: Counter,)*
            refreshing: AtomicU64,
            unanswered: AtomicU64,
        }

        impl Counters {
            fn all(&self) -> impl Iterator<Item = (&'static str, &Counter)> {
                [$((stringify!($name), &self.$name)),*].into_iter()
            }
        }
    };
}

counters! {
    /// Sign-ins that were granted.
    logins,
    /// Sign-ins that were refused.
    logins_refused,
    /// Requests received at `/auth/refresh`, whatever became of them.
    refreshes,
    /// Refresh tokens spent for the first time.
    rotated,
    /// Attempts that came again and were answered with the same successor.
    replayed,
    /// Spent tokens that were accepted within the grace.
    graced,
    /// Refreshes answered 401, reuse among them.
    refused,
    /// Reuses of a spent token: each has revoked its family.
    reuse_detected,
    /// Sign-outs, with and without a cookie.
    logouts,
    /// API requests answered 2xx.
    api_ok,
    /// API requests answered 401.
    api_401,
    /// API requests answered 403.
    api_403,
    /// The most refreshes that were worked on at the same time.
    max_concurrent_refreshes,
}

impl Counters {
    /// All as one flat JSON object, with `unanswered`.
    pub(crate) fn to_json(&self) -> Value {
        let members = self.all().map(|(name, counter)| (name.to_owned(), counter.get().into()));
        let mut members = members.collect::<Map<_, _>>();
        members.insert("unanswered".to_owned(), self.unanswered.load(Ordering::SeqCst).into());
        Value::Object(members)
    }

    /// Sets all to zero.
    pub(crate) fn reset(&self) {
        self.all().for_each(|(_, counter)| counter.0.store(0, Ordering::SeqCst));
    }

    /// Notes that a refresh is being worked on, until the value is dropped.
    pub(crate) fn refreshing(&self) -> Refreshing<'_> {
        let at_once = self.refreshing.fetch_add(1, Ordering::SeqCst) + 1;
        self.max_concurrent_refreshes.0.fetch_max(at_once, Ordering::SeqCst);
        Refreshing(self)
    }

    /// Notes that a request has no answer yet, until the value is dropped. A reset does not change that.
    pub(crate) fn unanswered(&self) -> Unanswered<'_> {
        self.unanswered.fetch_add(1, Ordering::SeqCst);
        Unanswered(self)
    }
}

/// One number.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub(crate) fn add_one(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A refresh is being worked on for as long as this lives.
#[must_use = "the refresh counts as done when this is dropped"]
pub(crate) struct Refreshing<'a>(&'a Counters);

impl Drop for Refreshing<'_> {
    fn drop(&mut self) {
        self.0.refreshing.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A request has no answer for as long as this lives.
#[must_use = "the request counts as answered when this is dropped"]
pub(crate) struct Unanswered<'a>(&'a Counters);

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        self.0.unanswered.fetch_sub(1, Ordering::SeqCst);
    }
}
