//! A sign-in is newer than every refresh that was sent before it, whenever that is answered.
//!
//! Where it is not clear whose cookie there is (`cookie.rs`), one more refresh tells. It never shows anybody else: the session
//! goes on if the person is the same, and ends otherwise. A cookie that changes without an earlier refresh is that of a
//! sign-in which nobody has told us of: a session of its own.

use crate::session::error::Denial;
use crate::session::id::{Entropy, Ticket};
use crate::session::machine::Session;
use crate::session::markers::refresh_marker::RefreshMarker;
use crate::session::outbox::Write;
use crate::session::storage::note::Note;
use crate::session::storage::stored::{Fingerprint, SessionEntry};
use crate::session::tabs::message::PeerMessage;
use crate::session::tenure::Phase;
use crate::session::tenure::cookie::WasOut;
use crate::session::time::Moment;
use crate::session::token::Grant;
use crate::session::turn::SentRefresh;
use crate::session::turn::Task;
use crate::session::waiters::Wish;

impl<E: Entropy> Session<E> {
    /// Somebody has signed in, says the app, and a cookie was set.
    pub(super) fn cookie_changed(&mut self, now: Moment, ticket: Ticket) {
        self.cancel(|task| matches!(task, Task::SignOut { .. }), Denial::Changed);
        let before = self.session_before();
        self.sign_out.forget(&mut self.outbox);
        let after = self.queue.sent;
        let ours: Vec<SentRefresh> = self.queue.in_flight().collect();
        let elsewhere = self.is_out_elsewhere(now);
        let out = WasOut { ours: &ours, elsewhere, session: before };
        if out.is_any() {
            self.begin_unknown(now);
        }
        self.tenure.cookie.has_been_set(after, &out);
        self.waiters.add(ticket, Wish::NewEpoch { after }, None, now);
    }

    /// A session has begun, and nobody knows whose it is. It is written down and told where the cookie of the session before may
    /// still come: a page that goes before a refresh has told would leave the next one to find the person before.
    fn begin_unknown(&mut self, now: Moment) {
        let begun = Fingerprint {
            epoch: self.tenure.next_epoch(now, &mut self.entropy),
            subject: None,
            person: None,
        };
        self.leave_epoch(begun.epoch);
        self.tenure.phase = Phase::Unknown { restoring: Some(begun), elsewhere: false };
        self.outbox.writes.push(Write::Session(SessionEntry::Begun(begun)));
        self.tell(PeerMessage::Began(begun));
    }

    /// The session whose cookie there was, as far as anything is known.
    fn session_before(&self) -> Option<Fingerprint> {
        let signed_out = self.sign_out.pending().or(self.stored.sign_out).and_then(|pending| pending.session);
        self.tenure.session().or(self.stored.session.and_then(SessionEntry::begun)).or(signed_out)
    }

    /// Whether a refresh of another tab or page may be out.
    fn is_out_elsewhere(&self, now: Moment) -> bool {
        let is_likely = |sent: i64| now.wall_since(sent) < self.config.longest_orphan();
        self.stored.in_flight.iter().any(|listed| {
            !self.queue.is_ours(listed.attempt)
                && listed.is_recent(now)
                && (self.is_heard_of(listed) || is_likely(listed.sent))
        })
    }

    /// Looks whether a refresh may put its cookie over that of a sign-in which has just been made with an answer.
    /// One that was answered shortly before may have done so already: the app had the answer of its login for a while.
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

    /// Somebody has signed in: writes down that a refresh is out which was sent before.
    pub(super) fn mark_earlier(&mut self, now: Moment) {
        let Some((attempt, marker)) = self.stored.marker() else { return self.mark_stray(now) };
        // Where the clock was set back since, its date does not say so; and whoever reads it later does not know that.
        if let Some(epoch) = self.tenure.epoch()
            && marker.may_be_out()
            && !epoch.is_after(marker.sent)
        {
            self.note(Note::Remark { attempt, marker: marker.before(epoch) });
        }
    }

    /// Writes down that a refresh is out which was sent before the session began.
    pub(super) fn mark_stray(&mut self, now: Moment) {
        if let Some(note) = self.tenure.mark_stray(self.queue.stray(), &self.stored.in_flight, now) {
            self.note(note);
        }
    }
}
