//! A refresh that was sent, and what its answer is worth.

use crate::session::id::{AttemptId, EpochId};
use crate::session::markers::in_flight::LONGEST_IN_FLIGHT;
use crate::session::time::{Millis, Moment};
use crate::session::turn::{Refreshing, Turn};

/// A refresh that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SentRefresh {
    pub(crate) attempt: AttemptId,
    /// The attempt id that the server sees.
    pub(crate) id: AttemptId,
    /// Under which session the first of its attempts was sent, where that was known.
    pub(crate) under: Option<EpochId>,
    /// Its number among the refreshes of this tab, from 1.
    pub(crate) number: u32,
    pub(crate) began: Moment,
}

impl SentRefresh {
    /// Returns the refresh that is on the wire in a turn.
    pub(crate) fn of(turn: &Turn) -> Option<Self> {
        let &Refreshing { id, number, under, began, .. } = turn.refreshing()?;
        Some(Self { attempt: turn.attempt, id, under, number, began })
    }

    /// Returns how much longer it counts as in flight.
    pub(crate) fn left(&self, now: Moment) -> Millis {
        LONGEST_IN_FLIGHT - now.since(self.began)
    }
}

/// What the answer to a refresh is worth.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// The answer to the turn that is being had.
    InTime(SentRefresh),
    /// The answer to one that was given up on. Of the current epoch, so it counts if it is good news.
    Late(SentRefresh),
    /// The answer to one that was given up on, and of another epoch.
    Stray(SentRefresh),
    /// Of another epoch.
    Inert(SentRefresh),
    /// Nobody's.
    Unknown,
}

impl Settled {
    /// Which one was answered.
    pub(crate) fn sent(&self) -> Option<SentRefresh> {
        match self {
            Self::InTime(sent) | Self::Late(sent) | Self::Stray(sent) | Self::Inert(sent) => Some(*sent),
            Self::Unknown => None,
        }
    }
}
