//! Signing out. The session is over here at once; `sign_out/` pursues that until the server has
//! confirmed it.
//!
//! Without an endpoint a sign-out is local: the stored session says that it is over, and nothing is
//! restored before the next sign-in. If the server has said that there is no session, a sign-out
//! sends nothing and changes nothing.

use crate::session::config::YOUNG_SIGN_OUT;
use crate::session::end_reason::EndReason;
use crate::session::error::Denial;
use crate::session::id::{Entropy, EpochId, Ticket};
use crate::session::machine::Session;
use crate::session::markers::refresh_marker::RefreshMarker;
use crate::session::outbox::{Reply, Write};
use crate::session::sign_out::findings::{Found, Step};
use crate::session::sign_out::progress::{SignOutProgress, SignOutStatus};
use crate::session::storage::stored::{Fingerprint, PendingSignOut, SessionEntry};
use crate::session::tenure::Phase;
use crate::session::time::Moment;
use crate::session::token::Grant;
use crate::session::turn::{Task, Turn, Urge};

impl<E: Entropy> Session<E> {
    pub(super) fn sign_out(&mut self, now: Moment, ticket: Ticket, reads_login: bool) {
        // Another tab may just have begun one.
        let is_later = |begun: Fingerprint| self.tenure.end_of(begun.epoch).is_none();
        let has_begun = self.stored.session.and_then(SessionEntry::begun).is_some_and(is_later);
        let is_over = matches!(self.tenure.phase, Phase::Ended { .. } | Phase::Closed { .. }) && !has_begun;
        if is_over && !reads_login && self.is_known_to_be_over() {
            let status =
                if self.config.tells_sign_out { SignOutStatus::Confirmed } else { SignOutStatus::Local };
            return self.answer(ticket, Ok(Reply::SignedOut(status)));
        }
        let session = self.whose_cookie();
        let ending = self.grant_of(session);
        self.end(now, EndReason::SignedOut);
        let denial = Denial::Ended(EndReason::SignedOut);
        self.cancel(|task| matches!(task, Task::Login { .. }), denial);
        self.overtake_logins(denial);
        if self.sign_out.pending().is_some_and(|pending| is_over && !pending.is_given_up()) {
            self.sign_out.ask_again(&mut self.outbox);
        } else if let Some((until, _)) = self.tenure.ended() {
            self.store_sign_out(now, until, session, ending);
        }
        if !self.config.tells_sign_out {
            return self.answer(ticket, Ok(Reply::SignedOut(SignOutStatus::Local)));
        }
        self.sign_out.end_pause();
        self.queue.add_sign_out(vec![ticket], Urge::First);
    }

    /// Whether the server has said that there is no session, and nothing has happened since that
    /// could bring one.
    fn is_known_to_be_over(&self) -> bool {
        let is_said = match self.tenure.phase {
            Phase::Ended { reason: EndReason::None, .. } => self.tenure.has_none,
            Phase::Ended { reason: EndReason::Rejected, .. } => true,
            Phase::Ended { reason: EndReason::SignedOut, .. } => self.sign_out.is_confirmed(),
            // There is a cookie, and it is somebody's.
            Phase::Ended { reason: EndReason::Replaced, .. } => false,
            Phase::Unknown { .. } | Phase::Active(_) | Phase::Closed { .. } => false,
        };
        is_said
            && self.sign_out.pending().is_none()
            && self.queue.logins.is_empty()
            && self.queue.is_quiet()
            && self.stored.in_flight.iter().len() == 0
    }

    /// Returns the current token, if it is of this session and the endpoint requires it.
    fn grant_of(&self, session: Option<Fingerprint>) -> Option<Grant> {
        let Phase::Active(current) = &self.tenure.phase else { return None };
        let is_its = self.config.sign_out_token && session.is_some_and(|begun| begun.epoch == current.epoch);
        is_its.then(|| current.grant.clone())
    }

    /// Returns the session whose cookie the browser has; `None` if nobody can know. Then the
    /// sign-out is for anybody.
    fn whose_cookie(&self) -> Option<Fingerprint> {
        self.last_session().filter(|session| !self.is_in_doubt(session.epoch))
    }

    /// Returns the last session that has begun, as far as this tab knows. If that was signed out,
    /// and nobody knows for whom, it is one of nobody known.
    pub(super) fn last_session(&self) -> Option<Fingerprint> {
        let mut last = self.tenure.session();
        // The last one of equal sessions counts: our token is newer than the entry of its session.
        let mut add = |session: Fingerprint| {
            if last.is_none_or(|last| session.epoch > last.epoch) {
                last = Some(session);
            }
        };
        // Another tab may have begun a later one, or signed out of it.
        if let Some(begun) = self.stored.session.and_then(SessionEntry::begun) {
            add(begun);
        }
        let is_of_now = |pending: &PendingSignOut| !pending.is_outdated(self.stored.session);
        if let Some(pending) = self.sign_out.pending().or(self.stored.sign_out.filter(is_of_now)) {
            add(pending.session.unwrap_or(Fingerprint::of_nobody(pending.until)));
        }
        last
    }

    /// Whether the cookie may not be that of this session: a refresh that was sent before it began
    /// brings another one.
    pub(super) fn is_in_doubt(&self, session: EpochId) -> bool {
        let is_earlier = |refresh: &RefreshMarker| refresh.may_lie_over(session);
        self.stored.marker.as_ref().is_some_and(is_earlier)
            || self.queue.has_inert()
            || self.tenure.cookie.must_verify
    }

    /// Stores the end of sessions of which another tab has told, if that tab could not: a worker
    /// stores nothing. A sign-out is pursued here as well, because the worker may go.
    pub(super) fn store_end(&mut self, now: Moment, until: EpochId, reason: EndReason) {
        let is_stored = |entry: SessionEntry| entry.epoch() >= until;
        // An old one is a reply, and its entry was cleared since.
        let is_old = until.is_older_than(YOUNG_SIGN_OUT, now);
        if !self.stored.is_kept || is_old || self.stored.session.is_some_and(is_stored) {
            return;
        }
        self.outbox.writes.push(Write::Session(SessionEntry::Over { until, reason }));
        if reason == EndReason::SignedOut {
            self.store_sign_out(now, until, self.whose_cookie(), None);
            self.pursue_sign_out(now);
        }
    }

    /// Stores a sign-out of all sessions up to `until`: to be pursued, or to hold until the next
    /// sign-in.
    pub(super) fn store_sign_out(
        &mut self,
        now: Moment,
        until: EpochId,
        session: Option<Fingerprint>,
        ending: Option<Grant>,
    ) {
        let pending = PendingSignOut { until, session, asked: now.wall_ms(), tries: 0, not_before: None };
        if self.config.tells_sign_out {
            self.sign_out.ask(pending, ending, &mut self.outbox);
        } else {
            self.sign_out.keep_local();
            // A later page may be delivered with a token of this session.
            if self.stored.sign_out.is_none_or(|kept| kept.is_given_up()) {
                self.outbox.writes.push(Write::SignOut(pending.given_up()));
            }
        }
    }

    /// Applies the stored sign-out: another page may have left one, or have finished this one.
    pub(super) fn apply_stored_sign_out(&mut self, now: Moment) {
        if !self.stored.is_kept || !self.config.tells_sign_out {
            return;
        }
        match self.sign_out.read(&self.stored, now, &mut self.entropy, &mut self.outbox) {
            Found::Nothing => {}
            Found::Cleared => self.storage_cleared(),
            Found::Pending(until) => self.tenure.note_end(until, EndReason::SignedOut),
        }
    }

    /// Finishes first what an earlier page could not finish, or a tab that has gone.
    pub(super) fn pursue_sign_out(&mut self, now: Moment) {
        match self.sign_out.step() {
            Step::Rest => {}
            Step::Show => self.end_what_was_signed_out(),
            Step::Try if self.queue.has_sign_out() => {}
            Step::Try => {
                self.queue.add_sign_out(Vec::new(), Urge::Pursuit);
                if self.sign_out.login_wait(now).is_some() {
                    self.end_what_was_signed_out();
                }
            }
        }
    }

    /// Whether nothing may be restored before a sign-out is finished.
    pub(super) fn awaits_sign_out(&self) -> bool {
        self.sign_out.pending().is_some() && self.tenure.is_unknown()
    }

    /// Shows that the user is signed out, in a page that began with a pending sign-out.
    pub(super) fn end_what_was_signed_out(&mut self) {
        if self.awaits_sign_out() {
            self.end_session(EndReason::SignedOut, false);
        }
    }

    /// Keeps a local sign-out over reloads, until the next sign-in.
    pub(super) fn keep_local_sign_out(&mut self) {
        let is_signed_out = self.stored.session.and_then(SessionEntry::end) == Some(EndReason::SignedOut);
        if is_signed_out && self.holds_locally() {
            self.sign_out.keep_local();
            self.end_session(EndReason::SignedOut, false);
        }
    }

    /// Whether a stored sign-out is enough to restore nothing: there is no endpoint, and nobody is
    /// signing in.
    pub(super) fn holds_locally(&self) -> bool {
        !self.config.tells_sign_out && self.tenure.is_unknown() && !self.waiters.want_new_epoch(u32::MAX)
    }

    /// Puts the next attempt off if another tab has just failed.
    pub(super) fn put_off_pursuit(&mut self, now: Moment) {
        let is_pursuit = |turn: &Turn| matches!(turn.task, Task::SignOut { urge: Urge::Pursuit, .. });
        if self.sign_out.pause(now).is_some() && self.queue.current.as_ref().is_some_and(is_pursuit) {
            self.ask_anew(now);
        }
    }

    /// Drops the turn of a sign-out that another tab has finished, given up or abandoned.
    pub(super) fn drop_finished_sign_out(&mut self) {
        let reply = match self.sign_out.step() {
            Step::Rest if matches!(self.stored.session, Some(SessionEntry::Abandoned { .. })) => {
                Err(Denial::Changed)
            }
            // A sign-in would have cancelled it.
            Step::Rest => Ok(Reply::SignedOut(SignOutStatus::Confirmed)),
            Step::Show => Ok(Reply::SignedOut(SignOutStatus::Pending)),
            Step::Try => return,
        };
        let is_it = |turn: &mut Turn| turn.task.is_sign_out();
        if let Some(turn) = self.queue.current.take_if(is_it) {
            self.outbox.release(turn.attempt);
            self.answer_all(turn.task.into_tickets(), reply);
            self.end_what_was_signed_out();
        }
    }

    /// Returns the progress of the last sign-out: to show.
    pub fn sign_out_progress(&self) -> Option<SignOutProgress> {
        self.sign_out.progress()
    }

    pub(super) fn answer_all(&mut self, tickets: Vec<Ticket>, answer: Result<Reply, Denial>) {
        for ticket in tickets {
            self.answer(ticket, answer.clone());
        }
    }
}
