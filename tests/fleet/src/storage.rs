//! What the browser of one client remembers.

use silent_session::session::{Command, Memo};

#[derive(Debug, Default)]
pub(crate) struct Storage {
    memo: Memo,
}

impl Storage {
    pub(crate) fn memo(&self) -> Memo {
        Memo { is_kept: true, ..self.memo }
    }

    /// Writes down what is to be.
    pub(crate) fn obey(&mut self, command: &Command) {
        match command {
            Command::Remember(session) => self.memo.session = Some(*session),
            Command::Note(note) => self.memo.note(*note),
            _ => {}
        }
    }
}
