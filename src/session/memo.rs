//! What a browser keeps of a session beside the cookie, so that a page can look again. No secret, and no name.

use super::id::{AttemptId, EpochId};
use super::status::EndReason;

/// What is written down of a session: which one it is, or that it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remembered {
    /// It has begun.
    Begun {
        /// Which sign-in.
        epoch: EpochId,
        /// [`Subject::digest`](super::Subject::digest); `None` for opaque tokens.
        subject: Option<u64>,
    },
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
            Self::Begun { epoch, .. } => *epoch,
            Self::Over { until, .. } => *until,
        }
    }

    /// The session that goes on, if one does: which one, and a digest of whose.
    pub(crate) fn begun(self) -> Option<(EpochId, Option<u64>)> {
        match self {
            Self::Begun { epoch, subject } => Some((epoch, subject)),
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
