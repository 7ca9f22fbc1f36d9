//! The refreshes in flight, in all tabs of the browser.
//!
//! A refresh that is given up is not aborted, so a server that does not reply would collect
//! requests. Over HTTP/1.1 six of them block every other request to its origin. At most
//! [`MOST_IN_FLIGHT`] are in flight at once.

use crate::session::id::AttemptId;
use crate::session::time::{MOST_AHEAD, Millis, Moment};

/// Number of refreshes that may be in flight at once. The first may never receive a reply; the
/// second is its retry.
pub const MOST_IN_FLIGHT: usize = 2;

/// Time for which a refresh that never settles counts as in flight. Browsers and proxies give up on
/// a silent connection by then.
pub const LONGEST_IN_FLIGHT: Millis = Millis::from_secs(120);

/// Number of listed refreshes. It exceeds [`MOST_IN_FLIGHT`], because tabs exist that no lock
/// reaches.
const MOST_LISTED: usize = 4;

/// A refresh in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InFlight {
    /// The turn in which it was sent.
    pub attempt: AttemptId,
    /// The date when it was sent, in milliseconds since 1970.
    pub sent: i64,
    /// The date when its page left, in milliseconds since 1970. From then on no tab notices when it
    /// settles.
    pub gone: Option<i64>,
}

impl InFlight {
    /// Returns how long it had been in flight when its page left; `None` if that has not left.
    pub(crate) fn seen(&self) -> Option<Millis> {
        self.gone.map(|gone| Millis::between(self.sent, gone))
    }

    /// Returns how much longer it counts as in flight, if it does so for `bound` at most.
    #[inline(never)]
    pub(crate) fn left(&self, now: Moment, bound: Millis) -> Millis {
        let bound = bound.min(LONGEST_IN_FLIGHT);
        // A date in the future comes from a clock that was set back since. It does not count,
        // because it would count until that date.
        let is_dated = self.sent <= now.wall_ms().saturating_add(MOST_AHEAD);
        if is_dated { bound - now.wall_since(self.sent) } else { Millis::ZERO }
    }
}

impl InFlight {
    /// Whether it may still be in flight, by its date.
    pub(crate) fn is_recent(&self, now: Moment) -> bool {
        now.wall_since(self.sent) < LONGEST_IN_FLIGHT
    }
}

/// The listed refreshes, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InFlightList {
    count: usize,
    /// The first `count` are listed; the others are [`NOTHING`].
    listed: [InFlight; MOST_LISTED],
}

/// The filling of the list.
const NOTHING: InFlight = InFlight { attempt: AttemptId::from_words([0; 2]), sent: 0, gone: None };

impl Default for InFlightList {
    fn default() -> Self {
        Self { count: 0, listed: [NOTHING; MOST_LISTED] }
    }
}

impl InFlightList {
    /// Returns the refreshes in the list.
    pub fn iter(&self) -> std::slice::Iter<'_, InFlight> {
        self.listed[..self.count].iter()
    }

    fn push(&mut self, new: InFlight) {
        if self.count == MOST_LISTED {
            self.listed.rotate_left(1);
            self.count -= 1;
        }
        self.listed[self.count] = new;
        self.count += 1;
    }

    /// Returns the number of those whose page has gone and that were sent after this date of the last
    /// reply, if there was one.
    pub(crate) fn gone_since(&self, answered: Option<i64>, now: Moment) -> usize {
        // A reply that is dated ahead is older than it says: the clock was set back since.
        let answered = answered.filter(|at| *at <= now.wall_ms());
        let is_unanswered = |sent: i64| answered.is_none_or(|at| at < sent);
        let is_it =
            |listed: &&InFlight| listed.gone.is_some() && listed.is_recent(now) && is_unanswered(listed.sent);
        self.iter().filter(is_it).count()
    }

    /// Returns the list with this refresh added or changed, without those that no longer count when
    /// it is sent. If the list is full, the oldest is dropped.
    #[must_use]
    pub fn with(self, new: InFlight) -> Self {
        let mut list = Self::default();
        for listed in self.iter() {
            let is_recent = Millis::between(listed.sent, new.sent) < LONGEST_IN_FLIGHT;
            if listed.attempt != new.attempt && is_recent {
                list.push(*listed);
            }
        }
        list.push(new);
        list
    }

    /// Returns the list without this refresh.
    #[must_use]
    pub fn without(self, attempt: AttemptId) -> Self {
        let mut list = Self::default();
        for listed in self.iter() {
            if listed.attempt != attempt {
                list.push(*listed);
            }
        }
        list
    }
}

impl FromIterator<InFlight> for InFlightList {
    fn from_iter<I: IntoIterator<Item = InFlight>>(all: I) -> Self {
        all.into_iter().fold(Self::default(), Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::new(1_000_000, 0);

    fn sent(number: u64, sent: i64) -> InFlight {
        InFlight { attempt: AttemptId::draw(&mut || number), sent, gone: None }
    }

    fn left(listed: InFlight) -> Millis {
        listed.left(NOW, listed.seen().map_or(Millis::MAX, |seen| seen * 4))
    }

    #[test]
    fn one_that_never_settles_counts_for_two_minutes() {
        assert_eq!(left(sent(1, 1_000_000)), LONGEST_IN_FLIGHT);
        assert_eq!(left(sent(1, 880_001)), Millis::new(1));
        assert_eq!(left(sent(1, 880_000)), Millis::ZERO);
        assert!(sent(1, 880_001).is_recent(NOW) && !sent(1, 880_000).is_recent(NOW));
    }

    #[test]
    fn one_whose_page_has_gone_counts_while_its_reply_is_likely_to_come() {
        let gone = InFlight { gone: Some(999_000), ..sent(1, 998_000) };
        assert_eq!(left(gone), Millis::from_secs(2));
        let long = InFlight { gone: Some(999_000), ..sent(1, 0) };
        assert_eq!(left(long), Millis::ZERO);
    }

    #[test]
    fn whatever_the_dates_say_none_counts_for_longer_than_two_minutes() {
        assert_eq!(left(sent(1, 1_002_000)), Millis::ZERO);
        for date in [i64::MIN, -1, 0, i64::MAX] {
            for gone in [None, Some(i64::MIN), Some(i64::MAX)] {
                assert!(left(InFlight { gone, ..sent(1, date) }) <= LONGEST_IN_FLIGHT);
            }
        }
    }

    #[test]
    fn those_that_have_gone_are_counted_from_the_last_reply_on() {
        let mut list = InFlightList::default();
        for (number, at, gone) in
            [(1, 880_000, true), (2, 880_001, true), (3, 900_000, false), (4, 999_000, true)]
        {
            list = list.with(InFlight { gone: gone.then_some(at + 5), ..sent(number, at) });
        }
        for (answered, count) in [
            (None, 2),
            (Some(880_000), 2),
            (Some(880_001), 1),
            (Some(998_999), 1),
            (Some(999_000), 0),
            (Some(1_000_001), 2),
        ] {
            assert_eq!(list.gone_since(answered, NOW), count, "{answered:?}");
        }
    }

    #[test]
    fn a_list_holds_the_newest_each_once() {
        let list: InFlightList = (0..9).map(|number| sent(number, number as i64)).collect();
        assert_eq!(list.iter().map(|listed| listed.sent).collect::<Vec<_>>(), [5, 6, 7, 8]);
        let changed = list.with(InFlight { gone: Some(10), ..sent(6, 6) });
        assert_eq!(changed.iter().filter(|listed| listed.gone == Some(10)).count(), 1);
        assert_eq!(changed.iter().count(), 4);
        let late = LONGEST_IN_FLIGHT.get() as i64 + 6;
        let left = |at| list.with(sent(9, at)).iter().map(|listed| listed.sent).collect::<Vec<_>>();
        assert_eq!(left(late - 1), [6, 7, 8, late - 1]);
        assert_eq!(left(late), [7, 8, late]);
        let less = list.without(sent(5, 0).attempt).without(sent(5, 0).attempt);
        assert_eq!(less.iter().map(|listed| listed.sent).collect::<Vec<_>>(), [6, 7, 8]);
    }
}
