//! A page begins: the session is restored, or there is none.

use super::*;

// Scenario 86.
#[test]
fn a_first_visitor_has_no_session_and_is_told_no_other_reason() {
    let mut world = World::new(Config::default(), 1);
    assert!(matches!(world.status(TAB), Status::Unknown { failure: None, .. }));
    world.start();
    world.run(HOUR);
    assert_eq!(world.status(TAB), ended(EndReason::None));
    assert_eq!(world.server.refreshes, 1);
}

#[test]
fn a_reload_restores_the_same_session_with_one_refresh() {
    let mut world = signed_in();
    let session = session_of(&world, TAB);
    let mut tab = TAB;
    assert_eq!(
        refreshes(&mut world, |world| {
            tab = world.reload(TAB);
            world.run(1_000)
        }),
        1
    );
    assert_eq!(session_of(&world, tab), session);
}

#[test]
fn a_returning_user_whose_session_is_over_is_told_that_it_was_rejected() {
    let mut world = signed_in();
    world.server.revoke_all();
    let tab = world.reload(TAB);
    world.run(1_000);
    assert_eq!(world.status(tab), ended(EndReason::Rejected));
}

#[test]
fn requests_made_meanwhile_wait_for_the_first_answer() {
    let mut world = signed_in();
    let tab = world.reload(TAB);
    let requests: Vec<_> = (0..5).map(|_| world.fetch(tab)).collect();
    let hits = world.server.api_hits;
    world.run(1_000);
    assert_eq!(statuses(&world, &requests), vec![Outcome::Status(200); 5]);
    assert_eq!(world.server.api_hits - hits, 5);
}

#[test]
fn offline_the_state_stays_unknown_and_says_why_and_when() {
    let mut world = World::new(Config::default(), 1);
    world.offline = true;
    world.start();
    world.run(100);
    let Status::Unknown { failure, retry_at } = world.status(TAB) else { panic!() };
    assert_eq!(failure, Some(RefreshFailure::Offline));
    assert!(retry_at.is_some());
}

#[test]
fn a_page_that_cannot_restore_says_when_it_tries_again() {
    for (is_offline, expected) in [(false, 8..=9), (true, 2..=2)] {
        let mut world = World::new(Config::default(), 1);
        world.offline = is_offline;
        world.server.faults = vec![Fault::Status(503, None); 100];
        world.start();
        let end = world.moment().wall_ms() + 5 * MINUTE;
        let tries = |world: &World| world.tabs[0].sent().count();
        world.run(100);
        // Somebody looks at this page, and waits; but for the network the browser waits, and says when it is back.
        while let Status::Unknown { retry_at: Some(at), .. } = world.status(TAB)
            && at < end
        {
            let before = tries(&world);
            world.run(at - world.moment().wall_ms() - 50);
            assert_eq!(tries(&world), before, "without a network: {is_offline}");
            world.run(200);
            assert_eq!(tries(&world), before + 1, "without a network: {is_offline}");
        }
        assert!(expected.contains(&tries(&world)), "without a network: {is_offline}: {}", tries(&world));
    }
}

#[test]
fn with_restore_off_nothing_is_sent_until_a_sign_in() {
    let mut world = World::new(Config { restore: false, ..Config::default() }, 1);
    world.start();
    world.run(HOUR);
    assert_eq!(world.status(TAB), ended(EndReason::None));
    assert_eq!(world.server.refreshes, 0);
    world.sign_in(TAB, "alice");
    world.run(1_000);
    assert!(world.is_active(TAB));
}
