//! The progress of a sign-out, as the app sees it.

use crate::session::error::RefreshFailure;
use crate::session::id::AttemptId;

/// The state of a sign-out at the server. In this browser the user is signed out in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignOutStatus {
    /// The auth server has confirmed that the session is over.
    Confirmed,
    /// The auth server has not confirmed it yet. The sign-out is retried.
    Pending,
    /// The auth server has never confirmed it, and the sign-out is no longer retried. The server's
    /// session may go on.
    GivenUp,
    /// There is no endpoint. The server's session goes on.
    Local,
}

/// The failure of an attempt to sign out at the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignOutFailure {
    /// The turn of the attempt.
    pub attempt: AttemptId,
    /// The cause. [`Rejected`](RefreshFailure::Rejected): the auth server rejected the sign-out in
    /// its own format, and no refresh has confirmed that the session is over.
    pub failure: RefreshFailure,
    /// Whether the refresh failed that shows whose session there is.
    pub in_refresh: bool,
}

/// The last sign-out: for display, not for decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignOutProgress {
    /// The state at the server.
    pub status: SignOutStatus,
    /// The date when the user signed out, in milliseconds since 1970; `None` once it is no longer
    /// pending.
    pub asked: Option<i64>,
    /// Number of attempts that were not confirmed, except those that reached no server.
    pub tries: u32,
    /// The date of the next attempt, in milliseconds since 1970; `None` if no pause is running.
    pub retry_at: Option<i64>,
    /// The failure of this tab's last attempt.
    pub failure: Option<SignOutFailure>,
}
