//! Two tabs that hold different locks under one name, as where a user has removed the site's data from Chromium: each finds the
//! marker of the other's refresh, and takes it for an orphan's.

use super::*;

/// More than two tabs need that look for the cookie of one orphan.
const MOST: u32 = 60;

/// Alice is signed in in two tabs that the same lock does not reach.
fn beyond_the_lock(rotation: Option<Rotation>, seed: u64) -> (World, [TabId; 2]) {
    let mut world = World::signed_in(Config { rotation, ..Config::default() }, seed);
    world.clear_storage();
    let other = world.visit();
    world.run(MINUTE);
    (world, [TAB, other])
}

// Scenario 142.
#[test]
fn two_tabs_take_the_rejections_of_a_session_that_is_over() {
    for (rotation, gap) in ROTATIONS.into_iter().flat_map(|rotation| [0, 10, 60].map(|gap| (rotation, gap))) {
        for seed in 0..20 {
            let (mut world, both) = beyond_the_lock(rotation, seed);
            world.server.revoke_all();
            world.renew(both[0]);
            world.run(gap);
            world.renew(both[1]);
            let case = format!("{rotation:?}, {gap}, seed {seed}");
            let sent = refreshes(&mut world, |world| world.run(MINUTE));
            assert!(sent < MOST, "{case}: {sent}");
            assert_eq!(both.map(|tab| world.is_active(tab)), [false; 2], "{case}");
            assert_eq!(refreshes(&mut world, |world| world.run(10 * MINUTE)), 0, "{case}");
        }
    }
}

// Scenario 142.
#[test]
fn two_tabs_that_have_signed_out_are_told_so() {
    for (rotation, logout) in ROTATIONS
        .into_iter()
        .flat_map(|rotation| [Logout::EndsAndComplains, Logout::Redirects].map(|logout| (rotation, logout)))
    {
        for seed in 0..20 {
            let (mut world, both) = beyond_the_lock(rotation, seed);
            world.server.logout = logout;
            let tickets = both.map(|tab| world.sign_out(tab));
            let case = format!("{rotation:?}, {logout:?}, seed {seed}");
            let sent = refreshes(&mut world, |world| world.run(MINUTE));
            assert!(sent < MOST, "{case}: {sent}");
            for (tab, ticket) in both.into_iter().zip(tickets) {
                assert!(matches!(world.answer(tab, ticket), Some(Ok(Reply::SignedOut(_)))), "{case}");
            }
            assert!(refreshes(&mut world, |world| world.run(10 * MINUTE)) < 10, "{case}");
        }
    }
}
