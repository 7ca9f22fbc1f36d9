//! `signIn()` says that a cookie was set. From then on it is a sign-in like any other, before a refresh has told whose it is.

use silent_session::session::EndReason;

use super::*;

/// No tab shows anybody but bob.
fn shows_nobody_but(world: &World, who: &str, case: &str) {
    for (index, tab) in world.tabs.iter().enumerate().filter(|(_, tab)| tab.alive) {
        if let Status::Active { grant, .. } = tab.session.status() {
            assert!(grant.token.reveal().ends_with(who), "{case}: tab {index} shows somebody else");
        }
    }
}

fn is_signed_out(world: &World, tab: TabId) -> bool {
    matches!(world.status(tab), Status::Ended { .. })
}

/// What there was before somebody signed in.
fn before(tells: bool, reason: Option<EndReason>) -> World {
    let config = Config { tells_sign_out: tells, ..Config::default() };
    let mut world =
        if reason == Some(EndReason::None) { World::new(config, 1) } else { World::signed_in(config, 1) };
    world.start();
    match reason {
        Some(EndReason::SignedOut) => drop(world.sign_out(TAB)),
        Some(EndReason::Rejected) => world.server.revoke_all(),
        _ => {}
    }
    world.run(if reason.is_some() { HOUR } else { MINUTE });
    world
}

const BEFORE: [Option<EndReason>; 4] =
    [None, Some(EndReason::None), Some(EndReason::SignedOut), Some(EndReason::Rejected)];

// Scenario 138.
#[test]
fn a_sign_out_after_it_signs_that_session_out_whatever_has_become_of_its_refresh() {
    for tells in [true, false] {
        for reason in BEFORE {
            for (fault, pause) in [(Fault::Status(503, None), 22_000), (Fault::Slow(3_000), 1_000)] {
                for fails in [false, true] {
                    let case = format!("tells: {tells}, {reason:?}, {fault:?}, the sign-out fails: {fails}");
                    let mut world = before(tells, reason);
                    world.server.faults = vec![fault; if pause > 3_000 { 6 } else { 1 }];
                    world.sign_in_by_cookie(TAB, "bob");
                    world.run(pause);
                    world.server.sign_out_faults =
                        if fails { vec![Fault::Status(503, None)] } else { vec![] };
                    world.sign_out(TAB);
                    world.run(10 * MINUTE);
                    assert_eq!(world.false_confirmations, [], "{case}");
                    let next = world.reload(TAB);
                    world.run(MINUTE);
                    assert!(is_signed_out(&world, next), "{case}: {:?}", world.status(next));
                    let is_over = world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie));
                    assert_eq!(is_over, tells, "{case}");
                }
            }
        }
    }
}

// Scenario 138.
#[test]
fn a_reload_before_its_refresh_has_told_whose_it_is_shows_who_has_signed_in() {
    for tells in [true, false] {
        for reason in BEFORE {
            let case = format!("tells: {tells}, {reason:?}");
            let mut world = before(tells, reason);
            let other = world.visit();
            world.run(1_000);
            world.server.faults = vec![Fault::Slow(3_000)];
            world.sign_in_by_cookie(other, "bob");
            world.run(500);
            let next = world.reload(other);
            world.run(MINUTE);
            assert!(token_in(&world, next).ends_with("bob"), "{case}");
            assert!(token_in(&world, TAB).ends_with("bob"), "{case}");
        }
    }
}

// Scenario 138.
#[test]
fn a_sign_out_in_another_tab_after_it_signs_that_session_out() {
    for tells in [true, false] {
        for pause in [0, 10, 500, 3_500] {
            let case = format!("tells: {tells}, after {pause} ms");
            let mut world = before(tells, None);
            let other = world.visit();
            world.run(1_000);
            world.server.faults = vec![Fault::Slow(3_000)];
            world.sign_in_by_cookie(other, "bob");
            world.run(pause);
            world.sign_out(TAB);
            world.run(10 * MINUTE);
            assert_eq!(world.false_confirmations, [], "{case}");
            let next = world.visit();
            world.run(MINUTE);
            for tab in [TAB, other, next] {
                assert!(is_signed_out(&world, tab), "{case}: {:?}", world.status(tab));
            }
        }
    }
}

/// The second cookie is carol's, and that of bob's refresh lies over it.
// Scenario 138.
#[test]
fn of_two_in_a_row_the_first_person_is_not_shown_for_the_second() {
    for slow in [0, 300, 1_000, 5_000] {
        for gap in [1, 10, 30, 300] {
            for (way, rotation) in [(0, None), (1, None), (2, None), (0, Some(Rotation::Refuses))] {
                let case = format!("{slow} ms, {gap} ms later, in way {way}, {rotation:?}");
                let mut world = World::signed_in(Config { rotation, ..Config::default() }, 1);
                let other = if way == 2 { world.visit_worker() } else { world.visit() };
                world.run(MINUTE);
                world.server.faults = vec![Fault::Slow(slow)];
                let first = if way == 1 { TAB } else { other };
                world.sign_in_by_cookie(first, "bob");
                world.run(gap);
                let second = if way == 1 { world.reload(TAB) } else { TAB };
                world.run(if way == 1 { 10 } else { 0 });
                world.sign_in_by_cookie(second, "carol");
                world.run(MINUTE);
                let next = world.visit();
                world.run(MINUTE);
                shows_nobody_but(&world, "carol", &case);
                let is_known = world.is_active(next) || is_signed_out(&world, next);
                assert!(is_known, "{case}: {:?}", world.status(next));
            }
        }
    }
}

/// Whoever has no storage hears of it by a message.
// Scenario 138.
#[test]
fn a_sign_out_that_waits_elsewhere_does_not_end_it() {
    for way in 0..4 {
        let config = Config { patience: Millis::from_secs(60), ..Config::default() };
        let mut world = World::signed_in(config, 1);
        let lock = world.visit();
        let other = if way % 2 == 0 { world.visit_worker() } else { world.visit() };
        if way == 3 {
            world.block_storage();
        }
        world.run(1_000);
        world.freeze_lock(lock);
        let (signs_out, signs_in) = if way == 2 { (other, TAB) } else { (TAB, other) };
        let ticket = world.sign_out(signs_out);
        world.run(200);
        world.sign_in_by_cookie(signs_in, "bob");
        world.run(300);
        world.kill_tab(lock);
        world.run(MINUTE);
        assert_eq!(world.answer(signs_out, ticket), Some(&Err(Denial::Changed)), "{way}");
        assert!(token_in(&world, signs_in).ends_with("bob"), "{way}");
        assert!(world.cookie.is_some_and(|cookie| world.server.goes_on(cookie)), "{way}");
    }
}

/// The page was delivered with a token of alice's before she signed out.
// Scenario 138.
#[test]
fn an_old_seed_beside_it_shows_nobody_else() {
    for is_gone in [false, true] {
        let mut world = World::signed_in(Config::default(), 1);
        let other = world.visit();
        world.run(1_000);
        let old = world.render().expect("her session goes on");
        world.server.sign_out_faults = vec![Fault::Status(503, None); 40];
        world.sign_out(TAB);
        world.run(200);
        world.server.faults = vec![Fault::Slow(3_000)];
        world.sign_in_by_cookie(other, "bob");
        world.run(10);
        if is_gone {
            world.close_tab(other);
        }
        let next = world.visit();
        world.run(10);
        world.seed(next, old);
        for _ in 0..200 {
            world.run(50);
            shows_nobody_but(&world, "bob", &format!("gone: {is_gone}"));
        }
        assert!(token_in(&world, next).ends_with("bob"), "{is_gone}: {:?}", world.status(next));
    }
}

/// Alice's refresh is out while carol signs in and out, and zed signs in.
// Scenario 138.
#[test]
fn a_late_reply_of_before_two_sign_ins_shows_nobody_else() {
    for slow in [500, 1_000, 5_000] {
        for gap in [1, 10, 300] {
            for way in 0..3 {
                let case = format!("{slow} ms, {gap} ms in between, way {way}");
                let mut world = World::signed_in(Config::default(), 1);
                let other = world.visit();
                world.run(MINUTE);
                world.server.faults = vec![Fault::Slow(slow)];
                world.renew(TAB);
                world.run(gap);
                let tab = if way == 2 { world.recreate(TAB) } else { TAB };
                world.signed_in_elsewhere(tab, "carol");
                world.run(gap);
                world.sign_out(tab);
                world.run(gap);
                world.sign_in_by_cookie(if way == 0 { tab } else { other }, "zed");
                world.run(2 * MINUTE);
                shows_nobody_but(&world, "zed", &case);
            }
        }
    }
}

/// No refresh was out but that of the sign-in itself.
// Scenario 138.
#[test]
fn a_reload_while_its_refresh_is_out_shows_who_has_signed_in_whatever_the_server_does_with_a_spent_cookie() {
    use Rotation::{None as Accepts, Refuses, Replays, Revokes};
    for (rotation, on_spent) in [
        (Some(Refuses), OnSpent::Refuse),
        (Some(Accepts), OnSpent::Accept),
        (Some(Replays), OnSpent::Revoke),
        (Some(Revokes), OnSpent::Revoke),
    ] {
        for reason in BEFORE {
            for slow in [300, 2_000] {
                let case = format!("{rotation:?}, {reason:?}, {slow} ms");
                let mut world = before(true, reason);
                if rotation == Some(Revokes) && slow > 300 {
                    // It is not waited for so long.
                    continue;
                }
                world.server.on_spent = on_spent;
                world.server.knows_attempts = rotation == Some(Replays);
                world.config.rotation = rotation;
                let tab = world.reload(TAB);
                world.run(MINUTE);
                world.server.faults = vec![Fault::Slow(slow)];
                world.sign_in_by_cookie(tab, "bob");
                world.run(200);
                let next = world.reload(tab);
                world.run(MINUTE);
                assert!(shows(&world, next, "bob"), "{case}: {:?}", world.status(next));
            }
        }
    }
}

/// The page that comes back from a login page restores its session, with the new cookie, before the app says `signIn()`.
// Scenario 138.
#[test]
fn a_page_that_says_so_while_its_first_refresh_is_out_shows_who_has_signed_in() {
    for reason in BEFORE {
        for (slow, pause) in [(500, 300), (0, 10), (0, 30), (2_000, 1_500), (0, 1_000)] {
            for again in [false, true] {
                let case = format!("{reason:?}, {slow} ms, after {pause} ms, twice: {again}");
                let mut world = before(true, reason);
                world.close_tab(TAB);
                world.run(20_000);
                world.sign_in_unseen("bob");
                world.server.faults = vec![Fault::Slow(slow)];
                let tab = world.visit();
                world.run(pause);
                world.ask_cookie_sign_in(tab);
                if again {
                    // React runs an effect twice.
                    world.ask_cookie_sign_in(tab);
                }
                world.run(MINUTE);
                assert!(shows(&world, tab, "bob"), "{case}: {:?}", world.status(tab));
            }
        }
    }
}

/// The refresh of the first sign-in went with its page, and nothing of it is out any more.
// Scenario 138.
#[test]
fn another_one_later_shows_who_has_signed_in_then() {
    for rotation in [None, Some(Rotation::Refuses), Some(Rotation::None)] {
        for gap in [0, 5, 30] {
            for later in [MINUTE, 10 * MINUTE] {
                let mut world = World::signed_in(Config { rotation, ..Config::default() }, 5);
                world.run(MINUTE);
                world.sign_in_by_cookie(TAB, "bob");
                world.run(gap);
                let tab = world.reload(TAB);
                world.run(later);
                assert!(shows(&world, tab, "bob"), "{rotation:?}, {gap} ms: {:?}", world.status(tab));
                world.sign_in_by_cookie(tab, "carol");
                world.run(MINUTE);
                assert!(shows(&world, tab, "carol"), "{rotation:?}, {gap} ms: {:?}", world.status(tab));
            }
        }
    }
}
