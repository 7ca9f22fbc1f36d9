//! When people come and go. Milliseconds since midnight.

use crate::seed::Seed;

const MINUTE: f64 = 60_000.0;
const HOUR: f64 = 60.0 * MINUTE;

/// The day, and no longer.
pub(crate) const END: i64 = 24 * 3_600_000;
/// When the auth server stops to answer.
pub(crate) const OUTAGE_BEGINS: i64 = 13 * 3_600_000;
/// When it answers again.
pub(crate) const OUTAGE_ENDS: i64 = OUTAGE_BEGINS + 600_000;

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

/// How long until the app calls its API again.
pub(crate) fn calls_after(seed: &mut Seed) -> i64 {
    1 + seed.until(4.0 * MINUTE) as i64
}

/// Whether the server answers.
pub(crate) fn is_up(now: i64) -> bool {
    !(OUTAGE_BEGINS..OUTAGE_ENDS).contains(&now)
}
