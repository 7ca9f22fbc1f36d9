//! Turns at the refresh cookie: one sign-in, sign-out or refresh, from the request for the lock until it has settled.

mod queue;
mod sent_refresh;
mod stage;

pub(crate) use queue::Queue;
pub(crate) use sent_refresh::{SentRefresh, Settled};
pub(crate) use stage::{OnWire, Refreshing, Stage};

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
mod tests {
    use super::*;
    use crate::session::markers::refresh_marker::MarkerState;

    const GAP: Millis = Millis::from_secs(30);

    fn at(ms: i64) -> Moment {
        Moment::new(1_000_000 + ms, ms)
    }

    fn turn(task: Task) -> Turn {
        Turn::ask(AttemptId::draw(&mut || 1), task, Millis::from_secs(15), at(0))
    }

    fn ms(ms: u64) -> Millis {
        Millis::new(ms)
    }

    fn refreshing() -> Refreshing {
        let id = AttemptId::draw(&mut || 1);
        Refreshing { id, number: 1, under: None, began: at(7), is_inert: false }
    }

    #[test]
    fn a_refresh_is_out_while_one_is_on_the_wire_and_while_a_sign_out_is_compared_with_one() {
        let comparison = OnWire::Comparison { refreshing: refreshing(), tells: None };
        let sign_out = OnWire::SignOut { tells: None, carries_token: false };
        for (sent, compares, is_out) in [
            (OnWire::Refresh(refreshing()), false, true),
            (OnWire::Login { began: at(7) }, false, false),
            (sign_out, false, false),
            (comparison, true, true),
        ] {
            let mut turn = turn(Task::Refresh);
            turn.turn_inert();
            assert!(!turn.is_busy() && !turn.is_inert(), "it has not begun");
            let case = format!("{sent:?}");
            turn.send(sent, GAP, at(7));
            assert!(turn.is_busy() && !turn.is_locking() && !turn.is_held() && !turn.is_inert(), "{case}");
            turn.turn_inert();
            let said = (turn.compares(), turn.refreshing().is_some(), turn.is_inert());
            assert_eq!(said, (compares, is_out, is_out), "{case}");
        }
    }

    #[test]
    fn a_turn_reads_again_once_it_has_the_lock() {
        let mut turn = turn(Task::Refresh);
        turn.read_again(GAP, at(0));
        assert!(turn.is_locking() && !turn.is_held());
        turn.hold(ms(100), ms(9_000), at(0));
        assert!(turn.is_held() && turn.stage == Stage::Holding { orphan: Deadline::new(at(0), ms(9_000)) });
        turn.read_again(GAP, at(1_000));
        assert!(turn.is_held() && turn.stage == Stage::Reading { orphan: Deadline::new(at(0), ms(9_000)) });
        assert_eq!(turn.next_look(at(1_000), GAP), ms(5_000));
    }

    #[test]
    fn the_time_that_is_slept_through_does_not_count_as_waited() {
        let mut turn = turn(Task::Refresh);
        turn.look(at(4_000), GAP);
        assert_eq!(turn.next_look(at(4_000), GAP), ms(5_000));
        assert_eq!(turn.next_look(at(5_000), GAP), ms(4_000));
        assert_eq!(turn.next_look(at(10_000), GAP), Millis::ZERO);
        // Of a night five seconds count.
        turn.look(at(40_000_000), GAP);
        assert!(!turn.is_overdue());
        assert_eq!(turn.next_look(at(40_000_000), GAP), ms(5_000));
        turn.look(at(40_004_000), GAP);
        assert_eq!(turn.next_look(at(40_004_000), GAP), ms(2_000));
        turn.look(at(40_006_000), GAP);
        assert!(turn.is_overdue());
    }

    #[test]
    fn who_has_the_lock_is_looked_at_every_five_seconds_or_twice_in_a_gap() {
        for (gap, every) in [(GAP, 5_000), (ms(6_000), 3_000)] {
            let mut turn = turn(Task::Refresh);
            assert_eq!(turn.next_look(at(0), gap), ms(every));
            for round in 1..3 {
                let then = round * every as i64;
                turn.look(at(then - 1), gap);
                assert!(!turn.is_to_be_watched(gap), "{every}");
                turn.look(at(then), gap);
                assert!(turn.is_to_be_watched(gap) && !turn.is_to_be_watched(gap), "{every}");
            }
            turn.hold(GAP, Millis::ZERO, at(20_000));
            turn.look(at(25_000), gap);
            assert!(!turn.is_to_be_watched(gap), "it has the lock");
        }
    }

    #[test]
    fn a_turn_is_neglected_where_nobody_has_looked_for_longer_than_the_gap() {
        for (compares, gap) in [(false, 30_000), (true, 4_000)] {
            let turn = || {
                let mut turn = turn(Task::Refresh);
                if compares {
                    turn.send(OnWire::Comparison { refreshing: refreshing(), tells: None }, GAP, at(0));
                }
                turn
            };
            assert!(!turn().was_neglected(at(gap), GAP) && turn().was_neglected(at(gap + 1), GAP));
            let mut seen = turn();
            seen.look(at(gap + 1), GAP);
            assert!(seen.was_neglected(at(gap + 1), GAP), "it stays so");
            let mut seen = turn();
            seen.look(at(gap), GAP);
            assert!(!seen.was_neglected(at(gap), GAP));
            assert_eq!(seen.next_look(at(gap), GAP), ms(5_000.min(gap as u64 / 2)));
        }
    }

    #[test]
    fn an_orphan_is_waited_for_once() {
        let orphan = RefreshMarker::stray(AttemptId::draw(&mut || 2), 5);
        let mut turn = turn(Task::Refresh);
        turn.hold(ms(100), ms(9_000), at(1_000));
        assert_eq!(turn.orphan_left(at(2_000)), ms(8_000));
        assert_eq!(turn.next_look(at(1_000), GAP), ms(5_000), "the longer of the two waits");
        assert_eq!(turn.still_waits(Some(orphan), ms(9_500), at(2_000)), ms(9_500));
        turn.waited_for = Some(orphan);
        assert_eq!(turn.still_waits(Some(orphan), ms(9_500), at(2_000)), ms(8_000));
        assert_eq!(turn.still_waits(Some(orphan), ms(1), at(2_000)), ms(1));
        for other in [
            None,
            Some(RefreshMarker { sent: 6, ..orphan }),
            Some(RefreshMarker { state: MarkerState::Lost, ..orphan }),
        ] {
            assert_eq!(turn.still_waits(other, ms(9_500), at(2_000)), ms(9_500), "{other:?}");
        }
    }
}
