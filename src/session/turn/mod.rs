//! Turns at the refresh cookie: one sign-in, sign-out or refresh, from the request for the lock until it has settled.

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

/// How much of the time between two looks counts as waited. A machine that sleeps, or a clock that is set, must not make a
/// tab believe that the holder of the lock is gone.
const SLICE: Millis = Millis::from_secs(5);

/// A tab that has not run for longer during a comparison does not know any more whose session there is.
const COMPARISON_GAP: Millis = Millis::from_secs(4);

/// What a turn is for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Refresh the token.
    Refresh,
    /// Run a login function.
    Login {
        /// Its caller.
        ticket: Ticket,
    },
    /// Sign out at the server.
    SignOut {
        /// The callers that wait for its outcome.
        tickets: Vec<Ticket>,
        /// What it is sent for.
        urge: Urge,
    },
}

/// What a sign-out is sent for. Of two that are made one, the first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urge {
    /// The user has just signed out.
    First,
    /// A sign-out is stored that the server has not confirmed.
    Pursuit,
}

impl Task {
    /// Returns the callers that wait for it.
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

/// What earlier requests of a turn have shown of its sign-out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Nothing yet.
    #[default]
    Nothing,
    /// The server has refused it. A refresh tells whether the session is over.
    Refused {
        /// Its reply.
        failure: RefreshFailure,
        /// Whether the request carried the access token.
        carried_token: bool,
    },
    /// A refresh has found that the session goes on.
    GoesOn,
}

/// A turn that was requested, or is being had.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) attempt: AttemptId,
    pub(crate) task: Task,
    pub(crate) stage: Stage,
    pub(crate) shown: Shown,
    /// How much longer, awake, this stage may take.
    left: Millis,
    looked: Moment,
    /// Whether nobody has looked at it for long: the tab was frozen, and the lock may have been taken from it.
    pub(crate) neglected: bool,
    /// The marker whose cookie was waited for last. It is not waited for twice, whatever the clocks say.
    pub(crate) waited_for: Option<RefreshMarker>,
}

impl Turn {
    /// Creates a turn whose lock may be waited for that long.
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

    /// Notes what is sent, and may take that long.
    pub(crate) fn send(&mut self, sent: OnWire, bound: Millis, now: Moment) {
        self.stage = Stage::OnWire(sent);
        self.wait_again(bound, now);
    }

    /// Holds the lock: for the replies of other tabs, `replies` at the most, and for the cookie of another refresh, the whole
    /// of `orphan`.
    pub(crate) fn hold(&mut self, replies: Millis, orphan: Millis, now: Moment) {
        self.stage = Stage::Holding { orphan: Deadline::new(now, orphan) };
        self.wait_again(replies.max(orphan), now);
    }

    /// Looks at the companion of the refresh cookie soon, where the server has one: it ends the wait for that cookie.
    pub(crate) fn watch_companion(&mut self, now: Moment) {
        if self.waited_for.is_some_and(|marker| marker.companion.is_some()) {
            self.wait_again(self.orphan_left(now).min(COMPANION_LOOK), now);
        }
    }

    /// Reads what is stored once more, which may take that long.
    pub(crate) fn read_again(&mut self, bound: Millis, now: Moment) {
        if let Stage::Holding { orphan } = self.stage {
            self.stage = Stage::Reading { orphan };
            self.wait_again(bound, now);
        }
    }

    /// Returns how much longer the cookie of another refresh is waited for.
    pub(crate) fn orphan_left(&self, now: Moment) -> Millis {
        match &self.stage {
            Stage::Holding { orphan } | Stage::Reading { orphan } => orphan.remaining(now),
            Stage::Locking { .. } | Stage::OnWire(_) => Millis::ZERO,
        }
    }

    /// Returns how much of a wait for this marker is left. None is waited for twice.
    pub(crate) fn still_waits(&self, orphan: Option<RefreshMarker>, wait: Millis, now: Moment) -> Millis {
        let is_same = self
            .waited_for
            .zip(orphan)
            .is_some_and(|(before, orphan)| before.is_same(&orphan) && before.state == orphan.state);
        if is_same { self.orphan_left(now).min(wait) } else { wait }
    }

    /// Whether its lock is waited for.
    pub(crate) fn is_locking(&self) -> bool {
        matches!(self.stage, Stage::Locking { .. })
    }

    /// Whether the lock is held, and nothing is sent yet.
    pub(crate) fn is_held(&self) -> bool {
        matches!(self.stage, Stage::Holding { .. } | Stage::Reading { .. })
    }

    /// Whether something is on the wire.
    pub(crate) fn is_busy(&self) -> bool {
        self.on_wire().is_some()
    }

    /// Returns what is on the wire.
    pub(crate) fn on_wire(&self) -> Option<&OnWire> {
        match &self.stage {
            Stage::OnWire(sent) => Some(sent),
            _ => None,
        }
    }

    /// Returns the refresh that is on the wire: its own, or the one that a sign-out is compared with.
    pub(crate) fn refreshing(&self) -> Option<&Refreshing> {
        self.on_wire().and_then(OnWire::refreshing)
    }

    /// Whether the refresh on the wire tells a sign-out whose session there is.
    pub(crate) fn compares(&self) -> bool {
        matches!(self.stage, Stage::OnWire(OnWire::Comparison { .. }))
    }

    /// Why its sign-out was refused, while a refresh is to tell whether the session is over.
    pub(crate) fn refusal(&self) -> Option<RefreshFailure> {
        match self.shown {
            Shown::Refused { failure, .. } => Some(failure),
            Shown::Nothing | Shown::GoesOn => None,
        }
    }

    /// Whether nobody has looked at it for longer than `gap`, now or before.
    pub(crate) fn was_neglected(&self, now: Moment, gap: Millis) -> bool {
        self.neglected || now.since(self.looked) > self.longest_gap(gap)
    }

    /// Returns how long nobody may look at it. What tells whose session there is must be new.
    fn longest_gap(&self, gap: Millis) -> Millis {
        if self.compares() { gap.min(COMPARISON_GAP) } else { gap }
    }

    /// Allows this stage so much time from now on.
    pub(crate) fn wait_again(&mut self, bound: Millis, now: Moment) {
        self.left = bound;
        self.looked = now;
    }

    /// Counts the time that has passed since the last look. `gap` without one is long.
    pub(crate) fn look(&mut self, now: Moment, gap: Millis) {
        let passed = now.surely_since(self.looked).min(SLICE);
        self.left = self.left - passed;
        if let Stage::Locking { unwatched } = &mut self.stage {
            *unwatched = *unwatched + passed;
        }
        self.neglected = self.was_neglected(now, gap);
        self.looked = now;
    }

    /// Whether it is time to look at who holds the lock that it waits for.
    pub(crate) fn is_to_be_watched(&mut self, gap: Millis) -> bool {
        match &mut self.stage {
            Stage::Locking { unwatched } if *unwatched >= SLICE.min(gap / 2) => {
                *unwatched = Millis::ZERO;
                true
            }
            _ => false,
        }
    }

    /// Returns how long until the next look at it; zero when it is overdue.
    pub(crate) fn next_look(&self, now: Moment, gap: Millis) -> Millis {
        let look = SLICE.min(self.longest_gap(gap) / 2);
        self.left.min(look) - now.surely_since(self.looked)
    }

    /// Whether this stage has taken too long.
    pub(crate) fn is_overdue(&self) -> bool {
        self.left.is_zero()
    }

    /// Its session is over: what a refresh of it brings changes nothing. Neither does one that a sign-out is compared with: it
    /// may bring the cookie of the session before.
    pub(crate) fn turn_inert(&mut self) {
        if let Stage::OnWire(sent) = &mut self.stage
            && let Some(refreshing) = sent.refreshing_mut()
        {
            refreshing.is_inert = true;
        }
    }

    /// Whether the refresh on the wire is of a session that is over.
    pub(crate) fn is_inert(&self) -> bool {
        self.refreshing().is_some_and(|refreshing| refreshing.is_inert)
    }
}

#[cfg(test)]
mod tests;
