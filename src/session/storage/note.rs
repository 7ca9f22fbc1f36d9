//! Notes about refreshes, for the next page and for the other tabs.

use crate::session::id::AttemptId;
use crate::session::markers::in_flight::InFlight;
use crate::session::markers::refresh_marker::{MarkerState, RefreshMarker};
use crate::session::renewal::spending::Charge;
use crate::session::storage::stored::{RefreshReply, Stored};
use crate::session::time::{MOST_AHEAD, Moment};

/// The greatest age in milliseconds of a message whose notes are stored. A page that was frozen
/// receives messages late.
const OLDEST_NEWS: i64 = 5_000;

/// The notes of a tab, for tabs that cannot read its storage or store nothing themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Whether the browser of that tab stores them. Then other tabs with storage know them already.
    pub is_kept: bool,
    /// Whether these are all notes that the tab knows, for a new tab. Otherwise they are its own.
    pub is_whole: bool,
    /// The date when they were sent, in milliseconds since 1970.
    pub sent: i64,
    /// The notes, in order.
    pub notes: Vec<Note>,
}

impl Noted {
    /// The greatest number of notes in a message.
    pub(crate) const MOST: usize = 16;

    /// Whether they were sent just now, as far as the clocks show.
    pub(crate) fn is_fresh(&self, now: Moment) -> bool {
        let age = now.wall_ms().saturating_sub(self.sent);
        (-MOST_AHEAD..=OLDEST_NEWS).contains(&age)
    }
}

/// A change of what is noted about refreshes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// A refresh is about to be sent.
    Mark {
        /// The turn of the refresh.
        attempt: AttemptId,
        /// The marker of the refresh.
        marker: RefreshMarker,
    },
    /// A refresh of another tab is about to be sent, and this tab stores that. The marker of a
    /// later refresh is kept.
    Heard {
        /// The turn of the refresh.
        attempt: AttemptId,
        /// The marker of the refresh.
        marker: RefreshMarker,
    },
    /// The state of a refresh has changed. The marker of another refresh is kept, and says from then
    /// on that a stray one was sent before it. If none is stored, only a stray marker is stored.
    Remark {
        /// The turn of the refresh.
        attempt: AttemptId,
        /// The marker of the refresh.
        marker: RefreshMarker,
    },
    /// The outcome of a refresh is fully known. The marker of another refresh is kept.
    Unmark {
        /// The turn of the refresh.
        attempt: AttemptId,
    },
    /// A refresh is in flight, or its page has gone or is back.
    List(InFlight),
    /// A refresh has settled.
    Unlist {
        /// The turn of the refresh.
        attempt: AttemptId,
    },
    /// A refresh has brought a token.
    Replied(RefreshReply),
    /// A refresh was taken out of a budget, or is given back.
    Charged(Charge),
}

impl Note {
    /// Returns the turn of the refresh; `None` for a reply or a charge.
    pub(crate) fn attempt(&self) -> Option<AttemptId> {
        match self {
            Self::Mark { attempt, .. }
            | Self::Heard { attempt, .. }
            | Self::Remark { attempt, .. }
            | Self::Unmark { attempt }
            | Self::Unlist { attempt } => Some(*attempt),
            Self::List(in_flight) => Some(in_flight.attempt),
            Self::Replied(_) | Self::Charged(_) => None,
        }
    }

    /// Returns the note for a tab that has received and stores it. The stored marker may be newer
    /// than the one which that tab has read.
    pub(crate) fn heard(self) -> Self {
        match self {
            Self::Mark { attempt, marker } => Self::Heard { attempt, marker },
            other => other,
        }
    }

    /// Whether it is newer than what is known. Of two refreshes, the one that was sent later is
    /// marked.
    pub(crate) fn is_news(&self, known: &Stored, now: Moment) -> bool {
        match self {
            Self::Mark { marker, .. } | Self::Heard { marker, .. } => {
                let is_later = |known: RefreshMarker| known.sent > marker.sent && !known.is_ahead(now);
                !known.marker.is_some_and(is_later)
            }
            Self::Replied(answered) => {
                let is_later = |known: RefreshReply| known.at > answered.at && known.at <= now.wall_ms();
                !known.answered.is_some_and(is_later)
            }
            _ => true,
        }
    }
}

impl Stored {
    /// Returns all notes, for a tab that knows none.
    pub(crate) fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        notes.extend(self.answered.map(Note::Replied));
        notes.extend(self.marker().map(|(attempt, marker)| Note::Mark { attempt, marker }));
        for listed in self.in_flight.iter() {
            notes.push(Note::List(*listed));
        }
        for charge in self.spent.charges() {
            notes.push(Note::Charged(charge));
        }
        notes
    }

    /// Applies a note.
    pub fn note(&mut self, note: Note) {
        match note {
            Note::Mark { attempt, marker } => self.mark(Some((attempt, marker))),
            Note::Heard { attempt, marker } => {
                if self.marker.is_none_or(|marked| marked.sent <= marker.sent) {
                    self.mark(Some((attempt, marker)));
                }
            }
            Note::Remark { attempt, marker } => {
                let is_stray = marker.state == MarkerState::Stray;
                let is_missing = is_stray && self.marked.is_none();
                if is_missing || self.marked == Some(attempt) {
                    self.mark(Some((attempt, marker)));
                } else if let Some(known) = self.marker.as_mut().filter(|_| is_stray) {
                    known.follow(&marker);
                }
            }
            Note::Unmark { attempt } => {
                if self.marked == Some(attempt) {
                    self.mark(None);
                }
            }
            Note::List(in_flight) => self.in_flight = self.in_flight.with(in_flight),
            Note::Unlist { attempt } => self.in_flight = self.in_flight.without(attempt),
            Note::Replied(answered) => self.answered = Some(answered),
            Note::Charged(charge) => self.spent.charge(charge),
        }
    }

    /// Returns the marker and its turn.
    pub fn marker(&self) -> Option<(AttemptId, RefreshMarker)> {
        self.marked.zip(self.marker)
    }

    #[inline(never)]
    fn mark(&mut self, marker: Option<(AttemptId, RefreshMarker)>) {
        (self.marked, self.marker) = marker.unzip();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::markers::pace::Pace;
    use crate::session::renewal::spending::Budget;
    use crate::session::time::Millis;

    fn attempt(number: u64) -> AttemptId {
        AttemptId::draw(&mut || number)
    }

    fn marker(state: MarkerState) -> RefreshMarker {
        RefreshMarker { state, ..RefreshMarker::stray(attempt(9), 5) }
    }

    /// Returns the marker after these notes.
    fn marked(notes: &[Note]) -> Option<(AttemptId, MarkerState)> {
        let mut stored = Stored::default();
        notes.iter().for_each(|note| stored.note(*note));
        stored.marker().map(|(attempt, marker)| (attempt, marker.state))
    }

    #[test]
    fn what_becomes_of_a_refresh_is_noted_unless_another_one_was_marked_since() {
        let mark = |number| Note::Mark { attempt: attempt(number), marker: marker(MarkerState::InFlight) };
        let remark = |number, state| Note::Remark { attempt: attempt(number), marker: marker(state) };
        let heard = |number, sent| {
            let marker = RefreshMarker { sent, ..marker(MarkerState::Lost) };
            Note::Mark { attempt: attempt(number), marker }.heard()
        };
        let unmark = |number| Note::Unmark { attempt: attempt(number) };
        for (notes, expected) in [
            (vec![mark(1), remark(1, MarkerState::Lost)], Some((1, MarkerState::Lost))),
            (vec![mark(1), mark(2), remark(1, MarkerState::Lost)], Some((2, MarkerState::InFlight))),
            (vec![mark(1), mark(2), remark(1, MarkerState::Stray)], Some((2, MarkerState::InFlight))),
            (vec![remark(1, MarkerState::Lost)], None),
            (vec![remark(1, MarkerState::Stray)], Some((1, MarkerState::Stray))),
            (vec![mark(1), unmark(1)], None),
            (vec![mark(1), mark(2), unmark(1)], Some((2, MarkerState::InFlight))),
            (vec![heard(1, 5)], Some((1, MarkerState::Lost))),
            (vec![mark(2), heard(1, 5)], Some((1, MarkerState::Lost))),
            (vec![mark(2), heard(1, 4)], Some((2, MarkerState::InFlight))),
        ] {
            let expected = expected.map(|(number, state)| (attempt(number), state));
            assert_eq!(marked(&notes), expected, "{notes:?}");
        }
    }

    #[test]
    fn what_is_known_is_told_whole() {
        let mut known = Stored::default();
        let listed = |number| InFlight { attempt: attempt(number), sent: number as i64, gone: None };
        known.note(Note::Mark { attempt: attempt(1), marker: marker(MarkerState::InFlight) });
        known.note(Note::List(listed(1)));
        known.note(Note::List(listed(2)));
        known.note(Note::Charged(Budget::Rejected.take(Moment::new(1_000_000, 0), Millis::ZERO)));
        let mut told = Stored::default();
        known.notes().into_iter().for_each(|note| told.note(note));
        assert_eq!(told, known);
    }

    #[test]
    fn what_was_sent_earlier_is_no_news_unless_the_other_is_dated_ahead() {
        let now = Moment::new(1_000_000, 0);
        let sent = |sent| RefreshMarker { sent, ..marker(MarkerState::InFlight) };
        for (known, heard, is_news) in [
            (None, 5, true),
            (Some(999_000), 998_000, false),
            (Some(999_000), 999_000, true),
            (Some(998_000), 999_000, true),
            (Some(1_000_900), 999_000, false),
            (Some(1_100_000), 999_000, true),
        ] {
            let stored = Stored { marker: known.map(sent), ..Stored::default() };
            let note = Note::Mark { attempt: attempt(1), marker: sent(heard) };
            assert_eq!(note.is_news(&stored, now), is_news, "{known:?}, {heard}");
            assert!(Note::Unmark { attempt: attempt(1) }.is_news(&stored, now));
        }
    }

    #[test]
    fn what_was_answered_earlier_is_no_news_unless_the_other_is_dated_ahead() {
        let now = Moment::new(1_000_000, 0);
        let answered = |at| RefreshReply::after(None, at, Millis::ZERO, false);
        for (known, heard, is_news) in [
            (None, 5, true),
            (Some(999_000), 998_000, false),
            (Some(999_000), 999_000, true),
            (Some(998_000), 999_000, true),
            (Some(1_000_000), 999_000, false),
            (Some(1_000_001), 999_000, true),
        ] {
            let stored = Stored { answered: known.map(answered), ..Stored::default() };
            assert_eq!(Note::Replied(answered(heard)).is_news(&stored, now), is_news, "{known:?}, {heard}");
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
        let mut stored = Stored::default();
        stored.note(Note::List(listed));
        stored.note(Note::List(InFlight { gone: Some(6), ..listed }));
        assert_eq!(stored.in_flight.iter().map(|listed| listed.gone).collect::<Vec<_>>(), [Some(6)]);
        stored.note(Note::Unlist { attempt: attempt(1) });
        assert_eq!(stored.in_flight.iter().count(), 0);
        let took = Millis::new(40);
        let answered = RefreshReply { at: 7, took, pace: Pace { slowest: took, usual: took }, echoes: false };
        stored.note(Note::Replied(answered));
        assert_eq!(stored.answered, Some(answered));
    }
}
