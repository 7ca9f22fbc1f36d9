//! A sign-out at the wire: what is sent, and what confirms it.
//!
//! Only the auth server's own word does: a 2xx in its own format, or a refresh that it refuses twice.
//!
//! | on | is sent next, in the same turn |
//! | --- | --- |
//! | a first try that did not have to wait, with a token in hand where one is required | the sign-out |
//! | any other | a refresh, unpublished, to see whose session there is |
//! | that brings a token of the session which was signed out | the sign-out, with this token |
//! | that brings another one | nothing: somebody has signed in by a way that we do not see (a redirect) |
//! | that is refused | a second one, after a pause; refused as well, it confirms the sign-out |
//! | the sign-out is refused, and no refresh was sent before it | a refresh, as above; one suffices if the sign-out had carried the token |
//! | that brings a token | the sign-out once more, where a token is required; else nothing: it is not confirmed |
//! | a refresh is out that was sent before the sign-out | nothing: its cookie would undo what was confirmed |
//! | anything else | nothing: it is not confirmed, and is tried again later |

use crate::session::error::{Denial, RefreshFailure};
use crate::session::id::{AttemptId, Entropy, EpochId, Ticket};
use crate::session::machine::Session;
use crate::session::outbox::{Reply, Request};
use crate::session::sign_out::progress::{SignOutFailure, SignOutStatus};
use crate::session::sign_out::{Owner, Step};
use crate::session::tenure::Phase;
use crate::session::time::{Millis, Moment};
use crate::session::token::Grant;
use crate::session::token::current_token::Source;
use crate::session::turn::{OnWire, Shown, Task, Turn, Urge};

impl<E: Entropy> Session<E> {
    /// Whether a refresh goes before this: to see whose session there is, or for the token that is required.
    pub(super) fn must_compare(&self, task: &Task, now: Moment) -> bool {
        let is_sure = matches!(task, Task::SignOut { urge, .. } if *urge != Urge::Pursuit);
        self.sign_out.must_compare(is_sure, self.config.sign_out_token, now)
    }

    /// Sends it; or first the refresh that tells whose session there is.
    pub(super) fn send_sign_out(&mut self, now: Moment, mut turn: Turn) {
        if turn.refusal().is_none() && !self.must_compare(&turn.task, now) {
            return self.send_as_it_is(now, turn);
        }
        let tells = self.sign_out.until();
        let refreshing = self.send_refresh(now, turn.attempt);
        turn.send(OnWire::Comparison { refreshing, tells }, self.config.timeout, now);
        self.queue.current = Some(turn);
    }

    fn send_as_it_is(&mut self, now: Moment, mut turn: Turn) {
        let tells = self.sign_out.until();
        let token = self.sign_out.token(now).cloned();
        turn.send(OnWire::SignOut { tells, carries_token: token.is_some() }, self.config.timeout, now);
        self.outbox.app.request = Some(Request::SignOut { attempt: turn.attempt, token });
        self.queue.current = Some(turn);
    }

    /// The page goes while it looks whose session there is: what it would send next, it could not send under the lock.
    pub(super) fn put_off_sign_out(&mut self) {
        if self.queue.current.as_ref().is_some_and(Turn::compares)
            && let Some(turn) = self.queue.give_up()
        {
            self.outbox.release(turn.attempt);
            self.queue.waiting.insert(0, turn.task);
        }
    }

    /// It is known whose session there is, or that there is none.
    pub(super) fn sign_out_compared(
        &mut self,
        now: Moment,
        turn: Turn,
        number: u32,
        outcome: Result<Grant, RefreshFailure>,
    ) {
        self.apply_stored_sign_out(now);
        match outcome {
            // It has lain there while the tab was frozen: whose session there is now, it does not say.
            Ok(_) if turn.was_neglected(now, self.config.longest_gap()) => {
                self.outbox.release(turn.attempt);
                if self.tenure.token().is_some() {
                    // Somebody has signed in, and its cookie may lie over that.
                    self.tenure.doubt_cookie_after(Ok(()));
                }
                self.sign_out_failed(now, turn, RefreshFailure::TimedOut);
            }
            Ok(grant) if self.sign_out.owner_of(&grant) == Owner::Unclear => {
                self.sign_out.compare_again(grant);
                self.outbox.release(turn.attempt);
                self.queue.waiting.insert(0, turn.task);
            }
            Ok(grant) if self.sign_out.owner_of(&grant) == Owner::Pending => {
                self.session_goes_on(now, turn, grant);
            }
            Ok(grant) => {
                self.outbox.release(turn.attempt);
                let is_anothers = self.sign_out.pending().is_some();
                self.sign_out.forget(&mut self.outbox);
                self.answer_all(turn.task.into_tickets(), Err(Denial::Changed));
                match self.tenure.phase {
                    Phase::Unknown { .. } if is_anothers => {
                        let epoch = self.tenure.next_epoch(now, &mut self.entropy);
                        self.leave_epoch(epoch);
                        self.adopt(now, epoch, grant, Source::Refresh(number));
                    }
                    // Somebody has signed in, and this lies over the cookie of that.
                    Phase::Active(_) => self.tenure.doubt_cookie_after(Ok(())),
                    // A session that began meanwhile is restored next; of one that began before, its own tab speaks.
                    Phase::Unknown { .. } | Phase::Ended { .. } | Phase::Closed { .. } => {}
                }
            }
            Err(failure @ RefreshFailure::Rejected { .. }) => {
                // The refusal of a request that carried the token counts for the first one.
                if matches!(turn.shown, Shown::Refused { carried_token: true, .. }) {
                    self.markers.note_rejection(None);
                }
                let must_confirm = self.must_confirm(now);
                if must_confirm && self.markers.blocked.is_none() {
                    return self.confirm_rejection(now, turn);
                }
                self.outbox.release(turn.attempt);
                if must_confirm {
                    return self.sign_out_failed(now, turn, failure);
                }
                self.markers.forget_rejection();
                let told = turn.on_wire().and_then(OnWire::tells);
                self.sign_out_is_done(turn.task.into_tickets(), told);
            }
            Err(failure) => {
                self.outbox.release(turn.attempt);
                self.sign_out_failed(now, turn, failure);
            }
        }
    }

    /// A refresh has brought a token of the session that was signed out.
    fn session_goes_on(&mut self, now: Moment, mut turn: Turn, grant: Grant) {
        self.markers.forget_rejection();
        if self.config.sign_out_token {
            self.sign_out.keep_token(grant);
        } else if let Some(failure) = turn.refusal() {
            self.outbox.release(turn.attempt);
            return self.sign_out_failed(now, turn, failure);
        }
        turn.shown = Shown::GoesOn;
        // The cookie that an orphan may still bring must not come after the sign-out.
        let orphan = turn.still_waits(self.markers.newest, self.orphan_wait(now), now);
        if orphan.is_zero() {
            return self.send_as_it_is(now, turn);
        }
        turn.waited_for = self.markers.newest;
        turn.hold(Millis::ZERO, orphan, now);
        self.queue.current = Some(turn);
        self.end_what_was_signed_out();
    }

    pub(super) fn sign_out_settled(
        &mut self,
        now: Moment,
        attempt: AttemptId,
        outcome: Result<(), RefreshFailure>,
    ) {
        let Some(mut turn) = self.queue.take(attempt) else { return };
        // Where a refresh went before it, the session is known to go on.
        let is_open =
            self.sign_out.pending().is_some() && turn.shown != Shown::GoesOn && !self.page.is_away();
        match outcome {
            Err(failure @ RefreshFailure::Rejected { .. }) if is_open => {
                let carried_token =
                    matches!(turn.on_wire(), Some(OnWire::SignOut { carries_token: true, .. }));
                turn.shown = Shown::Refused { failure, carried_token };
                // What is stored is looked at before the refresh is sent.
                turn.hold(Millis::ZERO, Millis::ZERO, now);
                self.queue.current = Some(turn);
            }
            Err(failure) => {
                self.outbox.release(attempt);
                self.sign_out_failed(now, turn, failure);
            }
            // The server may know of the cookie that went along only, and not of the one that is to come.
            Ok(()) if self.cookie_may_come(now) => {
                self.outbox.release(attempt);
                self.sign_out_failed(now, turn, RefreshFailure::TimedOut);
            }
            Ok(()) => {
                self.outbox.release(attempt);
                let told = turn.on_wire().and_then(OnWire::tells);
                self.sign_out_is_done(turn.task.into_tickets(), told);
            }
        }
    }

    /// The server knows of all sessions that had begun by `told`.
    fn sign_out_is_done(&mut self, tickets: Vec<Ticket>, told: Option<EpochId>) {
        self.end_what_was_signed_out();
        if !self.sign_out.confirm(told, self.tenure.is_ended(), &mut self.outbox) {
            self.pursue_sign_out();
        }
        self.answer_all(tickets, Ok(Reply::SignedOut(SignOutStatus::Confirmed)));
    }

    /// The server has not confirmed it.
    pub(super) fn sign_out_failed(&mut self, now: Moment, turn: Turn, failure: RefreshFailure) {
        let in_refresh = turn.compares() && turn.refusal().is_none();
        let failure = turn.refusal().unwrap_or(failure);
        let attempt = turn.attempt;
        let tickets = turn.task.into_tickets();
        self.end_what_was_signed_out();
        // None if a session has begun since, which must not be signed out for the one before it.
        if self.sign_out.pending().is_none() {
            return self.answer_all(tickets, Err(Denial::Changed));
        }
        self.answer_all(tickets, Ok(Reply::SignedOut(SignOutStatus::Pending)));
        let failed = SignOutFailure { attempt, failure, in_refresh };
        self.sign_out.fail(failed, now, &mut self.entropy, &mut self.outbox);
        if self.sign_out.step() == Step::Try {
            self.pursue_sign_out();
        }
    }
}
