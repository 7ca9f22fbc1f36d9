//! The newest refresh of which something is not known, and the one before it: what this tab knows of them.
//!
//! | the refresh that was sent last | while the one before | becomes |
//! | --- | --- | --- |
//! | is accepted | may still bring a cookie, under the same id | the one before, `Overtaken` |
//! | is rejected | is `Out` | the one before |
//! | is lost, under the same id | may still bring a cookie | the one before, `Out` |
//! | is lost | brings none | `Lost` |
//! | is accepted or rejected | brings none | nothing: all is known |

pub(crate) mod in_flight;
pub(crate) mod pace;
pub(crate) mod refresh_marker;
pub(crate) mod rotation;

use crate::session::config::RECOGNISED;
use crate::session::id::{AttemptId, Entropy, EpochId};
use crate::session::markers::in_flight::{InFlight, InFlightList, LONGEST_IN_FLIGHT};
use crate::session::markers::pace::Pace;
use crate::session::markers::refresh_marker::{Companion, MarkerState, RefreshMarker};
use crate::session::markers::rotation::{Rotation, probe_pause};
use crate::session::storage::note::Note;
use crate::session::storage::stored::Stored;
use crate::session::time::{Deadline, Millis, Moment};
use crate::session::turn::SentRefresh;

/// What became of a refresh, as far as its cookie is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The server accepted it: its cookie is there.
    Accepted,
    /// The server rejected it: it brings no cookie.
    Rejected,
    /// It failed, and the server may have rotated the cookie.
    Lost,
}

/// What is sent next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Refresh,
    SignOut,
    Login,
}

/// Which refreshes are out beside the one that has settled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Others<'a> {
    /// Those of this tab that it has given up on.
    pub(crate) late: &'a [SentRefresh],
    /// Those of all tabs that are written down.
    pub(crate) listed: InFlightList,
    /// How long the reply to one is likely to take whose page has gone.
    pub(crate) timeout: Millis,
}

/// How long a server takes over a refresh, and what it does with a spent token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    pub(crate) rotation: Rotation,
    /// The pace of the replies before, where one is known.
    pub(crate) pace: Option<Pace>,
    /// The longest wait for the reply to a refresh whose page has gone.
    pub(crate) timeout: Millis,
}

/// What this tab knows of the refreshes that are marked.
#[derive(Debug, Default)]
pub(crate) struct Markers {
    /// The last refresh of which something is not known.
    pub(crate) newest: Option<RefreshMarker>,
    /// The one before the one that is on the wire: it may be answered as well.
    before: Option<RefreshMarker>,
    /// Whether the newest was read, and is of another tab or page.
    is_read: bool,
    /// The turn under which this tab has written down its marker.
    written_in: Option<AttemptId>,
    /// The companion of the refresh cookie, at the last look.
    companion: Option<Companion>,
    /// A refresh was rejected, no other has confirmed that yet, and no other tab has sent one since.
    rejection: Option<Rejection>,
    /// Until when no refresh is sent, because of those that are out and unanswered.
    pub(crate) blocked: Option<Deadline>,
    /// Until when a refresh may settle that another tab has sent, and hears of.
    pub(crate) out_elsewhere: Option<Deadline>,
}

/// The first refresh of those that were rejected in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rejection {
    /// Its id; `None` where it was a sign-out.
    id: Option<AttemptId>,
}

impl Markers {
    /// Reads the marker. If another tab's has gone since, its refresh is settled; of its own that is out this tab knows better.
    pub(crate) fn read(&mut self, now: Moment, stored: &Stored) {
        if let Some(found) = stored.marker {
            let known = self.newest.filter(|known| known.is_same(&found));
            self.is_read |= known.is_none();
            // Where its page had no time to write down that it went, it went before the first look.
            let first_look = self.is_read.then_some(now.wall_ms());
            let gone = found.gone.or(known.and_then(|known| known.gone)).or(first_look);
            self.newest = Some(RefreshMarker { gone, ..found });
        } else if self.is_read || self.is_retried_elsewhere(stored) {
            self.newest = None;
        }
        if stored.marked.is_some() && stored.marked != self.written_in {
            // Another tab has sent one since this tab's was rejected, with a cookie that may be another one.
            self.rejection = None;
        }
        self.companion = stored.companion;
        if let Some(orphan) = &mut self.newest
            && orphan.state == MarkerState::InFlight
            && orphan.has_come(stored.companion)
        {
            // The cookie is there: nothing of it is on the wire.
            orphan.state = MarkerState::Lost;
        }
    }

    /// Whether another tab has retried a lost refresh of this one, and heard: its marker is gone, and other entries are there.
    fn is_retried_elsewhere(&self, stored: &Stored) -> bool {
        let is_lost = self.newest.is_some_and(|marker| marker.state == MarkerState::Lost);
        is_lost && stored.is_kept && stored.session.is_some()
    }

    /// What was stored is gone: whatever is missing from now on is not settled for that.
    pub(crate) fn storage_cleared(&mut self) {
        self.is_read = false;
    }

    /// Nothing that is known concerns the session that begins.
    pub(crate) fn forget(&mut self) {
        self.newest = None;
    }

    /// How long the cookie of a refresh may still be on its way whose tab does not have the lock any more: it was
    /// reloaded, closed, killed, or has lost its patience.
    pub(crate) fn orphan_wait(&self, next: Next, habits: Habits, now: Moment) -> Millis {
        let Some(marker) = self.newest else { return Millis::ZERO };
        let Habits { rotation, pace, timeout } = habits;
        let wait = |rotation: Rotation| rotation.orphan_wait(marker.seen(now), pace, timeout);
        let bound = match (marker.state, next) {
            _ if rotation == Rotation::None => Millis::ZERO,
            (MarkerState::Lost | MarkerState::Stray, _) => Millis::ZERO,
            (MarkerState::InFlight, Next::Refresh) => wait(rotation),
            // A cookie that comes after a sign-in would take the place of its cookie.
            (MarkerState::InFlight, Next::Login) => wait(Rotation::Revokes),
            // Its outcome is known. SentRefresh under the same id, the next refresh does no harm, while the server recognises that.
            (MarkerState::Superseded, Next::Refresh) if marker.first_age(now) < RECOGNISED => Millis::ZERO,
            (MarkerState::Superseded, Next::Refresh) => wait(Rotation::Revokes),
            // A cookie that comes after a sign-out would undo it.
            (MarkerState::InFlight, Next::SignOut)
            | (MarkerState::Superseded, Next::SignOut | Next::Login) => timeout,
        };
        bound - marker.age(now)
    }

    /// Marks a refresh that is sent in a turn, under the id of the one before, while that may still bring its cookie.
    /// `session`: the one that is known. Returns its marker, and the one that it retries.
    pub(crate) fn mark(
        &mut self,
        attempt: AttemptId,
        session: Option<EpochId>,
        now: Moment,
        entropy: &mut impl Entropy,
    ) -> (RefreshMarker, Option<RefreshMarker>) {
        let is_retried = |earlier: &RefreshMarker| earlier.is_open() || earlier.first_age(now) < RECOGNISED;
        let earlier =
            self.newest.filter(|earlier| earlier.state != MarkerState::Stray && is_retried(earlier));
        let id = match (earlier, self.rejection) {
            // What was rejected once says nothing under the same id.
            (Some(earlier), Some(Rejection { id: Some(id) })) if id == earlier.id => AttemptId::draw(entropy),
            (Some(earlier), _) => earlier.id,
            (None, Some(_)) => AttemptId::draw(entropy),
            (None, None) => attempt,
        };
        let is_open = |earlier: RefreshMarker| earlier.is_open().then_some(earlier.sent);
        let marker = RefreshMarker {
            id,
            sent: now.wall_ms(),
            state: MarkerState::InFlight,
            companion: self.companion,
            stray_since: self.newest.and_then(|earlier| earlier.stray_since.or(is_open(earlier))),
            gone: None,
            under: self.under_of_next(session),
            first: earlier.filter(|earlier| earlier.id == id).map_or(now.wall_ms(), |earlier| earlier.first),
        };
        self.before = earlier.filter(|earlier| earlier.state != MarkerState::Lost);
        self.newest = Some(marker);
        self.is_read = false;
        self.written_in = Some(attempt);
        (marker, earlier.filter(RefreshMarker::is_open))
    }

    /// Under which session the first was sent of those that may still bring a cookie, with the next. What was lost before
    /// the session began brings none; what strays, and was asked about in vain, does.
    fn under_of_next(&self, session: Option<EpochId>) -> Option<EpochId> {
        let is_chained = |earlier: &RefreshMarker| {
            earlier.state != MarkerState::Lost
                || earlier.stray_since.is_some()
                || session.is_some_and(|session| !session.is_after(earlier.sent))
        };
        self.newest.filter(is_chained).map_or(session, |earlier| earlier.under)
    }

    /// The refresh that was sent last has settled in time.
    pub(crate) fn newest_settled(&mut self, fate: Fate, others: Others<'_>, now: Moment) {
        let marker = self.newest;
        // The one before may still bring a cookie.
        let before = self.take_one_before(fate, others, now).filter(|before| match fate {
            // Accepted after a rejection, this one was sent with that cookie.
            Fate::Accepted => self.rejection.is_none(),
            Fate::Rejected => before.state == MarkerState::InFlight,
            // What confirms a rejection has an id of its own, which the next refresh must have.
            Fate::Lost => marker.is_none_or(|marker| marker.id == before.id),
        });
        self.newest = match (fate, before) {
            (Fate::Accepted, Some(before)) => Some(overtaken(before)),
            // SentRefresh under one id: the earlier may still bring its cookie, and whether this one has rotated nobody knows.
            (Fate::Lost, Some(before)) => Some(RefreshMarker { state: MarkerState::InFlight, ..before }),
            (Fate::Lost, None) => marker.map(lost),
            (_, before) => before,
        };
    }

    /// A refresh has settled that this tab had given up on. What is written down of it is settled, unless another one of its
    /// id is still out. Returns whether the marker was its own.
    pub(crate) fn late_settled(
        &mut self,
        sent: SentRefresh,
        fate: Fate,
        others: Others<'_>,
        now: Moment,
    ) -> bool {
        let is_it = |marker: &RefreshMarker| marker.id == sent.id && marker.sent == sent.began.wall_ms();
        self.before = self.before.filter(|before| !is_it(before));
        let Some(marker) = self.newest.filter(is_it) else { return false };
        let other = others.late.iter().find(|other| other.id == sent.id);
        // The one before, of the same id, may still bring a cookie, as after a retry that was answered in time.
        let is_out = marker.state == MarkerState::InFlight;
        let before = if is_out { self.take_one_before(fate, others, now) } else { None };
        self.newest = match (marker.state, fate, other) {
            (MarkerState::Superseded, _, other) => {
                other.map(|other| RefreshMarker { sent: other.began.wall_ms(), ..marker })
            }
            (_, Fate::Accepted, _) => before.filter(|_| self.rejection.is_none()).map(overtaken),
            (_, Fate::Rejected, _) => before.filter(|before| before.state == MarkerState::InFlight),
            (_, Fate::Lost, _) => Some(
                before
                    .map_or(lost(marker), |before| RefreshMarker { state: MarkerState::InFlight, ..before }),
            ),
        };
        true
    }

    /// A refresh has settled that was sent in an earlier session, and was not given up on. Returns what is to be written down
    /// of it: the one before, or that it has failed.
    pub(crate) fn inert_settled(
        &mut self,
        sent: SentRefresh,
        fate: Fate,
        others: Others<'_>,
        now: Moment,
    ) -> Option<RefreshMarker> {
        let before = self.take_one_before(fate, others, now).map(overtaken);
        // Where it has failed, its cookie does not come any more.
        let is_lost = fate == Fate::Lost;
        before.or(is_lost.then(|| RefreshMarker::of_earlier(&sent, MarkerState::Lost)))
    }

    /// The one before, if it may still bring a cookie. The tab that sent it hears when it settles; of one whose page has gone
    /// one can only say when that has become unlikely.
    fn take_one_before(&mut self, fate: Fate, others: Others<'_>, now: Moment) -> Option<RefreshMarker> {
        let before = self.before.take()?;
        let may_be_it =
            |sent: &SentRefresh| sent.id == before.id && now.since(sent.began) < LONGEST_IN_FLIGHT;
        let is_listed = |listed: &InFlight| listed.sent == before.sent && listed.gone.is_none();
        let is_heard_of = others.late.iter().any(may_be_it)
            || (others.listed.iter().any(is_listed) && before.age(now) < LONGEST_IN_FLIGHT);
        // To send its id again does no harm: rather too long than too short.
        let is_repeated = fate == Fate::Accepted && before.first_age(now) < RECOGNISED;
        let is_likely = !before.is_ahead(now) && (is_repeated || before.age(now) < others.timeout);
        Some(before).filter(|_| is_heard_of || is_likely)
    }

    /// How long to wait before the next probe, after a rejection: while an orphan's cookie may still come, a rejection says
    /// nothing.
    pub(crate) fn probe_pause(&self, timeout: Millis, now: Moment) -> Option<Millis> {
        let is_coming =
            |marker: &RefreshMarker| marker.state == MarkerState::InFlight && !marker.is_ahead(now);
        let orphan = self.newest.filter(is_coming)?;
        (orphan.age(now) < timeout).then(|| probe_pause(orphan.age(now)))
    }

    /// Whether a refresh was rejected, and the next one is to confirm that.
    pub(crate) fn is_rejected(&self) -> bool {
        self.rejection.is_some()
    }

    /// The refresh or sign-out of a turn was rejected: `id` is that of the refresh.
    pub(crate) fn note_rejection(&mut self, id: Option<AttemptId>) {
        self.rejection.get_or_insert(Rejection { id });
    }

    /// What was rejected says nothing any more, or everything.
    pub(crate) fn forget_rejection(&mut self) {
        self.rejection = None;
    }

    /// The turn under which this tab has written down the newest.
    pub(crate) fn own_turn(&self) -> Option<AttemptId> {
        self.written_in.filter(|_| !self.is_read)
    }

    /// What is to be written down of the newest, under the turn in which it was marked.
    pub(crate) fn note(&self, attempt: AttemptId) -> Note {
        match self.newest {
            Some(marker) => Note::Remark { attempt, marker },
            None => Note::Unmark { attempt },
        }
    }

    /// Writes down that the page goes, and with it whoever hears of its refresh.
    pub(crate) fn mark_gone(&mut self, now: Moment) -> Option<Note> {
        let attempt = self.own_turn()?;
        let marker = self.newest.as_mut().filter(|marker| marker.state == MarkerState::InFlight)?;
        marker.gone.get_or_insert(now.wall_ms());
        Some(Note::Remark { attempt, marker: *marker })
    }
}

/// The marker of a refresh whose retry was accepted.
fn overtaken(before: RefreshMarker) -> RefreshMarker {
    RefreshMarker {
        state: MarkerState::Superseded,
        stray_since: before.stray_since.or(Some(before.sent)),
        ..before
    }
}

/// The marker of a refresh that has failed.
fn lost(marker: RefreshMarker) -> RefreshMarker {
    RefreshMarker { state: MarkerState::Lost, ..marker }
}

#[cfg(test)]
mod settling;
#[cfg(test)]
mod tests;
