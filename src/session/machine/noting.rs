//! What is noted of refreshes, where the browser keeps nothing: in a worker, and with storage blocked.
//!
//! A tab that keeps nothing says so. From then on all tabs tell each other what they note: those that keep nothing go by
//! what they hear, as if they had read it, and what they say themselves the others write down.

use super::super::command::Command;
use super::super::id::Entropy;
use super::super::memo::Memo;
use super::super::note::{Note, Noted};
use super::super::peers::PeerMessage;
use super::super::time::Moment;
use super::Session;

impl<E: Entropy> Session<E> {
    /// Notes something of a refresh.
    pub(super) fn note(&mut self, note: Note) {
        self.known.note(note);
        if self.is_to_be_told() {
            self.notes.push(note);
        }
        self.commands.push(Command::Note(note));
    }

    /// Tells the other tabs what was noted just now.
    pub(super) fn tell_notes(&mut self, now: Moment) {
        if !self.notes.is_empty() {
            let notes = std::mem::take(&mut self.notes);
            self.tell_noted(now, notes);
        }
    }

    /// Whether there is a tab that cannot read what is kept, this one or another.
    fn is_to_be_told(&self) -> bool {
        self.has_unkept || !self.known.is_kept
    }

    /// Tells a tab that has just come what is noted; if that is nothing, that it is told.
    pub(super) fn tell_known(&mut self, now: Moment) {
        if self.is_to_be_told() {
            self.tell_noted(now, self.known.notes());
        }
    }

    /// Where nothing is kept here, says so, and with it what this tab knows: whoever replies tells the rest.
    pub(super) fn ask_for_notes(&mut self, now: Moment) {
        if !self.known.is_kept {
            self.tell_noted(now, self.known.notes());
        }
    }

    fn tell_noted(&mut self, now: Moment, notes: Vec<Note>) {
        let noted = Noted { is_kept: self.known.is_kept, sent: now.wall_ms(), notes };
        self.tell(PeerMessage::Noted(noted));
    }

    /// What the browser keeps; and of refreshes what the tabs have said, where it keeps nothing.
    pub(super) fn completed(&self, found: Memo) -> Memo {
        let Memo { unsettled, marked, answered, in_flight, .. } = self.known;
        if found.is_kept { found } else { Memo { unsettled, marked, answered, in_flight, ..found } }
    }

    /// Another tab has noted something.
    pub(super) fn noted_elsewhere(&mut self, now: Moment, noted: &Noted) {
        // Nobody says so where all can read it. What this tab has noted before it knew that, it has told nobody.
        if !std::mem::replace(&mut self.has_unkept, true) && self.turns.in_flight().next().is_some() {
            self.tell_known(now);
        }
        let writes_down = self.known.is_kept;
        if writes_down && (noted.is_kept || !noted.is_fresh(now)) {
            return;
        }
        for note in &noted.notes {
            if note.is_news(&self.known, now) {
                self.known.note(*note);
                if writes_down {
                    self.commands.push(Command::Note(*note));
                }
            }
        }
        self.known = self.horizon.believed(self.known);
        if self.blocked.is_some() {
            let memo = self.known;
            self.look_at_in_flight(now, &memo);
        }
        self.drop_needless_turn(now);
    }
}
