//! When to try again: exponential, full jitter, a cap; `Retry-After` wins.

use std::time::Duration;

use super::error::RefreshFailure;
use super::id::Entropy;
use super::time::{Deadline, Moment};

const BASE: Duration = Duration::from_secs(1);
/// How much longer it is where nobody waits: a refresh ahead of time has a minute.
const IDLE: u32 = 8;
/// Somebody waits for it.
const CAP: Duration = Duration::from_secs(60);
/// Nobody does: of a million tabs after an outage, those that nobody uses leave the server to those that somebody does.
const IDLE_CAP: Duration = Duration::from_secs(900);
/// Nobody waits for it, and it is tried so often only: it has to outlast an outage.
const SIGN_OUT_CAP: Duration = Duration::from_secs(3600);
/// Full jitter may draw nearly nothing; this much is always waited: an outage of a second costs four attempts at the most.
const FLOOR: Duration = Duration::from_millis(400);
/// A server that asks for a day does not know that a person is waiting.
const RETRY_AFTER_CAP: Duration = Duration::from_secs(300);

/// Failures in a row, and when the next attempt is due.
#[derive(Debug)]
pub(crate) struct Backoff {
    cap: Duration,
    idle_cap: Duration,
    failures: u32,
    /// When the first of them was.
    first: Option<Moment>,
    until: Option<Deadline>,
    idle_until: Option<Deadline>,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { cap: CAP, idle_cap: IDLE_CAP, failures: 0, first: None, until: None, idle_until: None }
    }
}

impl Backoff {
    /// That of sign-outs.
    pub(crate) fn of_sign_outs() -> Self {
        Self { cap: SIGN_OUT_CAP, idle_cap: SIGN_OUT_CAP, ..Self::default() }
    }

    /// One more failure. Returns how long it is until the next attempt, if somebody waits for it.
    pub(crate) fn fail(
        &mut self,
        now: Moment,
        failure: &RefreshFailure,
        entropy: &mut impl Entropy,
    ) -> Duration {
        let whole = BASE.saturating_mul(1 << self.failures.min(16));
        let (pause, idle) = match failure.retry_after() {
            // What the server says to all at once, not all do at once.
            Some(asked) => {
                let asked = asked.min(RETRY_AFTER_CAP);
                (asked, asked.saturating_add(scale(asked / 2, entropy)))
            }
            // Whoever says so will say when that is over, too.
            None if *failure == RefreshFailure::Offline => (CAP, CAP),
            None => {
                // The same draw for both: the one is never after the other.
                let draw = entropy.next_u64();
                let part = |whole: Duration| scale(whole, &mut || draw);
                let idle = whole.saturating_mul(IDLE).min(self.idle_cap);
                (part(whole.min(self.cap)), part(idle))
            }
        };
        self.failures = self.failures.saturating_add(1);
        self.first.get_or_insert(now);
        self.until = Some(Deadline::new(now, pause.max(FLOOR)));
        self.idle_until = Some(Deadline::new(now, idle.max(FLOOR)));
        pause.max(FLOOR)
    }

    /// Others have failed as well, so often in all.
    pub(crate) fn catch_up(&mut self, failures: u32) {
        self.failures = self.failures.max(failures);
    }

    /// They have failed since `since` already: before the network came back, in the page before this one, or in another tab.
    pub(crate) fn has_failed_since(&mut self, since: Moment, now: Moment) {
        if now.since(since) > self.has_failed_for(now) {
            self.first = Some(since);
        }
    }

    /// An attempt succeeded, or the world has changed: start over.
    pub(crate) fn reset(&mut self) {
        *self = Self { cap: self.cap, idle_cap: self.idle_cap, ..Self::default() };
    }

    /// For how long all attempts have failed; nothing where the last has not.
    pub(crate) fn has_failed_for(&self, now: Moment) -> Duration {
        self.first.map_or(Duration::ZERO, |first| now.since(first))
    }

    /// When the next attempt is due; `None` when nothing stands in its way.
    pub(crate) fn until(&self, now: Moment) -> Option<Deadline> {
        self.until.filter(|until| !until.is_due(now))
    }

    /// The same where nobody waits for it.
    pub(crate) fn idle_until(&self, now: Moment) -> Option<Deadline> {
        self.idle_until.filter(|until| !until.is_due(now))
    }

    /// When the last pause ends or ended, in milliseconds since 1970.
    pub(crate) fn retry_at(&self) -> Option<i64> {
        self.until.map(Deadline::wall_ms)
    }

    /// The same where nobody waits for it.
    pub(crate) fn idle_retry_at(&self) -> Option<i64> {
        self.idle_until.map(Deadline::wall_ms)
    }
}

/// A random part of a duration: the whole of it times a number in `[0, 1)`.
pub(crate) fn scale(whole: Duration, entropy: &mut impl Entropy) -> Duration {
    let whole = u64::try_from(whole.as_millis()).unwrap_or(u64::MAX);
    // A fixed-point multiplication: floating point would bring its formatter and its tables into the wasm.
    let part = (u128::from(whole) * u128::from(entropy.next_u64())) >> 64;
    Duration::from_millis(part as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::new(0, 0);
    const FAILURE: RefreshFailure = RefreshFailure::TimedOut;

    fn busy(seconds: u64) -> RefreshFailure {
        RefreshFailure::Unavailable { status: Some(503), retry_after: Some(Duration::from_secs(seconds)) }
    }

    fn delay(backoff: &Backoff) -> Duration {
        backoff.until(NOW).map_or(Duration::ZERO, |until| until.remaining(NOW))
    }

    #[test]
    fn it_grows_to_a_cap_and_starts_over_after_a_success() {
        let mut backoff = Backoff::default();
        let mut most = || u64::MAX;
        let mut delays = Vec::new();
        for _ in 0..9 {
            let said = backoff.fail(NOW, &FAILURE, &mut most);
            assert_eq!(said, delay(&backoff));
            delays.push(delay(&backoff).as_millis().div_ceil(1000));
        }
        assert_eq!(delays, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        backoff.reset();
        assert_eq!(backoff.until(NOW), None);
        backoff.fail(NOW, &FAILURE, &mut most);
        assert!(delay(&backoff) <= BASE);
    }

    #[test]
    fn where_nobody_waits_it_grows_on_to_a_quarter_of_an_hour() {
        let mut backoff = Backoff::default();
        for expected in [8, 16, 32, 64, 128, 256, 512, 900, 900] {
            backoff.fail(NOW, &FAILURE, &mut || u64::MAX);
            let idle = backoff.idle_until(NOW).map_or(Duration::ZERO, |until| until.remaining(NOW));
            assert_eq!(idle.as_millis().div_ceil(1000), expected);
            assert!(delay(&backoff) <= idle);
        }
        backoff.reset();
        assert_eq!(backoff.idle_until(NOW), None);
    }

    #[test]
    fn how_long_it_has_failed_for_is_known_until_an_attempt_succeeds() {
        let (minute, hour) = (Moment::new(60_000, 60_000), Moment::new(3_600_000, 3_600_000));
        let mut backoff = Backoff::default();
        backoff.fail(minute, &FAILURE, &mut || 0);
        backoff.fail(hour, &FAILURE, &mut || 0);
        backoff.has_failed_since(hour, hour);
        assert_eq!(backoff.has_failed_for(hour), Duration::from_secs(3_540));
        backoff.has_failed_since(NOW, hour);
        assert_eq!(backoff.has_failed_for(hour), Duration::from_secs(3_600));
        backoff.reset();
        assert_eq!(backoff.has_failed_for(hour), Duration::ZERO);
    }

    #[test]
    fn where_nobody_waits_what_the_server_asks_for_is_drawn_out() {
        let mut backoff = Backoff::default();
        backoff.fail(NOW, &busy(60), &mut || u64::MAX);
        let idle = backoff.idle_until(NOW).map_or(Duration::ZERO, |until| until.remaining(NOW));
        assert_eq!((delay(&backoff).as_secs(), idle.as_secs()), (60, 89));
    }

    #[test]
    fn that_of_sign_outs_grows_on_to_an_hour() {
        let mut backoff = Backoff::of_sign_outs();
        let all: Duration = (0..20).map(|_| backoff.fail(NOW, &FAILURE, &mut || u64::MAX / 2)).sum();
        assert!(all > Duration::from_secs(4 * 3600), "{all:?}");
        backoff.reset();
        assert_eq!(backoff.cap, SIGN_OUT_CAP);
    }

    #[test]
    fn full_jitter_draws_from_the_whole_range_above_a_floor() {
        let mut backoff = Backoff::default();
        backoff.fail(NOW, &FAILURE, &mut || 0);
        assert_eq!(delay(&backoff), FLOOR);
        backoff.fail(NOW, &FAILURE, &mut || u64::MAX / 2);
        assert_eq!(delay(&backoff).as_millis(), 999);
    }

    #[test]
    fn retry_after_wins_within_a_cap() {
        let mut backoff = Backoff::default();
        backoff.fail(NOW, &busy(7), &mut || u64::MAX);
        assert_eq!(delay(&backoff), Duration::from_secs(7));
        backoff.fail(NOW, &busy(86_400), &mut || 0);
        assert_eq!(delay(&backoff), RETRY_AFTER_CAP);
        backoff.fail(NOW, &busy(0), &mut || 0);
        assert_eq!(delay(&backoff), FLOOR);
    }
}
