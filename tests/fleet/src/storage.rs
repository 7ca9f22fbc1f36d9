//! What the browser of one client remembers.

use silent_session::session::{Memo, Write};

#[derive(Debug, Default)]
pub(crate) struct Storage {
    memo: Memo,
}

impl Storage {
    pub(crate) fn memo(&self) -> Memo {
        Memo { is_kept: true, ..self.memo }
    }

    /// Stores what is to be.
    pub(crate) fn obey(&mut self, writes: &[Write]) {
        for write in writes {
            match write {
                Write::Session(session) => self.memo.session = Some(*session),
                Write::Note(note) => self.memo.note(*note),
                Write::SignOut(_) | Write::ClearSignOut { .. } | Write::Company(_) => {}
            }
        }
    }
}
