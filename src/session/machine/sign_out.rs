//! A sign-out: over here at once, and pursued until the server has confirmed it.
//!
//! It is written down before anything is sent, and stays written until the server has confirmed it or a session has
//! begun since. After the last try it stays as well: the sign-out is local from then on. What is sent in a turn, and what
//! confirms it, is said in `sign_out_turn`.
//!
//! Without an endpoint a sign-out is local from the start: what is remembered of the session says that it is over, and
//! nothing is restored before the next sign-in.
//!
//! Where the server has said that there is no session, a sign-out sends nothing and changes nothing.

use super::super::time::Millis;

use super::super::error::{Denial, RefreshFailure};
use super::super::id::{Entropy, Ticket};
use super::super::memo::{Begun, Memo, PendingSignOut, Remembered};
use super::super::outbox::{Reply, Write};
use super::super::report::Report;
use super::super::signing_out::{SignOutProgress, SignOutStatus};
use super::super::status::EndReason;
use super::super::time::Moment;
use super::super::token::Grant;
use super::super::turn::{Job, Turn, Urge};
use super::super::unsettled::Unsettled;
use super::{Phase, Session};

impl<E: Entropy> Session<E> {
    pub(super) fn sign_out(&mut self, now: Moment, ticket: Ticket, memo: &Memo, reads_login: bool) {
        // Unless another tab has just begun one.
        let is_later = |begun: Begun| self.over(begun.epoch).is_none();
        let has_begun = memo.session.and_then(Remembered::begun).is_some_and(is_later);
        let is_over = matches!(self.phase, Phase::Ended { .. } | Phase::Closed { .. }) && !has_begun;
        if is_over && !reads_login && self.is_known_to_be_over(now, memo) {
            let status =
                if self.config.tells_sign_out { SignOutStatus::Confirmed } else { SignOutStatus::Local };
            return self.answer(ticket, Ok(Reply::SignedOut(status)));
        }
        let session = self.whose_cookie(memo);
        self.compared = None;
        let ending = self.grant_of(session);
        self.end(now, EndReason::SignedOut);
        let denial = Denial::Ended(EndReason::SignedOut);
        self.cancel(|job| matches!(job, Job::Login { .. }), denial);
        for login in std::mem::take(&mut self.logins) {
            self.answer(login, Err(denial));
        }
        if !self.config.tells_sign_out {
            self.sign_out_status = Some(SignOutStatus::Local);
            let is_free = memo.sign_out.is_none_or(|kept| kept.is_given_up());
            if let Some((until, _)) = self.over.filter(|_| is_free) {
                // Whose session it was, or that nobody can tell: a later page may be delivered with a token of it.
                let local = PendingSignOut { until, session, asked: now.wall_ms(), tries: 0 };
                self.outbox.writes.push(Write::SignOut(local.given_up()));
            }
            return self.answer(ticket, Ok(Reply::SignedOut(SignOutStatus::Local)));
        }
        match self.pending.filter(|pending| is_over && !pending.is_given_up()) {
            // A login that ran until now has removed it.
            Some(pending) => self.remember_sign_out(pending),
            None => {
                if let Some((until, _)) = self.over {
                    self.ending = ending;
                    self.sign_out_failure = None;
                    self.remember_sign_out(PendingSignOut { until, session, asked: now.wall_ms(), tries: 0 });
                }
            }
        }
        self.sign_out_backoff.reset();
        self.turns.add_sign_out(vec![ticket], Urge::First);
    }

    /// Whether the server has said that there is no session, and nothing has happened since that could bring one.
    fn is_known_to_be_over(&self, now: Moment, memo: &Memo) -> bool {
        let is_said = match self.phase {
            Phase::Ended { reason: EndReason::None, .. } => self.has_none,
            Phase::Ended { reason: EndReason::Rejected, .. } => true,
            Phase::Ended { reason: EndReason::SignedOut, .. } => {
                self.sign_out_status == Some(SignOutStatus::Confirmed)
            }
            // There is a cookie, and it is somebody's.
            Phase::Ended { reason: EndReason::Replaced, .. } => false,
            Phase::Unknown { .. } | Phase::Active(_) | Phase::Closed { .. } => false,
        };
        let may_come = |refresh: &Unsettled| refresh.may_still_come(now);
        is_said
            && self.pending.is_none()
            && self.logins.is_empty()
            && self.turns.is_quiet()
            && !self.callers.want_new_epoch(u32::MAX)
            && !memo.unsettled.as_ref().is_some_and(may_come)
    }

    /// The token in hand, where the endpoint requires the one of this session.
    fn grant_of(&self, session: Option<Begun>) -> Option<Grant> {
        let Phase::Active(held) = &self.phase else { return None };
        let is_its = self.config.sign_out_token && session.is_some_and(|begun| begun.epoch == held.epoch);
        is_its.then(|| held.grant.clone())
    }

    /// The session whose cookie the browser has; `None` where nobody can know. Then whoever's it is is signed out.
    fn whose_cookie(&self, memo: &Memo) -> Option<Begun> {
        let known = self.known_session();
        // Another tab may just have begun one, or may have signed out of a later one than ours.
        let begun = memo.session.and_then(Remembered::begun);
        let is_of_now = |pending: &PendingSignOut| !pending.is_outdated(memo.session);
        let signed_out = match self.pending.or(memo.sign_out.filter(is_of_now)) {
            Some(pending) => Some(pending.session?),
            None => None,
        };
        // The last of one epoch counts: the token at hand is newer than what was written down when its session began.
        let all = [begun, signed_out, known].into_iter().flatten();
        let session = all.max_by_key(|begun| begun.epoch)?;
        // A refresh that was sent before it had begun brings another cookie.
        let is_earlier = |refresh: &Unsettled| refresh.may_lie_over(session.epoch);
        let overlaps = memo.unsettled.as_ref().is_some_and(is_earlier) || self.turns.has_inert();
        Some(session).filter(|_| !overlaps && !self.cookie.in_doubt)
    }

    /// Looks whether a sign-out is pending: another page may have left one, or have finished ours.
    pub(super) fn recall_sign_out(&mut self, now: Moment, memo: &Memo) {
        // While a login runs there is none written down: it comes back if the login fails.
        if !memo.is_kept || !self.config.tells_sign_out || !self.logins.is_empty() {
            return;
        }
        // A sign-out that another tab has finished leaves an entry of the session.
        if memo.sign_out.is_none() && memo.session.is_none() && self.pending.is_some() {
            return self.storage_cleared();
        }
        let before = std::mem::replace(&mut self.pending, memo.sign_out);
        let Some(pending) = memo.sign_out else { return };
        if pending.is_outdated(memo.session) {
            return self.forget_sign_out();
        }
        self.note_over(pending.until, EndReason::SignedOut);
        if !pending.is_given_up() && pending.is_too_old(now) {
            return self.give_up_sign_out(pending);
        }
        if before.is_some_and(|before| before.until == pending.until && before.tries < pending.tries) {
            // Another tab has just tried: as if it had been this one.
            self.sign_out_backoff.catch_up(pending.tries - 1);
            self.sign_out_backoff.fail(now, &RefreshFailure::TimedOut, &mut self.entropy);
        }
    }

    /// What an earlier page could not finish, or a tab that has gone, is finished first.
    pub(super) fn pursue_sign_out(&mut self) {
        match self.pending {
            None => {}
            Some(pending) if pending.is_given_up() => self.end_what_was_signed_out(),
            Some(_) if self.turns.has_sign_out() => {}
            Some(_) => self.turns.add_sign_out(Vec::new(), Urge::Pursuit),
        }
    }

    /// It stays written down, so that nothing is restored before the next sign-in.
    pub(super) fn give_up_sign_out(&mut self, pending: PendingSignOut) {
        let pending = pending.given_up();
        self.ending = None;
        self.remember_sign_out(pending);
        self.report(Report::SignOutSettled {
            status: SignOutStatus::GivenUp,
            tries: pending.tries,
            failure: self.sign_out_failure,
        });
    }

    /// There is nothing to pursue any more.
    pub(super) fn forget_sign_out(&mut self) {
        self.compared = None;
        self.ending = None;
        if let Some(pending) = self.pending.take() {
            self.outbox.writes.push(Write::ClearSignOut { until: pending.until });
        }
    }

    pub(super) fn remember_sign_out(&mut self, pending: PendingSignOut) {
        self.pending = Some(pending);
        self.outbox.writes.push(Write::SignOut(pending));
    }

    /// Whether nothing may be restored before a sign-out is finished.
    pub(super) fn awaits_sign_out(&self) -> bool {
        self.pending.is_some() && matches!(self.phase, Phase::Unknown { .. })
    }

    /// A page that began with a pending sign-out shows what it knows: the user is signed out.
    pub(super) fn end_what_was_signed_out(&mut self) {
        if self.awaits_sign_out() {
            self.end_session(EndReason::SignedOut, false);
        }
    }

    /// A local sign-out holds until the next sign-in: a page that begins restores nothing.
    pub(super) fn keep_local_sign_out(&mut self, memo: &Memo) {
        let is_signed_out =
            matches!(memo.session, Some(Remembered::Over { reason: EndReason::SignedOut, .. }));
        if is_signed_out && self.holds_locally() {
            self.sign_out_status = Some(SignOutStatus::Local);
            self.end_session(EndReason::SignedOut, false);
        }
    }

    /// Whether the word of a sign-out is enough to restore nothing: nobody is asked, and nobody signs in just now.
    pub(super) fn holds_locally(&self) -> bool {
        !self.config.tells_sign_out
            && matches!(self.phase, Phase::Unknown { .. })
            && !self.callers.want_new_epoch(u32::MAX)
    }

    /// Another tab has just tried, and failed.
    pub(super) fn put_off_pursuit(&mut self, now: Moment) {
        let is_pursuit = |turn: &Turn| matches!(turn.job, Job::SignOut { urge: Urge::Pursuit, .. });
        if self.sign_out_backoff.until(now).is_some() && self.turns.current.as_ref().is_some_and(is_pursuit) {
            self.ask_anew(now);
        }
    }

    /// What was written down, somebody else has finished or given up, or a sign-in has ended the matter.
    pub(super) fn drop_finished_sign_out(&mut self) {
        let status = match self.pending {
            // A sign-in would have taken it from the queue.
            None => SignOutStatus::Confirmed,
            Some(pending) if pending.is_given_up() => SignOutStatus::Pending,
            Some(_) => return,
        };
        let is_it = |turn: &mut Turn| matches!(turn.job, Job::SignOut { .. });
        if let Some(turn) = self.turns.current.take_if(is_it) {
            self.outbox.release(turn.attempt);
            self.answer_all(turn.job.into_tickets(), Ok(Reply::SignedOut(status)));
            self.end_what_was_signed_out();
        }
    }

    /// What has become of the last sign-out: to show.
    pub fn sign_out_progress(&self) -> Option<SignOutProgress> {
        let status = match self.pending {
            Some(pending) if pending.is_given_up() => SignOutStatus::GivenUp,
            Some(_) => SignOutStatus::Pending,
            None => self.sign_out_status?,
        };
        let is_pending = status == SignOutStatus::Pending;
        Some(SignOutProgress {
            status,
            asked: self.pending.map(|pending| pending.asked),
            tries: self.pending.map_or(0, |pending| pending.tries),
            retry_at: self.sign_out_backoff.retry_at().filter(|_| is_pending),
            failure: self.sign_out_failure.filter(|_| self.pending.is_some()),
        })
    }

    /// Whether a token of the ending session is in hand that the endpoint would take.
    pub(super) fn has_token_to_send(&self, now: Moment) -> bool {
        self.ending.as_ref().is_some_and(|grant| grant.lasts(now, Millis::ZERO))
    }

    pub(super) fn answer_all(&mut self, tickets: Vec<Ticket>, answer: Result<Reply, Denial>) {
        for ticket in tickets {
            self.answer(ticket, answer.clone());
        }
    }
}
