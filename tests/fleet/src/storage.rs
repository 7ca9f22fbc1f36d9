//! What the browser of one client remembers.

use silent_session::session::{Stored, Write};

#[derive(Debug, Default)]
pub(crate) struct Storage {
    stored: Stored,
}

impl Storage {
    pub(crate) fn stored(&self) -> Stored {
        Stored { is_kept: true, ..self.stored }
    }

    /// Stores what is to be.
    pub(crate) fn obey(&mut self, writes: &[Write]) {
        for write in writes {
            match write {
                Write::Session(session) => self.stored.session = Some(*session),
                Write::Note(note) => self.stored.note(*note),
                Write::SignOut(_) | Write::ClearSignOut { .. } | Write::Company(_) => {}
            }
        }
    }
}
