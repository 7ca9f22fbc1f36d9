//! How far a turn has come, with what belongs to each stage.

use crate::session::id::{AttemptId, EpochId};
use crate::session::time::{Deadline, Millis, Moment};

/// The stage of a turn.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The lock is waited for.
    Locking {
        /// How long ago somebody looked at who holds it.
        unwatched: Millis,
    },
    /// The lock is held. The replies of other tabs are waited for, or the cookie of another refresh.
    Holding {
        /// Until when that cookie is waited for.
        orphan: Deadline,
    },
    /// Nothing is waited for any more. What is stored is read once more.
    Reading {
        /// Until when a cookie was waited for.
        orphan: Deadline,
    },
    /// Something was sent.
    OnWire(OnWire),
}

/// What is on the wire in a turn.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum OnWire {
    /// A refresh.
    Refresh(Refreshing),
    /// A refresh that tells a sign-out whose session there is.
    Comparison {
        /// The refresh.
        refreshing: Refreshing,
        /// The sign-out ends every session that had begun by then.
        tells: Option<EpochId>,
    },
    /// A sign-out.
    SignOut {
        /// It ends every session that had begun by then.
        tells: Option<EpochId>,
        /// Whether it carries the access token.
        carries_token: bool,
    },
    /// A login function runs.
    Login {
        /// Since when.
        began: Moment,
    },
}

/// A refresh on the wire.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refreshing {
    /// The attempt id that the server receives.
    pub(crate) id: AttemptId,
    /// Its number among the refreshes of this tab, from 1.
    pub(crate) number: u32,
    /// The session in which the first of its attempts was sent, where that was known.
    pub(crate) under: Option<EpochId>,
    /// When it was sent.
    pub(crate) began: Moment,
    /// Whether its session is over: whatever it brings changes nothing.
    pub(crate) is_inert: bool,
}

impl OnWire {
    /// Returns the refresh, if it is one.
    pub(crate) fn refreshing(&self) -> Option<&Refreshing> {
        match self {
            Self::Refresh(refreshing) | Self::Comparison { refreshing, .. } => Some(refreshing),
            Self::SignOut { .. } | Self::Login { .. } => None,
        }
    }

    /// Returns the refresh, to change it.
    pub(crate) fn refreshing_mut(&mut self) -> Option<&mut Refreshing> {
        match self {
            Self::Refresh(refreshing) | Self::Comparison { refreshing, .. } => Some(refreshing),
            Self::SignOut { .. } | Self::Login { .. } => None,
        }
    }

    /// Returns up to when the server is told of sessions that are over.
    pub(crate) fn tells(&self) -> Option<EpochId> {
        match self {
            Self::Comparison { tells, .. } | Self::SignOut { tells, .. } => *tells,
            Self::Refresh(_) | Self::Login { .. } => None,
        }
    }
}
