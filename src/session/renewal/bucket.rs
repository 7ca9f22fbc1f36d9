//! Token buckets: a burst of events, and one more per period.
//!
//! A bucket is stored as the date until which time pays off what was taken out of it, so one number
//! is enough, and all tabs of a browser can share it.

use crate::session::time::{Millis, Moment};

/// Number of events beyond the burst that are remembered. Events that could not be held back are
/// made up for later.
const OVERDRAFT: u32 = 2;

/// The greatest age in milliseconds of an event when it is charged. A message takes its time.
const LATE: i64 = 10_000;

/// A token bucket that allows a burst of events, then one per period. In any span of time it allows
/// no more than the burst plus one event for each period.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    /// The milliseconds that time must pay off before the bucket allows one more event.
    allowed: i64,
    period: i64,
}

/// The debt of a bucket: the date until which time pays off the events that were taken out, in
/// milliseconds since 1970; zero if there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Debt(pub i64);

impl Bucket {
    /// Creates a bucket. Each event beyond the burst waits for a period of so many seconds.
    pub(crate) const fn new(burst: u32, period_s: u32) -> Self {
        let period = period_s as i64 * 1_000;
        Self { allowed: period * (burst as i64 - 1), period }
    }

    /// The period in which time pays off one event.
    pub(crate) const fn period(self) -> Millis {
        Millis::new(self.period as u64)
    }

    /// Returns the debt after one more event or one less: `ms` milliseconds are added to it.
    #[must_use]
    pub(crate) fn charged(self, debt: Debt, at: i64, ms: i64) -> Debt {
        let left = self.left(debt, at).saturating_add(ms).min(self.most());
        if left > 0 { Debt(at.saturating_add(left)) } else { Debt::default() }
    }

    /// Returns the time until the next event is allowed.
    pub(crate) fn wait(self, debt: Debt, now: Moment) -> Millis {
        Millis::new((self.left(debt, now.wall_ms()) - self.allowed).max(0) as u64)
    }

    /// The greatest debt.
    pub(crate) const fn most(self) -> i64 {
        self.allowed + self.period * (1 + OVERDRAFT as i64)
    }

    /// Returns the milliseconds of a debt that are not paid off. One that is greater than can be is
    /// forged, or the clock was set back since: it counts as none.
    fn left(self, debt: Debt, at: i64) -> i64 {
        let left = debt.0.saturating_sub(at);
        if left > self.most() + LATE { 0 } else { left.clamp(0, self.most()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: i64 = 60_000;

    fn at(seconds: i64) -> Moment {
        Moment::new(seconds * 1_000, 0)
    }

    /// A bucket with what was taken out of it.
    struct Filled(Bucket, Debt);

    impl Filled {
        fn new(burst: u32) -> Self {
            Self(Bucket::new(burst, 60), Debt::default())
        }

        fn charge(&mut self, second: i64, ms: i64) {
            self.1 = self.0.charged(self.1, second * 1_000, ms);
        }

        fn wait(&self, second: i64) -> i64 {
            self.0.wait(self.1, at(second)).get() as i64
        }

        /// Returns the number of events allowed within `seconds`, if each is taken as soon as
        /// possible.
        fn taken(&mut self, from: i64, seconds: i64) -> usize {
            (from..=from + seconds)
                .map(|second| {
                    let mut count = 0;
                    while self.wait(second) == 0 {
                        self.charge(second, PERIOD);
                        count += 1;
                    }
                    count
                })
                .sum()
        }
    }

    #[test]
    fn a_burst_is_allowed_and_then_one_per_period() {
        let mut bucket = Filled::new(3);
        assert_eq!(bucket.0.period(), Millis::from_secs(60));
        assert_eq!(bucket.taken(0, 0), 3);
        assert_eq!(bucket.wait(0), PERIOD);
        assert_eq!(bucket.taken(1, 3_600), 60);
        assert_eq!(bucket.taken(10_000, 0), 3, "it is full again");
    }

    #[test]
    fn what_was_not_held_back_is_made_up_for_within_bounds() {
        let mut bucket = Filled::new(3);
        (0..100).for_each(|_| bucket.charge(0, PERIOD));
        assert_eq!(bucket.wait(0), PERIOD * i64::from(1 + OVERDRAFT));
    }

    #[test]
    fn an_event_that_is_put_back_may_happen_again() {
        let mut bucket = Filled::new(1);
        bucket.charge(0, PERIOD);
        bucket.charge(0, -PERIOD);
        assert_eq!(bucket.wait(0), 0);
        (0..9).for_each(|_| bucket.charge(0, PERIOD));
        bucket.charge(0, i64::MIN);
        assert_eq!(bucket.taken(0, 0), 1, "and no more than were taken");
    }

    #[test]
    fn extra_time_is_waited_for_as_well() {
        let mut bucket = Filled::new(1);
        bucket.charge(0, PERIOD + 5_000);
        assert_eq!(bucket.wait(0), 65_000);
    }

    #[test]
    fn a_debt_greater_than_can_be_counts_as_none() {
        let bucket = Bucket::new(2, 60);
        for (debt, wait) in [
            (i64::MIN, 0),
            (0, 0),
            (1_060_000, 0),
            (1_060_001, 1),
            (1_240_000, 180_000),
            (1_250_000, 180_000),
            (1_250_001, 0),
            (i64::MAX, 0),
        ] {
            assert_eq!(bucket.wait(Debt(debt), at(1_000)), Millis::new(wait), "{debt}");
        }
        assert_eq!(bucket.charged(Debt(i64::MAX), 0, PERIOD), Debt(PERIOD), "nor is it added to");
        assert_eq!(bucket.charged(Debt(0), i64::MAX, PERIOD), Debt(i64::MAX));
    }
}
