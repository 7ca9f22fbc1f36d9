//! A sign-out sends nothing where the server has said that there is no session, and only there.

use super::*;

// Scenario 93.
#[test]
fn where_the_server_has_said_that_there_is_no_session_nothing_is_sent_and_the_reason_stays() {
    for reason in [EndReason::None, EndReason::Rejected] {
        let mut world = match reason {
            EndReason::None => World::new(Config::default(), 1),
            _ => signed_in(),
        };
        match reason {
            EndReason::None => world.start(),
            _ => {
                world.server.revoke_all();
                world.renew(TAB);
            }
        }
        world.run(5_000);
        assert_eq!(world.status(TAB), ended(reason));
        let published = world.tabs[0].published.len();
        let ticket = world.sign_out(TAB);
        assert_eq!(world.answer(TAB, ticket), Some(&CONFIRMED));
        assert_eq!(refreshes(&mut world, |world| world.run(HOUR)), 0);
        assert_eq!((world.server.sign_outs, world.stored().sign_out), (0, None));
        assert_eq!((world.status(TAB), world.tabs[0].published.len()), (ended(reason), published));
    }
}

#[test]
fn once_it_is_confirmed_another_one_sends_nothing() {
    let mut world = signed_in();
    for _ in 0..3 {
        let ticket = world.sign_out(TAB);
        world.run(1_000);
        assert_eq!(world.answer(TAB, ticket), Some(&CONFIRMED));
    }
    assert_eq!(world.server.sign_outs, 1);
}

/// Nobody has said anything: the page is offline, a login is on its way, or another tab has just
/// begun a session.
// Scenario 93.
#[test]
fn where_there_may_be_a_session_it_is_signed_out_for_real() {
    type Way = fn(&mut World);
    let ways: [(&str, Way); 4] = [
        ("offline", |world| {
            world.cookie = Some(world.server.login("alice", 0).1);
            world.offline = true;
            world.start();
            world.run(1_000);
            world.sign_out(TAB);
            world.run(1_000);
            world.go_online();
        }),
        ("a login is out", |world| {
            world.start();
            world.run(1_000);
            world.sign_in(TAB, "alice");
            world.run(10);
            world.sign_out(TAB);
        }),
        ("a cookie has been set", |world| {
            world.start();
            world.run(1_000);
            world.sign_in_by_cookie(TAB, "alice");
            world.sign_out(TAB);
        }),
        ("another tab", |world| {
            world.start();
            let other = world.visit();
            world.run(1_000);
            world.channel.delay = 3_000;
            world.signed_in_elsewhere(other, "alice");
            world.sign_out(TAB);
        }),
    ];
    for (name, way) in ways {
        let mut world = World::new(Config::default(), 1);
        way(&mut world);
        world.run(MINUTE);
        assert_eq!(world.status(TAB), ended(EndReason::SignedOut), "{name}");
        assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)), "{name}");
    }
}
