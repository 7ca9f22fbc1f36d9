//! Sign-ins beside refreshes in flight. A sign-in is newer than every refresh that was sent before
//! it, however late it settles.
//!
//! If it is not clear whose cookie there is (`tenure/cookie.rs`), one more refresh tells. The
//! session goes on if the person is the same, and ends otherwise. A cookie that changes without an
//! earlier refresh belongs to a sign-in that nobody has reported: it begins a session of its own.

use crate::session::end_reason::EndReason;
use crate::session::error::Denial;
use crate::session::id::{Entropy, Ticket};
use crate::session::machine::Session;
use crate::session::markers::refresh_marker::RefreshMarker;
use crate::session::outbox::Write;
use crate::session::storage::note::Note;
use crate::session::storage::stored::{Fingerprint, SessionEntry};
use crate::session::tabs::message::PeerMessage;
use crate::session::tenure::Phase;
use crate::session::tenure::cookie::Before;
use crate::session::time::Moment;
use crate::session::token::Grant;
use crate::session::turn::Task;
use crate::session::waiters::Wish;

impl<E: Entropy> Session<E> {
    /// Begins a session whose cookie was set without a response: a refresh tells whose it is.
    pub(super) fn cookie_changed(&mut self, now: Moment, ticket: Ticket) {
        self.note_latest(now);
        self.cancel(|task| matches!(task, Task::SignOut { .. }), Denial::Changed);
        let after = self.queue.sent;
        let before = Before {
            ours: &self.queue.in_flight(),
            elsewhere: self.is_out_elsewhere(now),
            session: self.session_before(now),
            ended: match self.tenure.phase {
                Phase::Ended { reason, .. } => Some(reason),
                Phase::Unknown { restoring: None, .. } => Some(EndReason::None),
                _ => self.tenure.cookie.ended_before(),
            },
        };
        self.begin_unknown(now);
        self.tenure.cookie.has_been_set(after, now, &before);
        self.waiters.add(ticket, Wish::NewEpoch { after }, None, now);
    }

    /// Begins a session of an unknown person. It is stored and sent to the other tabs: the cookie
    /// of the session before may still arrive, and a page that goes before a refresh has told would
    /// leave the next one with the person before.
    fn begin_unknown(&mut self, now: Moment) {
        let begun = Fingerprint::of_nobody(self.tenure.next_epoch(now, &mut self.entropy));
        self.leave_epoch(now, begun.epoch);
        self.tenure.phase = Phase::Unknown { restoring: Some(begun), elsewhere: false };
        self.outbox.writes.push(Write::Session(SessionEntry::Begun(begun)));
        self.tell(PeerMessage::Began(begun));
    }

    /// Returns the session whose cookie there was; one of nobody known if that is in doubt.
    fn session_before(&self, now: Moment) -> Option<Fingerprint> {
        if self.tenure.cookie.has_just_changed(self.queue.sent, now) {
            return self.tenure.cookie.session_before();
        }
        if let Some(session) = self.last_session() {
            let is_in_doubt = self.is_in_doubt(session.epoch);
            return Some(if is_in_doubt { Fingerprint::of_nobody(session.epoch) } else { session });
        }
        match self.stored.session {
            Some(SessionEntry::Over { until, reason: EndReason::Replaced }) => {
                Some(Fingerprint::of_nobody(until))
            }
            _ => None,
        }
    }

    /// Whether a refresh of another tab or page may be in flight.
    fn is_out_elsewhere(&self, now: Moment) -> bool {
        let is_likely = |sent: i64| now.wall_since(sent) < self.config.longest_orphan();
        self.stored.in_flight.iter().any(|listed| {
            !self.queue.is_ours(listed.attempt)
                && listed.is_recent(now)
                && (self.is_heard_of(listed) || is_likely(listed.sent))
        })
    }

    /// Whether a refresh may set its cookie over that of a sign-in that has just been made with a
    /// response. One that settled shortly before may have done so already: the app had the response
    /// of its login for a while.
    pub(super) fn overlaps_sign_in(&self, now: Moment, grant: &Grant) -> bool {
        let is_own = self.tenure.session().is_some_and(|known| known.person.is_some() && known.is_of(grant));
        let was_answered = self
            .stored
            .answered
            .is_some_and(|answered| answered.is_within(self.config.longest_orphan(), now));
        let is_out = |refresh: &RefreshMarker| refresh.may_still_come(now);
        self.queue.is_writing()
            || self.stored.marker.as_ref().is_some_and(is_out)
            || (was_answered && !is_own)
    }

    /// Stores, after a sign-in, that a refresh is in flight that was sent before.
    pub(super) fn mark_earlier(&mut self, now: Moment) {
        let Some((attempt, marker)) = self.stored.marker() else { return self.mark_stray(now) };
        // If the clock was set back since, its date does not say so, and no later reader could
        // know.
        if let Some(epoch) = self.tenure.epoch()
            && marker.may_be_out()
            && !epoch.is_after(marker.sent)
        {
            self.note(Note::Remark { attempt, marker: marker.before(epoch) });
        }
    }

    /// Stores that a refresh is in flight that was sent before the session began.
    pub(super) fn mark_stray(&mut self, now: Moment) {
        if let Some(note) = self.tenure.mark_stray(self.queue.stray(), &self.stored.in_flight, now) {
            self.note(note);
        }
    }
}
