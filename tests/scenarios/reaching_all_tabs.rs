//! Sign-in, sign-out and the end of a session reach all tabs, also those that were away.

use super::*;

#[test]
fn a_sign_out_reaches_all_tabs_and_they_know_that_it_was_elsewhere() {
    for config in [Config::default(), alone()] {
        let (mut world, [first, second, third]) = tabs(config);
        world.sign_out(second);
        world.run(1_000);
        assert_eq!(world.status(second), ended(EndReason::SignedOut));
        for tab in [first, third] {
            assert_eq!(world.status(tab), ended_elsewhere(EndReason::SignedOut));
        }
        assert_eq!(world.server.sign_outs, 1);
    }
}

#[test]
fn the_end_of_a_session_reaches_all_tabs() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.server.revoke_all();
    world.fetch(first);
    world.run(2_000);
    assert_eq!(world.status(first), ended(EndReason::Rejected));
    assert_eq!(world.status(second), ended_elsewhere(EndReason::Rejected));
}

#[test]
fn a_sign_in_reaches_all_tabs() {
    for config in [Config::default(), alone()] {
        let (mut world, [first, second]) = tabs(config.clone());
        world.sign_out(first);
        world.run(1_000);
        world.sign_in(second, "bob");
        world.run(1_000);
        assert_eq!(session_of(&world, first), session_of(&world, second));
        for (tab, is_elsewhere) in [(first, true), (second, false)] {
            let Status::Active { elsewhere, grant, .. } = world.status(tab) else { panic!() };
            assert_eq!(elsewhere, is_elsewhere);
            assert_eq!(world.server.user_of(grant.token.reveal()), "bob");
        }
    }
}

#[test]
fn what_is_stored_is_often_there_before_the_message_and_costs_no_refresh() {
    for seed in 0..50 {
        let mut world = World::signed_in(Config::default(), seed);
        let tab = world.visit();
        world.run(1_000);
        world.channel.delay = 60;
        world.sign_in(tab, "bob");
        let sent = refreshes(&mut world, |world| world.run(1_000));
        assert_eq!(sent, 0, "seed {seed}");
        assert_eq!(session_of(&world, TAB), session_of(&world, tab));
    }
}

#[test]
fn a_request_that_waits_in_one_tab_is_not_sent_as_the_user_who_signs_in_in_another() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.server.revoke_access();
    world.sign_in(second, "bob");
    let request = world.fetch(first);
    world.run(1_000);
    assert_eq!(world.outcomes[&request], Outcome::Status(401));
    assert_eq!(session_of(&world, first), session_of(&world, second));
}

#[test]
fn a_tab_that_was_away_catches_up_before_it_sends_anything() {
    for hears in [true, false] {
        let (mut world, [first, second]) = tabs(Config::default());
        world.freeze(first);
        world.sign_out(second);
        world.run(1_000);
        let hits = world.server.api_hits;
        world.thaw(first, true, hears);
        assert_eq!(world.status(first), ended_elsewhere(EndReason::SignedOut));
        assert_eq!(world.server.api_hits, hits);

        world.freeze(first);
        world.sign_in(second, "bob");
        world.run(1_000);
        world.thaw(first, true, hears);
        let request = world.fetch(first);
        let sent = refreshes(&mut world, |world| world.run(1_000));
        assert_eq!((sent, &world.outcomes[&request]), (0, &Outcome::Status(200)));
        assert_eq!(session_of(&world, first), session_of(&world, second));
    }
}

// Scenario 49.
#[test]
fn a_sign_out_is_not_undone_by_what_was_said_before_it() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.channel.delay = 3_000;
    world.renew(second);
    world.run(100);
    world.freeze(second);
    world.sign_out(first);
    world.run(10_000);
    assert_eq!(world.status(first), ended(EndReason::SignedOut));
    world.thaw(second, true, true);
    world.run(10_000);
    assert_eq!(world.status(first), ended(EndReason::SignedOut));
    assert_eq!(world.status(second), ended_elsewhere(EndReason::SignedOut));
}

#[test]
fn a_hidden_tab_that_is_shown_with_a_dead_token_asks_before_it_refreshes() {
    let (mut world, [first, second]) = tabs(Config { refresh_ahead: false, ..Config::default() });
    world.channel.loss = 100;
    world.run(HOUR);
    world.fetch(second);
    world.run(1_000);
    world.channel.loss = 0;
    let request = world.fetch(first);
    world.show(first);
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 0);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
}

#[test]
fn a_sign_out_that_another_tab_did_not_hear_of_is_told_when_it_speaks() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.storage.blocked = true;
    world.clear_storage();
    world.channel.loss = 100;
    world.sign_out(first);
    world.run(1_000);
    assert!(world.is_active(second));
    world.channel.loss = 0;
    world.show(first);
    let tab = world.visit();
    world.run(1_000);
    assert!(!world.is_active(second) && !world.is_active(tab));
}

#[test]
fn a_restoring_tab_does_not_bring_back_what_another_has_signed_out_of() {
    for blocked in [false, true] {
        let (mut world, [first]) = tabs(Config::default());
        world.storage.blocked = blocked;
        world.clear_storage();
        world.channel.delay = 15;
        let tab = world.visit();
        world.run(5);
        world.sign_out(first);
        world.run(5_000);
        assert!(!world.is_active(first) && !world.is_active(tab), "blocked: {blocked}");
        assert_eq!(world.server.sign_outs, 1);
    }
}

#[test]
fn a_page_that_restores_nothing_still_hears_of_a_later_sign_in() {
    let mut world = signed_in();
    world.config = Config { restore: false, ..Config::default() };
    let tab = world.visit();
    world.run(1_000);
    assert_eq!(world.status(tab), ended(EndReason::None));
    assert!(world.is_active(TAB), "what it does not restore is not over");
    world.sign_in(TAB, "bob");
    world.run(1_000);
    assert_eq!(session_of(&world, tab), session_of(&world, TAB));
}

#[test]
fn a_clock_that_is_set_back_makes_no_old_session_the_newer_one() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.step_wall_clock(-86_400_000);
    world.sign_in(second, "bob");
    world.run(1_000);
    assert_eq!(session_of(&world, first), session_of(&world, second));
    world.sign_out(first);
    world.run(1_000);
    assert_eq!(world.status(second), ended_elsewhere(EndReason::SignedOut));
    world.step_wall_clock(-86_400_000);
    world.sign_in(second, "alice");
    world.run(1_000);
    assert_eq!(session_of(&world, first), session_of(&world, second));
}

#[test]
fn where_nothing_is_stored_tabs_still_find_each_other() {
    let mut world = World::new(Config::default(), 1);
    world.storage.blocked = true;
    world.start();
    world.sign_in(TAB, "alice");
    world.run(1_000);
    let tab = world.visit();
    world.run(1_000);
    assert_eq!(session_of(&world, tab), session_of(&world, TAB));
    world.sign_out(tab);
    world.run(1_000);
    assert_eq!(world.status(TAB), ended_elsewhere(EndReason::SignedOut));
}

#[test]
fn whoever_waits_for_the_session_before_is_told_at_once_when_another_begins() {
    let (mut world, [first, second]) = tabs(alone());
    world.server.faults = vec![Fault::Slow(10_000)];
    let ticket = world.renew(first);
    world.run(100);
    world.signed_in_elsewhere(second, "bob");
    world.run(100);
    assert_eq!(world.answer(first, ticket), Some(&Err(Denial::Changed)));
}

/// It knows neither which session it restores nor that one has begun.
#[test]
fn a_sign_out_ends_what_another_page_is_still_restoring() {
    let mut world = World::new(Config::default(), 1);
    world.sign_in_unseen("alice");
    world.server.faults = vec![Fault::Slow(5_000)];
    world.start();
    let other = world.visit();
    world.run(1_000);
    let call = world.fetch(TAB);
    world.sign_out(other);
    world.run(200);
    assert_eq!(world.status(TAB), ended_elsewhere(EndReason::SignedOut));
    assert_eq!(world.outcomes.get(&call), Some(&Outcome::Status(401)), "it was sent without a token");
}

#[test]
fn only_a_session_that_was_begun_in_another_tab_is_said_to_be_from_elsewhere() {
    let is_elsewhere = |world: &World, tab| match world.status(tab) {
        Status::Active { elsewhere, .. } => elsewhere,
        status => panic!("not active: {status:?}"),
    };
    for config in [Config::default(), alone()] {
        let (mut world, [first, second]) = tabs(config);
        for user in ["bob", "alice"] {
            world.sign_in(first, user);
            world.run(1_000);
            assert_eq!((is_elsewhere(&world, first), is_elsewhere(&world, second)), (false, true));
        }
        world.sign_in(second, "bob");
        world.run(1_000);
        assert_eq!((is_elsewhere(&world, first), is_elsewhere(&world, second)), (true, false));
        world.close_tab(second);
        let page = world.reload(first);
        world.run(1_000);
        assert!(!is_elsewhere(&world, page), "it has restored the session itself");
    }
}

#[test]
fn a_reload_goes_on_with_the_session_though_a_reply_has_cleared_what_was_stored() {
    let mut world = signed_in();
    let session = session_of(&world, TAB);
    world.clear_storage_unheard();
    world.renew(TAB);
    world.run(1_000);
    let page = world.reload(TAB);
    world.run(1_000);
    assert_eq!(session_of(&world, page), session);
}
