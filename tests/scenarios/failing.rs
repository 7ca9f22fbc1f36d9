//! The refresh endpoint cannot answer, or will not.

use super::*;

// Scenarios 6, 40, 68.
#[test]
fn nothing_but_a_rejection_ends_a_session() {
    let faults = [
        Fault::Status(500, None),
        Fault::Status(503, Some(2)),
        Fault::Status(429, Some(1)),
        Fault::Status(404, None),
        Fault::Reset,
        Fault::Malformed,
        Fault::Portal,
        Fault::Silence,
    ];
    for fault in faults {
        let mut world = signed_in();
        world.server.faults = vec![fault; 3];
        world.run(20 * MINUTE);
        assert!(world.is_active(TAB), "{fault:?}");
        assert_eq!(world.server.faults, [], "{fault:?} was not met");
        assert_eq!(world.server.reuses, 0);
        let request = world.fetch(TAB);
        world.run(1_000);
        assert_eq!(world.outcomes[&request], Outcome::Status(200), "{fault:?}");
    }
}

// Scenario 29.
#[test]
fn a_renewal_that_fails_is_seen_in_the_state_until_one_succeeds() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Status(503, Some(120))];
    world.run(14 * MINUTE);
    let Status::Active { failure, refresh_at, .. } = world.status(TAB) else { panic!() };
    assert!(matches!(failure, Some(RefreshFailure::Unavailable { status: Some(503), .. })));
    assert!(refresh_at.is_some_and(|at| at > world.moment().wall_ms()), "and so is the next try");
    // Nobody waits for it: up to half as long again.
    world.run(3 * MINUTE);
    assert!(matches!(world.status(TAB), Status::Active { failure: None, .. }));
}

#[test]
fn where_nobody_waits_the_state_says_when_the_next_try_comes() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Status(503, None); 10];
    world.run(14 * MINUTE);
    while !world.server.faults.is_empty() {
        let left = world.server.faults.len();
        let Status::Active { refresh_at: Some(at), .. } = world.status(TAB) else { panic!() };
        world.run(at - world.moment().wall_ms() - 50);
        assert_eq!(world.server.faults.len(), left);
        world.run(200);
        assert_eq!(world.server.faults.len(), left - 1);
    }
}

// Scenarios 4, 26, 30.
#[test]
fn a_rejection_ends_the_session_and_says_so_once() {
    let mut world = signed_in();
    world.server.revoke_all();
    let requests: Vec<_> = (0..5).map(|_| world.fetch(TAB)).collect();
    world.run(HOUR);
    assert_eq!(statuses(&world, &requests), vec![Outcome::Status(401); 5]);
    let ends = world.tabs[0].published.iter().filter(|status| **status == ended(EndReason::Rejected));
    assert_eq!(ends.count(), 1);
    let sent = refreshes(&mut world, |world| {
        world.fetch(TAB);
        world.run(HOUR);
    });
    assert_eq!(sent, 0, "an ended session refreshes nothing");
}

#[test]
fn a_token_is_used_for_as_long_as_it_is_valid_whatever_the_refresh_endpoint_does() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Status(503, None); 1_000];
    world.run(14 * MINUTE + 30_000);
    let request = world.fetch(TAB);
    world.run(1_000);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
}

// Scenario 27.
#[test]
fn fifty_calls_during_an_outage_cost_one_refresh_in_the_pause() {
    let mut world = signed_in();
    world.server.revoke_access();
    world.server.faults = vec![Fault::Status(503, Some(30)); 1_000];
    let sent = refreshes(&mut world, |world| {
        for _ in 0..50 {
            world.fetch(TAB);
            world.run(100);
        }
    });
    assert_eq!(sent, 0, "a 503 is no refresh that the auth server has seen");
    assert_eq!(1_000 - world.server.faults.len(), 1);
}

#[test]
fn a_caller_is_patient_and_then_hears_why() {
    let mut world = signed_in();
    world.server.revoke_access();
    world.server.faults = vec![Fault::Status(503, None); 1_000];
    let request = world.fetch(TAB);
    world.run(19_000);
    assert_eq!(world.outcomes.get(&request), None);
    world.run(2_000);
    let Outcome::Denied(Denial::Unavailable { failure, .. }) = world.outcomes[&request] else { panic!() };
    assert_eq!(failure, RefreshFailure::Unavailable { status: Some(503), retry_after: None });
    assert!(world.is_active(TAB));
}

#[test]
fn a_short_outage_costs_the_callers_a_wait_and_nothing_else() {
    let mut world = signed_in();
    world.server.revoke_access();
    world.server.faults = vec![Fault::Reset, Fault::Status(500, None)];
    let requests: Vec<_> = (0..20).map(|_| world.fetch(TAB)).collect();
    assert_eq!(refreshes(&mut world, |world| world.run(10_000)), 1);
    assert_eq!(statuses(&world, &requests), vec![Outcome::Status(200); 20]);
}

// Scenario 28.
#[test]
fn the_network_coming_back_is_tried_at_once() {
    let mut world = signed_in();
    world.offline = true;
    world.run(HOUR);
    world.go_online();
    assert_eq!(refreshes(&mut world, |world| world.run(100)), 1);
    assert!(world.is_active(TAB));
}

// Scenario 17.
#[test]
fn giving_up_on_a_refresh_is_not_aborting_it_and_its_late_answer_is_used() {
    let mut world = signed_in();
    let before = generation(&world);
    world.server.faults = vec![Fault::Slow(18_000), Fault::Silence];
    world.renew(TAB);
    world.run(18_500);
    assert_eq!(generation(&world), before + 1);
    assert!(world.is_active(TAB));
}

// Scenario 17.
#[test]
fn a_retry_whose_predecessor_is_on_its_way_is_no_theft() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Slow(18_000)];
    world.renew(TAB);
    world.run(HOUR);
    assert_eq!(world.server.reuses, 0);
    assert!(world.is_active(TAB));
}

// Scenario 22.
#[test]
fn a_failed_refresh_does_not_poison_the_next_batch() {
    let mut world = signed_in();
    world.server.revoke_access();
    world.server.faults = vec![Fault::Malformed];
    world.fetch(TAB);
    world.run(5_000);
    world.server.revoke_access();
    let request = world.fetch(TAB);
    assert_eq!(refreshes(&mut world, |world| world.run(5_000)), 1);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
}

/// Of a million tabs after an outage, those that nobody uses leave the server to those that somebody does.
#[test]
fn where_nobody_waits_the_pauses_of_an_outage_grow_on_and_whoever_comes_is_served_at_once() {
    let attempts = |is_used: bool| {
        let mut world = signed_in();
        world.server.failing = 100;
        world.run(20 * MINUTE);
        let before = world.tabs[0].sent().count();
        for _ in 0..60 {
            if is_used {
                world.fetch(TAB);
            }
            world.run(MINUTE);
        }
        let sent = world.tabs[0].sent().count() - before;
        world.server.failing = 0;
        let request = world.fetch(TAB);
        world.run(MINUTE);
        assert_eq!(world.outcomes[&request], Outcome::Status(200));
        sent
    };
    let (idle, used) = (attempts(false), attempts(true));
    assert!((2..=16).contains(&idle), "{idle}");
    assert!((40..=200).contains(&used), "{used}");
}

// Scenario 28.
#[test]
fn a_sign_in_ends_the_pause() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Status(503, Some(300))];
    world.renew(TAB);
    world.run(1_000);
    world.sign_in(TAB, "bob");
    world.run(1_000);
    let sent = refreshes(&mut world, |world| {
        world.renew(TAB);
        world.run(1_000);
    });
    assert_eq!(sent, 1);
}
