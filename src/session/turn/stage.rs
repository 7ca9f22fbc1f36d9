//! The stage of a turn, and its state.

use crate::session::id::{AttemptId, EpochId};
use crate::session::time::{Deadline, Millis, Moment};

/// The stage of a turn.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The turn waits for the lock.
    Locking {
        /// The time since the last look at the holder of the lock.
        unwatched: Millis,
    },
    /// The lock is held. The turn waits for the replies of other tabs, or for the cookie of an
    /// orphan.
    Holding {
        /// The end of the wait for that cookie.
        orphan: Deadline,
    },
    /// All waits are over. The stored entries are read once more.
    Reading {
        /// The end of the wait for a cookie.
        orphan: Deadline,
    },
    /// A request was sent.
    OnWire(OnWire),
}

/// The request in flight in a turn.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum OnWire {
    /// A refresh.
    Refresh(Refreshing),
    /// A refresh that shows a sign-out whose session there is.
    Comparison {
        /// The refresh.
        refreshing: Refreshing,
        /// The sign-out ends every session up to this id.
        tells: Option<EpochId>,
    },
    /// A sign-out.
    SignOut {
        /// The sign-out ends every session up to this id.
        tells: Option<EpochId>,
        /// Whether it carries the access token.
        carries_token: bool,
    },
    /// A login function, which is running.
    Login,
}

/// A refresh in flight.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refreshing {
    /// The attempt id that the server receives.
    pub(crate) id: AttemptId,
    /// Its number among the refreshes of this tab, from 1.
    pub(crate) number: u32,
    /// The session in which the first refresh with its id was sent, if it was known.
    pub(crate) under: Option<EpochId>,
    /// The moment when it was sent.
    pub(crate) began: Moment,
    /// Whether its session is over. Then its outcome changes nothing.
    pub(crate) is_inert: bool,
}

impl OnWire {
    /// Returns the refresh, if it is one.
    pub(crate) fn refreshing(&self) -> Option<&Refreshing> {
        match self {
            Self::Refresh(refreshing) | Self::Comparison { refreshing, .. } => Some(refreshing),
            Self::SignOut { .. } | Self::Login => None,
        }
    }

    /// Returns the refresh, to change it.
    pub(crate) fn refreshing_mut(&mut self) -> Option<&mut Refreshing> {
        match self {
            Self::Refresh(refreshing) | Self::Comparison { refreshing, .. } => Some(refreshing),
            Self::SignOut { .. } | Self::Login => None,
        }
    }

    /// Returns the id up to which sessions are signed out.
    pub(crate) fn tells(&self) -> Option<EpochId> {
        match self {
            Self::Comparison { tells, .. } | Self::SignOut { tells, .. } => *tells,
            Self::Refresh(_) | Self::Login => None,
        }
    }
}
