//! Identifiers, and the source of random numbers that they are drawn from.

use crate::session::digest::{FNV1A, fnv1a};
use crate::session::time::{Millis, Moment};

/// A source of random numbers: `crypto.getRandomValues` in a browser, a seeded generator in a test.
///
/// Chance is an argument: nothing in this layer draws random numbers by itself.
pub trait Entropy {
    /// Returns the next 64 random bits.
    fn next_u64(&mut self) -> u64;
}

impl<F: FnMut() -> u64> Entropy for F {
    fn next_u64(&mut self) -> u64 {
        self()
    }
}

/// An id of 128 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct RandomId([u64; 2]);

impl RandomId {
    fn draw(entropy: &mut impl Entropy) -> Self {
        Self([entropy.next_u64(), entropy.next_u64()])
    }
}

/// The end of the dates of ids, in milliseconds since 1970. No real clock shows a later date.
const END_OF_TIME: u64 = 1 << 47;

/// The id of a session. It is the same in all tabs and across all refreshes, and new at each
/// sign-in. Whatever belongs to another session has no effect.
///
/// Ids are ordered: 48 bits are the date of the beginning, 80 are random. A tab draws an id later
/// than every session that it knows. So a clock that was set back does not make yesterday's session
/// the newer one (a hybrid logical clock).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EpochId(RandomId);

impl EpochId {
    /// Draws the id of a session that began at `wall_ms` (milliseconds since 1970) or just after
    /// `after`.
    pub fn draw(entropy: &mut impl Entropy, wall_ms: i64, after: Option<EpochId>) -> Self {
        let began = Self::begins(wall_ms, after.map(|epoch| epoch.began() + 1));
        Self(RandomId([(began << 16) + (entropy.next_u64() & 0xffff), entropy.next_u64()]))
    }

    /// Returns an id later than every session that had begun by `wall_ms` (milliseconds since
    /// 1970), and later than `latest`. A sign-out ends all sessions up to this id.
    pub fn last(wall_ms: i64, latest: Option<EpochId>) -> Self {
        let began = Self::begins(wall_ms, latest.map(|epoch| epoch.began() + 1));
        Self(RandomId([(began << 16) + 0xffff, u64::MAX]))
    }

    fn begins(wall_ms: i64, least: Option<u64>) -> u64 {
        u64::try_from(wall_ms).unwrap_or(0).max(least.unwrap_or(0)).min(END_OF_TIME - 1)
    }

    fn began(self) -> u64 {
        self.0.0[0] >> 16
    }

    /// Returns the date of the beginning in milliseconds since 1970, by the clock of the tab that
    /// drew the id.
    pub(crate) fn date(self) -> i64 {
        self.began() as i64
    }

    /// Whether the session began at `wall_ms` (milliseconds since 1970) or later.
    pub(crate) fn is_after(self, wall_ms: i64) -> bool {
        u64::try_from(wall_ms).is_ok_and(|wall_ms| self.began() >= wall_ms)
    }

    /// Whether the session began longer ago than `bound`.
    pub(crate) fn is_older_than(self, bound: Millis, now: Moment) -> bool {
        !self.is_after(now.wall_ms().saturating_sub(bound.signed()).max(0))
    }

    /// Returns the id as two words.
    pub fn words(self) -> [u64; 2] {
        self.0.0
    }

    /// Returns the id of two words, or `None` if its date is later than any clock shows.
    pub fn from_words(words: [u64; 2]) -> Option<Self> {
        Some(Self(RandomId(words))).filter(|epoch| epoch.began() < END_OF_TIME)
    }

    /// Returns a digest of the id, to salt another one with.
    pub(crate) fn digest(self) -> u64 {
        let [first, second] = self.words();
        fnv1a(fnv1a(FNV1A, &first.to_be_bytes()), &second.to_be_bytes())
    }
}

/// The id of a turn: an attempt to refresh, a sign-in or a sign-out. The server sees it, and tells a
/// retry from a theft by it. So it is random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttemptId(RandomId);

impl AttemptId {
    /// Draws a new id.
    pub fn draw(entropy: &mut impl Entropy) -> Self {
        Self(RandomId::draw(entropy))
    }

    /// Returns the id as two words.
    pub fn words(self) -> [u64; 2] {
        self.0.0
    }

    /// Returns the id of two words.
    pub const fn from_words(words: [u64; 2]) -> Self {
        Self(RandomId(words))
    }
}

/// The id of a tab: one session object in one page or worker. It is random, and only tells tabs
/// apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TabId(u64);

impl TabId {
    /// Draws a new id.
    pub fn draw(entropy: &mut impl Entropy) -> Self {
        Self(entropy.next_u64())
    }

    /// Returns the id as two words, which are equal: earlier versions have ids of two.
    pub const fn words(self) -> [u64; 2] {
        [self.0; 2]
    }

    /// Returns the id of two words. The first tells tabs apart.
    pub const fn from_words([first, _]: [u64; 2]) -> Self {
        Self(first)
    }
}

/// A caller that waits for a reply. The caller draws it: each ticket once, and each greater than
/// the ones before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u32);

/// The number of a token within its session. It counts from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    fn draw(wall_ms: i64, after: Option<EpochId>) -> EpochId {
        EpochId::draw(&mut || 0xfedc_ba98_7654_3210, wall_ms, after)
    }

    #[test]
    fn an_epoch_is_dated() {
        assert_eq!(draw(NOW, None).date(), NOW);
        assert_eq!(draw(NOW, Some(draw(NOW + 9, None))).date(), NOW + 10);
        assert_eq!(draw(-1, None).date(), 0);
    }

    #[test]
    fn a_later_epoch_is_greater_also_when_the_clock_was_set_back() {
        let first = draw(NOW, None);
        assert!(draw(NOW + 1, None) > first);
        assert!(draw(NOW - 3_600_000, Some(first)) > first);
        assert!(draw(i64::MIN, Some(first)) > first);
    }

    #[test]
    fn what_is_over_is_all_that_had_begun() {
        let over = EpochId::last(NOW, None);
        assert!(draw(NOW, None) < over && draw(NOW + 1, None) > over);
        assert!(draw(NOW, Some(over)) > over);
        let future = draw(NOW + 9_999, None);
        assert!(EpochId::last(NOW, Some(future)) > future);
    }

    #[test]
    fn no_clock_reaches_the_end_of_time() {
        let last = EpochId::last(i64::MAX, None);
        assert_eq!(EpochId::from_words(last.words()), Some(last));
        for late in [[u64::MAX, 0], [1 << 63, 0]] {
            assert_eq!(EpochId::from_words(late), None, "{late:?}");
        }
    }
}
