//! What a crowd costs: of callers that wait for one refresh, and of tabs that share one session.

use std::time::Instant;

use silent_session::session::{
    AccessToken, AttemptId, Command, Entropy, Event, Grant, Memo, Moment, Session, Ticket,
};

use super::*;

const START: Moment = Moment::new(1_700_000_000_000, 0);

fn at(ms: i64) -> Moment {
    Moment::new(START.wall_ms() + ms, ms)
}

/// How callers leave that wait for one refresh.
#[derive(Clone, Copy, Debug)]
enum Leaving {
    Answered,
    Denied,
    WithdrawnFirstFirst,
    WithdrawnLastFirst,
}

/// A tab whose lock is free at once.
struct Lone<E> {
    session: Session<E>,
    out: Option<AttemptId>,
    answered: u32,
}

impl<E: Entropy> Lone<E> {
    fn handle(&mut self, ms: i64, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            for command in self.session.handle(at(ms), event) {
                match command {
                    Command::AcquireLock { attempt } => {
                        events.push(Event::LockGranted { attempt, contended: false, memo: Memo::default() });
                    }
                    Command::SendRefresh { attempt, .. } => self.out = Some(attempt),
                    Command::Answer { .. } => self.answered += 1,
                    _ => {}
                }
            }
        }
        assert_ne!(self.session.deadline(at(ms)), Some(Duration::ZERO));
    }

    fn leave(&mut self, many: u32, leaving: Leaving) {
        match leaving {
            Leaving::Answered => {
                let grant = Grant {
                    token: AccessToken::new("t"),
                    received: at(5_000),
                    lifetime: Some(Duration::from_secs(900)),
                    subject: None,
                };
                let (attempt, outcome, memo) = (self.out.unwrap(), Ok(grant), Memo::default());
                self.handle(5_000, Event::RefreshSettled { attempt, outcome, echoes: false, memo });
            }
            Leaving::Denied => (15_000..26_000).step_by(10).for_each(|ms| self.handle(ms, Event::Tick)),
            Leaving::WithdrawnFirstFirst => (0..many).for_each(|number| self.withdraw(number)),
            Leaving::WithdrawnLastFirst => (0..many).rev().for_each(|number| self.withdraw(number)),
        }
    }

    fn withdraw(&mut self, number: u32) {
        self.handle(5_000, Event::Withdrawn { ticket: Ticket(number) });
    }
}

/// What one of so many callers costs, in nanoseconds.
#[expect(clippy::disallowed_methods, reason = "it measures what the machine takes")]
fn cost_of_one_of(many: u32, leaving: Leaving, is_worker: bool) -> u128 {
    let mut chance = 0_u64;
    let entropy = move || {
        chance += 1;
        chance
    };
    let session = Session::new(Config { defers: is_worker, ..Config::default() }, entropy);
    let mut tab = Lone { session, out: None, answered: 0 };
    let begun = Instant::now();
    tab.handle(0, Event::Started { memo: Memo::default(), company: false });
    for number in 0..many {
        let (ticket, min_validity) = (Ticket(number), Duration::ZERO);
        tab.handle(i64::from(number) / 20, Event::TokenWanted { ticket, not: None, min_validity });
    }
    tab.leave(many, leaving);
    let took = begun.elapsed().as_nanos();
    let is_told = matches!(leaving, Leaving::Answered | Leaving::Denied);
    assert_eq!(tab.answered, if is_told { many } else { 0 }, "{leaving:?}");
    took / u128::from(many)
}

#[test]
fn a_caller_costs_the_same_however_many_wait() {
    let all = [Leaving::Answered, Leaving::Denied, Leaving::WithdrawnFirstFirst, Leaving::WithdrawnLastFirst];
    for leaving in all {
        for is_worker in [false, true] {
            let cost = |many| (0..3).map(|_| cost_of_one_of(many, leaving, is_worker)).min().unwrap_or(0);
            let (few, many) = (cost(1_000), cost(20_000));
            // Where each looks at all others it is twenty times as much.
            assert!(
                many < 5 * few + 2_000,
                "{leaving:?}, {is_worker}: {few} ns of 1,000, {many} ns of 20,000"
            );
        }
    }
}
