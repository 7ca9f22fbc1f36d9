//! The reasons why there is no session.

/// The reason why there is no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// There was none: a first visitor.
    None,
    /// The user signed out.
    SignedOut,
    /// The server rejected the session.
    Rejected,
    /// Another user's cookie has overwritten that of a sign-in. It belongs to the response to an
    /// earlier refresh, which was received after the sign-in.
    Replaced,
}

impl EndReason {
    /// Returns the reason for versions that do not know this one.
    pub(crate) fn as_first_known(self) -> Self {
        if self == Self::Replaced { Self::Rejected } else { self }
    }
}
