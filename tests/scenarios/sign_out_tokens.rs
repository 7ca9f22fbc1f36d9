//! The access token that a sign-out carries where the server requires one.

use super::confirming_sign_outs::{settled, world};
use super::*;

fn with_token() -> Config {
    Config { sign_out_token: true, ..Config::default() }
}

// Scenario 91.
#[test]
fn the_token_of_the_ending_session_goes_along_where_it_is_required() {
    for (token, answer) in [(true, CONFIRMED), (false, PENDING)] {
        let config = Config { sign_out_token: token, ..Config::default() };
        let mut world = world(config, Logout::WantsToken);
        let ticket = world.sign_out(TAB);
        world.run(5_000);
        assert_eq!(world.answer(TAB, ticket), Some(&answer), "{token}");
        assert_eq!(world.cookie.is_some_and(|cookie| world.server.goes_on(cookie)), !token);
    }
}

#[test]
fn a_token_that_has_expired_is_renewed_first() {
    let config = Config { refresh_ahead: false, ..with_token() };
    let mut world = world(config, Logout::WantsToken);
    world.run(HOUR);
    let ticket = world.sign_out(TAB);
    assert_eq!(refreshes(&mut world, |world| world.run(5_000)), 1);
    assert_eq!((world.answer(TAB, ticket), world.server.sign_outs), (Some(&CONFIRMED), 1));
}

#[test]
fn a_token_that_the_server_does_not_accept_any_more_is_renewed_once() {
    let mut world = world(with_token(), Logout::WantsToken);
    world.server.revoke_access();
    let ticket = world.sign_out(TAB);
    assert_eq!(refreshes(&mut world, |world| world.run(5_000)), 1);
    assert_eq!((world.answer(TAB, ticket), world.server.sign_outs), (Some(&CONFIRMED), 2));
}

/// The old token is gone with its page.
// Scenario 91.
#[test]
fn a_later_page_that_pursues_it_sends_the_token_of_a_refresh() {
    for is_opaque in [false, true] {
        let mut world = world(with_token(), Logout::WantsToken);
        world.server.tells = if is_opaque { Tells::Nothing } else { Tells::Person };
        world.sign_in(TAB, "alice");
        world.run(1_000);
        world.offline = true;
        world.sign_out(TAB);
        world.run(1_000);
        let next = world.reload(TAB);
        world.run(HOUR);
        let sent = refreshes(&mut world, |world| {
            world.go_online();
            world.run(1_000);
        });
        assert_eq!((sent, world.server.sign_outs), (1, 1), "opaque: {is_opaque}");
        assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)));
        assert_eq!(settled(&world, next).pop(), Some((SignOutStatus::Confirmed, None)));
    }
}

/// Bob has signed in in another tab, which this one has not heard of: her token must not go along
/// with his cookie.
#[test]
fn the_token_of_one_user_does_not_sign_out_another() {
    let mut world = World::signed_in(Config { shares_token: false, ..with_token() }, 1);
    let other = world.visit();
    world.run(1_000);
    world.channel.delay = 3_000;
    world.server.logout = Logout::WantsToken;
    world.signed_in_elsewhere(other, "bob");
    let ticket = world.sign_out(TAB);
    world.run(MINUTE);
    // Whoever is signed in in this browser is signed out.
    assert_eq!(world.answer(TAB, ticket), Some(&CONFIRMED));
    assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)));
    assert_eq!(world.false_confirmations, []);
}

/// The page that sent the refresh was killed, and the user has signed in by a redirect since. The late reply sets the cookie of
/// the session before.
// Scenario 91.
#[test]
fn a_sign_out_beside_a_refresh_of_an_earlier_session_is_made_again_with_a_token_of_the_cookie_that_has_come()
{
    for rotation in ROTATIONS {
        for slow in [500, 2_001, 5_000, 20_000] {
            let config = Config { shares_token: false, sign_out_token: true, rotation, ..Config::default() };
            let mut world = World::signed_in(config, 1);
            world.server.logout = Logout::WantsToken;
            let other = world.visit();
            world.server.faults = vec![Fault::Slow(slow)];
            world.run(1);
            world.sign_in_by_cookie(TAB, "alice");
            world.kill_tab(other);
            world.run(10);
            world.sign_out(TAB);
            world.run(HOUR);
            let case = format!("{rotation:?}, {slow} ms");
            assert_eq!(world.stored().sign_out, None, "{case}");
            assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)), "{case}: it goes on");
            let next = world.visit();
            world.run(MINUTE);
            assert!(!world.is_active(next), "{case}: alice is back");
        }
    }
}

/// The page that signed out has gone as well: the one that pursues the sign-out has no token, and its comparison brings that of
/// the cookie which the orphan's lies over.
// Scenario 91.
#[test]
fn a_later_page_takes_the_token_of_the_cookie_that_an_orphan_has_brought() {
    for rotation in ROTATIONS {
        for slow in [500, 2_001, 5_000, 12_000] {
            let config = Config { shares_token: false, rotation, ..with_token() };
            let mut world = World::signed_in(config, 1);
            world.server.logout = Logout::WantsToken;
            let other = world.visit();
            world.run(1_000);
            world.server.faults = vec![Fault::Slow(slow)];
            world.sign_in_by_cookie(other, "alice");
            world.run(1);
            world.sign_in_by_cookie(other, "alice");
            world.kill_tab(other);
            world.run(10);
            world.sign_out(TAB);
            world.close_tab(TAB);
            world.run(200);
            let later = world.visit();
            world.run(HOUR);
            let case = format!("{rotation:?}, {slow} ms");
            assert_eq!(world.stored().sign_out, None, "{case}");
            assert!(!world.is_active(later), "{case}: alice is still here");
            assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)), "{case}: it goes on");
            let next = world.visit();
            world.run(MINUTE);
            assert!(!world.is_active(next), "{case}: alice is back");
        }
    }
}
