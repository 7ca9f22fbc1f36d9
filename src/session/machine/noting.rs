//! Notes about refreshes for tabs without storage: workers, and pages whose storage is blocked.
//!
//! Such a tab says so. From then on all tabs send each other their notes. A tab without storage
//! treats the notes of others as if it had read them. The other tabs store its notes.

use crate::session::id::Entropy;
use crate::session::machine::Session;
use crate::session::outbox::Write;
use crate::session::storage::note::{Note, Noted};
use crate::session::storage::stored::Stored;
use crate::session::tabs::message::PeerMessage;
use crate::session::time::{Deadline, Millis, Moment};

/// How long a new tab accepts notes about third tabs. Later its own are newer.
const LISTENING: Millis = Millis::from_secs(1);

impl<E: Entropy> Session<E> {
    /// Stores a note about a refresh.
    pub(super) fn note(&mut self, note: Note) {
        self.stored.note(note);
        if self.is_to_be_told() {
            self.tabs.notes.push(note);
        }
        self.outbox.writes.push(Write::Note(note));
    }

    /// Sends the notes of this event to the other tabs.
    pub(super) fn tell_notes(&mut self, now: Moment) {
        if !self.tabs.notes.is_empty() {
            let notes = std::mem::take(&mut self.tabs.notes);
            self.tell_noted(now, false, notes);
        }
    }

    /// Whether a tab is without storage, this one or another.
    fn is_to_be_told(&self) -> bool {
        self.tabs.has_unkept || !self.stored.is_kept
    }

    /// Sends all notes to a new tab, even if there are none: then it knows that it is told.
    pub(super) fn tell_known(&mut self, now: Moment) {
        if self.is_to_be_told() {
            self.tell_own(now);
            // Pages read the notes of other tabs, newer than this tab has received them.
            self.tell_noted(now, true, self.stored.notes());
        }
    }

    /// Tells the other tabs if this one is without storage. A tab that replies sends its notes.
    pub(super) fn ask_for_notes(&mut self, now: Moment) {
        self.tabs.listens_until = Some(Deadline::new(now, LISTENING));
        self.tell_own(now);
    }

    /// Sends the notes of this tab for others to store, if it is without storage.
    fn tell_own(&mut self, now: Moment) {
        if !self.stored.is_kept {
            self.tell_noted(now, false, self.own_notes());
        }
    }

    /// Returns the notes about the refreshes of this tab.
    fn own_notes(&self) -> Vec<Note> {
        let marked = self.markers.own_turn();
        let is_ours = |attempt| marked == Some(attempt) || self.queue.is_ours(attempt);
        let is_own = |note: &Note| note.attempt().is_some_and(is_ours);
        self.stored.notes().into_iter().filter(is_own).collect()
    }

    fn tell_noted(&mut self, now: Moment, is_whole: bool, notes: Vec<Note>) {
        let is_kept = self.stored.is_kept;
        self.tell(PeerMessage::Noted(Noted { is_kept, is_whole, sent: now.wall_ms(), notes }));
    }

    /// Returns the stored entries. Without storage, the notes of the tabs take their place.
    pub(super) fn completed(&self, found: Stored) -> Stored {
        let Stored { marker, marked, answered, in_flight, spent, .. } = self.stored;
        if found.is_kept { found } else { Stored { marker, marked, answered, in_flight, spent, ..found } }
    }

    /// Takes the notes of another tab.
    pub(super) fn noted_elsewhere(&mut self, now: Moment, noted: &Noted) {
        // The first message of this kind: so far this tab has sent its own notes to nobody.
        if !std::mem::replace(&mut self.tabs.has_unkept, true) {
            let notes = self.own_notes();
            if !notes.is_empty() {
                self.tell_noted(now, false, notes);
            }
        }
        let writes_down = self.stored.is_kept;
        let is_taken = match writes_down {
            true => !noted.is_kept && !noted.is_whole && noted.is_fresh(now),
            false => !noted.is_whole || self.tabs.listens_until.is_some_and(|until| !until.is_due(now)),
        };
        if !is_taken {
            return;
        }
        for note in &noted.notes {
            if note.is_news(&self.stored, now) {
                self.stored.note(*note);
                if writes_down {
                    self.outbox.writes.push(Write::Note(note.heard()));
                }
            }
        }
        self.stored = self.clock.horizon.believed(self.stored);
        if self.markers.blocked.is_some() {
            let _stored = self.stored;
            self.look_at_in_flight(now);
        }
        self.drop_needless_turn(now);
    }
}
