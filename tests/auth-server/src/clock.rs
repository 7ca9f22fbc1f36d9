//! Time as an argument: everything here asks a [`Clock`], and tests move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

/// An instant: milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down, as a NumericDate of RFC 7519.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Later by `duration`; stops at the end of time.
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    /// How long ago `earlier` was; zero if it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// Tells the time. Clones are the same clock: moving one moves all.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Where the clock stands; `None`: it goes with the system's.
    standing: Option<Timestamp>,
    offset_millis: Arc<AtomicI64>,
}

impl Clock {
    /// The clock of this computer.
    pub fn system() -> Self {
        Self { standing: None, offset_millis: Arc::default() }
    }

    /// A clock that stands still until it is moved.
    pub fn standing_at(instant: Timestamp) -> Self {
        Self { standing: Some(instant), offset_millis: Arc::default() }
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        let base = self.standing.unwrap_or_else(system_time);
        Timestamp(base.0.saturating_add(self.offset_millis.load(Ordering::SeqCst)))
    }

    /// Moves the clock on.
    pub fn advance(&self, duration: Duration) {
        self.offset_millis.fetch_add(millis(duration), Ordering::SeqCst);
    }

    /// Sets how far the clock is ahead of (or, negative, behind) where it would be by itself.
    pub fn set_offset_millis(&self, offset_millis: i64) {
        self.offset_millis.store(offset_millis, Ordering::SeqCst);
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the real clock")]
fn system_time() -> Timestamp {
    let since_1970 = std::time::SystemTime::now().duration_since(UNIX_EPOCH);
    Timestamp(since_1970.map_or(0, millis))
}
