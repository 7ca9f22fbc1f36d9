//! The pauses between failed attempts. They grow, with full jitter and a cap.
//!
//! `Retry-After` is the floor of a pause, never its replacement: many gateways send 0 or 1. It has
//! a ceiling. Jitter is added to it, because all clients receive the same value.

use crate::session::error::RefreshFailure;
use crate::session::id::Entropy;
use crate::session::time::{Deadline, Millis, Moment};

const BASE: Millis = Millis::from_secs(1);
/// The factor of the pause if no caller waits. A refresh ahead of the expiry has a minute.
const IDLE: u64 = 8;
/// The cap while a caller waits.
const CAP: Millis = Millis::from_secs(60);
/// The cap if no caller waits. Of a million tabs after an outage, the unused ones leave the server
/// to those in use.
const IDLE_CAP: Millis = Millis::from_secs(900);
/// The cap for sign-outs. No caller waits, and the number of attempts is limited, so they must
/// outlast an outage.
const SIGN_OUT_CAP: Millis = Millis::from_secs(3600);
/// The shortest pause, because full jitter may draw nearly zero. An outage of one second causes
/// four attempts at most.
const FLOOR: Millis = Millis::new(400);
/// The ceiling of `Retry-After`. A server that asks for a day does not know that a person is
/// waiting.
const RETRY_AFTER_CAP: Millis = Millis::from_secs(300);
/// The pause without a network if no caller waits. An event reports that the network is back. The
/// pause is a fallback.
const OFFLINE_IDLE: Millis = Millis::from_secs(240);

/// The consecutive failures, and the date of the next attempt.
#[derive(Debug)]
pub(crate) struct Backoff {
    cap: Millis,
    /// The pause without a network while a caller waits.
    offline: Millis,
    failures: u32,
    /// The moment of the first of them.
    first: Option<Moment>,
    until: Option<Deadline>,
    idle_until: Option<Deadline>,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { cap: CAP, offline: CAP, failures: 0, first: None, until: None, idle_until: None }
    }
}

impl Backoff {
    /// Creates the backoff of sign-outs.
    pub(crate) fn of_sign_outs() -> Self {
        Self { cap: SIGN_OUT_CAP, offline: OFFLINE_IDLE, ..Self::default() }
    }

    /// Counts one more failure. Returns the pause before the next attempt while a caller waits.
    pub(crate) fn fail(
        &mut self,
        now: Moment,
        failure: &RefreshFailure,
        entropy: &mut impl Entropy,
    ) -> Millis {
        let whole = BASE * (1 << self.failures.min(16));
        // Both use the same draw, so the first is never after the second.
        let draw = entropy.next_u64();
        let part = |whole: Millis| scale(whole, &mut || draw);
        let (pause, idle) = match failure {
            RefreshFailure::Offline => {
                let jittered = |pause: Millis| pause + part(pause / 4);
                (jittered(self.offline), jittered(OFFLINE_IDLE))
            }
            _ => (part(whole.min(self.cap)), part((whole * IDLE).min(IDLE_CAP))),
        };
        let asked = failure.retry_after().unwrap_or_default().min(RETRY_AFTER_CAP);
        let least = asked.max(FLOOR);
        let spread = scale(asked / 2, entropy);
        let pause = pause.max(least) + spread;
        self.failures = self.failures.saturating_add(1);
        self.first.get_or_insert(now);
        self.until = Some(Deadline::new(now, pause));
        self.idle_until = Some(Deadline::new(now, idle.max(least) + spread));
        pause
    }

    /// Takes over the number of failures that other tabs have counted.
    pub(crate) fn catch_up(&mut self, failures: u32) {
        self.failures = self.failures.max(failures);
    }

    /// Notes that attempts have failed since `since`: before the network came back, in an earlier
    /// page, or in another tab.
    pub(crate) fn has_failed_since(&mut self, since: Moment, now: Moment) {
        if now.since(since) > self.has_failed_for(now) {
            self.first = Some(since);
        }
    }

    /// Starts over, because an attempt succeeded or the circumstances have changed.
    pub(crate) fn reset(&mut self) {
        *self = Self { cap: self.cap, offline: self.offline, ..Self::default() };
    }

    /// Returns the time for which all attempts have failed; zero if the last one has not.
    pub(crate) fn has_failed_for(&self, now: Moment) -> Millis {
        self.first.map_or(Millis::ZERO, |first| now.since(first))
    }

    /// Returns the deadline of the pause; `None` if no pause is running.
    pub(crate) fn until(&self, now: Moment) -> Option<Deadline> {
        self.until.filter(|until| !until.is_due(now))
    }

    /// Returns the same deadline if no caller waits.
    pub(crate) fn idle_until(&self, now: Moment) -> Option<Deadline> {
        self.idle_until.filter(|until| !until.is_due(now))
    }

    /// Returns the end of the last pause, running or over, in milliseconds since 1970.
    pub(crate) fn retry_at(&self) -> Option<i64> {
        self.until.map(Deadline::wall_ms)
    }

    /// Returns the same date if no caller waits.
    pub(crate) fn idle_retry_at(&self) -> Option<i64> {
        self.idle_until.map(Deadline::wall_ms)
    }
}

/// Returns a random part of a duration: its product with a number in `[0, 1)`. A duration above 49
/// days counts as 49 days.
pub(crate) fn scale(whole: Millis, entropy: &mut impl Entropy) -> Millis {
    let whole = whole.get().min(u32::MAX.into());
    Millis::new((whole * (entropy.next_u64() >> 32)) >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::new(0, 0);
    const FAILURE: RefreshFailure = RefreshFailure::TimedOut;

    fn busy(seconds: u64) -> RefreshFailure {
        RefreshFailure::Unavailable { status: Some(503), retry_after: Some(Millis::from_secs(seconds)) }
    }

    fn delay(backoff: &Backoff) -> Millis {
        backoff.until(NOW).map_or(Millis::ZERO, |until| until.remaining(NOW))
    }

    // Scenario 25.
    #[test]
    fn it_grows_to_a_cap_and_starts_over_after_a_success() {
        let mut backoff = Backoff::default();
        let mut most = || u64::MAX;
        let mut delays = Vec::new();
        for _ in 0..9 {
            let said = backoff.fail(NOW, &FAILURE, &mut most);
            assert_eq!(said, delay(&backoff));
            delays.push(delay(&backoff).get().div_ceil(1000));
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
            let idle = backoff.idle_until(NOW).map_or(Millis::ZERO, |until| until.remaining(NOW));
            assert_eq!(idle.get().div_ceil(1000), expected);
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
        assert_eq!(backoff.has_failed_for(hour), Millis::from_secs(3_540));
        backoff.has_failed_since(NOW, hour);
        assert_eq!(backoff.has_failed_for(hour), Millis::from_secs(3_600));
        backoff.reset();
        assert_eq!(backoff.has_failed_for(hour), Millis::ZERO);
        // A failure of this very moment has lasted for no time.
        backoff.has_failed_since(minute, minute);
        assert_eq!(backoff.has_failed_for(hour), Millis::ZERO);
    }

    #[test]
    fn that_of_sign_outs_grows_on_to_an_hour() {
        let mut backoff = Backoff::of_sign_outs();
        let all: u64 = (0..20).map(|_| backoff.fail(NOW, &FAILURE, &mut || u64::MAX / 2).get()).sum();
        assert!(all > 4 * 3_600_000, "{all}");
        backoff.reset();
        assert_eq!(backoff.cap, SIGN_OUT_CAP);
    }

    #[test]
    fn full_jitter_draws_from_the_whole_range_above_a_floor() {
        let mut backoff = Backoff::default();
        backoff.fail(NOW, &FAILURE, &mut || 0);
        assert_eq!(delay(&backoff), FLOOR);
        backoff.fail(NOW, &FAILURE, &mut || u64::MAX / 2);
        assert_eq!(delay(&backoff).get(), 999);
    }

    /// Returns the pauses in seconds after a number of failures in a row: while a caller waits, and
    /// if none waits.
    fn pauses(asked: u64, failures: usize, chance: u64) -> (u64, u64) {
        let mut backoff = Backoff::default();
        for _ in 0..failures {
            backoff.fail(NOW, &busy(asked), &mut || chance);
        }
        let rounded =
            |pause: Option<Deadline>| pause.map_or(0, |pause| pause.remaining(NOW).get().div_ceil(1000));
        (rounded(backoff.until(NOW)), rounded(backoff.idle_until(NOW)))
    }

    // Scenario 55.
    #[test]
    fn retry_after_is_a_floor_under_the_pause_that_grows_and_has_a_ceiling() {
        for (asked, failures, least) in [
            (0, 1, (1, 1)),
            (0, 9, (1, 1)),
            (1, 9, (1, 1)),
            (5, 1, (5, 5)),
            (60, 9, (60, 60)),
            (86_400, 1, (300, 300)),
            (u64::MAX, 9, (300, 300)),
        ] {
            assert_eq!(pauses(asked, failures, 0), least, "{asked} s asked for, {failures} failures");
        }
        // The growing pause or `Retry-After`, and up to half of the latter on top.
        for (asked, failures, most) in [
            (0, 1, (1, 8)),
            (0, 9, (60, 900)),
            (1, 9, (61, 901)),
            (5, 1, (8, 11)),
            (5, 9, (63, 903)),
            (60, 1, (90, 90)),
            (60, 9, (90, 930)),
            (86_400, 9, (450, 1_050)),
        ] {
            assert_eq!(pauses(asked, failures, u64::MAX), most, "{asked} s asked for, {failures} failures");
        }
    }
}
