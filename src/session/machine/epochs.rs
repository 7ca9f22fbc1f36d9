//! Sessions that begin or end in other tabs, and entries that are gone.

use crate::session::config::LONGEST_PENDING_SIGN_OUT;
use crate::session::end_reason::EndReason;
use crate::session::error::Denial;
use crate::session::id::{Entropy, EpochId};
use crate::session::machine::Session;
use crate::session::outbox::Write;
use crate::session::renewal::breaker::Breaker;
use crate::session::storage::note::Note;
use crate::session::storage::stored::{Fingerprint, SessionEntry};
use crate::session::tenure::Phase;
use crate::session::time::Moment;
use crate::session::turn::Task;

impl<E: Entropy> Session<E> {
    /// Notes the latest stored session and the pending sign-out: what begins or ends here is later
    /// than both.
    pub(super) fn note_latest(&mut self, now: Moment) {
        self.apply_stored_sign_out(now);
        self.tenure.see(self.stored.session);
    }

    /// Applies the stored session: another tab may have begun or ended it.
    pub(super) fn apply_stored_session(&mut self, now: Moment) {
        if let Some(begun) = self.stored.session.and_then(SessionEntry::begun) {
            self.begun_elsewhere(now, begun);
        } else if let Some((until, reason)) = self.stored.session.and_then(SessionEntry::over) {
            self.over_elsewhere(until, reason);
        }
    }

    /// Stores again what other tabs need, after all entries were cleared. Chromium may give later
    /// pages another lock by the same name, so the other tabs are asked before anything is sent
    /// from now on.
    pub(super) fn storage_cleared(&mut self) {
        self.tabs.cleared = true;
        self.markers.storage_cleared();
        self.outbox.writes.push(Write::Company(true));
        if let Phase::Active(current) = &self.tenure.phase {
            let begun = current.session;
            self.outbox.writes.push(Write::Session(SessionEntry::Begun(begun)));
        }
        // It tells the next page of a local sign-out, and the other tabs that a pending one is not
        // finished.
        if let Some((until, reason @ EndReason::SignedOut)) = self.tenure.ended()
            && self.tenure.is_ended()
        {
            self.outbox.writes.push(Write::Session(SessionEntry::Over { until, reason }));
        }
        if let Some((attempt, marker)) = self.queue.busy_refresh().zip(self.markers.newest) {
            self.note(Note::Mark { attempt, marker });
        }
        self.relist_in_flight(None);
        self.sign_out.restore(&mut self.outbox);
    }

    /// Stores the session again if its entry is missing.
    pub(super) fn miss_stamp(&mut self) {
        if self.stored.is_kept && self.stored.session.is_none() && self.tenure.token().is_some() {
            self.storage_cleared();
        }
    }

    /// Leaves the session for a later one of another tab, which is to be restored.
    pub(super) fn begun_elsewhere(&mut self, now: Moment, begun: Fingerprint) {
        let epoch = begun.epoch;
        if self.tenure.end_of(epoch).is_some() || self.tenure.epoch().is_some_and(|known| known >= epoch) {
            return;
        }
        // If its person is unknown, the report of the app that a cookie was set still counts.
        let change = self.tenure.cookie.take_change().filter(|_| begun.person.is_none());
        if begun.person.is_some() {
            self.waiters.join_session();
        }
        self.leave_epoch(now, epoch);
        self.tenure.cookie.put_change(change);
        self.tenure.phase = Phase::Unknown { restoring: Some(begun), elsewhere: true };
        for caller in self.waiters.take(&|waiter| waiter.is_of_other(epoch)) {
            self.answer(caller.ticket, Err(Denial::Changed));
        }
        // The tab that has begun it is about to send its token. The entry often arrives first.
        if self.config.shares_token {
            self.greet(now);
        }
    }

    /// Ends the session if another tab has ended every session that had begun by then.
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

    /// Forgets what belongs to the session before: its requests, its sign-out, its strikes against
    /// APIs.
    pub(super) fn leave_epoch(&mut self, now: Moment, next: EpochId) {
        self.cancel(|task| matches!(task, Task::SignOut { .. }), Denial::Changed);
        // The pending sign-out was for an earlier session.
        self.sign_out.reset(&mut self.outbox);
        if !self.config.tells_sign_out {
            self.outbox.writes.push(Write::ClearSignOut { until: next });
        }
        if self.tenure.epoch().is_none_or(|known| known != next) {
            self.queue.turn_inert();
        }
        self.forgive_rejections(now);
        self.renewal.breaker = Breaker::default();
        self.renewal.failure = None;
        self.tenure.cookie.forget();
        self.markers.forget_rejection();
    }
}
