//! What a browser keeps of a session beside the cookie, so that a page can look again. No secret, and no name.

use std::time::Duration;

use super::id::{AttemptId, EpochId};
use super::status::EndReason;
use super::time::Moment;
use super::token::Grant;

/// A session that goes on: enough to recognise it by a token of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Which sign-in.
    pub epoch: EpochId,
    /// [`Subject::digest`](super::Subject::digest); `None` for opaque tokens.
    pub subject: Option<u64>,
}

impl Begun {
    /// That of which this is a token.
    pub(crate) fn of(epoch: EpochId, grant: &Grant) -> Self {
        Self { epoch, subject: grant.subject.as_ref().map(|subject| subject.digest(epoch)) }
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

/// A refresh of which something is not known yet: its marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsettled {
    /// What went along with it.
    pub id: AttemptId,
    /// When it was sent: milliseconds since 1970.
    pub sent: i64,
    /// What is not known.
    pub standing: Standing,
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
}

impl Standing {
    /// As it is written in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::Lost => "lost",
            Self::Overtaken => "overtaken",
        }
    }

    /// Reads what [`Standing::as_str`] wrote; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Out, Self::Lost, Self::Overtaken].into_iter().find(|standing| standing.as_str() == text)
    }
}

impl Unsettled {
    /// How long ago it was sent, by the wall clock: another page has written it. Nothing where that was set back.
    pub(crate) fn age(&self, now: Moment) -> Duration {
        Duration::from_millis(now.wall_ms().saturating_sub(self.sent).max(0).unsigned_abs())
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
    /// How long the last refresh took that was answered.
    pub took: Option<Duration>,
}
