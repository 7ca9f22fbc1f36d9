//! How a session begins and ends.

use super::super::time::Millis;

use super::super::callers::{Caller, Wish};
use super::super::error::Denial;
use super::super::held::{Held, Source};
use super::super::id::{Entropy, EpochId, Ticket};
use super::super::memo::{Begun, Memo, Remembered};
use super::super::outbox::{Reply, Write};
use super::super::peers::PeerMessage;
use super::super::report::Report;
use super::super::status::EndReason;
use super::super::time::Moment;
use super::super::token::Grant;
use super::super::turn::Job;
use super::deferring::Deferral;
use super::{Phase, Session};

impl<E: Entropy> Session<E> {
    pub(super) fn login_settled(&mut self, now: Moment, ticket: Ticket, grant: Option<Grant>, memo: &Memo) {
        let is_its = |job: &Job| *job == Job::Login { ticket };
        let mut grant = grant;
        if let Some(turn) = self.turns.current.take_if(|turn| is_its(&turn.job)) {
            self.outbox.release(turn.attempt);
            if turn.was_neglected(now, self.config.longest_gap())
                && let Some(grant) = &mut grant
            {
                // The page was frozen, and the answer may have lain there all the time.
                grant.received = turn.began();
            }
        }
        let Some(index) = self.logins.iter().position(|login| *login == ticket) else {
            // Signed out, or closed, in the meantime: answered already. Its cookie has come all the same.
            if grant.is_some() {
                self.doubt_cookie_after(Ok(()));
            }
            return;
        };
        self.logins.swap_remove(index);
        match grant {
            Some(grant) => {
                // What else may be out, its marker tells the next refresh.
                let overlapped = self.turns.refresh_is_out();
                self.begin_session(now, grant);
                self.cookie.in_doubt = overlapped;
                self.mark_earlier(now, memo);
                self.answer(ticket, Ok(Reply::Done));
            }
            None => {
                self.answer(ticket, Err(Denial::SignInFailed));
                if let Some(pending) = self.pending {
                    self.remember_sign_out(pending);
                    self.pursue_sign_out();
                }
            }
        }
    }

    /// A sign-in: whatever was before is over.
    pub(super) fn begin_session(&mut self, now: Moment, grant: Grant) {
        let epoch = self.next_epoch(now);
        self.leave_epoch(epoch);
        self.cookie.signed_in_here = true;
        self.adopt(now, epoch, grant, Source::SignIn);
    }

    /// Takes a token in hand, and serves all that waited for it.
    pub(super) fn adopt(&mut self, now: Moment, epoch: EpochId, grant: Grant, source: Source) {
        let is_new_epoch = !matches!(&self.phase, Phase::Active(held) if held.epoch == epoch);
        let (predecessor, elsewhere) = match &self.phase {
            Phase::Active(held) => (Some(held), source == Source::Peer),
            Phase::Unknown { elsewhere, .. } => (None, *elsewhere && source != Source::SignIn),
            Phase::Ended { .. } | Phase::Closed { .. } => (None, false),
        };
        let told_before = predecessor.map(|held| Begun::of(held.epoch, &held.grant));
        let elsewhere = elsewhere || source == Source::Peer;
        let late_by = self.backoff.has_failed_for(now);
        let mut held =
            Held::new(epoch, grant, elsewhere, predecessor, late_by, &self.config, &mut self.entropy);
        held.used = self.callers.want_token();
        held.is_seed = source == Source::Seed;
        let credential = held.credential();
        // What lay there over a night is dead: whoever waits for a token waits for the next.
        let lasts = held.grant.lasts(now, Millis::ZERO);
        let begun = Begun::of(epoch, &held.grant);
        self.phase = Phase::Active(held);
        if source == Source::Peer {
            self.report(Report::Adopted);
        }
        self.failure = None;
        self.markers.forget_rejection();
        self.is_asked = false;
        self.deferral = Deferral::No;
        self.backoff.reset();
        self.forgive_callers();
        self.adopted = match source {
            Source::Refresh(number) => number,
            Source::SignIn => self.turns.sent,
            // An answer to the one that is on the wire is newer, to one before it older.
            Source::Peer | Source::Seed => self.turns.sent_before(),
        };
        if source != Source::Peer {
            // Another `sid` of the same person is written down as well: a sign-out is for the session that there is.
            if told_before != Some(begun) {
                self.outbox.writes.push(Write::Session(Remembered::Begun(begun)));
            }
            if is_new_epoch || self.config.shares_token {
                self.reply(now);
            }
        }
        let is_served = |caller: &Caller| {
            let is_good = lasts || caller.wish != Wish::Token;
            (is_good && caller.wish.is_granted_by(source)) || caller.epoch.is_some_and(|asked| asked != epoch)
        };
        for caller in self.callers.take(is_served) {
            let answer = match caller.wish {
                _ if caller.epoch.is_some_and(|asked| asked != epoch) => Err(Denial::Changed),
                Wish::Token => Ok(Reply::Token(credential.clone())),
                Wish::Person { owner, .. } if !self.shows(&owner) => Err(Denial::Changed),
                Wish::Renewal { .. } | Wish::NewEpoch { .. } | Wish::Person { .. } => Ok(Reply::Done),
            };
            self.answer(caller.ticket, answer);
        }
    }

    /// Whether the person of a session is shown.
    fn shows(&self, owner: &Begun) -> bool {
        matches!(&self.phase, Phase::Active(held) if owner.is_of(&held.grant))
    }

    /// The session is over, by the user's word or the server's: the other tabs hear so.
    pub(super) fn end(&mut self, now: Moment, reason: EndReason) {
        self.has_none |= reason == EndReason::None;
        let until = match reason {
            EndReason::SignedOut => Some(EpochId::last(now.wall_ms(), self.latest_epoch())),
            EndReason::Rejected | EndReason::Replaced => self.known_epoch(),
            EndReason::None => None,
        };
        if let Some(until) = until {
            self.note_over(until, reason);
            self.outbox.writes.push(Write::Session(Remembered::Over { until, reason }));
            self.tell(PeerMessage::Over { until, reason });
        }
        self.end_session(reason, false);
    }

    /// What waits for a token hears that there will be none; what was sent is inert.
    pub(super) fn end_session(&mut self, reason: EndReason, elsewhere: bool) {
        if !matches!(self.phase, Phase::Ended { .. }) {
            self.report(Report::Ended { reason, elsewhere });
        }
        self.phase = Phase::Ended { reason, elsewhere };
        self.failure = None;
        self.cookie.forget();
        self.markers.forget_rejection();
        self.is_asked = false;
        self.deferral = Deferral::No;
        self.markers.forget();
        self.backoff.reset();
        self.turns.turn_inert();
        for caller in self.callers.take(|_| true) {
            self.answer(caller.ticket, Err(Denial::Ended(reason)));
        }
    }
}
