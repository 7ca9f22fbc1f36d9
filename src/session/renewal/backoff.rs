//! When to try again: after a pause that grows, with full jitter and a cap.
//!
//! `Retry-After` is the floor of that pause, never its replacement: many gateways send 0 or 1. It has a ceiling, and jitter on
//! top, because all clients are sent the same.

use crate::session::error::RefreshFailure;
use crate::session::id::Entropy;
use crate::session::time::{Deadline, Millis, Moment};

const BASE: Millis = Millis::from_secs(1);
/// How much longer it is where nobody waits: a refresh ahead of time has a minute.
const IDLE: u64 = 8;
/// Somebody waits for it.
const CAP: Millis = Millis::from_secs(60);
/// Nobody does: of a million tabs after an outage, those that nobody uses leave the server to those that somebody does.
const IDLE_CAP: Millis = Millis::from_secs(900);
/// Nobody waits for it, and it is tried so often only: it has to outlast an outage.
const SIGN_OUT_CAP: Millis = Millis::from_secs(3600);
/// Full jitter may draw nearly nothing; this much is always waited: an outage of a second costs four attempts at the most.
const FLOOR: Millis = Millis::new(400);
/// The ceiling of `Retry-After`. A server that asks for a day does not know that a person is waiting.
const RETRY_AFTER_CAP: Millis = Millis::from_secs(300);
/// The pause without a network where nobody waits. An event tells when the network is back; this is in case none comes.
const OFFLINE_IDLE: Millis = Millis::from_secs(240);

/// Failures in a row, and when the next attempt is due.
#[derive(Debug)]
pub(crate) struct Backoff {
    cap: Millis,
    /// The pause without a network.
    offline: Millis,
    failures: u32,
    /// When the first of them was.
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
    /// That of sign-outs.
    pub(crate) fn of_sign_outs() -> Self {
        Self { cap: SIGN_OUT_CAP, offline: OFFLINE_IDLE, ..Self::default() }
    }

    /// Counts one more failure. Returns how long it is until the next attempt, if somebody waits for it.
    pub(crate) fn fail(
        &mut self,
        now: Moment,
        failure: &RefreshFailure,
        entropy: &mut impl Entropy,
    ) -> Millis {
        let whole = BASE * (1 << self.failures.min(16));
        // The same draw for both: the one is never after the other.
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
        *self = Self { cap: self.cap, offline: self.offline, ..Self::default() };
    }

    /// For how long all attempts have failed; nothing where the last has not.
    pub(crate) fn has_failed_for(&self, now: Moment) -> Millis {
        self.first.map_or(Millis::ZERO, |first| now.since(first))
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

/// Returns a random part of a duration: the whole times a number in `[0, 1)`. Of more than 49 days, a part of 49 days.
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

    /// The pauses after so many failures in a row, in seconds: where somebody waits, and where nobody does.
    fn pauses(asked: u64, failures: usize, chance: u64) -> (u64, u64) {
        let mut backoff = Backoff::default();
        for _ in 0..failures {
            backoff.fail(NOW, &busy(asked), &mut || chance);
        }
        let rounded =
            |pause: Option<Deadline>| pause.map_or(0, |pause| pause.remaining(NOW).get().div_ceil(1000));
        (rounded(backoff.until(NOW)), rounded(backoff.idle_until(NOW)))
    }

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
        // The pause that grows, or what is asked for; and up to half of the latter on top.
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
