//! Users come and go.

use super::*;

#[test]
fn a_login_is_sent_when_no_refresh_is_on_the_wire() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Slow(2_000)];
    world.renew(TAB);
    world.run(100);
    let ticket = world.sign_in(TAB, "bob");
    world.run(1_000);
    assert_eq!(world.server.logins, 1, "the refresh is still out");
    world.run(5_000);
    assert_eq!(world.answer(TAB, ticket), Some(&Ok(Reply::Done)));
    assert!(token_of(&world).ends_with("bob"));
    assert_eq!(world.most_writers, 1);
    world.run(HOUR);
    assert!(token_of(&world).ends_with("bob"), "the cookie is bob's as well");
}

#[test]
fn a_login_that_brings_no_token_changes_nothing() {
    let mut world = signed_in();
    let published = world.tabs[0].published.len();
    let ticket = world.fail_login(TAB);
    world.run(1_000);
    assert_eq!(world.answer(TAB, ticket), Some(&Err(Denial::SignInFailed)));
    assert_eq!(world.tabs[0].published.len(), published);
    assert_eq!(refreshes(&mut world, |world| world.run(HOUR)), 4, "and refreshes go on");
}

#[test]
fn each_sign_in_is_a_new_session() {
    let mut world = signed_in();
    let first = session_of(&world, TAB);
    world.sign_in(TAB, "alice");
    world.run(1_000);
    assert_ne!(session_of(&world, TAB), first);
    assert_eq!(generation(&world), 1);
}

#[test]
fn signing_in_with_nothing_is_one_refresh_and_a_new_session() {
    let mut world = World::new(Config::default(), 1);
    world.start();
    world.run(1_000);
    let ticket = world.sign_in_by_cookie(TAB, "alice");
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
    assert_eq!(world.answer(TAB, ticket), Some(&Ok(Reply::Done)));
    let first = session_of(&world, TAB);
    world.sign_in_by_cookie(TAB, "alice");
    world.run(1_000);
    assert_ne!(session_of(&world, TAB), first);
}

#[test]
fn signing_in_with_nothing_and_no_cookie_leaves_the_state_as_it_was() {
    for before in [EndReason::None, EndReason::SignedOut, EndReason::Rejected] {
        let mut world =
            if before == EndReason::None { World::new(Config::default(), 1) } else { signed_in() };
        world.start();
        match before {
            EndReason::SignedOut => drop(world.sign_out(TAB)),
            EndReason::Rejected => world.server.revoke_all(),
            EndReason::None | EndReason::Replaced => {}
        }
        world.run(HOUR);
        let other = world.visit();
        world.run(1_000);
        let ended = Status::Ended { reason: before, elsewhere: false };
        assert_eq!(world.status(TAB), ended);
        let ticket = world.ask_cookie_sign_in(TAB);
        world.run(MINUTE);
        assert_eq!(world.answer(TAB, ticket), Some(&Err(Denial::Ended(before))));
        assert_eq!(world.status(TAB), ended);
        assert!(matches!(world.status(other), Status::Ended { .. }), "{before:?}: {:?}", world.status(other));
        let next = world.reload(TAB);
        world.run(MINUTE);
        assert!(matches!(world.status(next), Status::Ended { .. }), "{before:?}: {:?}", world.status(next));
    }
}

// Scenario 50.
#[test]
fn a_late_rejection_of_the_user_before_changes_nothing() {
    let mut world = signed_in();
    world.server.revoke_all();
    world.server.faults = vec![Fault::Slow(3_000)];
    world.renew(TAB);
    world.run(100);
    world.signed_in_elsewhere(TAB, "bob");
    // One, for the cookie that a refresh has overlapped; none to confirm what was said of the user before.
    assert_eq!(refreshes(&mut world, |world| world.run(3_100)), 1);
    world.run(HOUR);
    assert!(token_of(&world).ends_with("bob"));
}

#[test]
fn a_refresh_that_was_given_up_on_does_not_put_its_cookie_under_the_next_user_unseen() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Slow(18_000)];
    world.renew(TAB);
    world.run(15_100);
    world.signed_in_elsewhere(TAB, "bob");
    world.run(10_000);
    assert_eq!(
        world.status(TAB),
        ended(EndReason::Replaced),
        "whose cookie there is now is looked at, and said"
    );
}

#[test]
fn a_sign_in_that_a_refresh_overlapped_is_looked_after_when_it_is_quiet() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Slow(3_000)];
    world.renew(TAB);
    world.run(100);
    world.signed_in_elsewhere(TAB, "bob");
    // The late answer is of another epoch, so it is dropped; one more refresh tells whose cookie there is.
    assert_eq!(refreshes(&mut world, |world| world.run(3_100)), 1);
    // The late answer has put alice's cookie under bob's token: the page must not go on as a mixture.
    assert_eq!(world.status(TAB), ended(EndReason::Replaced));
}

// Scenario 77.
#[test]
fn a_request_of_one_user_is_never_sent_with_the_token_of_another() {
    let mut world = signed_in();
    world.server.revoke_access();
    let request = world.fetch(TAB);
    world.run(30);
    world.signed_in_elsewhere(TAB, "bob");
    world.run(5_000);
    assert_eq!(world.outcomes[&request], Outcome::Status(401));
}

#[test]
fn a_request_that_waits_when_another_user_signs_in_is_told_so() {
    let mut world = World::signed_in(Config { refresh_ahead: false, ..Config::default() }, 1);
    world.run(HOUR);
    world.server.faults = vec![Fault::Slow(3_000)];
    let request = world.fetch(TAB);
    world.run(100);
    world.signed_in_elsewhere(TAB, "bob");
    world.run(5_000);
    assert_eq!(world.outcomes[&request], Outcome::Denied(Denial::Changed));
}

// Scenario 5.
#[test]
fn a_sign_out_ends_the_session_at_once_and_the_server_is_told() {
    let mut world = signed_in();
    let ticket = world.sign_out(TAB);
    assert_eq!(world.status(TAB), ended(EndReason::SignedOut));
    world.run(1_000);
    assert_eq!(world.answer(TAB, ticket), Some(&CONFIRMED));
    assert_eq!((world.server.sign_outs, world.cookie), (1, None));
    let request = world.fetch(TAB);
    assert_eq!(refreshes(&mut world, |world| world.run(HOUR)), 0);
    assert_eq!(world.outcomes[&request], Outcome::Status(401));
}

// Scenarios 31, 49.
#[test]
fn a_refresh_cannot_resurrect_an_ended_session() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Slow(2_000)];
    world.renew(TAB);
    world.run(100);
    world.sign_out(TAB);
    world.run(HOUR);
    assert_eq!(world.status(TAB), ended(EndReason::SignedOut));
    assert_eq!(world.cookie, None, "the sign-out went out after the refresh, with the newest cookie");
}

#[test]
fn a_sign_out_during_a_login_wins() {
    let mut world = World::new(Config::default(), 1);
    world.start();
    world.run(1_000);
    let login = world.sign_in(TAB, "alice");
    world.run(10);
    world.sign_out(TAB);
    assert_eq!(world.answer(TAB, login), Some(&Err(Denial::Ended(EndReason::SignedOut))));
    world.run(HOUR);
    assert_eq!(world.status(TAB), ended(EndReason::SignedOut));
    assert_eq!(world.cookie, None);
}

#[test]
fn a_sign_in_after_a_sign_out_is_sent_after_it() {
    let mut world = signed_in();
    world.sign_out(TAB);
    world.sign_in(TAB, "bob");
    world.run(1_000);
    assert!(token_of(&world).ends_with("bob"));
    assert_eq!(world.server.sign_outs, 1);
    world.renew(TAB);
    world.run(1_000);
    assert!(token_of(&world).ends_with("bob"), "the cookie is bob's");
}

/// It may be the login function itself that waits: nothing was sent, and no server is to blame.
// Scenario 108.
#[test]
fn a_caller_that_waits_for_a_login_function_in_vain_is_told_so() {
    let mut world = World::signed_in(Config { refresh_ahead: false, ..Config::default() }, 1);
    world.run(HOUR);
    // The login takes 25 seconds; a caller waits for 20.
    world.latency = 12_500;
    world.sign_in(TAB, "alice");
    world.run(1_000);
    let early = world.fetch(TAB);
    world.run(10_000);
    let late = world.fetch(TAB);
    assert_eq!(refreshes(&mut world, |world| world.run(9_500)), 0);
    assert!(!world.outcomes.contains_key(&early), "it waits as any caller does");
    world.run(1_000);
    assert_eq!(world.outcomes[&early], Outcome::Denied(Denial::SignInRuns));
    // Whoever came later hears what came of it: another session.
    world.run(60_000);
    assert_eq!(world.outcomes[&late], Outcome::Denied(Denial::Changed));
}
