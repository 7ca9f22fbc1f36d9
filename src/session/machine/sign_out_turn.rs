//! The turn of a sign-out. Only a 2xx in the format of the auth server confirms it, or two
//! refreshes that it rejects.
//!
//! | after | sent next, in the same turn |
//! | --- | --- |
//! | a first attempt without a wait, with a token if one is required | the sign-out |
//! | any other attempt | a refresh, unpublished: the comparison |
//! | a comparison: a token of the session that was signed out | the sign-out, with this token |
//! | the same while the cookie of an orphan may come, and a token is required | after it, a second comparison |
//! | a comparison: another token | nothing: somebody has signed in unseen (a redirect) |
//! | a comparison: rejected | a second one, after a pause; rejected as well, it confirms |
//! | the sign-out is rejected, without a comparison | a comparison; one suffices if the sign-out carried the token |
//! | that comparison: a token | the sign-out, if a token is required; else nothing: unconfirmed |
//! | a 2xx while an earlier refresh is in flight | nothing: its cookie would undo the sign-out |
//! | anything else | nothing: unconfirmed, and tried again later |

use crate::session::error::{Denial, RefreshFailure};
use crate::session::id::{AttemptId, Entropy, EpochId, Ticket};
use crate::session::machine::Session;
use crate::session::outbox::{Reply, Request};
use crate::session::sign_out::findings::{Owner, Step};
use crate::session::sign_out::progress::{SignOutFailure, SignOutStatus};
use crate::session::tenure::Phase;
use crate::session::time::{Millis, Moment};
use crate::session::token::Grant;
use crate::session::token::current_token::Source;
use crate::session::turn::{OnWire, Shown, Task, Turn, Urge};

impl<E: Entropy> Session<E> {
    /// Whether a refresh goes first: to see whose session there is, or for the token that is
    /// required.
    pub(super) fn must_compare(&self, task: &Task, now: Moment) -> bool {
        let is_sure = matches!(task, Task::SignOut { urge, .. } if *urge != Urge::Pursuit);
        self.sign_out.must_compare(is_sure, self.config.sign_out_token, now)
    }

    /// Sends the sign-out, or first the refresh that tells whose session there is.
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

    /// Puts the sign-out off if the page goes during a comparison: it could not send the next
    /// request under the lock.
    pub(super) fn put_off_sign_out(&mut self) {
        if self.queue.current.as_ref().is_some_and(Turn::compares)
            && let Some(turn) = self.queue.give_up()
        {
            self.outbox.release(turn.attempt);
            self.queue.waiting.insert(0, turn.task);
        }
    }

    /// Handles the outcome of a comparison.
    pub(super) fn sign_out_compared(
        &mut self,
        now: Moment,
        turn: Turn,
        number: u32,
        outcome: Result<Grant, RefreshFailure>,
    ) {
        self.apply_stored_sign_out(now);
        match outcome {
            // The response waited while the tab was frozen: somebody else may have signed in since.
            Ok(_) if turn.was_neglected(now, self.config.longest_gap()) => {
                self.outbox.release(turn.attempt);
                if self.tenure.token().is_some() {
                    // Its cookie may lie over that of a sign-in.
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
                self.sign_out.abandon(&mut self.outbox);
                self.answer_all(turn.task.into_tickets(), Err(Denial::Changed));
                match self.tenure.phase {
                    Phase::Unknown { .. } if is_anothers => {
                        let epoch = self.tenure.next_epoch(now, &mut self.entropy);
                        self.leave_epoch(now, epoch);
                        self.adopt(now, epoch, grant, Source::Refresh(number));
                    }
                    // Its cookie lies over that of a sign-in.
                    Phase::Active(_) => self.tenure.doubt_cookie_after(Ok(())),
                    // A session that began meanwhile is restored next; an earlier one is announced
                    // by its own tab.
                    Phase::Unknown { .. } | Phase::Ended { .. } | Phase::Closed { .. } => {}
                }
            }
            Err(failure @ RefreshFailure::Rejected { .. }) => {
                // The rejection of a request that carried the token counts as the first one.
                if matches!(turn.shown, Shown::Refused { carried_token: true, .. }) {
                    self.markers.note_rejection(None, now);
                }
                let must_confirm = self.must_confirm(now);
                if must_confirm && self.markers.blocked.is_none() {
                    return self.confirm_rejection(now, turn);
                }
                self.outbox.release(turn.attempt);
                // Nor does it prove anything while an earlier refresh may still bring a cookie.
                if must_confirm || self.cookie_may_come(now) {
                    return self.sign_out_failed(now, turn, failure);
                }
                self.markers.forget_rejection();
                let told = turn.on_wire().and_then(OnWire::tells);
                self.sign_out_is_done(now, turn.task.into_tickets(), told);
            }
            Err(failure) => {
                self.outbox.release(turn.attempt);
                self.sign_out_failed(now, turn, failure);
            }
        }
    }

    /// Sends the sign-out after all, or fails: the session goes on.
    fn session_goes_on(&mut self, now: Moment, mut turn: Turn, grant: Grant) {
        self.markers.forget_rejection();
        let needs_token = self.config.sign_out_token;
        if let Some(failure) = turn.refusal().filter(|_| !needs_token) {
            self.outbox.release(turn.attempt);
            return self.sign_out_failed(now, turn, failure);
        }
        // The cookie of an orphan must not arrive after the sign-out.
        let orphan = turn.still_waits(self.markers.newest, self.orphan_wait(now), now);
        // The orphan's cookie may belong to another session. A second comparison brings the token
        // of that session.
        if !needs_token || orphan.is_zero() {
            turn.shown = Shown::GoesOn;
        }
        if orphan.is_zero() {
            if needs_token {
                self.sign_out.keep_token(grant);
            }
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
        // After a comparison, the session is known to go on.
        let is_open =
            self.sign_out.pending().is_some() && turn.shown != Shown::GoesOn && !self.page.is_away();
        match outcome {
            Err(failure @ RefreshFailure::Rejected { .. }) if is_open => {
                let carried_token =
                    matches!(turn.on_wire(), Some(OnWire::SignOut { carries_token: true, .. }));
                turn.shown = Shown::Refused { failure, carried_token };
                // The entries are read before the refresh is sent.
                turn.hold(Millis::ZERO, Millis::ZERO, now);
                self.queue.current = Some(turn);
            }
            Err(failure) => {
                self.outbox.release(attempt);
                self.sign_out_failed(now, turn, failure);
            }
            // The server may know the cookie of this request only, and not the one that is to come,
            // which may be of another session than the token.
            Ok(()) if self.cookie_may_come(now) => {
                self.outbox.release(attempt);
                self.sign_out.drop_token();
                self.sign_out_failed(now, turn, RefreshFailure::TimedOut);
            }
            Ok(()) => {
                self.outbox.release(attempt);
                let told = turn.on_wire().and_then(OnWire::tells);
                self.sign_out_is_done(now, turn.task.into_tickets(), told);
            }
        }
    }

    /// Confirms the sign-out of all sessions that had begun by `told`.
    fn sign_out_is_done(&mut self, now: Moment, tickets: Vec<Ticket>, told: Option<EpochId>) {
        self.end_what_was_signed_out();
        let status = if self.sign_out.confirm(told, self.tenure.is_ended(), &mut self.outbox) {
            SignOutStatus::Confirmed
        } else {
            self.pursue_sign_out(now);
            SignOutStatus::Pending
        };
        self.answer_all(tickets, Ok(Reply::SignedOut(status)));
    }

    /// Fails an attempt that the server has not confirmed.
    pub(super) fn sign_out_failed(&mut self, now: Moment, turn: Turn, failure: RefreshFailure) {
        let in_refresh = turn.compares() && turn.refusal().is_none();
        let failure = turn.refusal().unwrap_or(failure);
        let attempt = turn.attempt;
        let tickets = turn.task.into_tickets();
        self.end_what_was_signed_out();
        // A session has begun since, and must not be signed out for the one before it.
        if self.sign_out.pending().is_none() {
            return self.answer_all(tickets, Err(Denial::Changed));
        }
        self.answer_all(tickets, Ok(Reply::SignedOut(SignOutStatus::Pending)));
        let failed = SignOutFailure { attempt, failure, in_refresh };
        self.sign_out.fail(failed, now, &mut self.entropy, &mut self.outbox);
        if self.sign_out.step() == Step::Try {
            self.pursue_sign_out(now);
        }
    }
}
