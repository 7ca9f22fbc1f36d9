//! Which session is whose, which came later, and which are over.

use crate::session::config::LONGEST_PENDING_SIGN_OUT;
use crate::session::error::Denial;
use crate::session::id::{Entropy, EpochId};
use crate::session::machine::Session;
use crate::session::outbox::Write;
use crate::session::renewal::breaker::Breaker;
use crate::session::status::EndReason;
use crate::session::storage::note::Note;
use crate::session::storage::stored::{Fingerprint, SessionEntry};
use crate::session::tenure::Phase;
use crate::session::time::Moment;
use crate::session::turn::Task;

impl<E: Entropy> Session<E> {
    /// Looks at how late it is, and which sign-out is pending: what begins or ends here now does so after all that.
    pub(super) fn note_latest(&mut self, now: Moment) {
        self.apply_stored_sign_out(now);
        self.tenure.see(self.stored.session);
    }

    /// Looks at what the browser remembers: another tab may have written it.
    pub(super) fn apply_stored_session(&mut self, now: Moment) {
        match self.stored.session {
            Some(SessionEntry::Begun(begun)) => self.begun_elsewhere(now, begun),
            Some(SessionEntry::Over { until, reason }) => self.over_elsewhere(until, reason),
            None => {}
        }
    }

    /// All that was stored is gone, and Chromium may give pages that come from now on another lock by the same name.
    /// What others need to know is written down again; and from now on they are asked before anything is sent.
    pub(super) fn storage_cleared(&mut self) {
        self.tabs.cleared = true;
        self.markers.storage_cleared();
        self.outbox.writes.push(Write::Company(true));
        if let Phase::Active(current) = &self.tenure.phase {
            let begun = Fingerprint::of(current.epoch, &current.grant);
            self.outbox.writes.push(Write::Session(SessionEntry::Begun(begun)));
        }
        // By this the next page knows of a local sign-out, and every other tab that a pending one is not finished.
        if let Some((until, reason @ EndReason::SignedOut)) = self.tenure.ended()
            && self.tenure.is_ended()
        {
            self.outbox.writes.push(Write::Session(SessionEntry::Over { until, reason }));
        }
        if let Some((attempt, marker)) = self.queue.busy_refresh().zip(self.markers.newest) {
            self.note(Note::Mark { attempt, marker });
        }
        self.relist_in_flight(None);
        if self.queue.logins.is_empty() {
            self.sign_out.resume(&mut self.outbox);
        }
    }

    /// What we have written down is not there any more.
    pub(super) fn miss_stamp(&mut self) {
        if self.stored.is_kept && self.stored.session.is_none() && self.tenure.token().is_some() {
            self.storage_cleared();
        }
    }

    /// A session goes on, says another tab. If it is a later one than ours, ours is over, and that one is to be
    /// restored.
    pub(super) fn begun_elsewhere(&mut self, now: Moment, begun: Fingerprint) {
        let epoch = begun.epoch;
        if self.tenure.end_of(epoch).is_some() || self.tenure.epoch().is_some_and(|known| known >= epoch) {
            return;
        }
        // Where nobody knows whose it is, what the app has said here of the cookie still tells.
        let change = self.tenure.cookie.take_change().filter(|_| begun.person.is_none());
        if begun.person.is_some() {
            self.waiters.join_session();
        }
        self.leave_epoch(epoch);
        self.tenure.cookie.put_change(change);
        self.tenure.phase = Phase::Unknown { restoring: Some(begun), elsewhere: true };
        for caller in self.waiters.take(&|waiter| waiter.is_of_other(epoch)) {
            self.answer(caller.ticket, Err(Denial::Changed));
        }
        // Whoever has begun it is about to say so; what is stored is often there first.
        if self.config.shares_token {
            self.greet(now);
        }
    }

    /// Every session that had begun by then is over, says another tab.
    pub(super) fn over_elsewhere(&mut self, until: EpochId, reason: EndReason) {
        self.tenure.note_end(until, reason);
        let is_old = |now| until.is_older_than(LONGEST_PENDING_SIGN_OUT, now);
        let is_old = self.clock.last().is_some_and(is_old);
        let is_ours = self.tenure.ended_by(until, reason, self.stored.is_kept, is_old);
        let is_local =
            reason == EndReason::SignedOut && self.tenure.epoch().is_none() && self.holds_locally();
        if is_local || is_ours {
            self.end_session(reason, true);
        }
    }

    /// What was sent, asked for or held against an API in the session before is nothing to the one that begins.
    pub(super) fn leave_epoch(&mut self, next: EpochId) {
        self.cancel(|task| matches!(task, Task::SignOut { .. }), Denial::Changed);
        // The pending sign-out was for an earlier session.
        self.sign_out.reset(&mut self.outbox);
        if !self.config.tells_sign_out {
            self.outbox.writes.push(Write::ClearSignOut { until: next });
        }
        if self.tenure.epoch().is_none_or(|known| known != next) {
            self.queue.turn_inert();
        }
        self.renewal.breaker = Breaker::default();
        self.renewal.failure = None;
        self.tenure.cookie.forget();
        self.markers.forget_rejection();
    }
}
