//! What is written down of refreshes, for the next page and for the other tabs.

use super::id::AttemptId;
use super::in_flight::InFlight;
use super::memo::{Answered, Memo, Standing, Unsettled};

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

impl Memo {
    /// Takes it down.
    pub fn note(&mut self, note: Note) {
        match note {
            Note::Mark { attempt, unsettled } => self.mark(Some((attempt, unsettled))),
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
        let unmark = |number| Note::Unmark { attempt: attempt(number) };
        for (notes, expected) in [
            (vec![mark(1), remark(1, Standing::Lost)], Some((1, Standing::Lost))),
            (vec![mark(1), mark(2), remark(1, Standing::Lost)], Some((2, Standing::Out))),
            (vec![mark(1), mark(2), remark(1, Standing::Astray)], Some((2, Standing::Out))),
            (vec![remark(1, Standing::Lost)], None),
            (vec![remark(1, Standing::Astray)], Some((1, Standing::Astray))),
            (vec![mark(1), unmark(1)], None),
            (vec![mark(1), mark(2), unmark(1)], Some((2, Standing::Out))),
        ] {
            let expected = expected.map(|(number, standing)| (attempt(number), standing));
            assert_eq!(marked(&notes), expected, "{notes:?}");
        }
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
        let took = std::time::Duration::from_millis(40);
        let answered = Answered { at: 7, took, pace: Pace { slowest: took, usual: took }, echoes: false };
        memo.note(Note::Answered(answered));
        assert_eq!(memo.answered, Some(answered));
    }
}
