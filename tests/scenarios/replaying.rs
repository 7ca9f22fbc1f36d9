//! An API refuses a token.

use super::*;

// Scenario 1.
#[test]
fn fifty_callers_that_meet_a_401_together_cost_one_refresh() {
    let mut world = signed_in();
    world.server.revoke_access();
    let requests: Vec<_> = (0..50).map(|_| world.fetch(TAB)).collect();
    let hits = world.server.api_hits;
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
    assert_eq!(statuses(&world, &requests), vec![Outcome::Status(200); 50]);
    assert_eq!(world.server.api_hits - hits, 100);
}

// Scenario 23.
#[test]
fn a_late_401_for_an_older_token_is_replayed_without_a_refresh() {
    let mut world = signed_in();
    world.server.revoke_access();
    world.latency = 5_000;
    let late = world.fetch(TAB);
    world.latency = 20;
    let early = world.fetch(TAB);
    assert_eq!(refreshes(&mut world, |world| world.run(MINUTE)), 1);
    assert_eq!(statuses(&world, &[early, late]), vec![Outcome::Status(200); 2]);
}

// Scenario 9.
#[test]
fn the_second_401_reaches_the_caller_and_there_is_no_third_attempt() {
    let mut world = signed_in();
    world.server.refuses_all = true;
    let request = world.fetch(TAB);
    let hits = world.server.api_hits;
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
    assert_eq!(world.outcomes[&request], Outcome::Status(401));
    assert_eq!(world.server.api_hits - hits, 2);
}

// Scenario 51.
#[test]
fn an_api_that_refuses_brand_new_tokens_does_not_turn_every_request_into_a_refresh() {
    let mut world = signed_in();
    world.server.refuses_all = true;
    let sent = refreshes(&mut world, |world| {
        for _ in 0..100 {
            world.fetch(TAB);
            world.run(1_000);
        }
    });
    assert!(sent <= 4, "{sent}");
    assert!(world.is_active(TAB));
    world.server.refuses_all = false;
    let request = world.fetch(TAB);
    world.run(1_000);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
}

#[test]
fn one_misconfigured_api_neither_storms_the_refresh_endpoint_nor_costs_the_others_anything() {
    let mut world = signed_in();
    world.server.misconfigured = Some("https://wrong.test");
    let sent = refreshes(&mut world, |world| {
        for _ in 0..100 {
            let (good, bad) = (world.fetch(TAB), world.fetch_from(TAB, "https://wrong.test"));
            world.run(1_000);
            assert_eq!(statuses(world, &[good, bad]), [Outcome::Status(200), Outcome::Status(401)]);
        }
    });
    assert!(sent <= 4, "{sent}");
    world.server.revoke_access();
    let request = world.fetch(TAB);
    world.run(1_000);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
}

#[test]
fn a_token_that_was_accepted_and_is_revoked_is_renewed_however_young_it_is() {
    let mut world = signed_in();
    for _ in 0..5 {
        world.server.revoke_access();
        let request = world.fetch(TAB);
        assert_eq!(refreshes(&mut world, |world| world.run(500)), 1);
        assert_eq!(world.outcomes[&request], Outcome::Status(200));
    }
}

// Scenario 8.
#[test]
fn a_403_never_refreshes() {
    let mut world = signed_in();
    world.server.forbidden = true;
    let requests: Vec<_> = (0..5).map(|_| world.fetch(TAB)).collect();
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 0);
    assert_eq!(statuses(&world, &requests), vec![Outcome::Status(403); 5]);
}

// Scenario 3.
#[test]
fn without_a_session_a_401_is_returned_untouched_and_nothing_is_refreshed() {
    let mut world = World::new(Config::default(), 1);
    world.start();
    world.run(1_000);
    let request = world.fetch(TAB);
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 0);
    assert_eq!(world.outcomes[&request], Outcome::Status(401));
}

// Scenario 87.
#[test]
fn access_token_not_costs_a_refresh_for_the_current_token_only() {
    let mut world = signed_in();
    let first = token_of(&world);
    let ticket = world.access_token(TAB, Some(&first), 0);
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
    let Some(Ok(Reply::Token(second))) = world.answer(TAB, ticket).cloned() else { panic!() };
    assert_ne!(second.token.reveal(), first);
    let ticket = world.access_token(TAB, Some(&first), 0);
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 0);
    assert_eq!(world.answer(TAB, ticket), Some(&Ok(Reply::Token(second))));
}

#[test]
fn a_caller_that_refuses_every_new_token_is_told_so() {
    let mut world = signed_in();
    let sent = refreshes(&mut world, |world| {
        for _ in 0..20 {
            let token = token_of(world);
            world.access_token(TAB, Some(&token), 0);
            world.run(500);
        }
    });
    assert!(sent <= 2, "{sent}");
    let token = token_of(&world);
    let ticket = world.access_token(TAB, Some(&token), 0);
    assert!(matches!(world.answer(TAB, ticket), Some(Err(Denial::Refused { .. }))));
}

#[test]
fn a_longer_validity_than_any_token_has_costs_one_refresh_and_no_loop() {
    let mut world = signed_in();
    let ticket = world.access_token(TAB, None, 86_400);
    assert_eq!(refreshes(&mut world, |world| world.run(MINUTE)), 1);
    assert!(matches!(world.answer(TAB, ticket), Some(Ok(Reply::Token(_)))));
}

// Scenario 88.
#[test]
fn a_refresh_asked_for_while_one_is_on_the_wire_is_sent_after_it() {
    let mut world = signed_in();
    let first = world.renew(TAB);
    world.run(10);
    let (second, third) = (world.renew(TAB), world.renew(TAB));
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 2);
    for ticket in [first, second, third] {
        assert_eq!(world.answer(TAB, ticket), Some(&Ok(Reply::Done)));
    }
    assert_eq!(generation(&world), 3);
    assert_eq!(world.most_writers, 1);
}

#[test]
fn a_call_takes_a_token_that_was_used_at_once_and_waits_for_one_that_replaces_it() {
    let mut world = signed_in();
    let in_hand = |world: &World, uses| world.tabs[0].session.token_in_hand(world.moment(), uses);
    let Status::Active { epoch, generation, .. } = world.status(TAB) else { panic!() };
    assert_eq!(in_hand(&world, false), Some((epoch, generation)));
    assert_eq!(in_hand(&world, true), None, "the first use has to be told");
    world.access_token(TAB, None, 0);
    assert_eq!(in_hand(&world, true), Some((epoch, generation)));
    world.server.revoke_access();
    world.fetch(TAB);
    let mut steps = 0;
    while in_hand(&world, true).is_some() {
        world.run(1);
        steps += 1;
        assert!(steps < 1_000, "a refused token is taken while another one comes");
    }
    assert_eq!(in_hand(&world, false), Some((epoch, generation)));
    world.run(1_000);
    assert_ne!(in_hand(&world, false), Some((epoch, generation)));
    assert!(!world.tabs[0].session.is_closed());
    world.close(TAB);
    assert!(world.tabs[0].session.is_closed());
    assert_eq!(in_hand(&world, false), None);
}
