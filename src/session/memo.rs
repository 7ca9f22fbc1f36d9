//! What a browser keeps of a session beside the cookie, so that a page can look again. No secret, and no name.

use super::id::{AttemptId, EpochId};
use super::status::EndReason;
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

/// What a look at it has found. Empty where the browser keeps nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memo {
    /// The newest that was written down.
    pub session: Option<Remembered>,
    /// What went along with a refresh of which nobody knows yet whether it has rotated the cookie.
    pub unsettled: Option<AttemptId>,
}
