//! How many steps the machine takes, counted by an interpreter: the same on each computer, however busy it is.
#![cfg(not(target_family = "wasm"))]

mod events;
mod machine;

use events::{ACQUIRE, CONFIG, PATIENCE, READ_AGAIN, REFRESH};
use machine::Machine;

/// Brings a session to the point where its first refresh is on the wire. Returns the attempt.
fn refreshing() -> (Machine, [u64; 2]) {
    let mut machine = Machine::new(CONFIG);
    machine.handle(&events::started());
    let attempt = machine.ids_after(ACQUIRE).expect("the session is restored");
    machine.handle(&events::lock_granted(attempt));
    if machine.ids_after::<2>(READ_AGAIN).is_some() {
        machine.handle(&events::looked_again(attempt));
    }
    let [first, second, ..] = machine.ids_after::<4>(REFRESH).expect("the refresh is sent");
    assert_eq!([first, second], attempt);
    (machine, attempt)
}

/// The steps of a refresh that so many wait for: of all that begin to wait, and of its reply to all of them.
fn refresh_for(waiters: u64) -> (u64, u64) {
    let (mut machine, attempt) = refreshing();
    let begin = (0..waiters).map(|ticket| machine.handle(&events::token_wanted(ticket))).sum();
    let settle = machine.handle(&events::refreshed(attempt, machine.now));
    assert_eq!(machine.served(), waiters, "each caller is served");
    (begin, settle)
}

/// The steps that so many take to begin to wait, and to stop, the first or the last one first.
fn withdrawal_of(waiters: u64, first_first: bool) -> u64 {
    let (mut machine, _) = refreshing();
    let begin: u64 = (0..waiters).map(|ticket| machine.handle(&events::token_wanted(ticket))).sum();
    let order = |index| if first_first { index } else { waiters - 1 - index };
    let end: u64 = (0..waiters).map(|index| machine.handle(&events::withdrawn(order(index)))).sum();
    begin + end
}

/// The steps that so many take to begin to wait, and of the event at which all lose their patience.
fn denial_of(waiters: u64) -> (u64, u64) {
    let (mut machine, _) = refreshing();
    let begin = (0..waiters).map(|ticket| machine.handle(&events::token_wanted(ticket))).sum();
    machine.now += PATIENCE + 1;
    let end = machine.handle(&events::tick());
    assert_eq!(machine.denied(), waiters, "each caller is told");
    (begin, end)
}

/// Fails if the steps for each of many are more than one and a half times those for one.
fn assert_linear(what: &str, steps: impl Fn(u64) -> u64) {
    let one = steps(1);
    for many in [100, 10_000] {
        let each = steps(many) / many;
        println!("{what}: {one} steps for one, {each} for each of {many}");
        assert!(2 * each <= 3 * one, "{what}: {each} steps for each of {many}, {one} for one");
    }
}

// Scenario 106.
#[test]
fn a_waiter_costs_the_same_however_many_wait() {
    // What the refresh costs without a waiter is left out: it is shared, and would hide growth.
    let (_, alone) = refresh_for(0);
    assert_linear("waiting for a refresh", |waiters| {
        let (begin, settle) = refresh_for(waiters);
        begin + settle - alone
    });
    for first_first in [true, false] {
        assert_linear("withdrawing", |waiters| withdrawal_of(waiters, first_first));
    }
    let (_, alone) = denial_of(0);
    assert_linear("losing patience", |waiters| {
        let (begin, end) = denial_of(waiters);
        begin + end - alone
    });
}

#[test]
fn an_event_costs_the_same_however_many_tabs_there_are() {
    let steps = |tabs: u64| {
        let (mut machine, attempt) = refreshing();
        machine.handle(&events::refreshed(attempt, machine.now));
        for tab in 1..=tabs {
            machine.handle(&events::here(tab));
        }
        assert!(machine.tabs() >= tabs.min(10), "the tabs are known");
        machine.now += 100_000;
        [
            ("a tick", machine.handle(&events::tick())),
            ("a tab that comes", machine.handle(&events::hello(1))),
            ("a tab that is there", machine.handle(&events::here(1))),
            ("a tab that refreshes", machine.handle(&events::coming(1))),
            ("a change of what is stored", machine.handle(&events::storage_changed())),
            ("a call for a token", machine.handle(&events::token_wanted(1))),
            ("a call for a refresh", machine.handle(&events::renewal_wanted(2))),
        ]
    };
    let one = steps(1);
    for many in [10, 100] {
        for ((what, one), (_, each)) in one.into_iter().zip(steps(many)) {
            println!("{what}: {one} steps beside one tab, {each} beside {many}");
            assert!(2 * each <= 3 * one, "{what}: {each} steps beside {many} tabs, {one} beside one");
        }
    }
}
