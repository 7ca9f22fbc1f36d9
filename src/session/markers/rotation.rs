//! The reaction of a server to a spent refresh token, and the resulting wait for an orphan: a
//! refresh whose page has gone.
//!
//! The figures were chosen by simulation: `docs/rotation.md`, "How long the next page waits".

use crate::session::time::Millis;

use crate::session::markers::pace::Pace;

/// The shortest wait for an orphan. It covers replies that are slow only once.
const LEAST_WAIT: Millis = Millis::from_secs(2);

/// The factor by which an orphan may be slower than the slowest recent reply.
const SLOWER_THAN_KNOWN: u64 = 2;

/// The factor by which an orphan may take longer than it had taken when its page left.
const LONGER_THAN_SEEN: u64 = 4;

/// The factor by which an orphan must exceed the usual time, when its page leaves, to count as
/// slow.
///
/// A page that leaves in the middle of a refresh has usually hit a slow one. So the time until then
/// counts for more than earlier replies.
const UNUSUAL: u64 = 2;

/// The least time for an orphan to count as slow.
const LEAST_UNUSUAL: Millis = Millis::new(100);

/// The longest likely time of a slow reply: the cold start of a serverless function, for example.
const SLOW_WAIT: Millis = Millis::from_secs(9);

/// The shortest pause between two probes.
const LEAST_PROBE_PAUSE: Millis = Millis::new(100);

/// The reaction of the server to a spent refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// Accepts it: the cookie does not rotate, or its predecessor is accepted for a while.
    None,
    /// Recognises the attempt id, and sends the same successor again.
    Replays,
    /// Rejects it, and does nothing else.
    Refuses,
    /// Counts it as stolen, and ends the session (RFC 9700, section 4.14.2). Assumed if nothing
    /// else is known.
    Revokes,
}

impl Rotation {
    /// Returns the wait for an orphan before the next refresh, counted from when the orphan was
    /// sent.
    ///
    /// `seen` is the time for which it had been in flight when its page left. `pace` is that of
    /// earlier replies, if known. The wait is never longer than `timeout`.
    pub fn orphan_wait(self, seen: Millis, pace: Option<Pace>, timeout: Millis) -> Millis {
        match self {
            Self::None | Self::Replays | Self::Refuses => Millis::ZERO,
            Self::Revokes => {
                let Pace { slowest, usual } = pace.unwrap_or_default();
                let is_slow = seen > (usual * UNUSUAL).max(LEAST_UNUSUAL);
                let least = if is_slow { SLOW_WAIT } else { LEAST_WAIT };
                let by_replies = slowest * SLOWER_THAN_KNOWN;
                let by_page = seen * LONGER_THAN_SEEN;
                least.max(by_replies).max(by_page).min(timeout)
            }
        }
    }
}

/// Returns the pause between two probes for the cookie of an orphan of this age. Once a probe was
/// rejected, another one does no further harm. After the cookie is received, the next probe follows
/// within a quarter of the time that the cookie took.
pub(crate) fn probe_pause(age: Millis) -> Millis {
    (age / 4).max(LEAST_PROBE_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Millis = Millis::from_secs(15);

    fn wait(seen_ms: u64, pace_ms: Option<(u64, u64)>) -> u64 {
        let ms = Millis::new;
        let pace = pace_ms.map(|(slowest, usual)| Pace { slowest: ms(slowest), usual: ms(usual) });
        Rotation::Revokes.orphan_wait(ms(seen_ms), pace, TIMEOUT).get()
    }

    #[test]
    fn a_server_that_revokes_is_waited_for_by_whatever_is_longest_within_the_timeout() {
        assert_eq!(wait(150, None), 2_000);
        assert_eq!(wait(90, Some((50, 40))), 2_000);
        assert_eq!(wait(90, Some((3_000, 40))), 6_000);
        assert_eq!(wait(3_000, Some((50, 2_000))), 12_000);
        assert_eq!(wait(4_000, None), 15_000);
        assert_eq!(wait(0, Some((u64::MAX, u64::MAX))), 15_000);
    }

    #[test]
    fn one_that_had_passed_what_is_usual_is_taken_for_one_of_the_slow_ones() {
        assert_eq!((wait(100, Some((50, 40))), wait(101, Some((50, 40)))), (2_000, 9_000));
        assert_eq!((wait(600, Some((300, 300))), wait(601, Some((300, 300)))), (2_400, 9_000));
        assert_eq!((wait(500, None), wait(501, None)), (2_000, 9_000));
    }

    #[test]
    fn nothing_waits_where_an_old_cookie_does_no_harm() {
        for rotation in [Rotation::None, Rotation::Replays, Rotation::Refuses] {
            let wait = rotation.orphan_wait(TIMEOUT, Some(Pace::of(TIMEOUT)), TIMEOUT);
            assert_eq!(wait, Millis::ZERO, "{rotation:?}");
        }
    }

    #[test]
    fn probes_follow_each_other_early_and_ever_more_slowly() {
        let mut age = Millis::new(150);
        let mut probes = 0;
        while age < TIMEOUT {
            age = age + probe_pause(age);
            probes += 1;
        }
        assert!((15..=25).contains(&probes), "{probes}");
        assert_eq!(probe_pause(Millis::from_secs(8)), Millis::from_secs(2));
    }
}
