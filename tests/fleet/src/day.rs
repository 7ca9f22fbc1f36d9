//! When people come and go, and when the auth server does not answer. Milliseconds since midnight.

use silent_session::session::Millis;
use std::ops::Range;

use silent_session::session::RefreshFailure;

use crate::seed::Seed;

const SECOND: f64 = 1_000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;

/// The day, and no longer.
pub(crate) const END: i64 = 24 * 3_600_000;
/// When the auth server stops to answer.
pub(crate) const OUTAGE_BEGINS: i64 = 13 * 3_600_000;

/// What goes wrong during an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The auth server answers 503, at once, without `Retry-After`.
    Status,
    /// The same, with `Retry-After`: seconds.
    Busy(u64),
    /// It refuses the connection.
    Refused,
    /// It does not answer at all.
    Silence,
    /// Each reply takes about so many seconds: half as long, up to half as long again.
    Slow(i64),
    /// The clients have no network, and are told when it is back: an office with all of its people.
    Offline,
    /// The auth server is well. The API answers 401 to every token, new ones included.
    RejectingApi,
}

impl Fault {
    /// Whether people can sign in all the same.
    fn lets_in(self) -> bool {
        matches!(self, Self::Slow(_) | Self::RejectingApi)
    }

    /// The failure that a client sees; `None` where it receives a token, or nothing.
    fn failure(self) -> Option<RefreshFailure> {
        let (status, retry_after) = match self {
            Self::Status => (Some(503), None),
            Self::Busy(seconds) => (Some(503), Some(Millis::from_secs(seconds))),
            Self::Refused => (None, None),
            Self::Silence | Self::Slow(_) | Self::RejectingApi => return None,
            Self::Offline => return Some(RefreshFailure::Offline),
        };
        Some(RefreshFailure::Unavailable { status, retry_after })
    }
}

/// The reply to a refresh: after how many milliseconds it comes, and how the refresh failed.
pub(crate) type Reply = (i64, Option<RefreshFailure>);

/// How long a reply takes, in milliseconds.
const ANSWER: i64 = 60;
/// And a refusal to answer.
const REFUSAL: i64 = 20;

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

/// The time between two calls of clients that nobody uses: seconds.
const NEVER: f64 = 1e9;

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
        ("503 with `Retry-After: 0`", Day { fault: Fault::Busy(0), ..day }),
        ("503 with `Retry-After: 1`", Day { fault: Fault::Busy(1), ..day }),
        ("503 with `Retry-After: 5`", Day { fault: Fault::Busy(5), ..day }),
        ("503 with `Retry-After: 60`", Day { fault: Fault::Busy(60), ..day }),
        ("replies take 4 to 12 s", Day { fault: Fault::Slow(8), ..day }),
        ("replies take 10 to 30 s", Day { fault: Fault::Slow(20), ..day }),
        (
            "no network, and all hear at the same moment that it is back: an office",
            Day { fault: Fault::Offline, ..day },
        ),
        ("two minutes", Day { minutes: 2, ..day }),
        ("14 minutes", Day { minutes: 14, ..day }),
        ("an hour", Day { minutes: 60, ..day }),
        ("a call every 20 s", busy),
        ("a call every 20 s, 14 minutes", Day { minutes: 14, ..busy }),
        ("people reload until it works", Day { patience: Patience::Reload, ..day }),
        ("and once more when it does", Day { patience: Patience::ReloadAnyway, ..day }),
    ]
}

/// Hours in which something is wrong, and what they are called.
pub fn bad_hours() -> Vec<(&'static str, Day)> {
    let hour = |fault| Day { minutes: 60, fault, ..Day::default() };
    let unused = |fault| Day { calls_every: NEVER, ..hour(fault) };
    let busy = |fault| Day { calls_every: 20.0, ..hour(fault) };
    vec![
        ("503", hour(Fault::Status)),
        ("503, a call every 20 s", busy(Fault::Status)),
        ("503, no calls", unused(Fault::Status)),
        ("`Retry-After: 0`", hour(Fault::Busy(0))),
        ("`Retry-After: 0`, a call every 20 s", busy(Fault::Busy(0))),
        ("`Retry-After: 0`, no calls", unused(Fault::Busy(0))),
        ("`Retry-After: 1`", hour(Fault::Busy(1))),
        ("`Retry-After: 5`", hour(Fault::Busy(5))),
        ("replies take 4 to 12 s", hour(Fault::Slow(8))),
        ("replies take 10 to 30 s", hour(Fault::Slow(20))),
        ("replies take 10 to 30 s, a call every 20 s", busy(Fault::Slow(20))),
        ("replies take 10 to 30 s, no calls", unused(Fault::Slow(20))),
        ("the API rejects good tokens", hour(Fault::RejectingApi)),
        ("the API rejects good tokens, a call every 20 s", busy(Fault::RejectingApi)),
    ]
}

impl Day {
    pub(crate) fn outage(&self) -> Range<i64> {
        OUTAGE_BEGINS..OUTAGE_BEGINS + self.minutes * 60_000
    }

    /// What goes wrong at a time.
    fn fault_at(&self, now: i64) -> Option<Fault> {
        self.outage().contains(&now).then_some(self.fault)
    }

    /// Whether people can sign in.
    pub(crate) fn lets_in(&self, now: i64) -> bool {
        self.fault_at(now).is_none_or(Fault::lets_in)
    }

    /// Whether the API accepts good tokens.
    pub(crate) fn api_accepts(&self, now: i64) -> bool {
        self.fault_at(now) != Some(Fault::RejectingApi)
    }

    /// The reply to a refresh that is sent now; `None` where there is none.
    pub(crate) fn reply(&self, now: i64, seed: &mut Seed) -> Option<Reply> {
        match self.fault_at(now) {
            None | Some(Fault::RejectingApi) => Some((ANSWER, None)),
            Some(Fault::Silence) => None,
            Some(Fault::Slow(seconds)) => {
                Some(((seconds as f64 * SECOND * (0.5 + seed.part())) as i64, None))
            }
            Some(fault) => Some((REFUSAL, fault.failure())),
        }
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
