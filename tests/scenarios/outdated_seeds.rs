//! A page may be older than a sign-in or a sign-out: the token that it was delivered with undoes
//! neither.

use super::seeding::{delivered, restoring};
use super::*;

// Scenario 97.
#[test]
fn a_seed_does_not_undo_a_sign_out() {
    for restore in [true, false] {
        for (tells_sign_out, offline) in [(true, false), (true, true), (false, false)] {
            for tells in [Tells::Person, Tells::Token, Tells::Nothing] {
                for is_here in [false, true] {
                    let what = format!("{restore}, {tells_sign_out}, {offline}, {tells:?}, {is_here}");
                    let config = Config { tells_sign_out, ..restoring(true) };
                    let mut world = World::signed_in_at(tells, config, 1);
                    // A page out of a cache.
                    let old = world.render().unwrap();
                    world.offline = offline;
                    world.sign_out(TAB);
                    world.run(1_000);
                    world.config.restore = restore;
                    let tab = if is_here { TAB } else { world.visit() };
                    let ticket = world.seed(tab, old);
                    world.run(1_000);
                    assert!(matches!(world.answer(tab, ticket), None | Some(Err(_))), "{what}");
                    world.go_online();
                    world.run(HOUR);
                    assert!(matches!(world.status(tab), Status::Ended { .. }), "{what}");
                    assert!(matches!(world.status(TAB), Status::Ended { .. }), "{what}");
                    // A fresh login is marked by a sign-in.
                    let login = world.answered_login("alice");
                    world.sign_in_with(tab, login);
                    world.run(HOUR);
                    assert!(shows(&world, tab, "alice"), "{what}");
                }
            }
        }
    }
}

/// The page was rendered for somebody before, and comes out of a cache.
// Scenario 97.
#[test]
fn a_seed_of_somebody_else_does_not_undo_a_sign_out_either() {
    for (tells_sign_out, offline) in [(true, false), (true, true), (false, false)] {
        for tells in [Tells::Person, Tells::Session, Tells::Token] {
            for is_here in [false, true] {
                let what = format!("{tells_sign_out}, {offline}, {tells:?}, {is_here}");
                let config = Config { tells_sign_out, ..restoring(true) };
                let mut world = World::signed_in_at(tells, config, 1);
                let old = world.render().unwrap();
                world.sign_in(TAB, "bob");
                world.run(1_000);
                world.server.sign_out_faults =
                    if offline { vec![Fault::Status(503, None); 40] } else { vec![] };
                world.sign_out(TAB);
                world.run(1_000);
                let tab = if is_here { TAB } else { world.reload(TAB) };
                world.run(1_000);
                world.seed(tab, old);
                for _ in 0..60 {
                    world.run(1_000);
                    assert!(
                        matches!(world.status(tab), Status::Ended { .. }),
                        "{what}: {:?}",
                        world.status(tab)
                    );
                }
            }
        }
    }
}

#[test]
fn a_seed_of_somebody_else_than_who_has_signed_out_begins_a_session() {
    for restore in [true, false] {
        for (tells_sign_out, offline) in [(true, false), (true, true), (false, false)] {
            let what = format!("{restore}, {tells_sign_out}, {offline}");
            let mut world = World::signed_in(Config { tells_sign_out, ..restoring(true) }, 1);
            world.offline = offline;
            world.sign_out(TAB);
            world.run(1_000);
            world.offline = false;
            world.sign_in_unseen("bob");
            let tab = delivered(&mut world, restore);
            world.run(HOUR);
            assert!(shows(&world, tab, "bob"), "{what}");
            assert_eq!(world.server.sign_outs, u32::from(tells_sign_out && !offline), "{what}");
        }
    }
}

/// A tab that shows nobody has found bob, and the sign-out of alice is not pursued any more.
#[test]
fn a_seed_of_before_a_sign_out_that_is_abandoned_shows_nobody_else() {
    let mut world = World::signed_in(Config::default(), 3);
    let other = world.prerender();
    world.run(1_000);
    let old = world.render().expect("her session goes on");
    world.server.faults = vec![Fault::SlowReset(2_000)];
    world.renew(TAB);
    world.run(100);
    world.sign_out(TAB);
    world.sign_in_unseen("bob");
    world.activate(other);
    world.run(MINUTE);
    let next = world.visit();
    world.seed(next, old);
    for _ in 0..200 {
        world.run(50);
        assert!(!shows(&world, next, "alice"));
    }
    assert!(shows(&world, next, "bob"), "{:?}", world.status(next));
}

#[test]
fn a_seed_of_somebody_without_a_session_changes_nothing_about_a_sign_out() {
    let mut world = World::signed_in(Config::default(), 3);
    world.server.sign_out_faults = vec![Fault::Status(503, None); 40];
    world.sign_out(TAB);
    world.run(1_000);
    let before = world.status(TAB);
    let bobs = world.answered_login("bob");
    world.cookie = None;
    let ticket = world.seed(TAB, bobs);
    world.run(MINUTE);
    assert_eq!(world.answer(TAB, ticket), Some(&Err(Denial::Ended(EndReason::SignedOut))));
    assert_eq!(world.status(TAB), before);
}

#[test]
fn a_seed_of_whoever_has_taken_the_place_of_a_sign_in_is_not_shown() {
    for restore in [true, false] {
        for pause in [200, 10_000] {
            let mut world = signed_in();
            world.server.faults = vec![Fault::Slow(100)];
            world.renew(TAB);
            world.run(30);
            world.signed_in_elsewhere(TAB, "bob");
            world.run(pause);
            let Some(issued) = world.render() else { panic!("alice's cookie has come") };
            world.config.restore = restore;
            let tab = world.visit();
            world.seed(tab, issued);
            world.run(10_000);
            // A page that restores nothing shows that there is none.
            let reason = if restore { EndReason::Replaced } else { EndReason::None };
            let is_ended = [ended(EndReason::Replaced), ended(reason)].contains(&world.status(tab));
            assert!(is_ended, "{restore}, {pause}: {:?}", world.status(tab));
        }
    }
}

#[test]
fn a_sign_in_is_newer_than_the_seed_of_a_page_that_is_activated_after_it() {
    for restore in [true, false] {
        for shares_token in [true, false] {
            for is_blocked in [false, true] {
                for tells in [Tells::Person, Tells::Session, Tells::Token, Tells::Nothing] {
                    let mut world = World::signed_in_at(tells, Config { shares_token, ..restoring(true) }, 1);
                    if is_blocked {
                        world.block_storage();
                    }
                    let issued = world.render().unwrap();
                    world.config.restore = restore;
                    let tab = world.open_tab();
                    let ticket = world.seed(tab, issued);
                    world.run(1_000);
                    world.sign_in(TAB, "bob");
                    world.run(1_000);
                    let session = session_of(&world, TAB);
                    world.start();
                    world.run(1_000);
                    let what = format!("{restore}, {shares_token}, {is_blocked}, {tells:?}");
                    assert_eq!(world.answer(tab, ticket), Some(&Err(Denial::Changed)), "{what}");
                    for tab in [TAB, tab] {
                        assert!(shows(&world, tab, "bob"), "{what}: {:?}", world.status(tab));
                        assert_eq!(session_of(&world, tab), session, "{what}");
                    }
                }
            }
        }
    }
}

/// How alice signs in after the page of bob has been rendered, and where.
#[derive(Clone, Copy, Debug)]
enum SignsIn {
    InTurn,
    ByResponse,
    ByCookie,
    InThePage,
}

// Scenario 131.
#[test]
fn a_page_that_is_older_than_a_sign_in_does_not_undo_it() {
    for (restore, tells) in
        [true, false].into_iter().flat_map(|restore| [(restore, Tells::Person), (restore, Tells::Session)])
    {
        for how in [SignsIn::InTurn, SignsIn::ByResponse, SignsIn::ByCookie, SignsIn::InThePage] {
            for (before, after, is_loaded) in
                [(500, 500, true), (500, 5_000, true), (50, 50, true), (0, 500, false)]
            {
                for fault in [Fault::Slow(0), Fault::Slow(3_000), Fault::Status(503, None)] {
                    let mut world = World::new(restoring(true), 1);
                    world.server.tells = tells;
                    world.start();
                    world.run(1_000);
                    world.sign_in(TAB, "bob");
                    world.run(MINUTE);
                    let bobs = world.render().expect("bob is signed in");
                    world.config.restore = restore;
                    let page = is_loaded.then(|| world.visit());
                    world.run(before);
                    match (how, page) {
                        (SignsIn::InThePage, Some(page)) => world.sign_in(page, "alice"),
                        (SignsIn::InTurn | SignsIn::InThePage, _) => world.sign_in(TAB, "alice"),
                        (SignsIn::ByResponse, _) => world.signed_in_elsewhere(TAB, "alice"),
                        (SignsIn::ByCookie, _) => world.sign_in_by_cookie(TAB, "alice"),
                    };
                    world.run(after);
                    let page = page.unwrap_or_else(|| world.visit());
                    world.server.faults = vec![fault; 3];
                    let ticket = world.seed(page, bobs);
                    let case =
                        format!("{restore}, {tells:?}, {how:?}, {before}, {after}, {is_loaded}, {fault:?}");
                    for _ in 0..600 {
                        world.run(100);
                        assert!([TAB, page].iter().all(|tab| !shows(&world, *tab, "bob")), "{case}");
                    }
                    assert!(
                        matches!(
                            world.answer(page, ticket),
                            Some(Err(Denial::Changed | Denial::Unavailable { .. }))
                        ),
                        "{case}"
                    );
                    assert!([TAB, page].iter().all(|tab| shows(&world, *tab, "alice")), "{case}");
                }
            }
        }
    }
}
