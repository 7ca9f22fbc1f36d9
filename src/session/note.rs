//! What is written down of refreshes, for the next page and for the other tabs.

use super::id::AttemptId;
use super::in_flight::InFlight;
use super::memo::{Answered, Memo};
use super::time::{MOST_AHEAD, Moment};
use super::unsettled::{Standing, Unsettled};

/// How many milliseconds old what another tab says may be for it to be written down: a page that was frozen hears late.
const OLDEST_NEWS: i64 = 5_000;

/// What a tab has noted, for those that cannot read it where it is kept, or keep nothing themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Whether the browser keeps it: then others that keep it know it already.
    pub is_kept: bool,
    /// Whether it is all that the tab knows, for one that has just come; else it is what it has noted itself.
    pub is_whole: bool,
    /// When it was said: milliseconds since 1970.
    pub sent: i64,
    /// What, in order.
    pub notes: Vec<Note>,
}

impl Noted {
    /// How many there are at most in a message.
    pub(crate) const MOST: usize = 16;

    /// Whether it was said just now, as far as the clocks tell.
    pub(crate) fn is_fresh(&self, now: Moment) -> bool {
        let age = now.wall_ms().saturating_sub(self.sent);
        (-MOST_AHEAD..=OLDEST_NEWS).contains(&age)
    }
}

/// One change of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// A refresh is on the wire: noted before it is.
    Mark {
        /// Which turn it is.
        attempt: AttemptId,
        /// What is known.
        unsettled: Unsettled,
    },
    /// The same of another tab's, for this one to write down. If one was marked that was sent later, that stays.
    Heard {
        /// Which turn it is.
        attempt: AttemptId,
        /// What is known.
        unsettled: Unsettled,
    },
    /// Something else is known of it. If another one was marked since, that stays; if none is marked, only that it went
    /// astray is noted.
    Remark {
        /// Which turn it was.
        attempt: AttemptId,
        /// What is known.
        unsettled: Unsettled,
    },
    /// All is known of it. If another one was marked since, that stays.
    Unmark {
        /// Which turn it was.
        attempt: AttemptId,
    },
    /// It is out and unanswered; or its page has gone, or is back.
    List(InFlight),
    /// It was answered, or has failed.
    Unlist {
        /// Which turn it was sent in.
        attempt: AttemptId,
    },
    /// A refresh has brought a token.
    Answered(Answered),
}

impl Note {
    /// The turn of the refresh that it is about; `None` of a reply.
    pub(crate) fn attempt(&self) -> Option<AttemptId> {
        match self {
            Self::Mark { attempt, .. }
            | Self::Heard { attempt, .. }
            | Self::Remark { attempt, .. }
            | Self::Unmark { attempt }
            | Self::Unlist { attempt } => Some(*attempt),
            Self::List(in_flight) => Some(in_flight.attempt),
            Self::Answered(_) => None,
        }
    }

    /// The same for a tab that has heard it, and writes it down: what is kept may be newer than what that tab has read.
    pub(crate) fn heard(self) -> Self {
        match self {
            Self::Mark { attempt, unsettled } => Self::Heard { attempt, unsettled },
            other => other,
        }
    }

    /// Whether it says something later than what is known. Of two refreshes the one that was sent later is marked.
    pub(crate) fn is_news(&self, known: &Memo, now: Moment) -> bool {
        match self {
            Self::Mark { unsettled, .. } | Self::Heard { unsettled, .. } => {
                let is_later = |known: Unsettled| known.sent > unsettled.sent && !known.is_ahead(now);
                !known.unsettled.is_some_and(is_later)
            }
            Self::Answered(answered) => {
                let is_later = |known: Answered| known.at > answered.at && known.at <= now.wall_ms();
                !known.answered.is_some_and(is_later)
            }
            _ => true,
        }
    }
}

impl Memo {
    /// All that is noted, for a tab that knows nothing of it.
    pub(crate) fn notes(&self) -> Vec<Note> {
        let answered = self.answered.map(Note::Answered);
        let marker = self.marker().map(|(attempt, unsettled)| Note::Mark { attempt, unsettled });
        let listed = self.in_flight.iter().map(|listed| Note::List(*listed));
        answered.into_iter().chain(marker).chain(listed).collect()
    }

    /// Takes it down.
    pub fn note(&mut self, note: Note) {
        match note {
            Note::Mark { attempt, unsettled } => self.mark(Some((attempt, unsettled))),
            Note::Heard { attempt, unsettled } => {
                if self.unsettled.is_none_or(|marked| marked.sent <= unsettled.sent) {
                    self.mark(Some((attempt, unsettled)));
                }
            }
            Note::Remark { attempt, unsettled } => {
                let is_missing = unsettled.standing == Standing::Astray && self.marked.is_none();
                if is_missing || self.marked == Some(attempt) {
                    self.mark(Some((attempt, unsettled)));
                }
            }
            Note::Unmark { attempt } => {
                if self.marked == Some(attempt) {
                    self.mark(None);
                }
            }
            Note::List(in_flight) => self.in_flight = self.in_flight.with(in_flight),
            Note::Unlist { attempt } => self.in_flight = self.in_flight.without(attempt),
            Note::Answered(answered) => self.answered = Some(answered),
        }
    }

    /// The marker, and whose it is.
    pub fn marker(&self) -> Option<(AttemptId, Unsettled)> {
        self.marked.zip(self.unsettled)
    }

    fn mark(&mut self, marker: Option<(AttemptId, Unsettled)>) {
        (self.marked, self.unsettled) = marker.unzip();
    }
}

#[cfg(test)]
mod tests {
    use super::super::pace::Pace;
    use super::super::time::Millis;
    use super::*;

    fn attempt(number: u64) -> AttemptId {
        AttemptId::draw(&mut || number)
    }

    fn marker(standing: Standing) -> Unsettled {
        Unsettled { standing, ..Unsettled::astray(attempt(9), 5) }
    }

    /// What is marked after these, by number.
    fn marked(notes: &[Note]) -> Option<(AttemptId, Standing)> {
        let mut memo = Memo::default();
        notes.iter().for_each(|note| memo.note(*note));
        memo.marker().map(|(attempt, unsettled)| (attempt, unsettled.standing))
    }

    #[test]
    fn what_becomes_of_a_refresh_is_noted_unless_another_one_was_marked_since() {
        let mark = |number| Note::Mark { attempt: attempt(number), unsettled: marker(Standing::Out) };
        let remark =
            |number, standing| Note::Remark { attempt: attempt(number), unsettled: marker(standing) };
        let heard = |number, sent| {
            let unsettled = Unsettled { sent, ..marker(Standing::Lost) };
            Note::Mark { attempt: attempt(number), unsettled }.heard()
        };
        let unmark = |number| Note::Unmark { attempt: attempt(number) };
        for (notes, expected) in [
            (vec![mark(1), remark(1, Standing::Lost)], Some((1, Standing::Lost))),
            (vec![mark(1), mark(2), remark(1, Standing::Lost)], Some((2, Standing::Out))),
            (vec![mark(1), mark(2), remark(1, Standing::Astray)], Some((2, Standing::Out))),
            (vec![remark(1, Standing::Lost)], None),
            (vec![remark(1, Standing::Astray)], Some((1, Standing::Astray))),
            (vec![mark(1), unmark(1)], None),
            (vec![mark(1), mark(2), unmark(1)], Some((2, Standing::Out))),
            (vec![heard(1, 5)], Some((1, Standing::Lost))),
            (vec![mark(2), heard(1, 5)], Some((1, Standing::Lost))),
            (vec![mark(2), heard(1, 4)], Some((2, Standing::Out))),
        ] {
            let expected = expected.map(|(number, standing)| (attempt(number), standing));
            assert_eq!(marked(&notes), expected, "{notes:?}");
        }
    }

    #[test]
    fn what_is_known_is_told_whole() {
        let mut known = Memo::default();
        let listed = |number| InFlight { attempt: attempt(number), sent: number as i64, gone: None };
        known.note(Note::Mark { attempt: attempt(1), unsettled: marker(Standing::Out) });
        known.note(Note::List(listed(1)));
        known.note(Note::List(listed(2)));
        let mut told = Memo::default();
        known.notes().into_iter().for_each(|note| told.note(note));
        assert_eq!(told, known);
    }

    #[test]
    fn what_was_sent_earlier_is_no_news_unless_the_other_is_dated_ahead() {
        let now = Moment::new(1_000_000, 0);
        let sent = |sent| Unsettled { sent, ..marker(Standing::Out) };
        for (known, heard, is_news) in [
            (None, 5, true),
            (Some(999_000), 998_000, false),
            (Some(999_000), 999_000, true),
            (Some(998_000), 999_000, true),
            (Some(1_000_900), 999_000, false),
            (Some(1_100_000), 999_000, true),
        ] {
            let memo = Memo { unsettled: known.map(sent), ..Memo::default() };
            let note = Note::Mark { attempt: attempt(1), unsettled: sent(heard) };
            assert_eq!(note.is_news(&memo, now), is_news, "{known:?}, {heard}");
            assert!(Note::Unmark { attempt: attempt(1) }.is_news(&memo, now));
        }
    }

    #[test]
    fn what_was_answered_earlier_is_no_news_unless_the_other_is_dated_ahead() {
        let now = Moment::new(1_000_000, 0);
        let answered = |at| Answered::after(None, at, Millis::ZERO, false);
        for (known, heard, is_news) in [
            (None, 5, true),
            (Some(999_000), 998_000, false),
            (Some(999_000), 999_000, true),
            (Some(998_000), 999_000, true),
            (Some(1_000_000), 999_000, false),
            (Some(1_000_001), 999_000, true),
        ] {
            let memo = Memo { answered: known.map(answered), ..Memo::default() };
            assert_eq!(Note::Answered(answered(heard)).is_news(&memo, now), is_news, "{known:?}, {heard}");
        }
    }

    #[test]
    fn what_was_said_long_ago_or_is_dated_ahead_is_not_fresh() {
        let now = Moment::new(1_000_000, 0);
        let is_fresh = |sent| Noted { is_kept: false, is_whole: false, sent, notes: vec![] }.is_fresh(now);
        let all = [994_999, 995_000, 1_000_000, 1_001_000, 1_001_001, i64::MIN, i64::MAX].map(is_fresh);
        assert_eq!(all, [false, true, true, true, false, false, false]);
    }

    #[test]
    fn a_refresh_is_listed_until_it_is_answered() {
        let listed = InFlight { attempt: attempt(1), sent: 5, gone: None };
        let mut memo = Memo::default();
        memo.note(Note::List(listed));
        memo.note(Note::List(InFlight { gone: Some(6), ..listed }));
        assert_eq!(memo.in_flight.iter().map(|listed| listed.gone).collect::<Vec<_>>(), [Some(6)]);
        memo.note(Note::Unlist { attempt: attempt(1) });
        assert_eq!(memo.in_flight.iter().count(), 0);
        let took = Millis::new(40);
        let answered = Answered { at: 7, took, pace: Pace { slowest: took, usual: took }, echoes: false };
        memo.note(Note::Answered(answered));
        assert_eq!(memo.answered, Some(answered));
    }
}
