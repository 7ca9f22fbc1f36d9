//! A sign-in ends a pending sign-out: whoever has signed in since, seen or unseen, stays signed in.

use super::*;

// Scenario 75.
#[test]
fn a_pending_sign_out_never_ends_a_newer_session() {
    let mut world = signed_in();
    world.offline = true;
    world.sign_out(TAB);
    world.run(1_000);
    world.offline = false;
    world.sign_in(TAB, "bob");
    world.run(HOUR);
    assert!(token_of(&world).ends_with("bob"));
    assert!(world.cookie.is_some());
}

#[test]
fn somebody_else_who_has_signed_in_by_a_way_that_we_do_not_see_stays_signed_in() {
    let mut world = signed_out_offline();
    world.offline = false;
    world.sign_in_unseen("bob");
    let tab = world.reload(TAB);
    world.run(1_000);
    assert!(token_in(&world, tab).ends_with("bob"));
    assert_eq!(world.server.sign_outs, 0);
    world.run(HOUR);
    assert!(token_in(&world, tab).ends_with("bob"));
    assert_eq!(world.stored().sign_out, None);
}

#[test]
fn in_a_page_that_has_signed_out_a_session_that_came_unseen_is_neither_shown_nor_ended() {
    let mut world = signed_out_offline();
    world.sign_in_unseen("bob");
    world.go_online();
    world.run(HOUR);
    assert_eq!(world.status(TAB), ended(EndReason::SignedOut));
    assert_eq!(world.server.sign_outs, 0);
    let tab = world.reload(TAB);
    world.run(1_000);
    assert!(token_in(&world, tab).ends_with("bob"));
}

#[test]
fn the_same_user_who_has_signed_in_anew_stays_signed_in_where_tokens_name_their_session() {
    let mut world = signed_in();
    world.server.tells = Tells::Session;
    world.sign_in(TAB, "alice");
    world.run(1_000);
    world.offline = true;
    world.sign_out(TAB);
    world.run(1_000);
    world.offline = false;
    world.sign_in_unseen("alice");
    let tab = world.reload(TAB);
    world.run(HOUR);
    assert!(world.is_active(tab));
    assert_eq!(world.server.sign_outs, 0);
}

#[test]
fn a_sign_out_that_had_to_wait_for_its_turn_is_not_sent_as_it_is() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.freeze_lock(second);
    world.sign_out(first);
    // In another tab, and not by us.
    world.sign_in_unseen("bob");
    world.run(2 * MINUTE);
    assert_eq!(world.server.sign_outs, 0);
    let tab = world.visit();
    world.run(1_000);
    assert!(token_in(&world, tab).ends_with("bob"));
}

/// Nobody knows then whether it has succeeded, and who has signed out does not come back.
#[test]
fn a_login_whose_page_goes_puts_it_off_and_the_next_login_ends_the_matter() {
    let mut world = signed_out_offline();
    world.offline = false;
    world.sign_in(TAB, "alice");
    world.run(10);
    let tab = world.reload(TAB);
    world.run(5 * MINUTE);
    assert!(matches!(world.status(tab), Status::Ended { reason: EndReason::SignedOut, .. }));
    assert_eq!(world.server.sign_outs, 0);
    world.sign_in(tab, "alice");
    world.run(HOUR);
    assert!(world.is_active(tab));
    assert_eq!((world.server.sign_outs, world.stored().sign_out), (0, None));
}

/// A page that goes in the middle of a login, a login that takes long, and one whose tab freezes.
// Scenario 139.
#[test]
fn a_login_that_fails_or_is_cut_off_brings_nobody_back() {
    for way in 0..7 {
        for login_ms in [1_000, 60_000, 150_000] {
            let case = format!("way {way}, {login_ms} ms");
            let mut world = signed_in();
            let other = world.visit();
            world.run(1_000);
            world.server.sign_out_faults = vec![Fault::Status(503, None); 3];
            world.sign_out(TAB);
            world.run(500);
            world.server.login_ms = login_ms;
            world.fail_login(TAB);
            world.run(200);
            let next = match way {
                0 => world.reload(TAB),
                1 => {
                    world.kill_tab(TAB);
                    world.visit()
                }
                2 => {
                    world.kill_tab(TAB);
                    world.kill_tab(other);
                    world.visit()
                }
                3 => world.recreate(TAB),
                4 => {
                    world.freeze(TAB);
                    world.visit()
                }
                5 => {
                    world.sign_out(other);
                    world.kill_tab(TAB);
                    other
                }
                _ => world.visit(),
            };
            for _ in 0..300 {
                world.run(1_000);
                assert!(!world.is_active(next) && !world.is_active(other), "{case}: alice is back");
            }
            world.run(HOUR);
            assert_eq!(world.stored().sign_out, None, "{case}: it is still pending");
            assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)), "{case}");
        }
    }
}

#[test]
fn a_login_that_fails_changes_nothing_about_it() {
    let mut world = signed_out_offline();
    world.fail_login(TAB);
    world.run(1_000);
    assert!(world.stored().sign_out.is_some());
    world.go_online();
    world.run(1_000);
    assert_eq!((world.server.sign_outs, world.cookie), (1, None));
}

#[test]
fn signing_in_with_nothing_ends_the_matter() {
    let mut world = signed_out_offline();
    world.offline = false;
    world.close_tab(TAB);
    let tab = world.visit();
    // The same user, by a redirect; no token tells this session from the one before.
    world.sign_in_by_cookie(tab, "alice");
    world.run(HOUR);
    assert!(world.is_active(tab));
    assert_eq!(world.server.sign_outs, 0);
}

#[test]
fn an_unordered_sign_in_ends_the_matter() {
    let mut world = signed_out_offline();
    let tab = world.reload(TAB);
    world.signed_in_elsewhere(tab, "alice");
    world.go_online();
    world.run(HOUR);
    assert!(world.is_active(tab));
    assert_eq!((world.server.sign_outs, world.stored().sign_out), (0, None));
}

/// The login goes on, and its cookie comes after the sign-out.
// Scenario 139.
#[test]
fn a_login_that_a_sign_out_has_overtaken_signs_nobody_in() {
    for tells in [true, false] {
        for login_ms in [500, 3_000, 15_000, 60_000] {
            for (is_first, waits) in [(false, 500), (true, 500), (false, 10_000)] {
                let case = format!("tells: {tells}, {login_ms} ms, first: {is_first}, after {waits} ms");
                let config = Config { tells_sign_out: tells, ..Config::default() };
                let mut world = if is_first { World::new(config, 1) } else { World::signed_in(config, 1) };
                world.start();
                let other = world.visit();
                world.run(1_000);
                world.server.login_ms = login_ms;
                let login = world.sign_in(TAB, "bob");
                world.run(waits);
                let is_over = world.answer(TAB, login).is_some();
                world.sign_out(TAB);
                world.run(10 * MINUTE);
                if !is_over {
                    let denied = Some(&Err(Denial::Ended(EndReason::SignedOut)));
                    assert_eq!(world.answer(TAB, login), denied, "{case}");
                }
                assert!(!world.is_active(TAB) && !world.is_active(other), "{case}");
                let next = world.reload(TAB);
                world.run(MINUTE);
                assert!(!world.is_active(next), "{case}: somebody is back");
                let is_ended = world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie));
                assert_eq!(is_ended, tells, "{case}");
            }
        }
    }
}

// Scenario 139.
#[test]
fn a_login_that_fails_brings_nobody_back_where_storage_was_cleared_meanwhile() {
    for (is_offline, into_login) in [(false, 1), (false, 1_000), (true, 1), (true, 1_000)] {
        let mut world = signed_in();
        world.run(10 * MINUTE);
        world.offline = is_offline;
        world.server.sign_out_faults = vec![Fault::Status(503, None)];
        world.sign_out(TAB);
        world.run(300);
        world.go_online();
        world.server.login_ms = 5_000;
        world.fail_login(TAB);
        world.run(into_login);
        world.clear_storage();
        world.run(10 * MINUTE);
        let next = world.visit();
        world.run(MINUTE);
        let case = format!("offline: {is_offline}, {into_login} ms into the login");
        assert!(!shows(&world, TAB, "alice") && !shows(&world, next, "alice"), "{case}");
        assert!(
            world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)),
            "{case}: the server was not told"
        );
    }
}

/// The object that runs the login is closed, and somebody signs out before or after.
// Scenario 139.
#[test]
fn a_login_that_a_sign_out_has_overtaken_signs_nobody_in_once_its_object_is_closed() {
    for (before, after) in [(true, true), (true, false), (false, true)] {
        for (login_ms, waits) in
            [500, 5_000, 60_000].into_iter().flat_map(|ms| [0, 10, 300].map(|waits| (ms, waits)))
        {
            for tells in [true, false] {
                let case = format!("{before}, {after}, {login_ms} ms, {waits} ms, tells: {tells}");
                let mut world = World::signed_in(Config { tells_sign_out: tells, ..Config::default() }, 1);
                world.run(MINUTE);
                world.server.login_ms = login_ms;
                world.sign_in(TAB, "bob");
                world.run(100);
                if before {
                    world.sign_out(TAB);
                    world.run(waits);
                }
                let object = world.recreate(TAB);
                world.run(waits);
                if after {
                    world.sign_out(object);
                }
                world.run(10 * MINUTE);
                let next = world.reload(object);
                world.run(HOUR);
                assert!(!world.is_active(object) && !world.is_active(next), "{case}: somebody is back");
                let is_ended = world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie));
                assert_eq!(is_ended, tells, "{case}");
            }
        }
    }
}

/// Whoever has signed out before has nothing to do with it.
// Scenario 139.
#[test]
fn a_login_whose_object_is_closed_is_signed_out_for_no_earlier_session() {
    for has_signed_out in [true, false] {
        let mut world = signed_in();
        world.run(MINUTE);
        if has_signed_out {
            world.sign_out(TAB);
            world.run(1_000);
        }
        world.server.login_ms = 5_000;
        world.sign_in(TAB, "bob");
        world.run(100);
        let object = world.recreate(TAB);
        world.run(MINUTE);
        let next = world.reload(object);
        world.run(HOUR);
        assert!(shows(&world, next, "bob"), "signed out before: {has_signed_out}");
    }
}
