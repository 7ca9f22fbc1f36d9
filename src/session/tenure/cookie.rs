//! The refresh cookie of the browser, which may not belong to the session that is shown.
//!
//! A sign-in is newer than every refresh that was sent before it, whenever the reply is received.
//! But the reply to an earlier refresh may overwrite the cookie of the sign-in. Then one more
//! refresh shows whose cookie the browser has.

use crate::session::end_reason::EndReason;
use crate::session::error::RefreshFailure;
use crate::session::id::{AttemptId, EpochId};
use crate::session::markers::in_flight::{InFlight, InFlightList};
use crate::session::markers::refresh_marker::{MarkerState, RefreshMarker};
use crate::session::storage::note::Note;
use crate::session::storage::stored::Fingerprint;
use crate::session::time::{JUMP, Millis, Moment};
use crate::session::token::Grant;
use crate::session::turn::SentRefresh;

/// The longest time between two reports of one sign-in. Nobody signs in as quickly after another.
const SAME_SIGN_IN: Millis = Millis::new(500);

/// The doubts about the refresh cookie, and the reasons for them.
#[derive(Debug, Default)]
pub(crate) struct Cookie {
    /// Whether another writer of the cookie overlapped a sign-in. One more refresh shows whose
    /// cookie there is now.
    pub(crate) must_verify: bool,
    /// Whether the user signed in on this page. Every earlier request belongs to another session,
    /// whatever the clocks show.
    pub(crate) signed_in_here: bool,
    /// Whether a refresh of an earlier session has brought its cookie since.
    strayed: bool,
    /// The cookie change that the app has reported, until a refresh has shown it.
    changed: Option<Change>,
    /// The session that was signed out before a page was delivered with another user's token. A
    /// refresh shows whose cookie there is.
    signed_out: Option<Fingerprint>,
    /// The refresh of an earlier session that was marked as stray while in flight.
    marked: Option<AttemptId>,
}

/// A change of the cookie, as reported by the app.
#[derive(Debug)]
pub(crate) struct Change {
    /// Number of refreshes that this tab had sent before it.
    after: u32,
    /// The time of the report.
    reported: Moment,
    /// The session before it.
    before: Option<Fingerprint>,
    /// Whether its cookie may have overwritten the new one, because a refresh was in flight.
    is_overlaid: bool,
    /// The only refresh that was in flight, if this tab sent it.
    overlaid_by: Option<AttemptId>,
    /// The reason why there was no session before it, if there was none.
    ended: Option<EndReason>,
    /// Whom a refresh that was sent before the report has found since.
    found: Option<Fingerprint>,
}

/// What there was when a cookie was set.
#[derive(Debug)]
pub(crate) struct Before<'a> {
    /// The refreshes of this tab that were in flight.
    pub(crate) ours: &'a [SentRefresh],
    /// Whether a refresh of another tab or page may have been in flight.
    pub(crate) elsewhere: bool,
    /// The session before the cookie was set.
    pub(crate) session: Option<Fingerprint>,
    /// The reason why there was no session, if there was none.
    pub(crate) ended: Option<EndReason>,
}

impl Before<'_> {
    /// Whether a refresh may have been in flight.
    #[inline(never)]
    fn is_any_out(&self) -> bool {
        !self.ours.is_empty() || self.elsewhere
    }
}

impl Cookie {
    /// Notes the app's report that a user has signed in and a cookie was set. `after` is the number
    /// of refreshes that this tab has sent.
    pub(crate) fn has_been_set(&mut self, after: u32, reported: Moment, before: &Before<'_>) {
        let is_ours_alone = before.ours.len() == 1 && !before.elsewhere;
        self.changed = Some(Change {
            after,
            reported,
            before: before.session,
            is_overlaid: before.is_any_out(),
            overlaid_by: before.ours.first().filter(|_| is_ours_alone).map(|sent| sent.attempt),
            ended: before.ended,
            found: None,
        });
    }

    /// Whether a cookie was set that no refresh has shown yet.
    pub(crate) fn has_changed(&self) -> bool {
        self.changed.is_some()
    }

    /// Whether it was just reported that a cookie was set, and no later refresh than this one has
    /// been sent since: the app says the same again.
    pub(crate) fn has_just_changed(&self, number: u32, now: Moment) -> bool {
        let is_same = |change: &Change| change.after == number && now.since(change.reported) < SAME_SIGN_IN;
        self.changed.as_ref().is_some_and(is_same)
    }

    /// Whether the refresh with this number was sent after the cookie was set.
    pub(crate) fn is_shown_by(&self, number: u32) -> bool {
        self.changed.as_ref().is_some_and(|change| number > change.after)
    }

    /// Takes the reported change of the cookie.
    pub(crate) fn take_change(&mut self) -> Option<Change> {
        self.changed.take()
    }

    /// Puts back a change that was taken.
    pub(crate) fn put_change(&mut self, change: Option<Change>) {
        self.changed = change;
    }

    /// Returns the session before the one whose cookie was set.
    pub(crate) fn session_before(&self) -> Option<Fingerprint> {
        self.changed.as_ref().and_then(|change| change.before)
    }

    /// Returns the reason why there was no session before the reported change, if there was none.
    pub(crate) fn ended_before(&self) -> Option<EndReason> {
        self.changed.as_ref().and_then(|change| change.ended)
    }

    /// Whether a refresh has found a person whose cookie may have overwritten the one that the app
    /// has reported. It may be the person of an earlier report, whom nobody knows.
    pub(crate) fn is_overlaid(&self, grant: &Grant) -> bool {
        let Some(Change { before: Some(before), is_overlaid: true, found, .. }) = &self.changed else {
            return false;
        };
        // The server keeps `sid`, and the earlier refresh has found another one than that of before.
        let is_found = found.is_some_and(|found| found.has_sid_of(grant));
        before.person.is_none() || (before.is_of(grant) && (before.has_sid_of(grant) || !is_found))
    }

    /// Notes what a refresh has found that was sent before the app's report.
    pub(crate) fn is_found(&mut self, grant: &Grant) {
        if let Some(Change { before: Some(before), found, .. }) = &mut self.changed {
            *found = Some(Fingerprint::of(before.epoch, grant));
        }
    }

    /// Keeps the session that was signed out before a page was delivered with a token. Its person
    /// must not be shown for the token.
    pub(crate) fn keep_signed_out(&mut self, session: Option<Fingerprint>) {
        self.signed_out = session;
    }

    /// Whether a refresh has found the person who signed out.
    pub(crate) fn is_signed_out_person(&self, grant: &Grant) -> bool {
        self.signed_out.is_some_and(|signed_out| signed_out.is_of(grant))
    }

    /// Notes that a refresh was rejected, and brings no cookie.
    pub(crate) fn is_not_brought(&mut self, attempt: AttemptId) {
        if let Some(change) = self.changed.as_mut().filter(|change| change.overlaid_by == Some(attempt)) {
            change.is_overlaid = false;
        }
    }

    /// Notes that a refresh of an earlier session has settled, or a login that no longer counts.
    /// `goes_on`: whether there is a session.
    pub(crate) fn earlier_settled(&mut self, outcome: Result<(), RefreshFailure>, goes_on: bool) {
        // A reply without a usable token may still set a cookie.
        if matches!(outcome, Ok(()) | Err(RefreshFailure::Malformed(_))) {
            self.must_verify |= goes_on;
            self.strayed |= self.signed_in_here;
        }
    }

    /// Whether a refresh has found another user's cookie than that of the last sign-in (`known`).
    /// If that cannot be told, a reason for doubt suffices.
    ///
    /// `marker` is that of the refresh, `listed` are the refreshes in flight.
    pub(crate) fn is_replaced(
        &self,
        known: Fingerprint,
        grant: &Grant,
        marker: Option<RefreshMarker>,
        listed: &InFlightList,
    ) -> bool {
        match known.is_of(grant) {
            // Opaque tokens do not show their owner. A refresh without a known session may belong
            // to this one as well.
            true if known.person.is_none() => {
                let strays =
                    |marker: RefreshMarker| marker.under.is_some() && marker.strays_into(known.epoch, 0);
                self.strayed || marker.is_some_and(strays)
            }
            true => false,
            false => self.strayed || self.must_verify || strays_into(known.epoch, marker, listed),
        }
    }

    /// Returns the marker of a refresh of this tab that was sent in an earlier session. `session`
    /// is the current one.
    pub(crate) fn stray_marker(&self, sent: &SentRefresh, session: Option<EpochId>) -> RefreshMarker {
        let marker = sent.marker_in(MarkerState::Stray);
        // A session that a refresh has found is dated before the refreshes that were in flight
        // then.
        session.filter(|_| self.signed_in_here).map_or(marker, |session| marker.before(session))
    }

    /// Returns a note about a refresh in flight that was sent before the session `known` began, in
    /// this tab or another. It is for the case that no marker is stored.
    ///
    /// The note does not name the session of the refresh. If owners cannot be told apart, it is not
    /// certain enough that the refresh brings a cookie. `strays` are the refreshes of this tab that
    /// were sent in earlier sessions.
    pub(crate) fn mark_stray(
        &mut self,
        known: EpochId,
        strays: &[SentRefresh],
        listed: &InFlightList,
        now: Moment,
    ) -> Option<Note> {
        let is_earlier = |sent: &&SentRefresh| self.signed_in_here || known.is_after(sent.began.wall_ms());
        let ours = strays.iter().find(is_earlier).map(|sent| (sent.attempt, sent.began.wall_ms()));
        let is_listed = |listed: &&InFlight| listed.is_recent(now) && known.is_after(listed.sent);
        let others = listed.iter().find(is_listed).map(|listed| (listed.attempt, listed.sent));
        let (attempt, sent) = ours.or(others)?;
        self.marked = Some(attempt);
        let marker = RefreshMarker::stray(attempt, sent).before(known);
        Some(Note::Remark { attempt, marker })
    }

    /// Returns a note when the page leaves before the reply to a refresh that is marked as stray.
    /// It names the session in which the refresh was sent.
    pub(crate) fn mark_own_stray(&self, strays: &[SentRefresh], session: Option<EpochId>) -> Option<Note> {
        let sent = strays.iter().find(|sent| Some(sent.attempt) == self.marked)?;
        Some(Note::Remark { attempt: sent.attempt, marker: self.stray_marker(sent, session) })
    }

    /// Settles the doubts, because the refresh with this number has shown the cookie. A cookie that
    /// was set after the refresh was sent stays in doubt.
    pub(crate) fn is_known(&mut self, number: u32) {
        self.must_verify = false;
        self.strayed = false;
        if self.changed.is_none() || self.is_shown_by(number) {
            (self.changed, self.signed_out) = (None, None);
        }
    }

    /// Forgets all doubts, because a session begins or is over.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Whether a refresh that was sent before a session began may have brought its cookie, or may still
/// bring it.
fn strays_into(session: EpochId, marker: Option<RefreshMarker>, listed: &InFlightList) -> bool {
    let strays = |marker: RefreshMarker| marker.strays_into(session, JUMP);
    // It was sent in this session, within the millisecond in which the session began.
    let is_its = |sent| sent == session.date() && marker.is_some_and(|marker| marker.under >= Some(session));
    let is_earlier = |sent| session.is_after(sent) && !is_its(sent);
    marker.is_some_and(strays) || listed.iter().any(|listed| is_earlier(listed.sent))
}

#[cfg(test)]
mod tests;
