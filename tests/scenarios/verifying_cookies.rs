//! After a sign-in beside a refresh, one more refresh verifies whose cookie is left.

use super::newest::{refreshing, shows_nobody_but_bob, watch};
use super::*;

#[test]
fn where_the_cookie_is_still_that_of_the_sign_in_its_session_goes_on() {
    // Alice's refresh is refused, or fails; or its answer came before that of the login.
    for (tells, fault) in [
        (Tells::Person, Fault::Status(503, None)),
        (Tells::Nothing, Fault::Status(503, None)),
        (Tells::Nothing, Fault::Reset),
        (Tells::Token, Fault::Lost),
    ] {
        let mut world = World::signed_in_at(tells, Config::default(), 1);
        world.run(MINUTE);
        world.server.faults = vec![fault];
        world.renew(TAB);
        world.run(10);
        world.signed_in_elsewhere(TAB, "bob");
        let session = session_of(&world, TAB);
        world.run(HOUR);
        assert_eq!(session_of(&world, TAB), session, "{tells:?}, {fault:?}");
        let tab = world.reload(TAB);
        world.run(1_000);
        assert_eq!(session_of(&world, tab), session, "{tells:?}, {fault:?}");
    }
}

#[test]
fn the_same_person_who_signs_in_anew_over_a_refresh_goes_on() {
    for tells in [Tells::Person, Tells::Session, Tells::Token] {
        let mut world = refreshing(tells, 1_500);
        world.signed_in_elsewhere(TAB, "alice");
        let session = session_of(&world, TAB);
        world.run(HOUR);
        assert_eq!(session_of(&world, TAB), session, "{tells:?}");
    }
}

#[test]
fn a_verification_that_fails_is_made_again_and_one_that_is_rejected_ends_the_session() {
    let mut world = refreshing(Tells::Person, 1_500);
    world.signed_in_elsewhere(TAB, "bob");
    world.server.faults = vec![Fault::Status(503, None); 3];
    watch(&mut world, 4_000);
    assert!(world.is_active(TAB));
    watch(&mut world, 60_000);
    assert_eq!(world.status(TAB), ended(EndReason::Replaced));
    let mut world = refreshing(Tells::Person, 1_500);
    world.signed_in_elsewhere(TAB, "bob");
    world.server.revoke_all();
    watch(&mut world, 10_000);
    assert_eq!(world.status(TAB), ended(EndReason::Rejected));
}

// Scenario 95.
#[test]
fn a_look_at_the_cookie_that_fails_lets_no_later_page_show_anybody_else() {
    for set_back in [0, 1_050, HOUR] {
        for fault in [Fault::Status(503, None), Fault::Reset, Fault::Lost] {
            let mut world = signed_in();
            world.run(MINUTE);
            // The session began later than what is sent from now on, by the clock.
            world.step_wall_clock(-set_back);
            world.server.faults = vec![Fault::Slow(1_500), fault];
            world.renew(TAB);
            world.run(100);
            world.signed_in_elsewhere(TAB, "bob");
            watch(&mut world, 1_520);
            let tab = world.reload(TAB);
            watch(&mut world, 60_000);
            assert_eq!(world.status(tab), ended(EndReason::Replaced), "{set_back}, {fault:?}");
        }
    }
}

#[test]
fn an_answer_that_the_app_had_for_a_while_is_looked_after() {
    let mut world = refreshing(Tells::Person, 500);
    let bobs = world.answered_login("bob");
    world.run(1_000);
    world.sign_in_with(TAB, bobs);
    watch(&mut world, 5_000);
    assert_eq!(world.status(TAB), ended(EndReason::Replaced));
}

#[test]
fn a_sign_in_long_after_the_last_refresh_costs_none() {
    for (pause, looks) in [(1_000, 1), (14_000, 1), (16_000, 0), (5 * MINUTE, 0)] {
        let mut world = signed_in();
        world.renew(TAB);
        world.run(pause);
        let bobs = world.answered_login("bob");
        let before = world.server.refreshes;
        world.sign_in_with(TAB, bobs);
        watch(&mut world, 5_000);
        assert_eq!(world.server.refreshes - before, looks, "{pause} ms");
        assert!(shows_nobody_but_bob(&world, TAB) && world.is_active(TAB), "{pause} ms");
    }
}

#[test]
fn who_signs_in_once_more_right_after_a_refresh_costs_no_other_one() {
    let mut world = signed_in();
    world.renew(TAB);
    world.run(1_000);
    let sent = refreshes(&mut world, |world| {
        world.signed_in_elsewhere(TAB, "alice");
        world.run(MINUTE);
    });
    assert_eq!(sent, 0);
    // Where another person does, it may have brought its cookie a moment later than that of the
    // login.
    world.renew(TAB);
    world.run(1_000);
    let sent = refreshes(&mut world, |world| {
        world.signed_in_elsewhere(TAB, "bob");
        world.run(MINUTE);
    });
    assert_eq!(sent, 1);
}
