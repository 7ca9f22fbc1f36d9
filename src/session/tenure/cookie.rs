//! The refresh cookie of the browser, where it may not belong to the session that is shown.
//!
//! A sign-in is newer than every refresh that was sent before it, whenever that is answered. But the reply of an earlier
//! refresh may put its cookie over that of the sign-in. Then one more refresh tells whose cookie there is.

use crate::session::error::RefreshFailure;
use crate::session::id::{AttemptId, EpochId};
use crate::session::markers::in_flight::{InFlight, InFlightList};
use crate::session::markers::refresh_marker::{MarkerState, RefreshMarker};
use crate::session::storage::note::Note;
use crate::session::storage::stored::Fingerprint;
use crate::session::time::{JUMP, Moment};
use crate::session::token::Grant;
use crate::session::turn::SentRefresh;

/// Doubts about the refresh cookie, and the reasons for them.
#[derive(Debug, Default)]
pub(crate) struct Cookie {
    /// Something else that writes the cookie overlapped a sign-in: one more refresh will tell whose cookie there is now.
    pub(crate) must_verify: bool,
    /// Somebody has signed in here: what was sent before is of another session, whatever the clocks say.
    pub(crate) signed_in_here: bool,
    /// A refresh that was sent before has brought its cookie since.
    strayed: bool,
    /// The app has said that a cookie was set; no refresh has shown it yet.
    changed: Option<Change>,
    /// The session that was signed out, where a page was delivered with the token of somebody else, and a refresh is to tell.
    signed_out: Option<Fingerprint>,
    /// The refresh of an earlier session that was marked as stray before it was answered.
    marked: Option<AttemptId>,
}

/// A cookie was set, as the app says.
#[derive(Debug)]
pub(crate) struct Change {
    /// Number of refreshes that this tab had sent by then.
    after: u32,
    /// The session that there was.
    before: Option<Fingerprint>,
    /// The sessions whose cookies may lie over the one that was set: their refreshes were out.
    overlaid: Vec<Fingerprint>,
    /// The only refresh that was out, if this tab hears of it.
    overlaid_by: Option<AttemptId>,
}

/// Refreshes that were on the wire when a cookie was set.
#[derive(Debug)]
pub(crate) struct WasOut<'a> {
    /// The refreshes of this tab.
    pub(crate) ours: &'a [SentRefresh],
    /// Whether one of another tab or page may be out.
    pub(crate) elsewhere: bool,
    /// The session before.
    pub(crate) session: Option<Fingerprint>,
}

impl WasOut<'_> {
    /// Whether a refresh may have been out.
    pub(crate) fn is_any(&self) -> bool {
        !self.ours.is_empty() || self.elsewhere
    }
}

impl Cookie {
    /// Somebody has signed in, says the app, and a cookie was set after so many refreshes of this tab.
    pub(crate) fn has_been_set(&mut self, after: u32, out: &WasOut<'_>) {
        let is_ours_alone = out.ours.len() == 1 && !out.elsewhere;
        self.changed = Some(Change {
            after,
            before: out.session,
            overlaid: out.session.filter(|_| out.is_any()).into_iter().collect(),
            overlaid_by: out.ours.first().filter(|_| is_ours_alone).map(|sent| sent.attempt),
        });
    }

    /// Whether a cookie was set that no refresh has shown yet.
    pub(crate) fn has_changed(&self) -> bool {
        self.changed.is_some()
    }

    /// Whether the `number`-th refresh of this tab was sent after that.
    pub(crate) fn is_shown_by(&self, number: u32) -> bool {
        self.changed.as_ref().is_some_and(|change| number > change.after)
    }

    /// Takes what the app has said of a cookie.
    pub(crate) fn take_change(&mut self) -> Option<Change> {
        self.changed.take()
    }

    /// Puts back what was taken.
    pub(crate) fn put_change(&mut self, change: Option<Change>) {
        self.changed = change;
    }

    /// The session before the one whose cookie was set.
    pub(crate) fn session_before(&self) -> Option<Fingerprint> {
        self.changed.as_ref().and_then(|change| change.before)
    }

    /// Whether a refresh has found the person before again, whose cookie may lie over the one that the app has spoken of.
    pub(crate) fn is_overlaid(&self, grant: &Grant) -> bool {
        self.changed.iter().flat_map(|change| &change.overlaid).any(|before| before.is_of(grant))
    }

    /// A page was delivered with somebody's token after a sign-out. Who has signed out is not shown for it.
    pub(crate) fn keep_signed_out(&mut self, session: Option<Fingerprint>) {
        self.signed_out = session;
    }

    /// Whether such a refresh has found whom it must not show.
    pub(crate) fn is_signed_out_person(&self, grant: &Grant) -> bool {
        self.signed_out.is_some_and(|signed_out| signed_out.is_of(grant))
    }

    /// A refresh that was sent in an earlier session has brought its cookie; `latest`: the epoch that is known.
    pub(crate) fn is_brought(&mut self, grant: &Grant, latest: Option<EpochId>) {
        if let (Some(change), Some(epoch)) = (&mut self.changed, latest) {
            change.overlaid.push(Fingerprint::of(epoch, grant));
        }
    }

    /// A refresh was refused: it brings no cookie.
    pub(crate) fn is_not_brought(&mut self, attempt: AttemptId) {
        if let Some(change) = self.changed.as_mut().filter(|change| change.overlaid_by == Some(attempt)) {
            change.overlaid.clear();
        }
    }

    /// A refresh of an earlier session has settled, or a login that counts no more. `goes_on`: whether there is a session.
    pub(crate) fn earlier_settled(&mut self, outcome: Result<(), RefreshFailure>, goes_on: bool) {
        // A reply without a usable token may have a cookie all the same.
        if matches!(outcome, Ok(()) | Err(RefreshFailure::Malformed(_))) {
            self.must_verify |= goes_on;
            self.strayed |= self.signed_in_here;
        }
    }

    /// Whether a refresh has found the cookie of somebody else than the one who has signed in last (`known`), or nobody can
    /// tell. `marker`: that of the refresh. `listed`: the refreshes that are out.
    pub(crate) fn is_replaced(
        &self,
        known: Fingerprint,
        grant: &Grant,
        marker: Option<RefreshMarker>,
        listed: &InFlightList,
    ) -> bool {
        match known.is_of(grant) {
            // Nobody can tell. What was sent when no session was known may as well be of this one.
            true if known.person.is_none() => {
                let strays =
                    |marker: RefreshMarker| marker.under.is_some() && marker.strays_into(known.epoch, 0);
                self.strayed || marker.is_some_and(strays)
            }
            true => false,
            false => self.strayed || self.must_verify || strays_into(known.epoch, marker, listed),
        }
    }

    /// The marker of a refresh of this tab that was sent in an earlier session. `session`: the one that is known now.
    pub(crate) fn stray_marker(&self, sent: &SentRefresh, session: Option<EpochId>) -> RefreshMarker {
        let marker = RefreshMarker::of_earlier(sent, MarkerState::Stray);
        // A session that was found is dated before what was out then.
        session.filter(|_| self.signed_in_here).map_or(marker, |session| marker.before(session))
    }

    /// Returns what to write down of a refresh that is out, and was sent before the session `known` began, be it another
    /// tab's: no marker says so then. It does not say under which session: that it brings a cookie is not sure enough where
    /// nobody can tell whose. `strays`: those of this tab that were sent in earlier sessions.
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

    /// Returns what to write down where the page goes, and nobody hears any more whether the refresh brings a cookie that is
    /// marked as stray: under which session it was sent.
    pub(crate) fn mark_own_stray(&self, strays: &[SentRefresh], session: Option<EpochId>) -> Option<Note> {
        let sent = strays.iter().find(|sent| Some(sent.attempt) == self.marked)?;
        Some(Note::Remark { attempt: sent.attempt, marker: self.stray_marker(sent, session) })
    }

    /// Settles the doubts: the `number`-th refresh has shown the cookie. A cookie that was set after it was sent stays in doubt.
    pub(crate) fn is_known(&mut self, number: u32) {
        self.must_verify = false;
        self.strayed = false;
        if self.changed.is_none() || self.is_shown_by(number) {
            (self.changed, self.signed_out) = (None, None);
        }
    }

    /// Nothing of it concerns the session that begins, or that is over.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Whether a refresh that was sent before a session began may have brought its cookie, or may still bring it.
pub(crate) fn strays_into(session: EpochId, marker: Option<RefreshMarker>, listed: &InFlightList) -> bool {
    let strays = |marker: RefreshMarker| marker.strays_into(session, JUMP);
    marker.is_some_and(strays) || listed.iter().any(|listed| session.is_after(listed.sent))
}

#[cfg(test)]
mod tests;
