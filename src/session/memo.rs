//! What a browser keeps of a session beside the cookie, so that a page can look again. No token, and no name; but check
//! values by which a guessed name can be tested.

use std::time::Duration;

use super::config::{LONGEST_PENDING_SIGN_OUT, MOST_SIGN_OUT_TRIES, YOUNG_SIGN_OUT};
use super::entries::digest_from_text;
use super::id::{AttemptId, EpochId};
use super::in_flight::{InFlightList, LONGEST_IN_FLIGHT};
use super::pace::Pace;
use super::status::EndReason;
use super::time::{MOST_AHEAD, Moment};
use super::token::{Grant, fnv1a};
use super::turns::Sent;

/// How long a token may be on its way from one tab to another: a machine that has thirty to wake up is slow.
const NEWS: Duration = Duration::from_secs(5);

/// By how many milliseconds two tabs may differ on when the same token came.
const SAME_ANSWER: i64 = 100;

/// A session that goes on: enough to recognise it by a token of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Which sign-in.
    pub epoch: EpochId,
    /// [`Subject::digest`](super::Subject::digest); `None` for opaque tokens.
    pub subject: Option<u64>,
    /// [`Subject::person_digest`](super::Subject::person_digest); `None` for opaque tokens.
    pub person: Option<u64>,
}

impl Begun {
    /// Describes the session of a token.
    pub(crate) fn of(epoch: EpochId, grant: &Grant) -> Self {
        let subject = grant.subject.as_ref();
        Self {
            epoch,
            subject: subject.map(|subject| subject.digest(epoch)),
            person: subject.map(|subject| subject.person_digest(epoch)),
        }
    }

    /// Takes what was written down or said. Where there is no digest of the person, that of the subject stands for it.
    pub(crate) fn read(epoch: EpochId, subject: Option<u64>, person: Option<&str>) -> Self {
        let person = person.and_then(digest_from_text).flatten().or(subject);
        Self { epoch, subject, person }
    }

    /// Whether a token belongs to the person of this session, as far as both tell.
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

/// What is written down of a session: which one it is, or that it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remembered {
    /// It has begun.
    Begun(Begun),
    /// Every session that had begun by then is over.
    Over {
        /// The last one, or later.
        until: EpochId,
        /// Why.
        reason: EndReason,
    },
}

impl Remembered {
    /// How late it is: what is written down never goes back.
    pub fn epoch(&self) -> EpochId {
        match self {
            Self::Begun(begun) => begun.epoch,
            Self::Over { until, .. } => *until,
        }
    }

    /// The session that goes on, if one does.
    pub(crate) fn begun(self) -> Option<Begun> {
        match self {
            Self::Begun(begun) => Some(begun),
            Self::Over { .. } => None,
        }
    }
}

/// A sign-out that the server has not confirmed. Whoever comes next finishes it, before anything is restored.
///
/// After the last try the entry stays until the next sign-in: nothing is restored, and nothing is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingSignOut {
    /// Every session that had begun by then is signed out. A later one ends the matter.
    pub until: EpochId,
    /// The session that was signed out, where it was known.
    pub session: Option<Begun>,
    /// When the user said so: milliseconds since 1970.
    pub asked: i64,
    /// How many tries the server has answered without confirming it.
    pub tries: u32,
}

impl PendingSignOut {
    /// Whether it is so young that nobody can have signed in since.
    pub(crate) fn is_young(&self, now: Moment) -> bool {
        age(self.asked, now) < YOUNG_SIGN_OUT
    }

    /// Whether it can be told from a token whether the session that there is now is the one that was signed out.
    pub(crate) fn can_compare(&self) -> bool {
        self.session.is_some_and(|session| session.subject.is_some())
    }

    /// Whether a token belongs to the person who has signed out.
    pub(crate) fn is_of(&self, grant: &Grant) -> bool {
        self.session.is_none_or(|session| session.is_of(grant))
    }

    /// Whether the `sid` of a token is that of the session that was signed out.
    pub(crate) fn has_sid_of(&self, grant: &Grant) -> bool {
        self.session.is_none_or(|session| session.has_sid_of(grant))
    }

    /// Whether a session has begun since, which must not be ended for the one before it.
    pub(crate) fn is_outdated(&self, session: Option<Remembered>) -> bool {
        session.and_then(Remembered::begun).is_some_and(|begun| begun.epoch > self.until)
    }

    /// Whether it is older than any refresh cookie.
    pub(crate) fn is_too_old(&self, now: Moment) -> bool {
        age(self.asked, now) > LONGEST_PENDING_SIGN_OUT
    }

    /// Whether it is not tried any more.
    pub(crate) fn is_given_up(&self) -> bool {
        self.tries >= MOST_SIGN_OUT_TRIES
    }

    /// The same after the last try.
    pub(crate) fn given_up(self) -> Self {
        Self { tries: self.tries.max(MOST_SIGN_OUT_TRIES), ..self }
    }
}

/// A refresh of which something is not known yet: its marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsettled {
    /// What went along with it.
    pub id: AttemptId,
    /// When it was sent: milliseconds since 1970.
    pub sent: i64,
    /// What is not known.
    pub standing: Standing,
    /// The companion of the refresh cookie when it was sent, where there is one.
    pub companion: Option<Companion>,
    /// When the first of those was sent, up to this one, whose cookies may lie over that of a session which has begun since:
    /// milliseconds since 1970. Whose cookie there is, the next answer tells.
    pub astray: Option<i64>,
    /// When its page went away, where that was written down: milliseconds since 1970.
    pub gone: Option<i64>,
    /// Under which session the first of those was sent, where that was known: clocks may have been set since.
    pub under: Option<EpochId>,
    /// When the first refresh with its id was sent: milliseconds since 1970.
    pub first: i64,
}

/// A readable cookie of the server's that changes with each rotation: a digest of its value, which may be a secret of its
/// own (a CSRF token).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Companion(pub u64);

impl Companion {
    /// That of a value.
    pub fn of(value: &str) -> Self {
        Self(fnv1a(value.bytes()))
    }
}

/// What is known of a refresh, and what is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is on the wire, as far as anybody knows. Its tab may have gone: then it is an orphan.
    Out,
    /// It failed: nothing is on the wire, and the server may have rotated.
    Lost,
    /// A later one with its id was answered; its own answer, with the same cookie, may still come.
    Overtaken,
    /// It was answered when its session was over.
    Astray,
}

impl Standing {
    /// As it is written in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::Lost => "lost",
            Self::Overtaken => "overtaken",
            Self::Astray => "astray",
        }
    }

    /// Reads what [`Standing::as_str`] wrote; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Out, Self::Lost, Self::Overtaken, Self::Astray]
            .into_iter()
            .find(|standing| standing.as_str() == text)
    }
}

impl Unsettled {
    /// Whether the refresh cookie has changed since it was sent, as far as its companion tells.
    pub(crate) fn has_come(&self, companion: Option<Companion>) -> bool {
        self.companion.zip(companion).is_some_and(|(then, now)| then != now)
    }

    /// The marker of a refresh that was sent in an earlier session.
    pub(crate) fn of_earlier(sent: &Sent, standing: Standing) -> Self {
        let marker = Self::astray(sent.id, sent.began.wall_ms());
        let astray = marker.astray.filter(|_| standing == Standing::Astray);
        Self { standing, astray, under: sent.under, ..marker }
    }

    /// The marker of one of which no more is known than when it was sent.
    pub(crate) fn astray(id: AttemptId, sent: i64) -> Self {
        let standing = Standing::Astray;
        Self { id, sent, standing, companion: None, astray: Some(sent), gone: None, under: None, first: sent }
    }

    /// The same of one that is known to have been sent before this session began, whatever the clocks have shown.
    pub(crate) fn before(self, session: EpochId) -> Self {
        let first = self.astray.unwrap_or(self.sent);
        Self { astray: Some(first.min(session.date())), ..self }
    }

    /// Whether nobody has seen its own reply, with its cookie.
    pub(crate) fn may_be_out(&self) -> bool {
        matches!(self.standing, Standing::Out | Standing::Overtaken)
    }

    /// Whether that reply may still be on its way.
    pub(crate) fn may_still_come(&self, now: Moment) -> bool {
        self.may_be_out() && self.age(now) < LONGEST_IN_FLIGHT
    }

    /// Whether nobody knows what became of it: the next refresh is the same attempt.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.standing, Standing::Out | Standing::Lost)
    }

    /// Whether its cookie may have come, or may come, over that of a session which has begun since. However long ago it was
    /// sent: a cookie that is late is there in the end.
    pub(crate) fn may_lie_over(&self, session: EpochId) -> bool {
        let coming = Some(self.sent).filter(|_| self.may_be_out());
        self.astray.into_iter().chain(coming).any(|sent| session.is_after(sent))
    }

    /// Whether its cookie, or that of one before it, may lie over that of a session which began after it was sent. Not one
    /// of which it is known that it brings no cookie. `error`: by how many milliseconds the clock may have been set back in
    /// between; it counts where it is known under which session the first was sent.
    pub(crate) fn strays_into(&self, session: EpochId, error: u64) -> bool {
        let first = self.astray.unwrap_or(self.sent);
        match self.under {
            None => session.is_after(first),
            Some(under) => under < session && session.is_after(first.saturating_sub_unsigned(error).max(0)),
        }
    }

    /// How long ago the first was sent of which it is one more try.
    pub(crate) fn first_age(&self, now: Moment) -> Duration {
        age(self.first, now)
    }

    /// How long ago it was sent.
    pub(crate) fn age(&self, now: Moment) -> Duration {
        age(self.sent, now)
    }

    /// Whether it is dated in the future, by a clock that was set back since. Then it says nothing of its age.
    pub(crate) fn is_ahead(&self, now: Moment) -> bool {
        self.sent > now.wall_ms().saturating_add(MOST_AHEAD)
    }

    /// How long it had been out when its page went away; until now, where nobody wrote down when that was.
    pub(crate) fn seen(&self, now: Moment) -> Duration {
        let gone = self.gone.unwrap_or(now.wall_ms());
        Duration::from_millis(gone.saturating_sub(self.sent).max(0).unsigned_abs())
    }

    /// Whether this is another marker of the same refresh.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (self.id, self.sent) == (other.id, other.sent)
    }
}

/// How long ago that was, by the wall clock: another page has written it. Nothing where the clock was set back.
fn age(then: i64, now: Moment) -> Duration {
    Duration::from_millis(now.wall_ms().saturating_sub(then).max(0).unsigned_abs())
}

/// A refresh that has brought a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// When that came: milliseconds since 1970.
    pub at: i64,
    /// How long it took: a guide to how long an orphan's may take.
    pub took: Duration,
    /// The pace of the server, by this reply and those before it.
    pub pace: Pace,
    /// Whether the server has said that it recognises attempt ids, by sending one back.
    pub echoes: bool,
}

impl Answered {
    /// A reply that took so long, after those before it.
    pub(crate) fn after(before: Option<Self>, at: i64, took: Duration, echoes: bool) -> Self {
        Self { at, took, pace: Pace::after(before.map(|before| before.pace), took), echoes }
    }

    /// Whether it came so long ago, or less.
    pub(crate) fn is_within(&self, bound: Duration, now: Moment) -> bool {
        age(self.at, now) < bound
    }

    /// Whether whoever has the token may be about to hand it over to a tab whose own came at `received`.
    pub(crate) fn is_news(&self, received: Moment, now: Moment) -> bool {
        self.at > received.wall_ms().saturating_add(SAME_ANSWER) && age(self.at, now) < NEWS
    }
}

/// What a look at it has found. Empty where the browser keeps nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memo {
    /// Whether the browser keeps anything here.
    pub is_kept: bool,
    /// The newest that was written down.
    pub session: Option<Remembered>,
    /// The marker of the last refresh, while something is not known of it.
    pub unsettled: Option<Unsettled>,
    /// The turn of that refresh.
    pub marked: Option<AttemptId>,
    /// The sign-out that the server may not know of.
    pub sign_out: Option<PendingSignOut>,
    /// The last refresh that has brought a token, be it another tab's.
    pub answered: Option<Answered>,
    /// The companion of the refresh cookie, where there is one.
    pub companion: Option<Companion>,
    /// The refreshes that are out and unanswered, be they other tabs'.
    pub in_flight: InFlightList,
}
