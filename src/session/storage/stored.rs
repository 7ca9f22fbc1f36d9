//! The entries that a browser stores beside the cookie. They contain no token and no name, but
//! digests by which a guessed name can be tested.

use crate::session::config::{LONGEST_LOGIN, LONGEST_PENDING_SIGN_OUT, MOST_SIGN_OUT_TRIES, YOUNG_SIGN_OUT};
use crate::session::end_reason::EndReason;
use crate::session::id::{AttemptId, EpochId};
use crate::session::markers::in_flight::InFlightList;
use crate::session::markers::pace::Pace;
use crate::session::markers::refresh_marker::{Companion, RefreshMarker};
use crate::session::renewal::spending::Spent;
use crate::session::time::{Millis, Moment};
use crate::session::token::Grant;

/// The longest time for a token to pass from one tab to another. A machine that has thirty tabs to
/// wake is slow.
const NEWS: Millis = Millis::from_secs(5);

/// The tolerance in milliseconds for the date when two tabs received the same token.
const SAME_ANSWER: i64 = 100;

/// The fingerprint of a session: enough to recognise the session by one of its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// The id of the session.
    pub epoch: EpochId,
    /// [`Subject::digest`](crate::session::Subject::digest); `None` for opaque tokens.
    pub subject: Option<u64>,
    /// [`Subject::person_digest`](crate::session::Subject::person_digest); `None` for opaque
    /// tokens.
    pub person: Option<u64>,
}

impl Fingerprint {
    /// Returns the fingerprint of a session whose person nobody knows.
    pub(crate) fn of_nobody(epoch: EpochId) -> Self {
        Self { epoch, subject: None, person: None }
    }

    /// Returns the fingerprint of a token's session.
    pub(crate) fn of(epoch: EpochId, grant: &Grant) -> Self {
        let subject = grant.subject.as_ref();
        Self {
            epoch,
            subject: subject.map(|subject| subject.digest(epoch)),
            person: subject.map(|subject| subject.person_digest(epoch)),
        }
    }

    /// Whether a token belongs to the person of this session, as far as both show.
    pub(crate) fn is_of(&self, grant: &Grant) -> bool {
        let its = Self::of(self.epoch, grant);
        // An earlier version has written one digest of person and `sid`.
        self.person == its.person || (self.person == self.subject && self.subject == its.subject)
    }

    /// Whether a token has the `sid` of this session, or neither has one.
    pub(crate) fn has_sid_of(&self, grant: &Grant) -> bool {
        self.subject == Self::of(self.epoch, grant).subject
    }
}

/// The stored entry of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEntry {
    /// The session has begun.
    Begun(Fingerprint),
    /// Every session up to this id is over.
    Over {
        /// The last session that is over, or a later id.
        until: EpochId,
        /// The reason.
        reason: EndReason,
    },
    /// Every session up to this id is signed out. The server has not confirmed it, and it is no
    /// longer pursued: somebody may have signed in since.
    Abandoned {
        /// An id later than those sessions.
        until: EpochId,
    },
}

impl SessionEntry {
    /// Returns the id by which entries are ordered. An entry is never replaced by an earlier one.
    pub fn epoch(&self) -> EpochId {
        match self {
            Self::Begun(begun) => begun.epoch,
            Self::Over { until, .. } | Self::Abandoned { until } => *until,
        }
    }

    /// Returns the session that goes on, if any.
    #[inline(never)]
    pub(crate) fn begun(self) -> Option<Fingerprint> {
        match self {
            Self::Begun(begun) => Some(begun),
            Self::Over { .. } | Self::Abandoned { .. } => None,
        }
    }

    /// Returns the reason why all sessions are over, if they are.
    pub(crate) fn end(self) -> Option<EndReason> {
        self.over().map(|(_, reason)| reason)
    }

    /// Returns up to which session all are over, and the reason.
    #[inline(never)]
    pub(crate) fn over(self) -> Option<(EpochId, EndReason)> {
        match self {
            Self::Begun(_) => None,
            Self::Over { until, reason } => Some((until, reason)),
            Self::Abandoned { until } => Some((until, EndReason::SignedOut)),
        }
    }
}

/// A sign-out that the server has not confirmed. The next page finishes it before anything is
/// restored.
///
/// After the last attempt the entry stays until the next sign-in: nothing is restored, and nothing
/// is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingSignOut {
    /// Every session up to this id is signed out. A later session ends the pursuit.
    pub until: EpochId,
    /// The session that was signed out, if it was known.
    pub session: Option<Fingerprint>,
    /// The date when the user signed out, in milliseconds since 1970.
    pub asked: i64,
    /// Number of attempts that were not confirmed, except those that reached no server.
    pub tries: u32,
    /// The date before which it is not pursued, in milliseconds since 1970, because somebody is
    /// signing in.
    pub not_before: Option<i64>,
}

impl PendingSignOut {
    /// Whether it is so young that no user can have signed in since.
    pub(crate) fn is_young(&self, now: Moment) -> bool {
        now.wall_since(self.asked) < YOUNG_SIGN_OUT
    }

    /// Whether a token can show whether the current session is the one that was signed out.
    pub(crate) fn can_compare(&self) -> bool {
        self.session.is_some_and(|session| session.subject.is_some())
    }

    /// Whether a token belongs to the person who signed out, as far as that is known.
    pub(crate) fn is_of(&self, grant: &Grant) -> bool {
        !self.can_compare() || self.session.is_none_or(|session| session.is_of(grant))
    }

    /// Whether the `sid` of a token is that of the session that was signed out, as far as that is
    /// known.
    pub(crate) fn has_sid_of(&self, grant: &Grant) -> bool {
        !self.can_compare() || self.session.is_none_or(|session| session.has_sid_of(grant))
    }

    /// Whether a session has begun since. It must not be ended for the one before it.
    pub(crate) fn is_outdated(&self, session: Option<SessionEntry>) -> bool {
        session.and_then(SessionEntry::begun).is_some_and(|begun| begun.epoch > self.until)
    }

    /// Whether it is older than any refresh cookie.
    pub(crate) fn is_too_old(&self, now: Moment) -> bool {
        now.wall_since(self.asked) > LONGEST_PENDING_SIGN_OUT
    }

    /// Returns the time until it is pursued again, if a login puts it off.
    pub(crate) fn login_wait(&self, now: Moment) -> Option<Millis> {
        let left = Millis::between(now.wall_ms(), self.not_before?);
        Some(left).filter(|left| !left.is_zero() && *left <= LONGEST_LOGIN)
    }

    /// Whether it is no longer tried.
    pub(crate) fn is_given_up(&self) -> bool {
        self.tries >= MOST_SIGN_OUT_TRIES
    }

    /// Returns the entry after the last attempt.
    pub(crate) fn given_up(self) -> Self {
        Self { tries: self.tries.max(MOST_SIGN_OUT_TRIES), ..self }
    }
}

/// The reply to a refresh that has brought a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshReply {
    /// The date when the token was received, in milliseconds since 1970.
    pub at: i64,
    /// The duration of the refresh. It indicates how long an orphan may take.
    pub took: Millis,
    /// The pace of the server, by this reply and those before it.
    pub pace: Pace,
    /// Whether the server has sent an attempt id back. Such a server recognises attempt ids.
    pub echoes: bool,
}

impl RefreshReply {
    /// Returns a reply with this duration, after those before it.
    pub(crate) fn after(before: Option<Self>, at: i64, took: Millis, echoes: bool) -> Self {
        Self { at, took, pace: Pace::after(before.map(|before| before.pace), took), echoes }
    }

    /// Whether it was received less than `bound` ago.
    pub(crate) fn is_within(&self, bound: Millis, now: Moment) -> bool {
        now.wall_since(self.at) < bound
    }

    /// Whether the tab that has the token may be about to hand it over to a tab whose own was
    /// received at `received`.
    pub(crate) fn is_news(&self, received: Moment, now: Moment) -> bool {
        self.at > received.wall_ms().saturating_add(SAME_ANSWER) && now.wall_since(self.at) < NEWS
    }
}

/// The stored entries, as they were read. It is empty if the browser stores nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Whether the browser stores anything here.
    pub is_kept: bool,
    /// Whether there may be other tabs of this session: one was there, or the browser stores
    /// nothing.
    pub company: bool,
    /// The newest session that was stored.
    pub session: Option<SessionEntry>,
    /// The marker of the last refresh with an unknown outcome.
    pub marker: Option<RefreshMarker>,
    /// The turn of that refresh.
    pub marked: Option<AttemptId>,
    /// The sign-out that the server may not know of.
    pub sign_out: Option<PendingSignOut>,
    /// The last reply that has brought a token, in any tab.
    pub answered: Option<RefreshReply>,
    /// The companion of the refresh cookie, if there is one.
    pub companion: Option<Companion>,
    /// The refreshes in flight, in any tab.
    pub in_flight: InFlightList,
    /// What the refreshes of all tabs have taken out of their budgets.
    pub spent: Spent,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_news_to_a_tab_whose_token_came_before_it() {
        let answered = RefreshReply::after(None, 10_000, Millis::ZERO, false);
        let at = |ms| Moment::new(ms, ms);
        for (received, now, is_news) in [
            (9_899, 10_000, true),
            (9_900, 10_000, false),
            (12_000, 12_000, false),
            (0, 14_999, true),
            (0, 15_000, false),
        ] {
            assert_eq!(answered.is_news(at(received), at(now)), is_news, "{received}, {now}");
        }
        let bound = Millis::from_secs(2);
        assert!(answered.is_within(bound, at(11_999)) && !answered.is_within(bound, at(12_000)));
        assert!(answered.is_within(bound, at(0)), "the clock was set back");
    }

    #[test]
    fn a_sign_out_is_young_for_some_seconds_and_too_old_after_sixty_days() {
        let asked = 1_700_000_000_000;
        let pending = PendingSignOut {
            until: EpochId::last(asked, None),
            session: None,
            asked,
            tries: 0,
            not_before: None,
        };
        let after = |ms: i64| Moment::new(asked + ms, 0);
        assert!(pending.is_young(after(4_999)) && !pending.is_young(after(5_000)));
        let days = 60 * 86_400_000;
        assert!(pending.is_too_old(after(days + 1)) && !pending.is_too_old(after(days)));
        assert!(pending.is_young(after(-1)), "the clock was set back");
    }

    #[test]
    fn a_session_that_has_begun_since_a_sign_out_is_none_of_its() {
        let until = EpochId::last(1_000, None);
        let pending = PendingSignOut { until, session: None, asked: 1_000, tries: 0, not_before: None };
        let begun = |epoch| Some(SessionEntry::Begun(Fingerprint { epoch, subject: None, person: None }));
        assert!(pending.is_outdated(begun(EpochId::draw(&mut || 0, 1_001, None))));
        assert!(!pending.is_outdated(begun(EpochId::draw(&mut || 0, 999, None))));
        assert!(!pending.is_outdated(begun(until)), "every session that had begun by then");
        let later = EpochId::last(2_000, None);
        assert!(!pending.is_outdated(Some(SessionEntry::Over { until: later, reason: EndReason::Rejected })));
        assert!(!pending.is_outdated(None));
    }
}
