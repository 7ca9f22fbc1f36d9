//! Turns at the refresh cookie: one sign-in, sign-out or refresh, from the request for the lock
//! until it has settled.

mod queue;
mod sent_refresh;
mod stage;

pub(crate) use queue::Queue;
pub(crate) use sent_refresh::{SentRefresh, Settled};
pub(crate) use stage::{OnWire, Refreshing, Stage};

use crate::session::config::COMPANION_LOOK;
use crate::session::error::RefreshFailure;
use crate::session::id::{AttemptId, Ticket};
use crate::session::markers::refresh_marker::RefreshMarker;
use crate::session::time::{Deadline, Millis, Moment};

/// The longest time between two looks that counts as waited. A sleep of the machine, or a clock
/// that is set, must not make a frozen holder of the lock seem gone.
const SLICE: Millis = Millis::from_secs(5);

/// The longest suspension of a tab during a comparison. After a longer one, the comparison no
/// longer shows whose session there is.
const COMPARISON_GAP: Millis = Millis::from_secs(4);

/// The task of a turn.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Refresh the token.
    Refresh,
    /// Run a login function.
    Login {
        /// The ticket of its caller.
        ticket: Ticket,
    },
    /// Sign out at the server.
    SignOut {
        /// The tickets of the callers that wait for its outcome.
        tickets: Vec<Ticket>,
        /// The reason why it is sent.
        urge: Urge,
    },
}

/// The reason why a sign-out is sent. If two sign-outs are merged, `First` takes precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urge {
    /// The user has just signed out.
    First,
    /// A sign-out is stored that the server has not confirmed.
    Pursuit,
}

impl Task {
    /// Returns the tickets of the callers that wait for it.
    pub(crate) fn into_tickets(self) -> Vec<Ticket> {
        match self {
            Self::Refresh => Vec::new(),
            Self::Login { ticket } => vec![ticket],
            Self::SignOut { tickets, .. } => tickets,
        }
    }

    /// Whether it is a sign-out.
    pub(crate) fn is_sign_out(&self) -> bool {
        matches!(self, Self::SignOut { .. })
    }
}

/// The result of earlier requests of a turn for its sign-out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Nothing yet.
    #[default]
    Nothing,
    /// The server has rejected the sign-out. A refresh tells whether the session is over.
    Refused {
        /// The failure.
        failure: RefreshFailure,
        /// Whether the request carried the access token.
        carried_token: bool,
    },
    /// A refresh has shown that the session goes on.
    GoesOn,
}

/// A turn, from the request for its lock.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) attempt: AttemptId,
    pub(crate) task: Task,
    pub(crate) stage: Stage,
    pub(crate) shown: Shown,
    /// The remaining time of this stage, without suspensions.
    left: Millis,
    looked: Moment,
    /// Whether the tab was suspended for long during the turn. The lock may have been taken from
    /// it.
    pub(crate) neglected: bool,
    /// The marker of the last orphan that was waited for. It is not waited for twice, whatever the
    /// clocks show.
    pub(crate) waited_for: Option<RefreshMarker>,
}

impl Turn {
    /// Creates a turn that waits for its lock, for `bound` at most.
    pub(crate) fn ask(attempt: AttemptId, task: Task, bound: Millis, now: Moment) -> Self {
        Self {
            attempt,
            task,
            stage: Stage::Locking { unwatched: Millis::ZERO },
            shown: Shown::Nothing,
            left: bound,
            looked: now,
            neglected: false,
            waited_for: None,
        }
    }

    /// Notes that a request was sent, which may take `bound`.
    pub(crate) fn send(&mut self, sent: OnWire, bound: Millis, now: Moment) {
        self.stage = Stage::OnWire(sent);
        self.wait_again(bound, now);
    }

    /// Holds the lock for the replies of other tabs, `replies` at most, and for the cookie of an
    /// orphan, the whole of `orphan`.
    pub(crate) fn hold(&mut self, replies: Millis, orphan: Millis, now: Moment) {
        self.stage = Stage::Holding { orphan: Deadline::new(now, orphan) };
        self.wait_again(replies.max(orphan), now);
    }

    /// Shortens the wait until the next look, if the server sets a companion of the refresh cookie.
    /// A change of the companion ends the wait for the cookie.
    pub(crate) fn watch_companion(&mut self, now: Moment) {
        if self.waited_for.is_some_and(|marker| marker.companion.is_some()) {
            self.wait_again(self.orphan_left(now).min(COMPANION_LOOK), now);
        }
    }

    /// Reads the stored entries once more, which may take `bound`.
    pub(crate) fn read_again(&mut self, bound: Millis, now: Moment) {
        if let Stage::Holding { orphan } = self.stage {
            self.stage = Stage::Reading { orphan };
            self.wait_again(bound, now);
        }
    }

    /// Returns the remaining wait for the cookie of an orphan.
    pub(crate) fn orphan_left(&self, now: Moment) -> Millis {
        match &self.stage {
            Stage::Holding { orphan } | Stage::Reading { orphan } => orphan.remaining(now),
            Stage::Locking { .. } | Stage::OnWire(_) => Millis::ZERO,
        }
    }

    /// Returns the remaining wait for this marker. No orphan is waited for twice.
    pub(crate) fn still_waits(&self, orphan: Option<RefreshMarker>, wait: Millis, now: Moment) -> Millis {
        let is_same = self
            .waited_for
            .zip(orphan)
            .is_some_and(|(before, orphan)| before.is_same(&orphan) && before.state == orphan.state);
        if is_same { self.orphan_left(now).min(wait) } else { wait }
    }

    /// Whether it waits for its lock.
    pub(crate) fn is_locking(&self) -> bool {
        matches!(self.stage, Stage::Locking { .. })
    }

    /// Whether it holds the lock, and has sent nothing yet.
    pub(crate) fn is_held(&self) -> bool {
        matches!(self.stage, Stage::Holding { .. } | Stage::Reading { .. })
    }

    /// Whether a request of it is in flight.
    pub(crate) fn is_busy(&self) -> bool {
        self.on_wire().is_some()
    }

    /// Returns the request in flight.
    pub(crate) fn on_wire(&self) -> Option<&OnWire> {
        match &self.stage {
            Stage::OnWire(sent) => Some(sent),
            _ => None,
        }
    }

    /// Returns the refresh in flight: its own, or the one that a sign-out is compared with.
    pub(crate) fn refreshing(&self) -> Option<&Refreshing> {
        self.on_wire().and_then(OnWire::refreshing)
    }

    /// Whether the refresh in flight shows a sign-out whose session there is.
    pub(crate) fn compares(&self) -> bool {
        matches!(self.stage, Stage::OnWire(OnWire::Comparison { .. }))
    }

    /// Returns why its sign-out was rejected, while a refresh is to tell whether the session is
    /// over.
    pub(crate) fn refusal(&self) -> Option<RefreshFailure> {
        match self.shown {
            Shown::Refused { failure, .. } => Some(failure),
            Shown::Nothing | Shown::GoesOn => None,
        }
    }

    /// Whether the tab was suspended for longer than `gap`, now or before.
    pub(crate) fn was_neglected(&self, now: Moment, gap: Millis) -> bool {
        self.neglected || now.since(self.looked) > self.longest_gap(gap)
    }

    /// Returns the longest allowed suspension. A comparison must be recent.
    fn longest_gap(&self, gap: Millis) -> Millis {
        if self.compares() { gap.min(COMPARISON_GAP) } else { gap }
    }

    /// Allows this stage `bound` from now on.
    pub(crate) fn wait_again(&mut self, bound: Millis, now: Moment) {
        self.left = bound;
        self.looked = now;
    }

    /// Counts the time that has passed since the last look. A longer time than `gap` is a
    /// suspension.
    pub(crate) fn look(&mut self, now: Moment, gap: Millis) {
        let passed = now.surely_since(self.looked).min(SLICE);
        self.left = self.left - passed;
        if let Stage::Locking { unwatched } = &mut self.stage {
            *unwatched = *unwatched + passed;
        }
        self.neglected = self.was_neglected(now, gap);
        self.looked = now;
    }

    /// Whether to look up the holder of the lock that it waits for.
    pub(crate) fn is_to_be_watched(&mut self, gap: Millis) -> bool {
        match &mut self.stage {
            Stage::Locking { unwatched } if *unwatched >= SLICE.min(gap / 2) => {
                *unwatched = Millis::ZERO;
                true
            }
            _ => false,
        }
    }

    /// Returns the time until the next look; zero if it is overdue.
    pub(crate) fn next_look(&self, now: Moment, gap: Millis) -> Millis {
        let look = SLICE.min(self.longest_gap(gap) / 2);
        self.left.min(look) - now.surely_since(self.looked)
    }

    /// Whether this stage has taken too long.
    pub(crate) fn is_overdue(&self) -> bool {
        self.left.is_zero()
    }

    /// Makes the refresh in flight inert, because its session is over: its outcome changes nothing.
    ///
    /// This includes a refresh that a sign-out is compared with: it may bring the cookie of the
    /// earlier session.
    pub(crate) fn turn_inert(&mut self) {
        if let Stage::OnWire(sent) = &mut self.stage
            && let Some(refreshing) = sent.refreshing_mut()
        {
            refreshing.is_inert = true;
        }
    }

    /// Whether the session of the refresh in flight is over.
    pub(crate) fn is_inert(&self) -> bool {
        self.refreshing().is_some_and(|refreshing| refreshing.is_inert)
    }
}

#[cfg(test)]
mod tests;
