//! The status that the app sees.

use crate::session::end_reason::EndReason;
use crate::session::error::RefreshFailure;
use crate::session::id::{EpochId, Generation};
use crate::session::token::Grant;

/// Whether there is a session, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not known yet: the first reply of the server, or the token of a later session, is
    /// outstanding.
    Unknown {
        /// The last failure, if any.
        failure: Option<RefreshFailure>,
        /// The date of the next attempt, in milliseconds since 1970.
        retry_at: Option<i64>,
    },
    /// Signed in.
    Active {
        /// The session.
        epoch: EpochId,
        /// The generation of the token.
        generation: Generation,
        /// The token.
        grant: Grant,
        /// The last failure to refresh since the token was received.
        failure: Option<RefreshFailure>,
        /// The date of the next refresh, in milliseconds since 1970; `None` if none is planned. A
        /// caller that needs a token makes it sooner.
        refresh_at: Option<i64>,
        /// Whether the session came from another tab: the user signed in there, or it existed
        /// before this page.
        elsewhere: bool,
    },
    /// Over until the next sign-in.
    Ended {
        /// The reason.
        reason: EndReason,
        /// Whether it ended in another tab.
        elsewhere: bool,
    },
    /// The session object was closed, and nothing is known any more.
    Closed,
}

impl Status {
    /// Whether the first reply is still outstanding, and no attempt has failed.
    pub fn is_awaited(&self) -> bool {
        matches!(self, Self::Unknown { failure: None, .. })
    }
}

/// The progress of a refresh, a sign-in or a sign-out, for display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// No operation.
    Idle,
    /// Waiting for the lock.
    Locking,
    /// Holding the lock, and waiting for other tabs or for the cookie of an orphan.
    Holding,
    /// Sent, and waiting for the reply.
    Sent,
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
