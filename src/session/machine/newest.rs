//! A sign-in is newer than every refresh that was sent before it, whenever that is answered.
//!
//! Where it is not clear whose cookie there is (`cookie.rs`), one more refresh tells. It never shows anybody else: the session
//! goes on if the person is the same, and ends otherwise. A cookie that changes without an earlier refresh is that of a
//! sign-in which nobody has told us of: a session of its own.

use super::super::callers::Wish;
use super::super::cookie::{WasOut, strays_into};
use super::super::error::{Denial, RefreshFailure};
use super::super::id::{Entropy, EpochId, Ticket};
use super::super::memo::{Begun, Memo, Remembered};
use super::super::note::Note;
use super::super::outbox::Write;
use super::super::peers::PeerMessage;
use super::super::sent::Sent;
use super::super::time::Moment;
use super::super::token::Grant;
use super::super::turn::Job;
use super::super::unsettled::Unsettled;
use super::{Phase, Session};

impl<E: Entropy> Session<E> {
    /// The session that goes on, or is to be restored.
    pub(super) fn known_session(&self) -> Option<Begun> {
        match &self.phase {
            Phase::Active(held) => Some(Begun::of(held.epoch, &held.grant)),
            Phase::Unknown { restoring, .. } => *restoring,
            Phase::Ended { .. } | Phase::Closed { .. } => None,
        }
    }

    /// Somebody has signed in, says the app, and a cookie was set.
    pub(super) fn cookie_changed(&mut self, now: Moment, ticket: Ticket, memo: &Memo) {
        self.cancel(|job| matches!(job, Job::SignOut { .. }), Denial::Changed);
        let before = self.session_before(memo);
        self.forget_sign_out();
        let after = self.turns.sent;
        let ours: Vec<Sent> = self.turns.in_flight().collect();
        let elsewhere = self.is_out_elsewhere(now, memo);
        let out = WasOut { ours: &ours, elsewhere, session: before };
        if out.is_any() {
            self.begin_unknown(now);
        }
        self.cookie.has_been_set(after, &out);
        self.callers.add(ticket, Wish::NewEpoch { after }, None, now);
    }

    /// A session has begun, and nobody knows whose it is. It is written down and told where the cookie of the session before may
    /// still come: a page that goes before a refresh has told would leave the next one to find the person before.
    fn begin_unknown(&mut self, now: Moment) {
        let begun = Begun { epoch: self.next_epoch(now), subject: None, person: None };
        self.leave_epoch(begun.epoch);
        self.phase = Phase::Unknown { restoring: Some(begun), elsewhere: false };
        self.outbox.writes.push(Write::Session(Remembered::Begun(begun)));
        self.tell(PeerMessage::Began(begun));
    }

    /// The session whose cookie there was, as far as anything is known.
    fn session_before(&self, memo: &Memo) -> Option<Begun> {
        let signed_out = self.pending.or(memo.sign_out).and_then(|pending| pending.session);
        self.known_session().or(memo.session.and_then(Remembered::begun)).or(signed_out)
    }

    /// Whether a refresh of another tab or page may be out.
    fn is_out_elsewhere(&self, now: Moment, memo: &Memo) -> bool {
        let is_ours = |attempt| self.turns.in_flight().any(|sent| sent.attempt == attempt);
        let is_likely = |sent: i64| now.wall_since(sent) < self.config.longest_orphan();
        memo.in_flight.iter().any(|listed| {
            !is_ours(listed.attempt)
                && listed.is_recent(now)
                && (self.is_heard_of(listed) || is_likely(listed.sent))
        })
    }

    /// Whether what the `number`-th refresh brings is a new session, for the app has said so. It stays one when whoever
    /// has said so waits no longer, unless there is no session then.
    pub(super) fn begins_anew(&self, number: u32) -> bool {
        let is_ended = matches!(self.phase, Phase::Ended { .. });
        self.callers.want_new_epoch(number) || (self.cookie.is_shown_by(number) && !is_ended)
    }

    /// Looks whether a refresh may put its cookie over that of a sign-in which has just been made with an answer.
    /// One that was answered shortly before may have done so already: the app had the answer of its login for a while.
    pub(super) fn overlaps_sign_in(&self, now: Moment, memo: &Memo, grant: &Grant) -> bool {
        let is_own = self.known_session().is_some_and(|known| known.person.is_some() && known.is_of(grant));
        let was_answered =
            memo.answered.is_some_and(|answered| answered.is_within(self.config.longest_orphan(), now));
        let is_out = |refresh: &Unsettled| refresh.may_still_come(now);
        self.turns.is_writing() || memo.unsettled.as_ref().is_some_and(is_out) || (was_answered && !is_own)
    }

    /// A refresh of an earlier session was answered.
    pub(super) fn doubt_cookie_after(&mut self, outcome: Result<(), RefreshFailure>) {
        let goes_on = matches!(self.phase, Phase::Active(_) | Phase::Unknown { .. });
        self.cookie.earlier_settled(outcome, goes_on);
    }

    /// Whether a refresh has found the cookie of somebody else than the one who has signed in last, or nobody can tell.
    /// `marker`: that of the refresh.
    pub(super) fn is_replaced(&self, grant: &Grant, marker: Option<Unsettled>, memo: &Memo) -> bool {
        let known = self.known_session();
        known.is_some_and(|known| self.cookie.is_replaced(known, grant, marker, &memo.in_flight))
    }

    /// Somebody has signed in: writes down that a refresh is out which was sent before.
    pub(super) fn mark_earlier(&mut self, now: Moment, memo: &Memo) {
        let Some((attempt, marker)) = memo.marker() else { return self.mark_stray(now, memo) };
        // Where the clock was set back since, its date does not say so; and whoever reads it later does not know that.
        if let Some(epoch) = self.known_epoch()
            && marker.may_be_out()
            && !epoch.is_after(marker.sent)
        {
            self.note(Note::Remark { attempt, unsettled: marker.before(epoch) });
        }
    }

    /// Whether a refresh may have found the cookie of a session before the last but one, and not that of the sign-in which the
    /// app has spoken of.
    pub(super) fn is_of_before(&self, grant: &Grant, marker: Option<Unsettled>, memo: &Memo) -> bool {
        let known = self.known_session().filter(|known| known.person.is_some());
        if known.is_some_and(|known| known.is_of(grant)) {
            return false;
        }
        let sessions = known.into_iter().chain(self.cookie.session_before());
        let is_others = |session: &Begun| !session.is_of(grant);
        sessions.filter(is_others).any(|session| strays_into(session.epoch, marker, &memo.in_flight))
    }

    /// Writes down that a refresh is out which was sent before the session began.
    pub(super) fn mark_stray(&mut self, now: Moment, memo: &Memo) {
        let Some(known) = self.known_epoch() else { return };
        if let Some(note) = self.cookie.mark_stray(known, self.turns.stray(), &memo.in_flight, now) {
            self.note(note);
        }
    }

    /// The epoch of a session that nobody has told us of: it began before every refresh that may still be out, for its
    /// cookie and theirs cannot be told apart.
    pub(super) fn found_epoch(
        &mut self,
        began: Moment,
        marker: Option<Unsettled>,
        before: Option<EpochId>,
    ) -> EpochId {
        let least = began.wall_ms().saturating_sub(self.config.longest_orphan().signed());
        let astray = marker.and_then(|marker| marker.astray);
        let first = astray.map_or(least, |sent| least.min(sent.saturating_sub(1)));
        EpochId::draw(&mut self.entropy, first, before)
    }
}
