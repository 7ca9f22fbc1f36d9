//! The progress of a sign-out, as the app may see it.

use crate::session::error::RefreshFailure;
use crate::session::id::AttemptId;

/// What the server knows of a sign-out. Here the user is signed out in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignOutStatus {
    /// The auth server has said that the session is over.
    Confirmed,
    /// It has not yet, and is asked again.
    Pending,
    /// It never has, and is not asked any more: its session may go on.
    GivenUp,
    /// There is no endpoint to tell: its session goes on.
    Local,
}

/// Why a try to sign out at the server was not confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignOutFailure {
    /// The turn in which it was tried.
    pub attempt: AttemptId,
    /// What went wrong. A [`Rejected`](RefreshFailure::Rejected) one was refused in the auth server's own
    /// format, and no refresh has confirmed that the session is over.
    pub failure: RefreshFailure,
    /// Whether it was the refresh that failed which looks whose session there is.
    pub in_refresh: bool,
}

/// The last sign-out: to show, and not to decide by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignOutProgress {
    /// What the server knows.
    pub status: SignOutStatus,
    /// When the user signed out, in milliseconds since 1970; `None` once nothing is pending.
    pub asked: Option<i64>,
    /// How many tries the server has answered without confirming it.
    pub tries: u32,
    /// When it is tried again, in milliseconds since 1970; `None` where no pause is running.
    pub retry_at: Option<i64>,
    /// Why the last try of this tab was not confirmed.
    pub failure: Option<SignOutFailure>,
}
