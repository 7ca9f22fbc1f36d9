//! A token bucket: a burst of events, and one more per period.

use crate::session::time::{Deadline, Millis, Moment};

/// Number of events beyond the burst that are remembered. Events that could not be held back are
/// made up for later.
const OVERDRAFT: u32 = 2;

/// A token bucket that allows a burst of events, then one per period. In any span of time it allows
/// no more than the burst plus one event for each period.
///
/// It is stored as a debt that time pays off, so two numbers are enough.
#[derive(Debug)]
pub(crate) struct Bucket {
    burst: u32,
    period: Millis,
    debt: Millis,
    /// The moment when the debt was last counted.
    since: Option<Moment>,
}

impl Bucket {
    /// Creates a full bucket.
    pub(crate) const fn new(burst: u32, period: Millis) -> Self {
        Self { burst, period, debt: Millis::ZERO, since: None }
    }

    /// Takes out one event. The next one waits for `extra` more than the period.
    pub(crate) fn take(&mut self, now: Moment, extra: Millis) {
        let paid = self.since.map_or(Millis::ZERO, |since| now.since(since));
        let most = self.period * u64::from(self.burst + OVERDRAFT);
        let debt = self.debt - paid + self.period + extra;
        self.debt = debt.min(most);
        self.since = Some(now);
    }

    /// Puts back the last `count` events.
    pub(crate) fn give_back(&mut self, count: u32) {
        self.debt = self.debt - self.period * u64::from(count);
    }

    /// Returns when the next event is allowed, even if that is past; `None` before the first event.
    pub(crate) fn next(&self) -> Option<Deadline> {
        let allowed = self.period * u64::from(self.burst - 1);
        self.since.map(|since| Deadline::new(since, self.debt - allowed))
    }

    /// Returns the time until the next event is allowed.
    pub(crate) fn wait(&self, now: Moment) -> Millis {
        self.next().map_or(Millis::ZERO, |next| next.remaining(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Millis = Millis::from_secs(60);

    fn at(seconds: i64) -> Moment {
        Moment::new(seconds * 1_000, seconds * 1_000)
    }

    /// Returns the number of events allowed within `seconds`, if each is taken as soon as possible.
    fn taken(bucket: &mut Bucket, from: i64, seconds: i64) -> usize {
        (from..=from + seconds)
            .map(|second| {
                let mut count = 0;
                while bucket.wait(at(second)).is_zero() {
                    bucket.take(at(second), Millis::ZERO);
                    count += 1;
                }
                count
            })
            .sum()
    }

    #[test]
    fn a_burst_is_allowed_and_then_one_per_period() {
        let mut bucket = Bucket::new(3, PERIOD);
        assert_eq!(taken(&mut bucket, 0, 0), 3);
        assert_eq!(bucket.wait(at(0)), PERIOD);
        assert_eq!(taken(&mut bucket, 1, 3_600), 60);
        assert_eq!(taken(&mut bucket, 10_000, 0), 3, "it is full again");
    }

    #[test]
    fn what_was_not_held_back_is_made_up_for_within_bounds() {
        let mut bucket = Bucket::new(3, PERIOD);
        (0..100).for_each(|_| bucket.take(at(0), Millis::ZERO));
        assert_eq!(bucket.wait(at(0)), PERIOD * u64::from(1 + OVERDRAFT));
    }

    #[test]
    fn an_event_that_is_put_back_may_happen_again() {
        let mut bucket = Bucket::new(1, PERIOD);
        bucket.take(at(0), Millis::ZERO);
        bucket.give_back(1);
        assert_eq!(bucket.wait(at(0)), Millis::ZERO);
        (0..9).for_each(|_| bucket.take(at(0), Millis::ZERO));
        bucket.give_back(u32::MAX);
        assert_eq!(taken(&mut bucket, 0, 0), 1, "and no more than were taken");
    }

    #[test]
    fn extra_time_is_waited_for_as_well() {
        let mut bucket = Bucket::new(1, PERIOD);
        bucket.take(at(0), Millis::from_secs(5));
        assert_eq!(bucket.wait(at(0)), Millis::from_secs(65));
        assert_eq!(bucket.next().map(Deadline::wall_ms), Some(65_000));
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_lock_out() {
        let mut bucket = Bucket::new(1, PERIOD);
        bucket.take(at(1_000_000), Millis::ZERO);
        let set_back = Moment::new(0, 1_000_060_000);
        assert_eq!(bucket.wait(set_back), Millis::ZERO);
    }
}
