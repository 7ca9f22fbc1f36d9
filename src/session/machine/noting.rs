//! Notes about refreshes where the browser keeps nothing: in a worker, and with storage blocked.
//!
//! A tab that keeps nothing says so. From then on all tabs tell each other what they note: those that keep nothing go by
//! what they hear, as if they had read it, and what they say themselves the others write down.

use crate::session::id::Entropy;
use crate::session::machine::Session;
use crate::session::outbox::Write;
use crate::session::storage::note::{Note, Noted};
use crate::session::storage::stored::Stored;
use crate::session::tabs::message::PeerMessage;
use crate::session::time::{Deadline, Millis, Moment};

/// How long a new tab accepts what others know of third tabs. Later its own knowledge is newer.
const LISTENING: Millis = Millis::from_secs(1);

impl<E: Entropy> Session<E> {
    /// Notes something of a refresh.
    pub(super) fn note(&mut self, note: Note) {
        self.stored.note(note);
        if self.is_to_be_told() {
            self.tabs.notes.push(note);
        }
        self.outbox.writes.push(Write::Note(note));
    }

    /// Tells the other tabs what was noted just now.
    pub(super) fn tell_notes(&mut self, now: Moment) {
        if !self.tabs.notes.is_empty() {
            let notes = std::mem::take(&mut self.tabs.notes);
            self.tell_noted(now, false, notes);
        }
    }

    /// Whether there is a tab that cannot read what is kept, this one or another.
    fn is_to_be_told(&self) -> bool {
        self.tabs.has_unkept || !self.stored.is_kept
    }

    /// Tells a tab that has just come what is noted; if that is nothing, that it is told.
    pub(super) fn tell_known(&mut self, now: Moment) {
        if self.is_to_be_told() {
            self.tell_own(now);
            // Pages can read what other tabs have noted, and read it newer than this tab has heard it.
            self.tell_noted(now, true, self.stored.notes());
        }
    }

    /// Says that nothing is kept here, if so. Whoever replies tells what is noted.
    pub(super) fn ask_for_notes(&mut self, now: Moment) {
        self.tabs.listens_until = Some(Deadline::new(now, LISTENING));
        self.tell_own(now);
    }

    /// Tells what this tab has noted, for others to write down, if its browser keeps nothing.
    fn tell_own(&mut self, now: Moment) {
        if !self.stored.is_kept {
            self.tell_noted(now, false, self.own_notes());
        }
    }

    /// Returns the notes about the refreshes of this tab.
    fn own_notes(&self) -> Vec<Note> {
        let marked = self.markers.own_turn();
        let ours: Vec<_> = self.queue.in_flight().map(|sent| sent.attempt).chain(marked).collect();
        let is_own = |note: &Note| note.attempt().is_some_and(|attempt| ours.contains(&attempt));
        self.stored.notes().into_iter().filter(is_own).collect()
    }

    fn tell_noted(&mut self, now: Moment, is_whole: bool, notes: Vec<Note>) {
        let is_kept = self.stored.is_kept;
        self.tell(PeerMessage::Noted(Noted { is_kept, is_whole, sent: now.wall_ms(), notes }));
    }

    /// Returns what the browser keeps. Where it keeps nothing, what tabs have said of refreshes takes its place.
    pub(super) fn completed(&self, found: Stored) -> Stored {
        let Stored { marker, marked, answered, in_flight, .. } = self.stored;
        if found.is_kept { found } else { Stored { marker, marked, answered, in_flight, ..found } }
    }

    /// Another tab has noted something.
    pub(super) fn noted_elsewhere(&mut self, now: Moment, noted: &Noted) {
        // Nobody says so where all can read it. What this tab has noted before it knew that, it has told nobody.
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
