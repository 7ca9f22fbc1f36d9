//! A turn at the wire: one sign-in, sign-out or refresh, from when it is asked for until it is settled or given up on.

use super::error::RefreshFailure;
use super::id::{AttemptId, EpochId, Ticket};
use super::refresh_marker::RefreshMarker;
use super::time::{Deadline, Millis, Moment};

/// How much of the time between two looks counts as waited: a machine that sleeps, or a clock that is set, must not make
/// a tab believe that whoever is at the wire is gone.
const SLICE: Millis = Millis::from_secs(5);

/// A tab that has not run for longer while it looked whose session there is does not know that any more.
const COMPARISON_GAP: Millis = Millis::from_secs(4);

/// What a turn at the wire is for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Refresh,
    Login { ticket: Ticket },
    SignOut { tickets: Vec<Ticket>, urge: Urge },
}

/// What a sign-out is sent for. Of two that are made one, the first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urge {
    /// The user has just said so.
    First,
    /// It is written down that the user has said so, some time before.
    Pursuit,
}

impl Task {
    /// Who waits for it.
    pub(crate) fn into_tickets(self) -> Vec<Ticket> {
        match self {
            Self::Refresh => Vec::new(),
            Self::Login { ticket } => vec![ticket],
            Self::SignOut { tickets, .. } => tickets,
        }
    }
}

/// How far a turn has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The lock is waited for.
    Locking,
    /// The lock is held; the other tabs' answers, or the cookie of an orphan, are waited for.
    Holding,
    /// Nothing is waited for any more; what is stored is looked at once more.
    Looking,
    /// Something is on the wire.
    Busy,
}

/// A turn that was asked for, or is being had.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) attempt: AttemptId,
    pub(crate) task: Task,
    pub(crate) stage: Stage,
    /// When it was asked for, then when it began.
    since: Moment,
    /// How much longer, awake, it may be waited for, or be on the wire.
    left: Millis,
    looked: Moment,
    /// Nobody has looked at it for long: the tab was frozen, and the lock may have been taken from it.
    pub(crate) neglected: bool,
    /// How long ago somebody looked at who has the lock.
    unwatched: Millis,
    /// Until when an orphan's cookie is waited for.
    orphan: Deadline,
    /// Which orphan's, the last time. It is not waited for twice, whatever the clocks say.
    pub(crate) waited_for: Option<RefreshMarker>,
    /// Under which id its refresh was sent.
    pub(crate) id: Option<AttemptId>,
    /// Under which session the first of its attempts was sent, where that was known.
    pub(crate) under: Option<EpochId>,
    /// What is on the wire is a refresh that tells a sign-out whose session there is.
    pub(crate) compares: bool,
    /// Of which sessions a sign-out tells the server: all that had begun by then.
    pub(crate) tells: Option<EpochId>,
    /// Whether its sign-out carried the access token.
    pub(crate) carries_token: bool,
    /// Why its sign-out was refused: a refresh tells whether the session is over.
    pub(crate) refused: Option<RefreshFailure>,
    /// Of an epoch that is over: whatever it brings changes nothing.
    inert: bool,
}

impl Turn {
    /// It is asked for, and may be waited for that long.
    pub(crate) fn ask(attempt: AttemptId, task: Task, bound: Millis, now: Moment) -> Self {
        Self {
            attempt,
            task,
            stage: Stage::Locking,
            since: now,
            left: bound,
            looked: now,
            neglected: false,
            unwatched: Millis::ZERO,
            orphan: Deadline::new(now, Millis::ZERO),
            waited_for: None,
            id: None,
            under: None,
            compares: false,
            tells: None,
            carries_token: false,
            refused: None,
            inert: false,
        }
    }

    /// It begins: something will be on the wire, for that long at the most.
    pub(crate) fn begin(&mut self, bound: Millis, now: Moment) {
        self.stage = Stage::Busy;
        self.since = now;
        self.wait_again(bound, now);
    }

    /// The lock is there; the other tabs are asked first, for `answers` at the most, and an orphan's cookie is waited
    /// for, for the whole of `orphan`.
    pub(crate) fn hold(&mut self, answers: Millis, orphan: Millis, now: Moment) {
        self.stage = Stage::Holding;
        self.orphan = Deadline::new(now, orphan);
        self.wait_again(answers.max(orphan), now);
    }

    /// When it began.
    pub(crate) fn began(&self) -> Moment {
        self.since
    }

    /// How much longer an orphan's cookie is waited for.
    pub(crate) fn orphan_left(&self, now: Moment) -> Millis {
        self.orphan.remaining(now)
    }

    /// How much of a wait for this orphan is left. None is waited for twice.
    pub(crate) fn still_waits(&self, orphan: Option<RefreshMarker>, wait: Millis, now: Moment) -> Millis {
        let is_same = self
            .waited_for
            .zip(orphan)
            .is_some_and(|(before, orphan)| before.is_same(&orphan) && before.state == orphan.state);
        if is_same { self.orphan_left(now).min(wait) } else { wait }
    }

    /// Whether something of it is on the wire.
    pub(crate) fn is_busy(&self) -> bool {
        self.stage == Stage::Busy
    }

    /// Whether a refresh of it is on the wire: its own, or the one that a sign-out is compared with.
    pub(crate) fn has_refresh_out(&self) -> bool {
        self.is_busy() && (self.task == Task::Refresh || self.compares)
    }

    /// Whether nobody has looked at it for longer than `gap`, now or before.
    pub(crate) fn was_neglected(&self, now: Moment, gap: Millis) -> bool {
        self.neglected || now.since(self.looked) > self.longest_gap(gap)
    }

    /// How long nobody may look at it. What tells whose session there is must be new.
    fn longest_gap(&self, gap: Millis) -> Millis {
        if self.compares { gap.min(COMPARISON_GAP) } else { gap }
    }

    /// It may be waited for that long from now on.
    pub(crate) fn wait_again(&mut self, bound: Millis, now: Moment) {
        self.left = bound;
        self.looked = now;
    }

    /// Counts the time that has passed since the last look; `gap` without one is long.
    pub(crate) fn look(&mut self, now: Moment, gap: Millis) {
        let passed = now.surely_since(self.looked).min(SLICE);
        self.left = self.left - passed;
        self.unwatched = self.unwatched + passed;
        self.neglected = self.was_neglected(now, gap);
        self.looked = now;
    }

    /// Whether it waits for the lock, and it is time to look at who has that.
    pub(crate) fn is_to_be_watched(&mut self, gap: Millis) -> bool {
        let is_time = self.stage == Stage::Locking && self.unwatched >= SLICE.min(gap / 2);
        if is_time {
            self.unwatched = Millis::ZERO;
        }
        is_time
    }

    /// How long until the next look at it; zero when it is overdue.
    pub(crate) fn next_look(&self, now: Moment, gap: Millis) -> Millis {
        let look = SLICE.min(self.longest_gap(gap) / 2);
        self.left.min(look) - now.surely_since(self.looked)
    }

    /// Whether it has taken too long.
    pub(crate) fn is_overdue(&self) -> bool {
        self.left.is_zero()
    }

    /// Its epoch is over: what a refresh of it brings changes nothing.
    pub(crate) fn turn_inert(&mut self) {
        // Also one that a sign-out is compared with: it may bring the cookie of the session before.
        self.inert = self.has_refresh_out();
    }

    /// Whether a refresh of it is of an epoch that is over.
    pub(crate) fn is_inert(&self) -> bool {
        self.inert
    }
}

#[cfg(test)]
mod tests {
    use super::super::refresh_marker::MarkerState;
    use super::*;

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

    #[test]
    fn a_refresh_is_out_while_its_turn_is_busy_and_so_is_the_one_a_sign_out_is_compared_with() {
        let sign_out = || Task::SignOut { tickets: Vec::new(), urge: Urge::First };
        let login = || Task::Login { ticket: Ticket(1) };
        for (task, compares, is_out) in [
            (Task::Refresh, false, true),
            (login(), false, false),
            (sign_out(), false, false),
            (sign_out(), true, true),
        ] {
            let mut turn = turn(task);
            turn.compares = compares;
            turn.turn_inert();
            assert!(!turn.has_refresh_out() && !turn.is_inert(), "it has not begun");
            turn.begin(GAP, at(7));
            assert_eq!((turn.is_busy(), turn.began()), (true, at(7)));
            turn.turn_inert();
            assert_eq!((turn.has_refresh_out(), turn.is_inert()), (is_out, is_out), "{:?}", turn.task);
        }
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
            let turn = || Turn { compares, ..turn(Task::Refresh) };
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
