//! A sign-in is newer than every refresh that was sent before it, whenever that is answered.
//!
//! The answer of an earlier refresh may put its cookie over that of the sign-in. Then one more refresh tells whose cookie
//! there is. It never shows anybody else: the session goes on if the person is the same, and ends otherwise. A cookie that
//! changes without such a refresh is that of a sign-in which nobody has told us of: a session of its own.

use std::time::Duration;

use super::super::callers::Wish;
use super::super::error::{Denial, RefreshFailure};
use super::super::id::{AttemptId, Entropy, EpochId, Ticket};
use super::super::in_flight::InFlight;
use super::super::memo::{Begun, Memo, Remembered};
use super::super::note::Note;
use super::super::sent::Sent;
use super::super::time::{JUMP, Moment};
use super::super::token::Grant;
use super::super::turn::Job;
use super::super::unsettled::{Standing, Unsettled};
use super::{Phase, Session};

/// What is known of the cookie beside the session.
#[derive(Debug, Default)]
pub(super) struct Cookie {
    /// Somebody has signed in here: what was sent before is of another session, whatever the clocks say.
    pub(super) signed_in_here: bool,
    /// A refresh that was sent before has brought its cookie since.
    strayed: bool,
    /// The app has said that a cookie was set, after so many refreshes; none has shown it yet.
    changed: Option<u32>,
    /// The sessions before, where their refreshes were out when the app said so. Their cookies may lie over the one that was set.
    overlaid: Vec<Begun>,
    /// The session that was signed out, where a page was delivered with the token of somebody else, and a refresh is to tell.
    signed_out: Option<Begun>,
    /// The only refresh that was out then, if this tab hears of it.
    overlaid_by: Option<AttemptId>,
    /// The refresh of an earlier session that was marked as astray before it was answered.
    marked: Option<AttemptId>,
}

impl Cookie {
    /// Whether a cookie was set that no refresh has shown yet.
    pub(super) fn has_changed(&self) -> bool {
        self.changed.is_some()
    }
}

impl<E: Entropy> Session<E> {
    /// The session that goes on, or is to be restored.
    pub(super) fn known_session(&self) -> Option<Begun> {
        match &self.phase {
            Phase::Active(held) => Some(Begun::of(held.epoch, &held.grant)),
            Phase::Unknown { restoring, .. } => *restoring,
            Phase::Ended { .. } | Phase::Closed => None,
        }
    }

    /// Somebody has signed in, says the app, and a cookie was set.
    pub(super) fn cookie_changed(&mut self, now: Moment, ticket: Ticket, memo: &Memo) {
        self.cancel(|job| matches!(job, Job::SignOut { .. }), Denial::Changed);
        let before = self.session_before(memo);
        self.forget_sign_out();
        let after = self.turns.sent;
        self.cookie.changed = Some(after);
        let mut ours = self.turns.in_flight().map(|sent| sent.attempt);
        let first = ours.next();
        let is_ours_alone = ours.next().is_none() && !self.is_out_elsewhere(now, memo);
        self.cookie.overlaid_by = first.filter(|_| is_ours_alone);
        self.cookie.overlaid = before.filter(|_| first.is_some() || !is_ours_alone).into_iter().collect();
        self.callers.add(ticket, Wish::NewEpoch { after }, None, now);
    }

    /// The session whose cookie there was, as far as anything is known.
    fn session_before(&self, memo: &Memo) -> Option<Begun> {
        let signed_out = self.pending.and_then(|pending| pending.session);
        self.known_session().or(memo.session.and_then(Remembered::begun)).or(signed_out)
    }

    /// Whether a refresh of another tab or page may be out.
    fn is_out_elsewhere(&self, now: Moment, memo: &Memo) -> bool {
        let is_ours = |attempt| self.turns.in_flight().any(|sent| sent.attempt == attempt);
        let is_likely = |sent: i64| now.wall_ms().saturating_sub(sent) < as_ms(self.config.longest_orphan());
        memo.in_flight.iter().any(|listed| {
            !is_ours(listed.attempt)
                && listed.is_recent(now)
                && (self.is_heard_of(listed) || is_likely(listed.sent))
        })
    }

    /// Whether a refresh has found the person before again, whose cookie may lie over the one that the app has spoken of.
    pub(super) fn is_overlaid(&self, grant: &Grant) -> bool {
        self.cookie.overlaid.iter().any(|before| before.is_of(grant))
    }

    /// A page was delivered with somebody's token after a sign-out. Who has signed out is not shown for it.
    pub(super) fn keep_signed_out(&mut self, memo: &Memo) {
        self.cookie.signed_out = self.pending.or(memo.sign_out).and_then(|pending| pending.session);
    }

    /// Whether such a refresh has found whom it must not show.
    pub(super) fn is_signed_out_person(&self, grant: &Grant) -> bool {
        self.cookie.signed_out.is_some_and(|signed_out| signed_out.is_of(grant))
    }

    /// A refresh that was sent in an earlier session has brought its cookie, after the app has spoken of another one.
    pub(super) fn brings_cookie_of(&mut self, grant: &Grant) {
        if let Some(epoch) = self.latest_epoch().filter(|_| self.cookie.has_changed()) {
            self.cookie.overlaid.push(Begun::of(epoch, grant));
        }
    }

    /// A refresh was refused: it brings no cookie.
    pub(super) fn brings_no_cookie(&mut self, attempt: AttemptId) {
        if self.cookie.overlaid_by == Some(attempt) {
            self.cookie.overlaid.clear();
        }
    }

    /// Whether what the `number`-th refresh brings is a new session, for the app has said so. It stays one when whoever
    /// has said so waits no longer, unless there is no session then.
    pub(super) fn begins_anew(&self, number: u32) -> bool {
        let is_ended = matches!(self.phase, Phase::Ended { .. });
        let has_changed = self.cookie.changed.is_some_and(|after| number > after);
        self.callers.want_new_epoch(number) || (has_changed && !is_ended)
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
        // An answer without a usable token may have a cookie all the same.
        if !matches!(outcome, Ok(()) | Err(RefreshFailure::Malformed(_))) {
            return;
        }
        let goes_on = matches!(self.phase, Phase::Active(_) | Phase::Unknown { .. });
        self.cookie_in_doubt |= goes_on;
        self.cookie.strayed |= self.cookie.signed_in_here;
    }

    /// Whether a refresh has found the cookie of somebody else than the one who has signed in last, or nobody can tell.
    /// `marker`: that of the refresh.
    pub(super) fn is_replaced(&self, grant: &Grant, marker: Option<Unsettled>, memo: &Memo) -> bool {
        let Some(known) = self.known_session() else { return false };
        match known.is_of(grant) {
            // Nobody can tell. What was sent when no session was known may as well be of this one.
            true if known.person.is_none() => {
                let strays = |marker: Unsettled| marker.under.is_some() && marker.strays_into(known.epoch, 0);
                self.cookie.strayed || marker.is_some_and(strays)
            }
            true => false,
            false => {
                let strays = marker.is_some_and(|marker| marker.strays_into(known.epoch, JUMP));
                let is_out = memo.in_flight.iter().any(|listed| known.epoch.is_after(listed.sent));
                self.cookie.strayed || strays || is_out || self.cookie_in_doubt
            }
        }
    }

    /// Writes down under which session a refresh was sent that is marked as astray: the page goes, and nobody hears any
    /// more whether it brings a cookie.
    pub(super) fn mark_own_stray(&mut self) {
        let is_marked = |sent: &Sent| Some(sent.attempt) == self.cookie.marked;
        let marked = self.turns.stray().find(is_marked);
        if let Some(sent) = marked {
            let unsettled = self.stray_marker(&sent);
            self.note(Note::Remark { attempt: sent.attempt, unsettled });
        }
    }

    /// The marker of a refresh of this tab that was sent in an earlier session.
    pub(super) fn stray_marker(&self, sent: &Sent) -> Unsettled {
        let marker = Unsettled::of_earlier(sent, Standing::Astray);
        // A session that was found is dated before what was out then.
        self.known_epoch()
            .filter(|_| self.cookie.signed_in_here)
            .map_or(marker, |session| marker.before(session))
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

    /// Writes down that a refresh is out which was sent before the session began, be it another tab's. No marker says so
    /// then. It does not say under which session: that it brings a cookie is not sure enough where nobody can tell whose.
    pub(super) fn mark_stray(&mut self, now: Moment, memo: &Memo) {
        let Some(known) = self.known_session() else { return };
        let is_earlier = |sent| self.cookie.signed_in_here || known.epoch.is_after(sent);
        let ours = self.turns.stray().find(|sent| is_earlier(sent.began.wall_ms()));
        let ours = ours.map(|sent| (sent.attempt, sent.began.wall_ms()));
        let is_listed = |listed: &&InFlight| listed.is_recent(now) && known.epoch.is_after(listed.sent);
        let listed = memo.in_flight.iter().find(is_listed).map(|listed| (listed.attempt, listed.sent));
        if let Some((attempt, sent)) = ours.or(listed) {
            self.cookie.marked = Some(attempt);
            let unsettled = Unsettled::astray(attempt, sent).before(known.epoch);
            self.note(Note::Remark { attempt, unsettled });
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
        let least = began.wall_ms().saturating_sub(as_ms(self.config.longest_orphan()));
        let astray = marker.and_then(|marker| marker.astray);
        let first = astray.map_or(least, |sent| least.min(sent.saturating_sub(1)));
        EpochId::draw(&mut self.entropy, first, before)
    }

    /// It is known whose cookie there is, by the `number`-th refresh: not that of which the app has spoken since it was sent.
    pub(super) fn cookie_is_known(&mut self, number: u32) {
        let before = std::mem::take(&mut self.cookie);
        let Cookie { signed_in_here, marked, .. } = before;
        self.forget_cookie();
        self.cookie = match before.changed {
            Some(after) if number <= after => Cookie { strayed: false, ..before },
            _ => Cookie { signed_in_here, marked, ..Cookie::default() },
        };
    }

    /// Nothing of it concerns the session that begins, or that is over.
    pub(super) fn forget_cookie(&mut self) {
        self.cookie_in_doubt = false;
        self.cookie = Cookie::default();
    }
}

fn as_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
