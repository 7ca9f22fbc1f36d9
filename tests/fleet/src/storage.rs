//! What the browser of one client remembers.

use silent_session::session::{AttemptId, Command, Memo};

#[derive(Debug, Default)]
pub(crate) struct Storage {
    memo: Memo,
    /// Whose marker it is.
    marked: Option<AttemptId>,
}

impl Storage {
    pub(crate) fn memo(&self) -> Memo {
        Memo { is_kept: true, ..self.memo }
    }

    /// Writes down what is to be.
    pub(crate) fn obey(&mut self, command: &Command) {
        match command {
            Command::Remember(session) => self.memo.session = Some(*session),
            Command::NoteAnswered(answered) => self.memo.answered = Some(*answered),
            Command::Mark { attempt, unsettled } => {
                self.marked = Some(*attempt);
                self.memo.unsettled = Some(*unsettled);
            }
            Command::Remark { attempt, unsettled } if self.marked == Some(*attempt) => {
                self.memo.unsettled = Some(*unsettled);
            }
            Command::Unmark { attempt } if self.marked == Some(*attempt) => self.memo.unsettled = None,
            Command::ListInFlight(in_flight) => self.memo.in_flight = self.memo.in_flight.with(*in_flight),
            Command::UnlistInFlight { attempt } => {
                self.memo.in_flight = self.memo.in_flight.without(*attempt);
            }
            _ => {}
        }
    }
}
