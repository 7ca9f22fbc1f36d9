//! What happens inside, for metrics and logs. Nothing here is a secret, and nothing depends on it.

use crate::session::time::Millis;

use crate::session::error::RefreshFailure;
use crate::session::id::AttemptId;
use crate::session::sign_out::progress::{SignOutFailure, SignOutStatus};
use crate::session::status::EndReason;

/// One thing that has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Report {
    /// A refresh was sent.
    RefreshStarted {
        /// Under which id the server sees it.
        id: AttemptId,
    },
    /// It was answered, or given up on; an answer after that is another one, and late.
    RefreshSettled {
        /// Under which id it was sent.
        id: AttemptId,
        /// What came of it.
        outcome: Result<(), RefreshFailure>,
        /// How long it was on the wire.
        took: Millis,
        /// Whether it had been given up on.
        is_late: bool,
    },
    /// Another tab has handed a token over.
    Adopted,
    /// It is not known whose a token is, though it should say so: a refresh that brings another person goes unnoticed.
    /// Said once.
    IdentityMissing,
    /// A refresh that is due is put off.
    Deferred {
        /// For whose sake.
        why: Delay,
        /// For how long at the most.
        wait: Millis,
    },
    /// A try to sign out at the server has come to its end.
    SignOutSettled {
        /// What the server knows now: confirmed, pending, or given up.
        status: SignOutStatus,
        /// How many tries the server has answered without confirming it.
        tries: u32,
        /// Why it is not confirmed.
        failure: Option<SignOutFailure>,
    },
    /// The session is over.
    Ended {
        /// Why.
        reason: EndReason,
        /// In another tab.
        elsewhere: bool,
    },
    /// The clocks disagree on how much time has passed since something happened last: one was set, or stood still while
    /// the machine slept.
    ClockJumped {
        /// What the wall clock has counted, in milliseconds.
        wall_ms: i64,
        /// What the monotonic clock has counted.
        monotonic_ms: i64,
    },
}

/// Why a refresh that is due is put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delay {
    /// The one before has failed.
    Backoff,
    /// The server has rejected the one before, and is asked once more.
    Confirmation,
    /// Other tabs are asked whether one has a token.
    Tabs,
    /// The page of the one before has gone, and its cookie may be on the way.
    Orphan,
    /// A worker leaves it to a page.
    Page,
}
