//! When people come and go, and when the auth server does not answer. Milliseconds since midnight.

use std::ops::Range;
use std::time::Duration;

use silent_session::session::RefreshFailure;

use crate::seed::Seed;

const SECOND: f64 = 1_000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;

/// The day, and no longer.
pub(crate) const END: i64 = 24 * 3_600_000;
/// When the auth server stops to answer.
pub(crate) const OUTAGE_BEGINS: i64 = 13 * 3_600_000;

/// What it does instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It answers 503, at once.
    Status,
    /// The same, and asks all to come again a minute later (`Retry-After`).
    Busy,
    /// It refuses the connection.
    Refused,
    /// It does not answer at all.
    Silence,
    /// The clients have no network, and are told when it is back: an office with all of its people.
    Offline,
}

impl Fault {
    /// What the client makes of it; `None` where it hears nothing.
    pub(crate) fn failure(self) -> Option<RefreshFailure> {
        let (status, retry_after) = match self {
            Self::Status => (Some(503), None),
            Self::Busy => (Some(503), Some(Duration::from_secs(60))),
            Self::Refused => (None, None),
            Self::Silence => return None,
            Self::Offline => return Some(RefreshFailure::Offline),
        };
        Some(RefreshFailure::Unavailable { status, retry_after })
    }
}

/// What people do who get no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// They wait.
    Wait,
    /// They reload the page, a minute later on average, again and again, until it shows that the token has come.
    Reload,
    /// They reload even then: the page does not show it.
    ReloadAnyway,
}

/// What is peculiar to a day.
#[derive(Clone, Copy, Debug)]
pub struct Day {
    /// For how many minutes the server is out.
    pub minutes: i64,
    /// In which way.
    pub fault: Fault,
    /// What people do about it.
    pub patience: Patience,
    /// How many seconds pass between two API calls of a client, on average.
    pub calls_every: f64,
}

impl Default for Day {
    fn default() -> Self {
        Self { minutes: 10, fault: Fault::Status, patience: Patience::Wait, calls_every: 240.0 }
    }
}

/// What else may happen, and what it is called.
pub fn other_days() -> Vec<(&'static str, Day)> {
    let day = Day::default();
    let busy = Day { calls_every: 20.0, ..day };
    vec![
        ("connections refused", Day { fault: Fault::Refused, ..day }),
        ("no answer at all", Day { fault: Fault::Silence, ..day }),
        ("503 with Retry-After: 60", Day { fault: Fault::Busy, ..day }),
        ("no network, and all hear of its return", Day { fault: Fault::Offline, ..day }),
        ("two minutes", Day { minutes: 2, ..day }),
        ("14 minutes", Day { minutes: 14, ..day }),
        ("an hour", Day { minutes: 60, ..day }),
        ("a call every 20 s", busy),
        ("a call every 20 s, 14 minutes", Day { minutes: 14, ..busy }),
        ("people reload until it works", Day { patience: Patience::Reload, ..day }),
        ("and once more when it does", Day { patience: Patience::ReloadAnyway, ..day }),
    ]
}

impl Day {
    pub(crate) fn outage(&self) -> Range<i64> {
        OUTAGE_BEGINS..OUTAGE_BEGINS + self.minutes * 60_000
    }

    /// Whether the server answers.
    pub(crate) fn is_up(&self, now: i64) -> bool {
        !self.outage().contains(&now)
    }

    /// How long until the app calls its API again.
    pub(crate) fn calls_after(&self, seed: &mut Seed) -> i64 {
        1 + seed.until(self.calls_every * SECOND) as i64
    }
}

/// When somebody signs in: at nine in the morning, give or take, or at any time from six to ten in the evening.
pub(crate) fn comes(seed: &mut Seed) -> i64 {
    let at = if seed.part() < 0.6 {
        // Nearly normal: the sum of some parts.
        let spread: f64 = (0..6).map(|_| seed.part() - 0.5).sum();
        9.0 * HOUR + spread * HOUR
    } else {
        (6.0 + 16.0 * seed.part()) * HOUR
    };
    at as i64
}

/// When they go again: after some hours.
pub(crate) fn goes(seed: &mut Seed, came: i64) -> i64 {
    came + (10.0 * MINUTE + seed.until(5.0 * HOUR)) as i64
}

/// How long until somebody who got no answer tries once more.
pub(crate) fn tries_again_after(seed: &mut Seed) -> i64 {
    1 + seed.until(MINUTE) as i64
}
