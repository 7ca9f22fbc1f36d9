//! The markers of the newest refresh with an unknown outcome and of the one before it, as this tab
//! knows them.

pub(crate) mod in_flight;
pub(crate) mod pace;
pub(crate) mod refresh_marker;
pub(crate) mod rotation;
pub(crate) mod settling;

use crate::session::config::RECOGNISED;
use crate::session::id::{AttemptId, Entropy, EpochId};
use crate::session::markers::pace::Pace;
use crate::session::markers::refresh_marker::{Companion, MarkerState, RefreshMarker};
use crate::session::markers::rotation::{Rotation, probe_pause};
use crate::session::storage::note::Note;
use crate::session::storage::stored::Stored;
use crate::session::time::{Deadline, Millis, Moment};

/// The next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Refresh,
    SignOut,
    Login,
}

/// The habits of a server: its pace, and its reaction to a spent refresh token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    pub(crate) rotation: Rotation,
    /// The pace of earlier replies, if it is known.
    pub(crate) pace: Option<Pace>,
    /// The longest wait for the reply to an orphan.
    pub(crate) timeout: Millis,
}

/// The markers, as this tab knows them.
#[derive(Debug, Default)]
pub(crate) struct Markers {
    /// The last refresh with an unknown outcome.
    pub(crate) newest: Option<RefreshMarker>,
    /// The refresh before the one in flight. It may settle as well.
    before: Option<RefreshMarker>,
    /// Whether the newest marker was written by another tab or page.
    is_read: bool,
    /// The turn under which this tab has stored its marker.
    written_in: Option<AttemptId>,
    /// The companion of the refresh cookie, when it was last read.
    companion: Option<Companion>,
    /// The unconfirmed rejection of a refresh, unless another tab has sent one since.
    rejection: Option<Rejection>,
    /// Number of rejections that another tab has put in doubt since a refresh was last accepted.
    doubts: u32,
    /// The time before which no refresh is sent, because of those in flight.
    pub(crate) blocked: Option<Deadline>,
    /// The time before which a refresh of another tab, or of a page that has left, may settle.
    pub(crate) out_elsewhere: Option<Deadline>,
}

/// The first refresh of those that were rejected in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rejection {
    /// Its attempt id; `None` for a sign-out.
    id: Option<AttemptId>,
    /// The date of the rejection.
    at: i64,
}

/// The most rejections that other tabs put in doubt. Two tabs that hold different locks would otherwise
/// doubt each other's rejections for ever.
const MOST_DOUBTS: u32 = 3;

impl Markers {
    /// Reads the stored marker. If the marker of another tab is missing now, its refresh has
    /// settled. About a refresh of its own, this tab knows more than storage.
    pub(crate) fn read(&mut self, now: Moment, stored: &Stored) {
        if let Some(found) = stored.marker {
            let known = self.newest.as_ref().filter(|known| known.is_same(&found));
            self.is_read |= known.is_none();
            // A page that had no time to store when it left, left before the first look.
            let first_look = self.is_read.then_some(now.wall_ms());
            let gone = found.gone.or(known.and_then(|known| known.gone)).or(first_look);
            self.newest = Some(RefreshMarker { gone, ..found });
        } else if self.is_read || self.is_retried_elsewhere(stored) {
            self.newest = None;
        }
        if stored.marked.is_some() && stored.marked != self.written_in {
            // Another tab has sent a refresh since this tab's was rejected, perhaps with another
            // cookie.
            self.doubt_rejection();
        }
        self.companion = stored.companion;
        if let Some(orphan) = &mut self.newest
            && orphan.state == MarkerState::InFlight
            && orphan.has_come(stored.companion)
        {
            // The cookie has been received, so the refresh is no longer in flight.
            orphan.state = MarkerState::Lost;
        }
    }

    /// Whether another tab has retried a lost refresh of this one. Then its marker is gone, and
    /// other entries are stored.
    fn is_retried_elsewhere(&self, stored: &Stored) -> bool {
        let is_lost = self.newest.as_ref().is_some_and(|marker| marker.state == MarkerState::Lost);
        is_lost && stored.is_kept && stored.session.is_some()
    }

    /// Notes that storage was cleared. A marker that is missing from now on does not mean that its
    /// refresh has settled.
    pub(crate) fn storage_cleared(&mut self) {
        self.is_read = false;
    }

    /// Forgets the newest marker. It does not concern the session that begins.
    pub(crate) fn forget(&mut self) {
        self.newest = None;
    }

    /// Returns how much longer the cookie of an orphan may be received. Its tab no longer holds the
    /// lock: it was reloaded, closed, killed, or has given up.
    pub(crate) fn orphan_wait(&self, next: Next, habits: Habits, now: Moment) -> Millis {
        let Some(marker) = &self.newest else { return Millis::ZERO };
        let Habits { rotation, pace, timeout } = habits;
        let wait = |rotation: Rotation| rotation.orphan_wait(marker.seen(now), pace, timeout);
        let bound = match (marker.state, next) {
            _ if rotation == Rotation::None => Millis::ZERO,
            (MarkerState::Lost | MarkerState::Stray, _) => Millis::ZERO,
            (MarkerState::InFlight, Next::Refresh) => wait(rotation),
            // A cookie that is received after a sign-in would overwrite that of the sign-in.
            (MarkerState::InFlight, Next::Login) => wait(Rotation::Revokes),
            // The outcome is known. A refresh under the same id does no harm while the server
            // recognises the id.
            (MarkerState::Superseded, Next::Refresh) if marker.first_age(now) < RECOGNISED => Millis::ZERO,
            (MarkerState::Superseded, Next::Refresh) => wait(Rotation::Revokes),
            // A cookie that is received after a sign-out would undo the sign-out.
            (MarkerState::InFlight, Next::SignOut)
            | (MarkerState::Superseded, Next::SignOut | Next::Login) => timeout,
        };
        bound - marker.age(now)
    }

    /// Marks a refresh that is sent in a turn. It has the id of the one before, while that may
    /// still bring its cookie.
    ///
    /// `session` is the current one, if known. Returns the marker, and the marker that the refresh
    /// retries.
    pub(crate) fn mark(
        &mut self,
        attempt: AttemptId,
        session: Option<EpochId>,
        now: Moment,
        entropy: &mut impl Entropy,
    ) -> (RefreshMarker, Option<RefreshMarker>) {
        let is_retried = |earlier: &RefreshMarker| earlier.is_open() || earlier.first_age(now) < RECOGNISED;
        let newest = self.newest.as_ref();
        let earlier = newest.filter(|earlier| earlier.state != MarkerState::Stray && is_retried(earlier));
        let id = match (earlier, self.rejection) {
            // A retry under a rejected id would only be rejected again.
            (Some(earlier), Some(Rejection { id: Some(id), .. })) if id == earlier.id => {
                AttemptId::draw(entropy)
            }
            (Some(earlier), _) => earlier.id,
            (None, Some(_)) => AttemptId::draw(entropy),
            (None, None) => attempt,
        };
        let is_open = |earlier: &RefreshMarker| earlier.is_open().then_some(earlier.sent);
        let marker = RefreshMarker {
            id,
            sent: now.wall_ms(),
            state: MarkerState::InFlight,
            companion: self.companion,
            stray_since: newest.and_then(|earlier| earlier.stray_since.or(is_open(earlier))),
            gone: None,
            under: self.under_of_next(session),
            first: earlier.filter(|earlier| earlier.id == id).map_or(now.wall_ms(), |earlier| earlier.first),
        };
        let retried = earlier.filter(|earlier| earlier.is_open()).copied();
        self.before = earlier.filter(|earlier| earlier.state != MarkerState::Lost).copied();
        self.newest = Some(marker);
        self.is_read = false;
        self.written_in = Some(attempt);
        (marker, retried)
    }

    /// Returns the session in which the first of the refreshes that may still bring a cookie was
    /// sent, including the next one.
    ///
    /// A refresh that was lost before the session began brings none. A stray one does, even if its
    /// retry was lost.
    fn under_of_next(&self, session: Option<EpochId>) -> Option<EpochId> {
        let is_chained = |earlier: &RefreshMarker| {
            earlier.state != MarkerState::Lost
                || earlier.stray_since.is_some()
                || session.is_some_and(|session| !session.is_after(earlier.sent))
        };
        let earlier = self.newest.as_ref().filter(|earlier| is_chained(earlier));
        earlier.map_or(session, |earlier| earlier.under)
    }

    /// Returns the pause before the next probe after a rejection, while the cookie of an orphan may
    /// still be received. Until then a rejection proves nothing.
    pub(crate) fn probe_pause(&self, timeout: Millis, now: Moment) -> Option<Millis> {
        let orphan = self.newest.as_ref().filter(|marker| marker.state == MarkerState::InFlight)?;
        if orphan.is_ahead(now) {
            return None;
        }
        // A refresh that was sent after the rejection had the same cookie, or a later one.
        let is_earlier = self.rejection.is_none_or(|rejection| orphan.sent <= rejection.at);
        (is_earlier && orphan.age(now) < timeout).then(|| probe_pause(orphan.age(now)))
    }

    /// Whether a refresh was rejected, and the next one is to confirm that.
    pub(crate) fn is_rejected(&self) -> bool {
        self.rejection.is_some()
    }

    /// Notes that the refresh or sign-out of a turn was rejected. `id` is that of the refresh.
    pub(crate) fn note_rejection(&mut self, id: Option<AttemptId>, now: Moment) {
        self.rejection.get_or_insert(Rejection { id, at: now.wall_ms() });
    }

    /// Notes that a rejection proves nothing, because another tab has sent a refresh since.
    fn doubt_rejection(&mut self) {
        if self.doubts < MOST_DOUBTS && self.rejection.take().is_some() {
            self.doubts += 1;
        }
    }

    /// Forgets the rejection, because it is confirmed or no longer counts.
    pub(crate) fn forget_rejection(&mut self) {
        (self.rejection, self.doubts) = (None, 0);
    }

    /// Returns the turn under which this tab has stored the newest marker.
    pub(crate) fn own_turn(&self) -> Option<AttemptId> {
        self.written_in.filter(|_| !self.is_read)
    }

    /// Returns a note with the state of the newest marker. `attempt` is the turn in which it was
    /// marked.
    pub(crate) fn note(&self, attempt: AttemptId) -> Note {
        match self.newest {
            Some(marker) => Note::Remark { attempt, marker },
            None => Note::Unmark { attempt },
        }
    }

    /// Returns a note that the page of its refresh in flight leaves.
    pub(crate) fn mark_gone(&mut self, now: Moment) -> Option<Note> {
        let attempt = self.own_turn()?;
        let marker = self.newest.as_mut().filter(|marker| marker.state == MarkerState::InFlight)?;
        marker.gone.get_or_insert(now.wall_ms());
        Some(Note::Remark { attempt, marker: *marker })
    }
}

#[cfg(test)]
mod tests;
