//! Sign-ins, new tokens, and the end of a session.

use crate::session::end_reason::EndReason;
use crate::session::error::Denial;
use crate::session::id::{Entropy, EpochId, Ticket};
use crate::session::machine::Session;
use crate::session::outbox::{Reply, Write};
use crate::session::report::Report;
use crate::session::storage::stored::{Fingerprint, SessionEntry};
use crate::session::tabs::message::PeerMessage;
use crate::session::tenure::Phase;
use crate::session::time::{Millis, Moment};
use crate::session::token::Grant;
use crate::session::token::current_token::{CurrentToken, Source};
use crate::session::waiters::Wish;

impl<E: Entropy> Session<E> {
    /// Begins the session of a sign-in: the one before is over. `overlapped`: whether another writer
    /// of the cookie overlapped it.
    pub(super) fn begin_session(&mut self, now: Moment, ticket: Ticket, grant: Grant, overlapped: bool) {
        let epoch = self.tenure.next_epoch(now, &mut self.entropy);
        self.leave_epoch(now, epoch);
        self.tenure.cookie.signed_in_here = true;
        self.adopt(now, epoch, grant, Source::SignIn);
        self.tenure.cookie.must_verify = overlapped;
        self.mark_earlier(now);
        self.answer(ticket, Ok(Reply::Done));
    }

    /// Makes a token the current one, and serves the callers that wait for it.
    pub(super) fn adopt(&mut self, now: Moment, epoch: EpochId, grant: Grant, source: Source) {
        let is_new_epoch = !matches!(&self.tenure.phase, Phase::Active(current) if current.epoch == epoch);
        let (predecessor, elsewhere) = match &self.tenure.phase {
            Phase::Active(current) => (Some(&**current), source == Source::Peer),
            Phase::Unknown { elsewhere, .. } => (None, *elsewhere && source != Source::SignIn),
            Phase::Ended { .. } | Phase::Closed { .. } => (None, false),
        };
        let told_before = predecessor.map(|current| current.session);
        let elsewhere = elsewhere || source == Source::Peer;
        let late_by = self.renewal.backoff.has_failed_for(now);
        let mut current =
            CurrentToken::new(epoch, grant, elsewhere, predecessor, late_by, &self.config, &mut self.entropy);
        current.used = self.waiters.want_token();
        current.is_seed = source == Source::Seed;
        let credential = current.credential();
        // A token that waited over a night has expired: the callers wait for the next one.
        let lasts = current.grant.lasts(now, Millis::ZERO);
        let begun = current.session;
        self.tenure.phase = Phase::Active(Box::new(current));
        if source == Source::Peer {
            self.renewal.breaker.needs_none();
            self.report(Report::Adopted);
        }
        self.renewal.settle();
        self.renewal.allowance.forgive_callers(now);
        self.markers.forget_rejection();
        self.tenure.newest_refresh = match source {
            Source::Refresh(number) => number,
            Source::SignIn => self.queue.sent,
            // A refresh in flight may still bring a newer token; those before it may not.
            Source::Peer | Source::Seed => self.queue.sent_before(),
        };
        if source != Source::Peer {
            // Another `sid` of the same person is stored as well: a sign-out is for the newest one.
            if told_before != Some(begun) {
                self.outbox.writes.push(Write::Session(SessionEntry::Begun(begun)));
            }
            if is_new_epoch || self.config.shares_token {
                self.reply(now);
            }
        }
        for caller in self.waiters.take_served(source, epoch, is_new_epoch, lasts) {
            let answer = match caller.wish {
                _ if caller.is_of_other(epoch) => Err(Denial::Changed),
                Wish::Token => Ok(Reply::Token(credential.clone())),
                Wish::Person { owner, .. } if !self.shows(&owner) => Err(Denial::Changed),
                Wish::Renewal { .. } | Wish::NewEpoch { .. } | Wish::Person { .. } => Ok(Reply::Done),
            };
            self.answer(caller.ticket, answer);
        }
    }

    /// Whether the person of a session is shown.
    fn shows(&self, owner: &Fingerprint) -> bool {
        matches!(&self.tenure.phase, Phase::Active(current) if owner.is_of(&current.grant))
    }

    /// Ends the session, as the user or the server has said. Stores that, and tells the other tabs.
    pub(super) fn end(&mut self, now: Moment, reason: EndReason) {
        self.tenure.has_none |= reason == EndReason::None;
        let until = match reason {
            EndReason::SignedOut => Some(EpochId::last(now.wall_ms(), self.tenure.latest_epoch())),
            EndReason::None | EndReason::Rejected | EndReason::Replaced => self.tenure.epoch(),
        };
        if let Some(until) = until {
            // There was none, but the app has reported one.
            let told = if reason == EndReason::None { EndReason::Rejected } else { reason };
            self.announce_end(until, told);
        }
        self.end_session(reason, false);
    }

    /// Stores that every session up to `until` is over, and tells the other tabs.
    pub(super) fn announce_end(&mut self, until: EpochId, reason: EndReason) {
        self.tenure.note_end(until, reason);
        self.outbox.writes.push(Write::Session(SessionEntry::Over { until, reason }));
        self.tell(PeerMessage::Over { until, reason });
    }

    /// Ends the session in this tab: rejects the waiting calls, and turns what is in flight inert.
    pub(super) fn end_session(&mut self, reason: EndReason, elsewhere: bool) {
        if !self.tenure.is_ended() {
            self.report(Report::Ended { reason, elsewhere });
        }
        self.tenure.phase = Phase::Ended { reason, elsewhere };
        self.renewal.settle();
        self.tenure.cookie.forget();
        self.markers.forget_rejection();
        self.markers.forget();
        self.queue.turn_inert();
        for caller in self.waiters.take(&|_| true) {
            self.answer(caller.ticket, Err(Denial::Ended(reason)));
        }
    }
}
