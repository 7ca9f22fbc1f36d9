//! One after the other at the wire: the lock, who holds it for too long, and who dies with it.

use super::*;

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

// Scenario 47.
#[test]
fn a_holder_that_never_gives_the_lock_back_delays_the_others_by_a_bounded_time() {
    for lock_timeout in [30, 100] {
        let config = Config { lock_timeout: Millis::from_secs(lock_timeout), ..Config::default() };
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

/// Where a tab is in its turn when it freezes.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// It has asked for the lock.
    Asked,
    /// It has the lock, and waits for what other tabs say.
    Waiting,
    /// It has waited, and reads once more what is stored.
    Looking,
}

// Scenario 134.
#[test]
fn a_tab_that_thaws_with_a_lock_that_was_taken_from_it_sends_nothing() {
    for (moment, told, is_kept) in [Moment::Asked, Moment::Waiting, Moment::Looking]
        .into_iter()
        .flat_map(|moment| [(moment, true), (moment, false)])
        .flat_map(|(moment, told)| [(moment, told, true), (moment, told, false)])
    {
        let (mut world, [first, second]) = tabs(Config::default());
        world.channel.delay = 10;
        if !is_kept {
            // Nor is there a marker of what the other has on the wire.
            world.block_storage();
        }
        let replace_token = |world: &mut World, tab| {
            let token = token_in(world, tab);
            world.access_token(tab, Some(&token), 0);
        };
        replace_token(&mut world, first);
        if !matches!(moment, Moment::Asked) {
            // It asks the others before it sends anything.
            world.show(first);
            world.run(0);
        }
        world.freeze(first);
        if matches!(moment, Moment::Looking) {
            world.run(100);
            world.thaw(first, false, false);
            world.freeze(first);
        }
        replace_token(&mut world, second);
        world.run(50_000);
        let case = format!("{moment:?}, told: {told}, keeps: {is_kept}");
        assert_eq!(world.locks.stolen, 1, "{case}");
        replace_token(&mut world, second);
        world.thaw(first, told, true);
        world.run(1_000);
        assert_eq!((world.most_writers, world.server.reuses), (1, 0), "{case}");
    }
}

// Scenario 34.
#[test]
fn a_frozen_holder_loses_the_lock_also_when_no_caller_waits_so_long() {
    let (mut world, [first, second]) = tabs(Config { patience: Millis::from_secs(15), ..Config::default() });
    world.freeze_lock(first);
    world.freeze(first);
    let token = token_in(&world, second);
    // Each call gives up before the bound of 37.5 s, and the next comes a while later.
    let calls = [(); 3].map(|()| {
        let call = world.access_token(second, Some(&token), 0);
        world.run(18_000);
        call
    });
    let is_answered = |call| world.answer(second, call).is_some_and(|answer| answer.is_ok());
    assert_eq!(calls.map(is_answered), [false, false, true]);
}

#[test]
fn a_queue_that_moves_is_waited_in_however_long_it_is() {
    let patience = Millis::from_secs(1_000);
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
        let patience = Millis::from_secs(1_000);
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
    let patience = Millis::from_secs(100);
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

// Scenario 65.
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

// Scenario 33.
#[test]
fn while_the_lock_is_not_to_be_had_a_valid_token_is_given_and_a_dead_one_costs_a_typed_error() {
    let (mut world, [first, second]) = tabs(Config { refresh_ahead: false, ..alone() });
    world.freeze_lock(first);
    let request = world.fetch(second);
    world.run(100);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
    world.run(15 * MINUTE);
    let request = world.fetch(second);
    world.run(21_000);
    let Outcome::Denied(Denial::Unavailable { failure, .. }) = &world.outcomes[&request] else {
        panic!("{:?}", world.outcomes)
    };
    assert_eq!(*failure, RefreshFailure::TimedOut);
    assert!(world.is_active(second));
}
