//! Login functions, which set the refresh cookie when they like.
//!
//! A login is overtaken if the user signs out or the object is closed while it runs. Its cookie
//! comes all the same. Until then it is listed as a refresh in flight, and afterwards marked as a
//! stray one.

use crate::session::end_reason::EndReason;
use crate::session::error::{Denial, RefreshFailure};
use crate::session::id::{AttemptId, Entropy, EpochId, Ticket};
use crate::session::machine::Session;
use crate::session::storage::stored::SessionEntry;
use crate::session::time::Moment;
use crate::session::token::Grant;
use crate::session::turn::{SentRefresh, Task};

impl<E: Entropy> Session<E> {
    /// Returns the request of a login that begins now. Every later session has a later id than the
    /// one under which it is sent.
    pub(super) fn login_of(&self, now: Moment, attempt: AttemptId, ticket: Ticket) -> SentRefresh {
        let under = self.tenure.latest_epoch();
        SentRefresh { attempt, id: attempt, under, number: 0, began: now, login: Some(ticket) }
    }

    /// Rejects the logins that run: their sessions will not be shown. Their cookies are still to
    /// come, and the other tabs and later pages know.
    pub(super) fn overtake_logins(&mut self, denial: Denial) {
        for sent in std::mem::take(&mut self.queue.logins) {
            if let Some(ticket) = sent.login {
                self.answer(ticket, Err(denial));
            }
            self.queue.add_stray(sent);
            self.relist_in_flight(None);
        }
    }

    pub(super) fn login_settled(&mut self, now: Moment, ticket: Ticket, mut grant: Option<Grant>) {
        let is_its = |task: &Task| *task == Task::Login { ticket };
        let turn = self.queue.current.take_if(|turn| is_its(&turn.task));
        if let Some(turn) = &turn {
            self.outbox.release(turn.attempt);
        }
        let Some(sent) = self.queue.login(ticket) else { return };
        if turn.is_some_and(|turn| turn.was_neglected(now, self.config.longest_gap())) {
            // The page was frozen, and the response may have waited all the time.
            if let Some(grant) = &mut grant {
                grant.received = sent.began;
            }
            // Somebody has signed in or out since.
            if self.stored.session.map(|entry| entry.epoch()) > sent.under {
                self.overtake_logins(Denial::Changed);
            }
        }
        let is_overtaken = !self.queue.take_login(sent.attempt);
        match grant {
            _ if is_overtaken => self.overtaken_login_settled(now, sent, grant),
            Some(grant) => {
                // The marker of any other refresh tells the next one.
                let overlapped = self.queue.refresh_is_out();
                self.begin_session(now, ticket, grant, overlapped);
            }
            None => {
                self.answer(ticket, Err(Denial::SignInFailed));
                self.sign_out.resume(&mut self.outbox);
                self.pursue_sign_out(now);
            }
        }
    }

    /// Notes that an overtaken login has settled. If it has set its cookie, that may lie over the
    /// one of whoever has signed in since; a user who has signed out since is signed out anew.
    fn overtaken_login_settled(&mut self, now: Moment, sent: SentRefresh, grant: Option<Grant>) {
        let outcome = grant.ok_or(RefreshFailure::Rejected { status: 401 });
        self.note_settled(now, sent.attempt, &outcome, false);
        if let Some((until, reason)) = self.stored.session.and_then(SessionEntry::over) {
            self.tenure.note_end(until, reason);
        }
        if outcome.is_ok()
            && self.tenure.epoch().is_none()
            && let Some((until, EndReason::SignedOut | EndReason::Rejected)) = self.tenure.ended()
            && Some(until) > sent.under
        {
            self.sign_out_again(now, until);
        }
    }

    /// Signs out whoever a login has signed in that was overtaken by a sign-out. A sign-out that is
    /// in flight does not count for it.
    fn sign_out_again(&mut self, now: Moment, until: EpochId) {
        let until = EpochId::last(now.wall_ms(), Some(until));
        self.announce_end(until, EndReason::SignedOut);
        self.store_sign_out(now, until, None, None);
        if !self.tenure.is_closed() {
            self.pursue_sign_out(now);
        }
    }
}
