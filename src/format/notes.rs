//! Notes about refreshes as lines of text, for messages between tabs.

use super::line::{Line, Words, cut};
use crate::session::{AttemptId, Budget, Charge, InFlightList, Note, RefreshMarker, RefreshReply};

impl Note {
    /// Writes the note as a line of words.
    pub(super) fn to_line(self) -> String {
        let (word, rest) = match self {
            Self::Mark { attempt, marker } | Self::Heard { attempt, marker } => {
                ("mark", marker.to_entry(attempt))
            }
            Self::Remark { attempt, marker } => ("remark", marker.to_entry(attempt)),
            Self::Unmark { attempt } => ("unmark", attempt.to_hex()),
            Self::List(in_flight) => ("list", InFlightList::default().with(in_flight).to_entry()),
            Self::Unlist { attempt } => ("unlist", attempt.to_hex()),
            Self::Replied(answered) => ("answered", answered.to_entry()),
            Self::Charged(Charge { budget, at, ms }) => {
                ("charged", Line::default().number(budget as i64).number(at).number(ms).finish())
            }
        };
        Line::of(word).word(&rest).finish()
    }

    /// Reads a note; `None` for any other text.
    pub(super) fn from_line(line: &str) -> Option<Self> {
        let (word, Some(rest)) = cut(line, b' ') else { return None };
        let marker = || Some((RefreshMarker::attempt_of_entry(rest)?, RefreshMarker::from_entry(rest)?));
        match word {
            "mark" => marker().map(|(attempt, marker)| Self::Mark { attempt, marker }),
            "remark" => marker().map(|(attempt, marker)| Self::Remark { attempt, marker }),
            "unmark" => AttemptId::parse(rest).map(|attempt| Self::Unmark { attempt }),
            "list" => InFlightList::from_entry(rest).iter().next().map(|listed| Self::List(*listed)),
            "unlist" => AttemptId::parse(rest).map(|attempt| Self::Unlist { attempt }),
            "answered" => RefreshReply::from_entry(rest).map(Self::Replied),
            "charged" => {
                let mut words = Words::of(rest);
                let budget = *Budget::ALL.get(words.small()? as usize)?;
                Some(Self::Charged(Charge { budget, at: words.number()?, ms: words.number()? }))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{InFlight, MarkerState, Millis, Pace};

    fn attempt(number: u64) -> AttemptId {
        AttemptId::from_words([number, number])
    }

    #[test]
    fn a_note_is_read_as_it_was_written() {
        let listed = InFlight { attempt: attempt(1), sent: 5, gone: Some(7) };
        let took = Millis::new(40);
        let answered = RefreshReply { at: 7, took, pace: Pace { slowest: took, usual: took }, echoes: true };
        let marker = RefreshMarker { state: MarkerState::Lost, ..RefreshMarker::stray(attempt(9), 5) };
        for note in [
            Note::Mark { attempt: attempt(1), marker },
            Note::Remark { attempt: attempt(1), marker },
            Note::Unmark { attempt: attempt(1) },
            Note::List(listed),
            Note::List(InFlight { gone: None, ..listed }),
            Note::Unlist { attempt: attempt(1) },
            Note::Replied(answered),
            Note::Charged(Charge { budget: Budget::Justified, at: 5, ms: -60_000 }),
        ] {
            assert_eq!(Note::from_line(&note.to_line()), Some(note));
        }
        for odd in [
            "",
            "mark",
            "mark ",
            "mark 0 1 2",
            "later 0",
            "list -",
            "unmark x",
            "answered soon",
            "charged 3 1 1",
        ] {
            assert_eq!(Note::from_line(odd), None, "{odd}");
        }
    }
}
