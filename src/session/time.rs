//! Moments on two clocks at once, and deadlines that hold even if one of the clocks is wrong.
//!
//! What dozens of functions call is compiled once: inlined, it makes the wasm 2 % larger.

use std::ops::{Add, Div, Mul, Sub};

/// The difference in milliseconds between two clocks from which one of them has jumped. A clock
/// that is corrected drifts.
pub(crate) const JUMP: u64 = 2_000;

/// The tolerance in milliseconds for a date of another tab that is ahead: its clock differs, or was
/// read at another time.
pub(crate) const MOST_AHEAD: i64 = 1_000;

/// A duration in whole milliseconds. Arithmetic saturates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(u64);

impl Millis {
    /// No time.
    pub const ZERO: Self = Self(0);

    /// The longest duration.
    pub const MAX: Self = Self(u64::MAX);

    /// Creates a duration from milliseconds.
    pub const fn new(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    /// Creates a duration from seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Returns the number of milliseconds.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Whether the duration is zero.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Returns the duration between two dates (milliseconds since 1970); zero if the second is not
    /// later.
    #[inline(never)]
    pub(crate) const fn between(from: i64, to: i64) -> Self {
        let passed = to.saturating_sub(from);
        Self(if passed.is_positive() { passed.unsigned_abs() } else { 0 })
    }

    /// Returns the duration in milliseconds as a signed distance between dates.
    pub const fn signed(self) -> i64 {
        let signed = self.0 as i64;
        if signed.is_negative() { i64::MAX } else { signed }
    }
}

impl Add for Millis {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Millis {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Mul<u64> for Millis {
    type Output = Self;

    fn mul(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

impl Div<u64> for Millis {
    type Output = Self;

    fn div(self, divisor: u64) -> Self {
        Self(self.0 / divisor)
    }
}

/// A reading of the wall clock and the monotonic clock.
///
/// Neither is reliable alone: the wall clock jumps (NTP, the user), and the monotonic clock may
/// stand still while the machine sleeps. So moments are not compared; only the time since one is
/// measured, by the clock that counted *more*. Too early costs one refresh; too late costs an
/// expired token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    wall_ms: i64,
    monotonic_ms: i64,
}

impl Moment {
    /// Creates a moment. `wall_ms` is in milliseconds since 1970, as `Date.now()`. `monotonic_ms`
    /// is in milliseconds since any fixed point, as `performance.now()`.
    pub const fn new(wall_ms: i64, monotonic_ms: i64) -> Self {
        Self { wall_ms, monotonic_ms }
    }

    /// Returns the wall clock in milliseconds since 1970: for display, not for decisions.
    pub const fn wall_ms(self) -> i64 {
        self.wall_ms
    }

    /// Returns the monotonic clock in milliseconds: for a timer of the same page.
    pub const fn monotonic_ms(self) -> i64 {
        self.monotonic_ms
    }

    /// Returns the moment that was `ago` before this one, by both clocks.
    pub(crate) fn before(self, ago: Millis) -> Moment {
        let ago = ago.signed();
        Moment::new(self.wall_ms.saturating_sub(ago), self.monotonic_ms.saturating_sub(ago))
    }

    /// Returns the time since `earlier`, by the clock that counted more; zero if it is in the
    /// future by both.
    #[inline(never)]
    pub fn since(self, earlier: Moment) -> Millis {
        let wall = self.wall_ms.saturating_sub(earlier.wall_ms);
        let monotonic = self.monotonic_ms.saturating_sub(earlier.monotonic_ms);
        Millis::new(wall.max(monotonic).max(0).unsigned_abs())
    }

    /// Returns the time since a date that another page has written (milliseconds since 1970), by
    /// the wall clock. It is zero if the clock was set back since.
    pub(crate) fn wall_since(self, then: i64) -> Millis {
        Millis::between(then, self.wall_ms)
    }

    /// Returns the time until `later` on each clock (wall, monotonic), in milliseconds, if the two
    /// differ. Then one of them was set, or stood still.
    pub(crate) fn jump_to(self, later: Moment) -> Option<(i64, i64)> {
        let wall = later.wall_ms.saturating_sub(self.wall_ms);
        let monotonic = later.monotonic_ms.saturating_sub(self.monotonic_ms);
        (wall.saturating_sub(monotonic).unsigned_abs() >= JUMP).then_some((wall, monotonic))
    }

    /// Returns the least time since `earlier`: by the clock that counted less. It is for waits that
    /// a set clock or a sleep of the machine must not cut short.
    #[inline(never)]
    pub(crate) fn surely_since(self, earlier: Moment) -> Millis {
        let wall = self.wall_ms.saturating_sub(earlier.wall_ms);
        let monotonic = self.monotonic_ms.saturating_sub(earlier.monotonic_ms);
        Millis::new(wall.min(monotonic).max(0).unsigned_abs())
    }
}

/// A moment, and the time after it at which something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    since: Moment,
    after: Millis,
}

impl Deadline {
    /// Creates a deadline that is due when `after` has passed since `since`.
    pub const fn new(since: Moment, after: Millis) -> Self {
        Self { since, after }
    }

    /// Returns the time until it is due; zero if it is due already.
    pub fn remaining(self, now: Moment) -> Millis {
        self.after - now.since(self.since)
    }

    /// Whether it is due.
    pub fn is_due(self, now: Moment) -> bool {
        self.remaining(now).is_zero()
    }

    /// Returns when it is due by the wall clock, in milliseconds since 1970: for display, not for
    /// decisions.
    pub fn wall_ms(self) -> i64 {
        self.since.wall_ms.saturating_add(self.after.signed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Moment = Moment::new(1_000_000, 50);

    #[test]
    fn the_clock_that_counted_more_wins() {
        let asleep = Moment::new(1_008_000, 150);
        assert_eq!(asleep.since(START), Millis::from_secs(8));
        let set_back = Moment::new(400_000, 2_050);
        assert_eq!(set_back.since(START), Millis::from_secs(2));
    }

    #[test]
    fn what_surely_passed_is_what_both_clocks_counted() {
        assert_eq!(Moment::new(1_008_000, 150).surely_since(START), Millis::new(100));
        assert_eq!(Moment::new(400_000, 2_050).surely_since(START), Millis::ZERO);
    }

    #[test]
    fn a_jump_is_what_one_clock_has_counted_and_the_other_has_not() {
        assert_eq!(START.jump_to(Moment::new(1_008_000, 150)), Some((8_000, 100)));
        assert_eq!(START.jump_to(Moment::new(400_000, 2_050)), Some((-600_000, 2_000)));
        assert_eq!(START.jump_to(Moment::new(1_008_000, 8_950)), None);
        assert_eq!(START.jump_to(Moment::new(i64::MAX, i64::MIN)), Some((i64::MAX - 1_000_000, i64::MIN)));
    }

    #[test]
    fn a_moment_that_is_yet_to_come_was_no_time_ago() {
        assert_eq!(START.since(Moment::new(2_000_000, 90)), Millis::ZERO);
    }

    #[test]
    fn arithmetic_saturates_at_the_ends_of_time() {
        let first = Moment::new(i64::MIN, i64::MIN);
        let last = Moment::new(i64::MAX, i64::MAX);
        assert_eq!(last.since(first), Millis::new(i64::MAX.unsigned_abs()));
        assert_eq!(Deadline::new(last, Millis::MAX).wall_ms(), i64::MAX);
        assert!(!Deadline::new(first, Millis::MAX).is_due(last));
    }

    #[test]
    fn a_deadline_counts_down_to_zero() {
        let deadline = Deadline::new(START, Millis::from_secs(10));
        assert_eq!(deadline.remaining(Moment::new(1_004_000, 4_050)), Millis::from_secs(6));
        assert!(deadline.is_due(Moment::new(1_010_000, 50)));
        assert_eq!(deadline.wall_ms(), 1_010_000);
    }
}
