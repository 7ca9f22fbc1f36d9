//! The answers to three questions about a pending sign-out: whose session a token is of, what is
//! stored, and what to do next.

use crate::session::id::EpochId;

/// The session that a pending sign-out has found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The session that was signed out.
    Pending,
    /// Another session: a user has signed in since.
    Other,
    /// A session of the same person, who may have signed in again.
    Unclear,
}

/// The result of reading the stored sign-out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// None is pending, or a session has begun since.
    Nothing,
    /// The entries are gone, although this tab has a pending one.
    Cleared,
    /// One is pending: every session up to this id is over.
    Pending(EpochId),
}

/// The next step of a page for the sign-out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Do nothing.
    Rest,
    /// Show that the user is signed out, because the sign-out is given up.
    Show,
    /// Try once more.
    Try,
}
