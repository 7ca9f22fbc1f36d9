//! The session that this tab is in, the sessions that are over, and the latest one that began.

pub(crate) mod cookie;
pub(crate) mod seed;

use crate::session::end_reason::EndReason;
use crate::session::error::RefreshFailure;
use crate::session::id::{Entropy, EpochId};
use crate::session::markers::in_flight::InFlightList;
use crate::session::markers::refresh_marker::RefreshMarker;
use crate::session::storage::note::Note;
use crate::session::storage::stored::{Fingerprint, SessionEntry};
use crate::session::tenure::cookie::Cookie;
use crate::session::time::{Millis, Moment};
use crate::session::token::current_token::CurrentToken;
use crate::session::token::{Credential, Grant, is_same_person};
use crate::session::turn::SentRefresh;

/// The phase of the session, as far as this tab knows.
#[derive(Debug)]
pub(crate) enum Phase {
    /// Not known yet, or another tab has begun a session whose token is not here.
    Unknown {
        /// The session to restore, if it is known.
        restoring: Option<Fingerprint>,
        /// Whether another tab has begun it.
        elsewhere: bool,
    },
    /// There is a session, with a token.
    Active(Box<CurrentToken>),
    /// There is no session until the next sign-in.
    Ended {
        /// The reason.
        reason: EndReason,
        /// Whether it ended in another tab.
        elsewhere: bool,
    },
    /// The session object was closed.
    Closed {
        /// The session that goes on. A refresh in flight may overwrite the cookie of a later one.
        session: Option<EpochId>,
    },
}

/// The evidence from which a refresh tells whose cookie it has found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence<'a> {
    /// The token of the refresh.
    pub(crate) grant: &'a Grant,
    /// The marker of the refresh.
    pub(crate) marker: Option<RefreshMarker>,
    /// The refreshes of all tabs in flight.
    pub(crate) listed: &'a InFlightList,
}

/// The session that this tab is in, and what it knows of others.
#[derive(Debug)]
pub(crate) struct Tenure {
    pub(crate) phase: Phase,
    pub(crate) cookie: Cookie,
    /// The end of sessions and its reason: every session up to this id is over.
    ended: Option<(EpochId, EndReason)>,
    /// The newest session found in storage, over or not.
    newest_seen: Option<EpochId>,
    /// An id later than every session that had begun when the page did.
    at_start: Option<EpochId>,
    /// The end of sessions that was known when the newest refresh was sent.
    ended_when_sent: Option<EpochId>,
    /// The number of the newest refresh that brought a token.
    pub(crate) newest_refresh: u32,
    /// Whether the server has reported that there is no session.
    pub(crate) has_none: bool,
}

impl Tenure {
    /// Creates the tenure of a page. `restores`: whether the page restores a session.
    pub(crate) fn new(restores: bool, has_none: bool) -> Self {
        let phase = match restores {
            true => Phase::Unknown { restoring: None, elsewhere: false },
            false => Phase::Ended { reason: EndReason::None, elsewhere: false },
        };
        Self {
            phase,
            cookie: Cookie::default(),
            ended: None,
            newest_seen: None,
            at_start: None,
            ended_when_sent: None,
            newest_refresh: 0,
            has_none,
        }
    }

    /// Notes which sessions had begun when the page did. Returns an id later than all of them.
    pub(crate) fn start(&mut self, now: Moment, stored: Option<SessionEntry>) -> EpochId {
        let before = EpochId::last(now.wall_ms(), stored.map(|entry| entry.epoch()));
        self.at_start = Some(before);
        before
    }

    /// Returns the current token.
    pub(crate) fn token(&self) -> Option<&CurrentToken> {
        match &self.phase {
            Phase::Active(current) => Some(current),
            _ => None,
        }
    }

    /// Returns the current token as a request carries it, if it is still valid.
    pub(crate) fn in_hand(&self, now: Moment) -> Option<Credential> {
        self.valid(now).map(CurrentToken::credential)
    }

    /// Returns the current token if it is still valid.
    pub(crate) fn valid(&self, now: Moment) -> Option<&CurrentToken> {
        self.token().filter(|current| current.grant.lasts(now, Millis::ZERO))
    }

    /// Returns the current token if a request can take it without an event: it is valid, it was
    /// used before, and no successor is on the way (`is_replaced`) that a rejection has caused.
    pub(crate) fn ready(&self, now: Moment, is_replaced: bool) -> Option<&CurrentToken> {
        self.valid(now).filter(|current| current.used && !(current.refused && is_replaced))
    }

    /// Whether there is a session, or may be.
    pub(crate) fn goes_on(&self) -> bool {
        matches!(self.phase, Phase::Active(_) | Phase::Unknown { .. })
    }

    /// Whether it is not known yet whether there is a session.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self.phase, Phase::Unknown { .. })
    }

    /// Whether the session is over, and the object was not closed.
    pub(crate) fn is_ended(&self) -> bool {
        matches!(self.phase, Phase::Ended { .. })
    }

    /// Whether the session object was closed.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.phase, Phase::Closed { .. })
    }

    /// Returns the session that goes on, or is to be restored.
    pub(crate) fn epoch(&self) -> Option<EpochId> {
        match &self.phase {
            Phase::Unknown { restoring, .. } => restoring.map(|session| session.epoch),
            Phase::Active(current) => Some(current.epoch),
            Phase::Closed { session } => *session,
            Phase::Ended { .. } => None,
        }
    }

    /// Returns the fingerprint of that session.
    pub(crate) fn session(&self) -> Option<Fingerprint> {
        match &self.phase {
            Phase::Active(current) => Some(current.session),
            Phase::Unknown { restoring, .. } => *restoring,
            Phase::Ended { .. } | Phase::Closed { .. } => None,
        }
    }

    /// Returns the latest session that is known, over or not.
    pub(crate) fn latest_epoch(&self) -> Option<EpochId> {
        self.epoch().max(self.ended.map(|(until, _)| until)).max(self.newest_seen)
    }

    /// Notes which session was found in storage.
    pub(crate) fn see(&mut self, stored: Option<SessionEntry>) {
        self.newest_seen = self.newest_seen.max(stored.map(|entry| entry.epoch()));
    }

    /// Draws the id of a session that begins now, later than all others.
    pub(crate) fn next_epoch(&self, now: Moment, entropy: &mut impl Entropy) -> EpochId {
        EpochId::draw(entropy, now.wall_ms(), self.latest_epoch())
    }

    /// Returns the end of sessions and its reason, if this session is over.
    pub(crate) fn end_of(&self, epoch: EpochId) -> Option<(EpochId, EndReason)> {
        self.ended.filter(|(until, _)| epoch <= *until)
    }

    /// Returns the end of sessions and its reason, if any.
    pub(crate) fn ended(&self) -> Option<(EpochId, EndReason)> {
        self.ended
    }

    /// Notes that every session up to `until` is over.
    pub(crate) fn note_end(&mut self, until: EpochId, reason: EndReason) {
        if self.end_of(until).is_none() {
            self.ended = Some((until, reason));
        }
    }

    /// Forgets the end that a page without restoring assumes for the sessions before it.
    pub(crate) fn forget_start(&mut self) {
        self.ended.take_if(|(_, reason)| *reason == EndReason::None);
    }

    /// Notes which sessions are over when a refresh is sent.
    pub(crate) fn note_sent(&mut self) {
        self.ended_when_sent = self.ended.map(|(until, _)| until);
    }

    /// Whether a sign-out or rejection in another tab, of all sessions up to `until`, ends the
    /// current session.
    ///
    /// `is_kept`: whether the browser stores entries. `is_old`: whether `until` is older than any
    /// session.
    pub(crate) fn ended_by(&self, until: EpochId, reason: EndReason, is_kept: bool, is_old: bool) -> bool {
        let is_rejection = reason == EndReason::Rejected;
        let session = match self.phase {
            // If nothing is stored, the other tab is the only source.
            Phase::Unknown { restoring: None, .. } if !is_kept && !is_rejection => {
                Some(until).filter(|_| !is_old)
            }
            // The session has no known id, but it had begun when the page did.
            Phase::Unknown { restoring: None, .. } => self.at_start.filter(|_| !is_rejection),
            _ => self.epoch(),
        };
        session.is_some_and(|epoch| epoch <= until)
    }

    /// Whether the refresh with this number brings a new session, because the app has reported one.
    ///
    /// `is_wanted`: whether a caller waits for a new session. If that caller stops waiting, it
    /// remains a new session, unless the session is over.
    pub(crate) fn begins_anew(&self, number: u32, is_wanted: bool) -> bool {
        is_wanted || (self.cookie.is_shown_by(number) && !self.is_ended())
    }

    /// Notes that a refresh of an earlier session has settled. Its cookie may overwrite that of the
    /// current session.
    pub(crate) fn doubt_cookie_after(&mut self, outcome: Result<(), RefreshFailure>) {
        let goes_on = self.goes_on();
        self.cookie.earlier_settled(outcome, goes_on);
    }

    /// Whether a refresh has found another user's cookie than that of the last sign-in, or may
    /// have.
    pub(crate) fn is_replaced(&self, found: Evidence<'_>) -> bool {
        let Evidence { grant, marker, listed } = found;
        self.session().is_some_and(|known| self.cookie.is_replaced(known, grant, marker, listed))
    }

    /// Returns the session of a refreshed token. `stored` is the stored session. `wait` is the
    /// longest time for which the cookie of another refresh may still be received.
    pub(crate) fn epoch_of(
        &self,
        found: Evidence<'_>,
        stored: Option<SessionEntry>,
        sent: Moment,
        wait: Millis,
        entropy: &mut impl Entropy,
    ) -> EpochId {
        let Evidence { grant, marker, .. } = found;
        let known = self.epoch();
        let is_later =
            |session: &Fingerprint| self.end_of(session.epoch).is_none() && Some(session.epoch) >= known;
        let stored = stored.and_then(SessionEntry::begun).filter(is_later);
        let restoring = match self.phase {
            Phase::Unknown { restoring, .. } => restoring,
            _ => None,
        };
        let is_its = |session: &Fingerprint| session.is_of(grant);
        if let Some(session) = restoring.filter(is_its).or(stored.filter(is_its)) {
            return session.epoch;
        }
        if let Phase::Active(current) = &self.phase
            && is_same_person(current.grant.subject.as_ref(), grant.subject.as_ref())
        {
            return current.epoch;
        }
        // The session is later than those that were over when the refresh was sent, whatever the
        // clock showed then. It is not later than a sign-out since, so it is over already.
        let after = known.max(stored.map(|session| session.epoch)).max(self.ended_when_sent);
        // A session that no tab has reported is dated before every refresh that may be in flight.
        // Their cookies cannot be told apart.
        let least = sent.wall_ms().saturating_sub(wait.signed());
        let stray_since = marker.and_then(|marker| marker.stray_since);
        let first = stray_since.map_or(least, |sent| least.min(sent.saturating_sub(1)));
        EpochId::draw(entropy, first, after)
    }

    /// Returns a note about a refresh in flight that was sent before this session began.
    pub(crate) fn mark_stray(
        &mut self,
        strays: &[SentRefresh],
        listed: &InFlightList,
        now: Moment,
    ) -> Option<Note> {
        let known = self.epoch()?;
        self.cookie.mark_stray(known, strays, listed, now)
    }
}

#[cfg(test)]
mod tests;
