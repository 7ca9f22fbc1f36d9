//! A refresh or a login that was sent, and the weight of its reply.

use crate::session::id::{AttemptId, EpochId, Ticket};
use crate::session::markers::in_flight::LONGEST_IN_FLIGHT;
use crate::session::markers::refresh_marker::{MarkerState, RefreshMarker};
use crate::session::time::{Millis, Moment};
use crate::session::turn::{Refreshing, Turn};

/// A refresh that was sent, or a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SentRefresh {
    pub(crate) attempt: AttemptId,
    /// The attempt id that the server sees.
    pub(crate) id: AttemptId,
    /// The session in which the first refresh with its id was sent, if it was known.
    pub(crate) under: Option<EpochId>,
    /// Its number among the refreshes of this tab, from 1.
    pub(crate) number: u32,
    pub(crate) began: Moment,
    /// The ticket of a login function, whose request sets the cookie as that of a refresh does. It
    /// has no number, and was sent under the latest session that was known then.
    pub(crate) login: Option<Ticket>,
}

impl SentRefresh {
    /// Returns the refresh in flight in a turn.
    pub(crate) fn of(turn: &Turn) -> Option<Self> {
        let &Refreshing { id, number, under, began, .. } = turn.refreshing()?;
        Some(Self { attempt: turn.attempt, id, under, number, began, login: None })
    }

    /// Returns its marker in this state.
    pub(crate) fn marker_in(&self, state: MarkerState) -> RefreshMarker {
        let marker = RefreshMarker::stray(self.id, self.began.wall_ms());
        let stray_since = marker.stray_since.filter(|_| state == MarkerState::Stray);
        RefreshMarker { state, stray_since, under: self.under, ..marker }
    }

    /// Returns how much longer it counts as in flight.
    pub(crate) fn left(&self, now: Moment) -> Millis {
        LONGEST_IN_FLIGHT - now.since(self.began)
    }
}

/// The weight of the reply to a refresh.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// The reply belongs to the current turn.
    InTime(SentRefresh),
    /// The refresh was given up. It belongs to the current session, so a success counts.
    Late(SentRefresh),
    /// The refresh was given up, and belongs to another session.
    Stray(SentRefresh),
    /// The reply belongs to the current turn, but to another session.
    Inert(SentRefresh),
    /// The refresh is unknown.
    Unknown,
}

impl Settled {
    /// Returns the refresh that has settled.
    pub(crate) fn sent(&self) -> Option<SentRefresh> {
        match self {
            Self::InTime(sent) | Self::Late(sent) | Self::Stray(sent) | Self::Inert(sent) => Some(*sent),
            Self::Unknown => None,
        }
    }
}
