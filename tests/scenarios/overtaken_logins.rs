//! Logins that no longer count: the user has signed out, or the object was closed. Their cookies come all the same.

use super::two_sign_ins::{Form, perform};
use super::*;

/// Each form of the next sign-in, and each rotation.
fn forms_and_rotations() -> impl Iterator<Item = (Form, Option<Rotation>)> {
    [Form::Cookie, Form::Response, Form::InTurn].into_iter().flat_map(|form| ROTATIONS.map(|one| (form, one)))
}

fn assert_hides(world: &mut World, pages: &[TabId], user: &'static str, case: &str) {
    for _ in 0..600 {
        world.run(100);
        for page in pages {
            assert!(!shows(world, *page, user), "{case}: {user} is shown");
        }
    }
    let next = world.visit();
    world.run(MINUTE);
    assert!(!shows(world, next, user), "{case}: {user} is shown later");
}

// Scenario 129.
#[test]
fn one_that_a_sign_out_has_overtaken_is_shown_by_no_page_for_whoever_signs_in_next() {
    for (form, rotation) in forms_and_rotations() {
        for (way, until_next) in [0, 1, 2].into_iter().flat_map(|way| [10, 300, 700].map(|ms| (way, ms))) {
            let case = format!("{form:?}, {rotation:?}, way {way}, {until_next} ms");
            let mut world = World::signed_in(Config { rotation, ..Config::default() }, 1);
            let other = if way == 0 { world.visit() } else { TAB };
            world.run(MINUTE);
            world.server.login_ms = 1_000;
            world.sign_in(TAB, "dave");
            world.run(30);
            world.sign_out(TAB);
            world.run(until_next);
            perform(&mut world, form, TAB, "erin");
            world.run(100);
            let page = match way {
                0 => {
                    world.run(1_030 - 130 - until_next);
                    world.server.faults = vec![Fault::Slow(500)];
                    world.renew(other);
                    other
                }
                _ => {
                    world.server.faults = vec![Fault::Slow(2_000)];
                    world.run(1_050);
                    if way == 1 { world.reload(TAB) } else { world.recreate(TAB) }
                }
            };
            assert_hides(&mut world, &[page], "dave", &case);
        }
    }
}

/// After `signIn()`, the new object could not tell which of the two users has signed in.
// Scenario 129.
#[test]
fn one_of_a_closed_object_is_not_shown_for_whoever_has_signed_in_since() {
    for (form, rotation) in forms_and_rotations().filter(|(form, _)| *form != Form::Cookie) {
        for login_ms in [1_000, 5_000, 60_000] {
            let mut world = World::signed_in(Config { rotation, ..Config::default() }, 1);
            world.run(MINUTE);
            world.server.login_ms = login_ms;
            world.sign_in(TAB, "dave");
            world.run(100);
            let object = world.recreate(TAB);
            world.server.login_ms = 0;
            world.run(100);
            perform(&mut world, form, object, "erin");
            let case = format!("{form:?}, {rotation:?}, {login_ms} ms");
            world.run(login_ms.max(50_000) + 200);
            world.renew(object);
            assert_hides(&mut world, &[object], "dave", &case);
            if form == Form::InTurn {
                assert!(
                    shows(&world, object, "erin") || login_ms > 40_000,
                    "{case}: {:?}",
                    world.status(object)
                );
            }
        }
    }
}

// Scenario 139.
#[test]
fn a_sign_out_in_flight_confirms_nothing_of_one_that_settles_meanwhile() {
    for logout in [Logout::Ends, Logout::WantsToken, Logout::RefusesStrangers] {
        // A login of a closed object, and one of an open object that waits for a passkey.
        for (is_closed, login_ms, waits) in
            [(true, 1_000, 100), (true, 45_000, 44_000), (false, 1_000, 100), (false, 45_000, 44_000)]
        {
            let case = format!("{logout:?}, closed: {is_closed}, {login_ms} ms");
            let mut world = World::signed_in(Config { sign_out_token: true, ..Config::default() }, 1);
            world.server.logout = logout;
            world.run(MINUTE);
            world.server.login_ms = login_ms;
            world.sign_in(TAB, "bob");
            world.run(waits);
            let object = if is_closed { world.recreate(TAB) } else { TAB };
            world.run(100);
            world.server.sign_out_faults = vec![Fault::Slow(3_000)];
            world.sign_out(object);
            world.run(10 * MINUTE);
            let next = world.reload(object);
            world.run(HOUR);
            assert!(world.false_confirmations.is_empty(), "{case}: it was called confirmed");
            assert!(!world.is_active(next), "{case}: bob is back");
            assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)), "{case}");
        }
    }
}

/// Whoever sees a login page is signed in as nobody.
// Scenario 139.
#[test]
fn a_visitor_who_signs_out_beside_one_of_a_closed_object_is_signed_in_as_nobody() {
    for (login_ms, waits) in
        [500, 5_000, 60_000].into_iter().flat_map(|ms| [0, 10, 100, 1_000].map(|waits| (ms, waits)))
    {
        for has_signed_out in [true, false] {
            let mut world = World::new(Config::default(), 1);
            world.start();
            world.run(MINUTE);
            if has_signed_out {
                world.signed_in_elsewhere(TAB, "alice");
                world.run(1_000);
                world.sign_out(TAB);
                world.run(MINUTE);
            }
            world.server.login_ms = login_ms;
            world.sign_in(TAB, "bob");
            world.run(100);
            let object = world.recreate(TAB);
            world.run(waits);
            let is_out = waits + 100 < login_ms;
            world.sign_out(object);
            world.run(10 * MINUTE);
            let next = world.reload(object);
            world.run(HOUR);
            let case = format!("{login_ms} ms, {waits} ms, signed out before: {has_signed_out}");
            assert!(!is_out || !world.is_active(next), "{case}: bob is back");
            assert!(world.false_confirmations.is_empty(), "{case}");
        }
    }
}

/// Whoever has signed out before has nothing to do with it, whatever the clocks have shown.
// Scenario 139.
#[test]
fn one_of_a_closed_object_is_signed_out_for_later_sign_outs_alone_by_whatever_clock() {
    for ahead in [0, HOUR] {
        let mut world = signed_in();
        world.step_wall_clock(ahead);
        world.run(MINUTE);
        world.sign_out(TAB);
        world.run(MINUTE);
        world.step_wall_clock(-ahead);
        world.run(MINUTE);
        world.server.login_ms = 5_000;
        world.sign_in(TAB, "bob");
        world.run(100);
        let object = world.recreate(TAB);
        world.run(MINUTE);
        let next = world.reload(object);
        world.run(HOUR);
        assert!(shows(&world, next, "bob"), "{ahead} ms ahead");
    }
    for back in [0, 5_000, HOUR] {
        let mut world = signed_in();
        world.run(MINUTE);
        world.server.login_ms = 5_000;
        world.sign_in(TAB, "bob");
        world.run(100);
        let object = world.recreate(TAB);
        world.step_wall_clock(-back);
        world.run(100);
        world.sign_out(object);
        world.run(10 * MINUTE);
        let next = world.reload(object);
        world.run(MINUTE);
        assert!(!world.is_active(next), "{back} ms back: bob is back");
    }
}

/// The reply has waited, and somebody has signed in or out in the other tab.
// Scenario 129.
#[test]
fn one_that_a_frozen_tab_reads_late_is_older_than_what_has_happened_since() {
    for (signs_out, freeze) in
        [true, false].into_iter().flat_map(|out| [30_000, 2 * MINUTE].map(|ms| (out, ms)))
    {
        let (mut world, [tab, other]) = tabs(Config::default());
        world.server.login_ms = 2_000;
        let login = world.sign_in(tab, "alice");
        world.run(100);
        world.freeze(tab);
        world.run(freeze);
        world.server.login_ms = 0;
        if signs_out {
            world.sign_out(other)
        } else {
            world.sign_in(other, "bob")
        };
        world.run(2 * MINUTE);
        world.thaw(tab, true, true);
        let case = format!("signs out: {signs_out}, {freeze} ms");
        assert_hides(&mut world, &[tab, other], "alice", &case);
        assert_eq!(world.answer(tab, login), Some(&Err(Denial::Changed)), "{case}");
    }
}

/// A login function of a new object waits for the sign-out of the one before, whose late reply would delete the cookie.
// Scenario 139.
#[test]
fn a_sign_out_of_a_closed_object_is_waited_for() {
    for slow in [0, 500, 3_000, 10_000] {
        let mut world = signed_in();
        world.run(MINUTE);
        world.server.sign_out_faults = vec![Fault::Slow(slow)];
        let sign_out = world.sign_out(TAB);
        world.run(100);
        let next = world.recreate(TAB);
        let is_answered = slow == 0;
        assert_eq!(world.answer(TAB, sign_out) != Some(&Err(Denial::Closed)), is_answered);
        world.run(100);
        world.sign_in(next, "bob");
        world.run(HOUR);
        assert!(shows(&world, next, "bob"), "{slow} ms: {:?}", world.status(next));
    }
}

/// The marker of the refresh is kept, and tells of the login as well.
// Scenario 129.
#[test]
fn one_beside_a_lost_refresh_is_shown_for_nobody_who_has_signed_in_since() {
    for (fault, rotation) in [Fault::Lost, Fault::Silence, Fault::Reset]
        .into_iter()
        .flat_map(|fault| ROTATIONS.map(|one| (fault, one)))
    {
        let mut world = World::signed_in(Config { shares_token: false, rotation, ..Config::default() }, 1);
        world.renew(TAB);
        world.server.faults = vec![fault];
        world.sign_in(TAB, "alice");
        world.run(20_000);
        world.server.login_ms = 1_000;
        world.sign_in(TAB, "dave");
        world.run(40);
        world.sign_out(TAB);
        world.signed_in_elsewhere(TAB, "erin");
        let other = world.visit();
        assert_hides(&mut world, &[TAB, other], "dave", &format!("{fault:?}, {rotation:?}"));
    }
}

/// Its lock timed out long ago: somebody looks for a second factor.
// Scenario 139.
#[test]
fn a_visitor_who_signs_out_beside_a_long_one_is_signed_in_as_nobody() {
    let mut world = World::new(Config::default(), 1);
    world.start();
    world.run(MINUTE);
    world.server.login_ms = 90_000;
    world.sign_in(TAB, "bob");
    world.run(45_000);
    world.sign_out(TAB);
    world.run(10 * MINUTE);
    let next = world.reload(TAB);
    world.run(HOUR);
    assert!(!world.is_active(next) && world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)));
}

/// The reply has waited all the time.
#[test]
fn the_token_of_one_that_a_frozen_tab_reads_late_is_as_old_as_its_request() {
    for freeze in [0, 5 * MINUTE] {
        let mut world = World::new(Config::default(), 1);
        world.start();
        world.run(MINUTE);
        world.server.login_ms = 2_000;
        let began = world.moment().wall_ms();
        world.sign_in(TAB, "bob");
        world.run(100);
        world.freeze(TAB);
        world.run(freeze);
        world.thaw(TAB, true, true);
        world.run(3_000);
        let Status::Active { grant, .. } = world.status(TAB) else { panic!("bob is signed in") };
        let age = grant.received.wall_ms() - began;
        assert!(if freeze == 0 { age >= 2_000 } else { age <= 100 }, "{freeze} ms: {age} ms");
    }
}

/// The server has ended the session of whoever has signed in since.
// Scenario 129.
#[test]
fn one_that_settles_after_the_next_session_has_ended_is_signed_out_again() {
    for (form, rotation) in forms_and_rotations() {
        for login_ms in [5_000, 20_000, 31_000, 32_000, 60_000] {
            let case = format!("{form:?}, {rotation:?}, {login_ms} ms");
            let mut world = World::signed_in(Config { rotation, ..Config::default() }, 1);
            let other = world.visit();
            world.run(MINUTE);
            world.server.login_ms = login_ms;
            world.sign_in(TAB, "dave");
            world.run(30);
            world.sign_out(TAB);
            world.run(1_000);
            world.server.login_ms = 0;
            perform(&mut world, form, TAB, "erin");
            world.run(1_000);
            world.server.revoke_all();
            assert_hides(&mut world, &[TAB, other], "dave", &case);
        }
    }
}
