//! Reports for metrics and logs. They contain no secret, and nothing depends on them.

use crate::session::time::Millis;

use crate::session::end_reason::EndReason;
use crate::session::error::RefreshFailure;
use crate::session::id::AttemptId;
use crate::session::sign_out::progress::{SignOutFailure, SignOutStatus};

/// One report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Report {
    /// A refresh was sent.
    RefreshStarted {
        /// The attempt id that the server sees.
        id: AttemptId,
    },
    /// A refresh has received a response, has failed, or was given up. A response after that is
    /// another, late report.
    RefreshSettled {
        /// The attempt id that the server sees.
        id: AttemptId,
        /// The outcome.
        outcome: Result<(), RefreshFailure>,
        /// The time since it was sent.
        took: Millis,
        /// Whether it had already been given up.
        is_late: bool,
    },
    /// Another tab has handed a token over.
    Adopted,
    /// A refresh that is due was postponed.
    Deferred {
        /// The reason.
        why: Delay,
        /// The longest postponement.
        wait: Millis,
    },
    /// An attempt to sign out at the server has ended.
    SignOutSettled {
        /// The state of the sign-out at the server: confirmed, pending, or given up.
        status: SignOutStatus,
        /// Number of attempts that were not confirmed, except those that reached no server.
        tries: u32,
        /// The reason why it is not confirmed.
        failure: Option<SignOutFailure>,
    },
    /// The session is over.
    Ended {
        /// The reason.
        reason: EndReason,
        /// Whether it ended in another tab.
        elsewhere: bool,
    },
    /// The clocks disagree on the time that has passed since the last event. One was set, or stood
    /// still while the machine slept.
    ClockJumped {
        /// The time that the wall clock has counted, in milliseconds.
        wall_ms: i64,
        /// The time that the monotonic clock has counted, in milliseconds.
        monotonic_ms: i64,
    },
}

/// The reason why a refresh that is due is postponed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delay {
    /// The refresh before has failed.
    Backoff,
    /// The server has rejected the refresh before, and another one is to confirm that.
    Confirmation,
    /// Other tabs are asked for a token.
    Tabs,
    /// The page of the refresh before has gone, and its cookie may still be received.
    Orphan,
    /// A worker leaves the refresh to a page.
    Page,
}
