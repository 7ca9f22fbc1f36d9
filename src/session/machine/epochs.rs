//! Which session is whose, which came later, and which are over.

use super::super::config::LONGEST_PENDING_SIGN_OUT;
use super::super::error::Denial;
use super::super::id::{Entropy, EpochId};
use super::super::memo::{Begun, Memo, Remembered};
use super::super::note::Note;
use super::super::outbox::Write;
use super::super::status::EndReason;
use super::super::time::Moment;
use super::super::token::{Grant, is_same_person};
use super::super::turn::Job;
use super::super::unsettled::Unsettled;
use super::{Breaker, Phase, Session};

impl<E: Entropy> Session<E> {
    /// The session that goes on, or is to be restored.
    pub(super) fn known_epoch(&self) -> Option<EpochId> {
        match &self.phase {
            Phase::Unknown { restoring, .. } => restoring.map(|begun| begun.epoch),
            Phase::Active(held) => Some(held.epoch),
            Phase::Closed { session } => *session,
            Phase::Ended { .. } => None,
        }
    }

    /// The latest epoch of which anything is known, be it over or not.
    pub(super) fn latest_epoch(&self) -> Option<EpochId> {
        self.known_epoch().max(self.over.map(|(until, _)| until)).max(self.seen)
    }

    /// Looks at how late it is, and which sign-out is pending: what begins or ends here now does so after all that.
    pub(super) fn note_latest(&mut self, now: Moment, memo: &Memo) {
        self.recall_sign_out(now, memo);
        self.seen = self.seen.max(memo.session.map(|remembered| remembered.epoch()));
    }

    /// That of a sign-in which is made now: later than all others.
    pub(super) fn next_epoch(&mut self, now: Moment) -> EpochId {
        let latest = self.latest_epoch();
        EpochId::draw(&mut self.entropy, now.wall_ms(), latest)
    }

    /// Up to when sessions are over, and why, if this one is among them.
    pub(super) fn over(&self, epoch: EpochId) -> Option<(EpochId, EndReason)> {
        self.over.filter(|(until, _)| epoch <= *until)
    }

    /// Every session that had begun by then is over.
    pub(super) fn note_over(&mut self, until: EpochId, reason: EndReason) {
        if self.over(until).is_none() {
            self.over = Some((until, reason));
        }
    }

    /// Looks at what the browser remembers: another tab may have written it.
    pub(super) fn recall(&mut self, now: Moment, memo: &Memo) {
        match memo.session {
            Some(Remembered::Begun(begun)) => self.begun_elsewhere(now, begun),
            Some(Remembered::Over { until, reason }) => self.over_elsewhere(until, reason),
            None => {}
        }
    }

    /// All that was stored is gone, and Chromium may give pages that come from now on another lock by the same name.
    /// What others need to know is written down again; and from now on they are asked before anything is sent.
    pub(super) fn storage_cleared(&mut self) {
        self.cleared = true;
        self.markers.storage_cleared();
        self.outbox.writes.push(Write::Company(true));
        if let Phase::Active(held) = &self.phase {
            let begun = Begun::of(held.epoch, &held.grant);
            self.outbox.writes.push(Write::Session(Remembered::Begun(begun)));
        }
        // By this the next page knows of a local sign-out, and every other tab that a pending one is not finished.
        if let Some((until, reason @ EndReason::SignedOut)) = self.over
            && matches!(self.phase, Phase::Ended { .. })
        {
            self.outbox.writes.push(Write::Session(Remembered::Over { until, reason }));
        }
        if let Some((attempt, unsettled)) = self.turns.busy_refresh().zip(self.markers.newest) {
            self.note(Note::Mark { attempt, unsettled });
        }
        self.relist_in_flight(None);
        if let Some(pending) = self.pending.filter(|_| self.logins.is_empty()) {
            self.outbox.writes.push(Write::SignOut(pending));
        }
    }

    /// What we have written down is not there any more.
    pub(super) fn miss_stamp(&mut self, memo: &Memo) {
        if memo.is_kept && memo.session.is_none() && matches!(self.phase, Phase::Active(_)) {
            self.storage_cleared();
        }
    }

    /// A session goes on, says another tab. If it is a later one than ours, ours is over, and that one is to be
    /// restored.
    pub(super) fn begun_elsewhere(&mut self, now: Moment, begun: Begun) {
        let epoch = begun.epoch;
        if self.over(epoch).is_some() || self.known_epoch().is_some_and(|known| known >= epoch) {
            return;
        }
        // Where nobody knows whose it is, what the app has said here of the cookie still tells.
        let change = self.cookie.take_change().filter(|_| begun.person.is_none());
        if begun.person.is_some() {
            self.callers.join_session();
        }
        self.leave_epoch(epoch);
        self.cookie.put_change(change);
        self.phase = Phase::Unknown { restoring: Some(begun), elsewhere: true };
        for caller in self.callers.take(|caller| caller.epoch.is_some_and(|asked| asked != epoch)) {
            self.answer(caller.ticket, Err(Denial::Changed));
        }
        // Whoever has begun it is about to say so; what is stored is often there first.
        if self.config.shares_token {
            self.greet(now);
        }
    }

    /// Every session that had begun by then is over, says another tab.
    pub(super) fn over_elsewhere(&mut self, until: EpochId, reason: EndReason) {
        self.note_over(until, reason);
        // Of a session whose name is not known yet one knows that it had begun when this page did.
        let known = match self.phase {
            // Where nothing is kept, that tab is the only one to tell.
            Phase::Unknown { restoring: None, .. }
                if !self.known.is_kept && reason != EndReason::Rejected =>
            {
                let is_old = |now| until.is_older_than(LONGEST_PENDING_SIGN_OUT, now);
                Some(until).filter(|_| !self.last.is_some_and(is_old))
            }
            Phase::Unknown { restoring: None, .. } => self.before.filter(|_| reason != EndReason::Rejected),
            _ => self.known_epoch(),
        };
        let is_local = reason == EndReason::SignedOut && self.known_epoch().is_none() && self.holds_locally();
        if is_local || known.is_some_and(|epoch| epoch <= until) {
            self.end_session(reason, true);
        }
    }

    /// What was sent, asked for or held against an API in the session before is nothing to the one that begins.
    pub(super) fn leave_epoch(&mut self, next: EpochId) {
        self.cancel(|job| matches!(job, Job::SignOut { .. }), Denial::Changed);
        // The pending sign-out was for an earlier session.
        self.forget_sign_out();
        self.sign_out_status = None;
        self.sign_out_failure = None;
        if !self.config.tells_sign_out {
            self.outbox.writes.push(Write::ClearSignOut { until: next });
        }
        self.sign_out_backoff.reset();
        if self.known_epoch().is_none_or(|known| known != next) {
            self.turns.turn_inert();
        }
        self.breaker = Breaker::default();
        self.failure = None;
        self.cookie.forget();
        self.markers.forget_rejection();
    }

    /// Of which sign-in a token is that a refresh has brought, which was sent at `began`. `marker` as of
    /// [`Session::is_replaced`].
    pub(super) fn epoch_of(
        &mut self,
        grant: &Grant,
        began: Moment,
        marker: Option<Unsettled>,
        memo: &Memo,
    ) -> EpochId {
        let known = self.known_epoch();
        let is_later = |begun: &Begun| self.over(begun.epoch).is_none() && Some(begun.epoch) >= known;
        let remembered = memo.session.and_then(Remembered::begun).filter(is_later);
        let restoring = match self.phase {
            Phase::Unknown { restoring, .. } => restoring,
            _ => None,
        };
        for begun in [restoring, remembered].into_iter().flatten() {
            if begun.is_of(grant) {
                return begun.epoch;
            }
        }
        if let Phase::Active(held) = &self.phase
            && is_same_person(held.grant.subject.as_ref(), grant.subject.as_ref())
        {
            return held.epoch;
        }
        // Later than what was over when the refresh was sent, whatever the clock showed then; not later than a sign-out
        // that was made since: then it is over already.
        let before = known.max(remembered.map(|begun| begun.epoch)).max(self.over_when_sent);
        self.found_epoch(began, marker, before)
    }
}
