//! Tabs share one cookie, and one token.

use super::*;

/// A world with this many tabs, all active.
fn tabs<const N: usize>(config: Config) -> (World, [TabId; N]) {
    let mut world = World::signed_in(config, 1);
    let mut index = 0;
    let tabs = [(); N].map(|()| {
        let tab = if index == 0 { TAB } else { world.visit() };
        index += 1;
        tab
    });
    world.run(1_000);
    assert!(tabs.iter().all(|tab| world.is_active(*tab)));
    (world, tabs)
}

fn alone() -> Config {
    Config { shares_token: false, ..Config::default() }
}

#[test]
fn five_tabs_that_meet_a_401_together_cost_one_refresh() {
    let (mut world, tabs) = tabs::<5>(Config::default());
    world.server.revoke_access();
    let requests: Vec<_> = tabs.iter().flat_map(|tab| [*tab; 5]).map(|tab| world.fetch(tab)).collect();
    let start = world.moment().wall_ms();
    let mut took = None;
    let sent = refreshes(&mut world, |world| {
        while took.is_none() {
            world.run(1);
            let done = requests.iter().all(|request| world.outcomes.contains_key(request));
            took = done.then(|| world.moment().wall_ms() - start);
        }
    });
    assert_eq!(sent, 1);
    assert_eq!(statuses(&world, &requests), vec![Outcome::Status(200); 25]);
    assert_eq!(world.server.reuses, 0);
    // A request, a refresh, the replay: 20 ms each way, and what the last message took.
    assert!(took.unwrap() <= 3 * 40 + 100, "{took:?}");
}

#[test]
fn five_tabs_refresh_as_often_as_one() {
    let count = |open: usize| {
        let mut world = signed_in();
        world.server.lifetime = Duration::from_secs(60);
        world.renew(TAB);
        for _ in 1..open {
            world.visit();
        }
        world.run(1_000);
        let sent = refreshes(&mut world, |world| world.run(HOUR));
        assert_eq!((world.most_writers, world.server.reuses), (1, 0));
        sent
    };
    let (one, five) = (count(1), count(5));
    // Each tab draws a lead of its own: with five of them, the earliest counts.
    assert!(one.abs_diff(five) <= one / 20, "one tab: {one}, five: {five}");
}

#[test]
fn a_new_tab_starts_with_the_token_of_another() {
    let mut world = signed_in();
    let mut tab = TAB;
    let sent = refreshes(&mut world, |world| {
        tab = world.visit();
        world.run(99);
    });
    assert_eq!(sent, 0);
    assert_eq!(session_of(&world, tab), session_of(&world, TAB));
    let Status::Active { elsewhere, grant, .. } = world.status(tab) else { panic!() };
    assert!(elsewhere && grant.token.reveal() == token_in(&world, TAB));
}

#[test]
fn a_lone_tab_waits_for_nobody() {
    let mut world = signed_in();
    let tab = world.reload(TAB);
    world.run(2 * world.latency);
    assert!(world.is_active(tab), "a reload asks nobody, for nobody is there");
}

#[test]
fn after_a_crash_the_next_tab_waits_a_moment_and_the_one_after_does_not() {
    let mut world = signed_in();
    world.kill_tab(TAB);
    let tab = world.visit();
    world.run(99);
    assert!(!world.is_active(tab), "there may be somebody");
    world.run(60);
    assert!(world.is_active(tab));
    let tab = world.reload(tab);
    world.run(2 * world.latency);
    assert!(world.is_active(tab));
}

#[test]
fn tabs_that_do_not_share_take_turns_at_the_wire() {
    let (mut world, tabs) = tabs::<5>(alone());
    world.run(HOUR);
    assert_eq!((world.most_writers, world.server.reuses), (1, 0));
    for tab in tabs {
        assert_eq!(session_of(&world, tab), session_of(&world, TAB));
    }
    let (mut other, _) = tabs_without_a_channel();
    other.run(HOUR);
    assert_eq!((other.most_writers, other.server.reuses), (1, 0));
}

fn tabs_without_a_channel() -> (World, TabId) {
    let mut world = signed_in();
    world.channel.loss = 100;
    let tab = world.visit();
    world.run(1_000);
    assert!(world.is_active(tab));
    (world, tab)
}

#[test]
fn a_contended_turn_asks_before_it_sends() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.server.revoke_access();
    // The winner's message is behind the lock.
    world.channel.delay = 60;
    let requests = [world.fetch(first), world.fetch(second)];
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
    assert_eq!(statuses(&world, &requests), vec![Outcome::Status(200); 2]);
}

#[test]
fn a_wait_for_answers_ends_with_the_last_of_them() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.server.revoke_access();
    world.server.faults = vec![Fault::Status(503, None)];
    world.fetch(first);
    let request = world.fetch(second);
    // The other has nothing, and says so at once: its turn failed, ours is made.
    world.run(200);
    assert_eq!(world.outcomes.get(&request), Some(&Outcome::Status(200)));
}

#[test]
fn a_caller_that_wants_a_refresh_gets_one_whatever_others_hand_over() {
    let (mut world, [first, second]) = tabs(Config::default());
    let sent = refreshes(&mut world, |world| {
        let tickets = [(first, world.renew(first)), (second, world.renew(second))];
        world.run(1_000);
        for (tab, ticket) in tickets {
            assert_eq!(world.answer(tab, ticket), Some(&Ok(Reply::Done)));
        }
    });
    assert_eq!(sent, 2);
}

#[test]
fn thirty_tabs_that_wake_up_together_cost_one_refresh() {
    let (mut world, _) = tabs::<30>(Config::default());
    let sent = refreshes(&mut world, |world| {
        world.sleep(8 * HOUR, true);
        world.run(10_000);
    });
    assert_eq!(sent, 1);
    assert!((0..30).all(|tab| world.is_active(TabId(tab))));
}

#[test]
fn a_token_that_came_earlier_replaces_nothing() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.channel.delay = 5_000;
    // Messages overtake each other: whatever the order, the newest stays.
    for _ in 0..20 {
        world.renew(first);
        world.run(400);
        world.renew(second);
        world.run(400);
    }
    world.run(10_000);
    world.channel.delay = 0;
    assert_eq!(token_in(&world, first), token_in(&world, second));
}

#[test]
fn nothing_is_passed_on_twice() {
    let (mut world, _) = tabs::<5>(Config::default());
    let before = world.channel.sent;
    world.renew(TAB);
    world.run(1_000);
    assert_eq!(world.channel.sent - before, 1, "one offer, to whom it may concern");
}

#[test]
fn a_holder_that_never_gives_the_lock_back_delays_the_others_by_a_bounded_time() {
    for lock_timeout in [30, 100] {
        let config = Config { lock_timeout: Duration::from_secs(lock_timeout), ..Config::default() };
        let mut world = World::signed_in(config, 1);
        world.freeze_lock(TAB);
        world.channel.loss = 100;
        let tab = world.visit();
        // A quarter more than a tab that lives ever holds it, and up to a quarter of that for the jitter.
        let bound = lock_timeout as i64 * 1_250;
        world.run(bound - 100);
        assert!(!world.is_active(tab));
        world.run(bound / 4 + 1_000);
        assert!(world.is_active(tab));
        assert_eq!(world.locks.stolen, 1);
    }
}

#[test]
fn a_tab_that_thaws_with_a_lock_that_was_taken_from_it_sends_nothing() {
    for told in [true, false] {
        let (mut world, [first, second]) = tabs(alone());
        // Nor is there a marker of what the other has on the wire.
        world.block_storage();
        // Asked for, and granted to a tab that runs no more.
        world.renew(first);
        world.freeze(first);
        world.renew(second);
        world.run(50_000);
        assert_eq!(world.locks.stolen, 1);
        world.renew(second);
        world.run(10);
        world.thaw(first, told, true);
        world.run(1_000);
        assert_eq!((world.most_writers, world.server.reuses), (1, 0));
    }
}

#[test]
fn a_frozen_holder_loses_the_lock_also_when_no_caller_waits_so_long() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.freeze_lock(first);
    world.freeze(first);
    let token = token_in(&world, second);
    // Each call gives up before the bound, and the next comes a while later.
    let calls = [(); 3].map(|()| {
        let call = world.access_token(second, Some(&token), 0);
        world.run(22_000);
        call
    });
    let is_answered = |call| world.answer(second, call).is_some_and(|answer| answer.is_ok());
    assert_eq!(calls.map(is_answered), [false, false, true]);
}

#[test]
fn a_queue_that_moves_is_waited_in_however_long_it_is() {
    let patience = Duration::from_secs(1_000);
    let (mut world, tabs) = tabs::<20>(Config { patience, ..alone() });
    // Nothing answers: each holds the lock until its own time-out.
    world.server.faults = vec![Fault::Silence; 60];
    for tab in tabs {
        world.renew(tab);
    }
    world.run(20 * 15_000 - 1_000);
    assert_eq!((world.most_writers, world.locks.stolen), (1, 0));
}

#[test]
fn the_lock_is_not_taken_from_who_has_just_taken_it_though_it_was_there_before() {
    for seed in 0..30 {
        let patience = Duration::from_secs(1_000);
        let mut world = World::signed_in(Config { patience, ..alone() }, seed);
        let [frozen, last] = [(); 2].map(|()| world.visit());
        world.run(1_000);
        // The first has it, then one that freezes; the last in the queue has seen the first.
        for tab in [TAB, frozen, last] {
            world.renew(tab);
        }
        world.freeze(frozen);
        world.run(100);
        world.server.revoke_access();
        world.server.faults = vec![Fault::Slow(14_000); 4];
        for tab in [TAB, last] {
            world.access_token(tab, Some(&token_in(&world, tab)), 0);
        }
        world.run(100_000);
        assert_eq!((world.most_writers, world.server.reuses), (1, 0), "seed {seed}");
    }
}

#[test]
fn a_holder_that_was_frozen_comes_to_no_harm_and_does_none() {
    let patience = Duration::from_secs(100);
    let (mut world, [first, second]) = tabs(Config { patience, ..Config::default() });
    world.renew(first);
    world.run(10);
    world.freeze(first);
    world.run(1_000);
    world.server.revoke_access();
    let request = world.fetch(second);
    world.run(60_000);
    assert_eq!((world.server.reuses, world.locks.stolen), (0, 1));
    assert_eq!(world.outcomes.get(&request), Some(&Outcome::Status(200)));
    let newest = token_in(&world, second);
    // What lay there when it thaws is as old as its question.
    world.thaw(first, true, false);
    world.run(1_000);
    assert_eq!(token_in(&world, first), newest);
}

#[test]
fn a_tab_that_is_killed_in_the_middle_of_a_refresh_signs_nobody_out() {
    for slow in [0, 200, 3_000] {
        let (mut world, [first, second]) = tabs(Config::default());
        world.server.revoke_access();
        world.server.faults = vec![Fault::Slow(slow)];
        world.fetch(first);
        let request = world.fetch(second);
        world.run(70);
        world.kill_tab(first);
        world.run(10_000);
        assert_eq!(world.server.reuses, 0);
        assert_eq!(world.outcomes.get(&request), Some(&Outcome::Status(200)), "slow: {slow}");
    }
}

#[test]
fn an_attempt_whose_answer_was_lost_is_retried_under_its_id_also_by_another_tab() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.server.revoke_access();
    world.server.faults = vec![Fault::Lost];
    world.fetch(first);
    world.run(90);
    world.kill_tab(first);
    // The old token of a sibling tells nothing of what has become of the attempt.
    let third = world.visit();
    world.run(500);
    let token = token_in(&world, third);
    world.access_token(third, Some(&token), 0);
    world.run(10_000);
    assert_eq!(world.server.reuses, 0);
    assert!(world.is_active(second) && token_in(&world, third) != token);
}

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
    world.run(1_000);
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

#[test]
fn a_page_that_goes_away_begins_nothing() {
    let (mut world, [first]) = tabs(Config::default());
    world.kill_tab(first);
    // There may be somebody: it has the lock, and asks.
    let tab = world.visit();
    world.run(50);
    let sent = refreshes(&mut world, |world| {
        world.put_away(tab);
        world.run(1_000);
        assert_eq!(world.locks.holder(), None);
    });
    assert_eq!(sent, 0);
    world.thaw(tab, true, true);
    world.run(1_000);
    assert!(world.is_active(tab));
}

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
fn tabs_know_each_other_until_they_go() {
    let (mut world, [first, second, third]) = tabs(Config::default());
    let known = |world: &World, tab: TabId| world.tabs[tab.0].session.tabs().1.len();
    assert_eq!([first, second, third].map(|tab| known(&world, tab)), [2, 2, 2]);
    world.close_tab(second);
    world.run(10);
    assert_eq!(known(&world, first), 1);
    // One that dies without a word is missed at the next question, whoever asks it.
    world.kill_tab(third);
    let fourth = world.visit();
    world.run(200);
    world.fetch(first);
    world.run(200);
    assert_eq!([first, fourth].map(|tab| known(&world, tab)), [1, 1]);
}
