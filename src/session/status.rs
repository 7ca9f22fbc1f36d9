//! What the app may see.

use crate::session::error::RefreshFailure;
use crate::session::id::{EpochId, Generation};
use crate::session::token::Grant;

/// Whether there is a session, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The first answer of the server is still out.
    Unknown {
        /// Why the last attempt failed.
        failure: Option<RefreshFailure>,
        /// When the next one is made, in milliseconds since 1970.
        retry_at: Option<i64>,
    },
    /// Signed in.
    Active {
        /// Which sign-in.
        epoch: EpochId,
        /// Which token of it.
        generation: Generation,
        /// The token.
        grant: Grant,
        /// Why the last attempt to renew it failed, since it came.
        failure: Option<RefreshFailure>,
        /// When the next attempt to renew it is due, in milliseconds since 1970; `None` when none is planned. Sooner
        /// where somebody asks for a token.
        refresh_at: Option<i64>,
        /// It came from another tab: somebody signed in there, or it was there when this page began.
        elsewhere: bool,
    },
    /// Over until the next sign-in.
    Ended {
        /// Why.
        reason: EndReason,
        /// It ended in another tab.
        elsewhere: bool,
    },
    /// The session object was closed; nothing is known any more.
    Closed,
}

impl Status {
    /// Whether the first answer is still out, and none has failed to come.
    pub fn is_awaited(&self) -> bool {
        matches!(self, Self::Unknown { failure: None, .. })
    }
}

/// How far a refresh, a sign-in or a sign-out has come: to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is none.
    Idle,
    /// It waits for its turn.
    Locking,
    /// It has its turn, and waits for other tabs, or for the cookie of a page that has gone.
    Holding,
    /// It is on the wire.
    Sent,
}

/// Why there is no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// There was none: a first visitor.
    None,
    /// The user said so.
    SignedOut,
    /// The server said so.
    Rejected,
    /// Somebody else's cookie has taken the place of that of a sign-in: the answer to a refresh that was sent before came
    /// after it.
    Replaced,
}

impl EndReason {
    /// The reason by which versions know it that do not know this one.
    pub(crate) fn as_first_known(self) -> Self {
        if self == Self::Replaced { Self::Rejected } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_awaited_until_something_is_known() {
        let unknown = |failure| Status::Unknown { failure, retry_at: None };
        let ended = Status::Ended { reason: EndReason::None, elsewhere: false };
        for (status, name, is_awaited) in [
            (unknown(None), "unknown", true),
            (unknown(Some(RefreshFailure::Offline)), "unknown", false),
            (ended, "ended", false),
            (Status::Closed, "closed", false),
        ] {
            assert_eq!((status.name(), status.is_awaited()), (name, is_awaited), "{status:?}");
        }
    }
}
