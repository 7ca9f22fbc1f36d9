//! Login functions, which set the refresh cookie when they like.
//!
//! A login is overtaken if the user signs out or the object is closed while it runs. Its cookie
//! comes all the same. Until then it is listed as a refresh in flight, and afterwards marked as a
//! stray one.

use crate::session::end_reason::EndReason;
use crate::session::error::Denial;
use crate::session::id::{AttemptId, Entropy, EpochId, Ticket};
use crate::session::machine::Session;
use crate::session::markers::in_flight::InFlight;
use crate::session::markers::settling::Fate;
use crate::session::outbox::{Reply, Write};
use crate::session::storage::note::Note;
use crate::session::storage::stored::SessionEntry;
use crate::session::tabs::message::PeerMessage;
use crate::session::time::Moment;
use crate::session::token::Grant;
use crate::session::turn::{Login, SentRefresh, Task};

impl<E: Entropy> Session<E> {
    /// Returns a login that begins now.
    pub(super) fn login_of(&self, now: Moment, attempt: AttemptId, ticket: Ticket) -> Login {
        let under = self.tenure.epoch();
        let sent = SentRefresh { attempt, id: attempt, under, number: self.queue.sent, began: now };
        let after = self.tenure.latest_epoch().max(self.stored.session.map(|entry| entry.epoch()));
        Login { ticket, sent, after, is_overtaken: false }
    }

    /// Rejects the logins that run: their sessions will not be shown. Their cookies are still to
    /// come, and the other tabs and later pages know.
    pub(super) fn overtake_logins(&mut self, denial: Denial) {
        for login in self.queue.overtake_logins() {
            self.answer(login.ticket, Err(denial));
            self.list_login(login.sent);
        }
    }

    fn list_login(&mut self, SentRefresh { attempt, began, .. }: SentRefresh) {
        self.note(Note::List(InFlight { attempt, sent: began.wall_ms(), gone: None }));
    }

    pub(super) fn login_settled(&mut self, now: Moment, ticket: Ticket, grant: Option<Grant>) {
        let is_its = |task: &Task| *task == Task::Login { ticket };
        let turn = self.queue.current.take_if(|turn| is_its(&turn.task));
        if let Some(turn) = &turn {
            self.outbox.release(turn.attempt);
        }
        let Some(login) = self.queue.take_login(ticket) else { return };
        // The page was frozen, and the response may have waited all the time.
        let was_frozen = turn.is_some_and(|turn| turn.was_neglected(now, self.config.longest_gap()));
        if login.is_overtaken {
            return self.overtaken_login_settled(now, login, grant.as_ref());
        }
        let Some(mut grant) = grant else {
            self.answer(ticket, Err(Denial::SignInFailed));
            self.sign_out.resume(&mut self.outbox);
            return self.pursue_sign_out(now);
        };
        if was_frozen {
            grant.received = login.sent.began;
            if let Some(denial) = self.denial_of(&login) {
                // Somebody has signed in or out since.
                self.answer(ticket, Err(denial));
                self.queue.add_stray(login.sent);
                return self.overtaken_login_settled(now, login, Some(&grant));
            }
        }
        // The marker of any other refresh tells the next one.
        let overlapped = self.queue.refresh_is_out();
        self.begin_session(now, grant);
        self.tenure.cookie.must_verify = overlapped;
        self.mark_earlier(now);
        self.answer(ticket, Ok(Reply::Done));
    }

    /// Returns why a login does not count, if a session has begun or was signed out since it began.
    fn denial_of(&self, login: &Login) -> Option<Denial> {
        let entry = self.stored.session.filter(|entry| Some(entry.epoch()) > login.after)?;
        Some(entry.end().map_or(Denial::Changed, Denial::Ended))
    }

    /// Notes that an overtaken login has settled. If it has set its cookie, that may lie over the
    /// one of whoever has signed in since; a user who has signed out since is signed out anew.
    pub(super) fn overtaken_login_settled(&mut self, now: Moment, login: Login, grant: Option<&Grant>) {
        if grant.is_some() {
            self.tenure.login_overtaken();
        }
        let fate = if grant.is_some() { Fate::Accepted } else { Fate::Rejected };
        let (settled, _) = self.queue.settle(login.sent.attempt);
        self.note_fate(now, login.sent.attempt, &settled, fate);
        if let Some((until, EndReason::SignedOut)) = self.end_after(&login).filter(|_| grant.is_some()) {
            self.sign_out_again(now, until);
        }
    }

    /// Returns the end of all sessions, if it came after a login had begun.
    fn end_after(&self, login: &Login) -> Option<(EpochId, EndReason)> {
        let end = match self.stored.session {
            Some(entry) => entry.over(),
            None => self.tenure.ended().filter(|_| self.tenure.is_ended()),
        };
        end.filter(|(until, _)| Some(*until) > login.after)
    }

    /// Signs out whoever a login has signed in that was overtaken by a sign-out. A sign-out that is
    /// in flight does not count for it.
    fn sign_out_again(&mut self, now: Moment, until: EpochId) {
        let (until, reason) = (EpochId::last(now.wall_ms(), Some(until)), EndReason::SignedOut);
        self.tenure.note_end(until, reason);
        self.outbox.writes.push(Write::Session(SessionEntry::Over { until, reason }));
        self.tell(PeerMessage::Over { until, reason });
        self.store_sign_out(now, until, None, None);
        if !self.tenure.is_closed() {
            self.pursue_sign_out(now);
        }
    }
}
