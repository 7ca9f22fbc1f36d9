//! A sign-out: over here at once, and pursued until the server knows.
//!
//! It is written down before anything is sent, and stays written until the server has confirmed it, a session has begun
//! since, or it is of no use any more. Only a first try that did not have to wait goes out as it is. Every other, by this
//! page or another, first refreshes, unpublished, to see whose session there is: somebody may have signed in by a way that
//! we do not see (a redirect, an older version of the app).

use std::time::Duration;

use super::super::command::{Command, Reply};
use super::super::error::{Denial, RefreshFailure};
use super::super::held::Source;
use super::super::id::{AttemptId, Entropy, EpochId, Ticket};
use super::super::memo::{Begun, Memo, PendingSignOut, Remembered, Unsettled};
use super::super::status::EndReason;
use super::super::time::Moment;
use super::super::token::Grant;
use super::super::turns::{Job, Turn, Urge};
use super::{Phase, Session};

/// Whose session a pending sign-out has found.
#[derive(PartialEq, Eq)]
enum Owner {
    /// The session that was signed out.
    Pending,
    /// Another one: somebody has signed in since.
    Other,
    /// One of the same person, who may have signed in anew.
    Unclear,
}

impl<E: Entropy> Session<E> {
    pub(super) fn sign_out(&mut self, now: Moment, ticket: Ticket, memo: &Memo) {
        // Unless another tab has just begun one.
        let is_later = |begun: Begun| self.over(begun.epoch).is_none();
        let is_over = matches!(self.phase, Phase::Ended { .. } | Phase::Closed)
            && !memo.session.and_then(Remembered::begun).is_some_and(is_later);
        let session = self.whose_cookie(memo);
        self.compared = None;
        self.end(now, EndReason::SignedOut);
        let denial = Denial::Ended(EndReason::SignedOut);
        self.cancel(|job| matches!(job, Job::Login { .. }), denial);
        for login in std::mem::take(&mut self.logins) {
            self.answer(login, Err(denial));
        }
        if !self.config.tells_sign_out {
            return self.answer(ticket, Ok(Reply::Done));
        }
        if let Some((until, _)) = self.over.filter(|_| !is_over) {
            self.remember_sign_out(PendingSignOut { until, session, asked: now.wall_ms(), tries: 0 });
        } else if let Some(pending) = self.pending {
            // A login that ran until now has removed it.
            self.remember_sign_out(pending);
        }
        self.sign_out_backoff.reset();
        let urge = if self.pending.is_some() { Urge::First } else { Urge::Bare };
        self.turns.add_sign_out(vec![ticket], urge);
    }

    /// The session whose cookie the browser has; `None` where nobody can know. Then whoever's it is is signed out.
    fn whose_cookie(&self, memo: &Memo) -> Option<Begun> {
        let known = match &self.phase {
            Phase::Active(held) => Some(Begun::of(held.epoch, &held.grant)),
            Phase::Unknown { restoring, .. } => *restoring,
            Phase::Ended { .. } | Phase::Closed => None,
        };
        // Another tab may just have begun one, or may have signed out of a later one than ours.
        let begun = memo.session.and_then(Remembered::begun);
        let signed_out = match self.pending {
            Some(pending) => Some(pending.session?),
            None => None,
        };
        let all = [known, begun, signed_out].into_iter().flatten();
        let session = all.max_by_key(|begun| begun.epoch)?;
        // A refresh that was sent before it had begun brings another cookie.
        let is_earlier = |refresh: &Unsettled| refresh.may_lie_over(session.epoch);
        let overlaps = memo.unsettled.as_ref().is_some_and(is_earlier) || self.turns.has_inert();
        Some(session).filter(|_| !overlaps && !self.cookie_in_doubt)
    }

    /// Looks whether a sign-out is pending: another page may have left one, or have finished ours.
    pub(super) fn recall_sign_out(&mut self, now: Moment, memo: &Memo) {
        // While a login runs there is none written down: it comes back if the login fails.
        if !memo.is_kept || !self.config.tells_sign_out || !self.logins.is_empty() {
            return;
        }
        let before = std::mem::replace(&mut self.pending, memo.sign_out);
        let Some(pending) = memo.sign_out else { return };
        if before.is_some_and(|before| before.until == pending.until && before.tries < pending.tries) {
            // Another tab has just tried: as if it had been this one.
            self.sign_out_backoff.catch_up(pending.tries - 1);
            self.sign_out_backoff.fail(now, &RefreshFailure::TimedOut, &mut self.entropy);
        }
        if pending.is_void(now, memo.session) {
            self.forget_sign_out();
        } else {
            self.note_over(pending.until, EndReason::SignedOut);
        }
    }

    /// What an earlier page could not finish, or a tab that has gone, is finished first.
    pub(super) fn pursue_sign_out(&mut self) {
        let is_open = matches!(self.phase, Phase::Active(_) | Phase::Closed);
        if self.pending.is_some() && !is_open && !self.turns.has_sign_out() {
            self.turns.add_sign_out(Vec::new(), Urge::Pursuit);
        }
    }

    /// There is nothing to pursue any more.
    pub(super) fn forget_sign_out(&mut self) {
        self.compared = None;
        if let Some(pending) = self.pending.take() {
            self.commands.push(Command::ForgetSignOut { until: pending.until });
        }
    }

    pub(super) fn remember_sign_out(&mut self, pending: PendingSignOut) {
        self.pending = Some(pending);
        self.commands.push(Command::RememberSignOut(pending));
    }

    /// Whether nothing may be restored before a sign-out is finished.
    pub(super) fn awaits_sign_out(&self) -> bool {
        self.pending.is_some() && matches!(self.phase, Phase::Unknown { .. })
    }

    /// Another tab has just tried, and failed.
    pub(super) fn put_off_pursuit(&mut self, now: Moment) {
        let is_pursuit = |turn: &Turn| matches!(turn.job, Job::SignOut { urge: Urge::Pursuit, .. });
        if self.sign_out_backoff.until(now).is_some() && self.turns.current.as_ref().is_some_and(is_pursuit) {
            self.ask_anew();
        }
    }

    /// What was written down, somebody else has finished, or a sign-in has ended the matter.
    pub(super) fn drop_finished_sign_out(&mut self) {
        let is_written =
            |turn: &mut Turn| matches!(turn.job, Job::SignOut { urge, .. } if urge != Urge::Bare);
        if self.pending.is_none()
            && let Some(turn) = self.turns.current.take_if(is_written)
        {
            self.commands.push(Command::ReleaseLock { attempt: turn.attempt });
            self.answer_all(turn.job.into_tickets(), Ok(Reply::Done));
        }
    }

    /// Whether it is to be known whose session there is before this is sent.
    pub(super) fn must_compare(&self, job: &Job, now: Moment) -> bool {
        let is_sure = matches!(job, Job::SignOut { urge, .. } if *urge != Urge::Pursuit);
        let may_be_anothers =
            |pending: &PendingSignOut| pending.can_compare() && !(is_sure && pending.is_young(now));
        self.pending.as_ref().is_some_and(may_be_anothers)
    }

    /// Whether it is the turn of a sign-out that is sent as it is.
    pub(super) fn is_plain_sign_out(&self, now: Moment) -> bool {
        let is_plain =
            |turn: &Turn| matches!(turn.job, Job::SignOut { .. }) && !self.must_compare(&turn.job, now);
        self.turns.current.as_ref().is_some_and(is_plain)
    }

    /// Sends it; or first the refresh that tells whose session there is.
    pub(super) fn send_sign_out(&mut self, now: Moment, mut turn: Turn) {
        let attempt = turn.attempt;
        turn.compares = self.must_compare(&turn.job, now);
        turn.tells = self.pending.map(|pending| pending.until);
        turn.begin(self.config.timeout, now);
        match turn.compares {
            true => turn.id = Some(self.send_refresh(now, attempt)),
            false => self.commands.push(Command::SendSignOut { attempt }),
        }
        self.turns.current = Some(turn);
    }

    /// The page goes while it looks whose session there is: what it would send next, it could not send under the lock.
    pub(super) fn put_off_sign_out(&mut self) {
        let compares = |turn: &mut Turn| turn.is_busy() && turn.compares;
        if let Some(turn) = self.turns.current.take_if(compares) {
            self.commands.push(Command::ReleaseLock { attempt: turn.attempt });
            self.turns.agenda.insert(0, turn.job);
        }
    }

    /// Whose session there is, by a token of it. Another `sid` tells a new sign-in of the same person only where the
    /// server keeps it over refreshes: another refresh shows that.
    fn owner_of(&self, grant: &Grant) -> Owner {
        match (self.pending.filter(|pending| pending.is_of(grant)), &self.compared) {
            (None, _) => Owner::Other,
            (Some(pending), _) if pending.has_sid_of(grant) => Owner::Pending,
            (Some(_), None) => Owner::Unclear,
            (Some(_), compared) if *compared == grant.subject => Owner::Other,
            (Some(_), _) => Owner::Pending,
        }
    }

    /// It is known whose session there is, or that there is none.
    pub(super) fn sign_out_compared(
        &mut self,
        now: Moment,
        mut turn: Turn,
        number: u32,
        outcome: Result<Grant, RefreshFailure>,
        memo: &Memo,
    ) {
        self.recall_sign_out(now, memo);
        match outcome {
            // It has lain there while the tab was frozen: whose session there is now, it does not say.
            Ok(_) if turn.was_neglected(now, self.config.longest_gap()) => {
                self.commands.push(Command::ReleaseLock { attempt: turn.attempt });
                self.sign_out_failed(now, turn.job.into_tickets(), RefreshFailure::TimedOut);
            }
            Ok(grant) if self.owner_of(&grant) == Owner::Unclear => {
                self.compared = grant.subject;
                self.commands.push(Command::ReleaseLock { attempt: turn.attempt });
                self.turns.agenda.insert(0, turn.job);
            }
            Ok(grant) if self.owner_of(&grant) == Owner::Pending => {
                turn.compares = false;
                // The cookie that an orphan may still bring must not come after the sign-out.
                let orphan = turn.still_waits(self.unsettled, self.orphan_wait(now, memo), now);
                if orphan.is_zero() {
                    turn.begin(self.config.timeout, now);
                    turn.tells = self.pending.map(|pending| pending.until);
                    self.commands.push(Command::SendSignOut { attempt: turn.attempt });
                    self.turns.current = Some(turn);
                    return;
                }
                turn.waited_for = self.unsettled;
                turn.hold(Duration::ZERO, orphan, now);
                self.turns.current = Some(turn);
                self.end_what_was_signed_out();
            }
            Ok(grant) => {
                self.commands.push(Command::ReleaseLock { attempt: turn.attempt });
                let is_anothers = self.pending.is_some();
                self.forget_sign_out();
                self.answer_all(turn.job.into_tickets(), Err(Denial::Changed));
                match self.phase {
                    Phase::Unknown { .. } if is_anothers => {
                        let epoch = self.next_epoch(now);
                        self.leave_epoch(epoch);
                        self.adopt(now, epoch, grant, Source::Refresh(number));
                    }
                    // Somebody has signed in, and this lies over the cookie of that.
                    Phase::Active(_) => self.cookie_in_doubt = true,
                    // A session that began meanwhile is restored next; of one that began before, its own tab speaks.
                    Phase::Unknown { .. } | Phase::Ended { .. } | Phase::Closed => {}
                }
            }
            Err(failure) => {
                self.commands.push(Command::ReleaseLock { attempt: turn.attempt });
                let told = turn.tells;
                let tickets = turn.job.into_tickets();
                match failure {
                    RefreshFailure::Rejected { .. } => self.sign_out_is_done(tickets, told),
                    failure => self.sign_out_failed(now, tickets, failure),
                }
            }
        }
    }

    pub(super) fn sign_out_settled(
        &mut self,
        now: Moment,
        attempt: AttemptId,
        outcome: Result<(), RefreshFailure>,
    ) {
        let Some(turn) = self.turns.take(attempt) else { return };
        self.commands.push(Command::ReleaseLock { attempt });
        let Job::SignOut { tickets, .. } = turn.job else { return };
        match outcome {
            Ok(()) => self.sign_out_is_done(tickets, turn.tells),
            Err(failure) => self.sign_out_failed(now, tickets, failure),
        }
    }

    /// The server knows of all sessions that had begun by `told`.
    fn sign_out_is_done(&mut self, tickets: Vec<Ticket>, told: Option<EpochId>) {
        self.sign_out_backoff.reset();
        self.end_what_was_signed_out();
        if self.pending.map(|pending| pending.until) > told {
            // The tab was frozen while the answer lay there: somebody has signed in and out since.
            self.pursue_sign_out();
        } else {
            self.forget_sign_out();
        }
        self.answer_all(tickets, Ok(Reply::Done));
    }

    pub(super) fn sign_out_failed(&mut self, now: Moment, tickets: Vec<Ticket>, failure: RefreshFailure) {
        self.answer_all(tickets, Err(Denial::SignOutUnconfirmed(failure)));
        self.end_what_was_signed_out();
        // None if a session has begun since, which must not be signed out for the one before it.
        let Some(mut pending) = self.pending else { return };
        if !failure.reached_nobody() {
            pending.tries = pending.tries.saturating_add(1);
            self.remember_sign_out(pending);
        }
        if pending.is_void(now, None) {
            return self.forget_sign_out();
        }
        // All tabs, and the pages before this one, have so many tries together.
        self.sign_out_backoff.catch_up(pending.tries.saturating_sub(1));
        self.sign_out_backoff.fail(now, &failure, &mut self.entropy);
        self.pursue_sign_out();
    }

    /// A page that began with a pending sign-out shows what it knows: the user is signed out.
    fn end_what_was_signed_out(&mut self) {
        if self.awaits_sign_out() {
            self.end_session(EndReason::SignedOut, false);
        }
    }

    fn answer_all(&mut self, tickets: Vec<Ticket>, answer: Result<Reply, Denial>) {
        for ticket in tickets {
            self.answer(ticket, answer.clone());
        }
    }
}
