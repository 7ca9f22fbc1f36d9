//! Tokens lapse, clocks jump, machines sleep.

use super::*;

fn refreshes_in(lifetime: u64, span: i64) -> u32 {
    let mut world = World::new(Config::default(), 7);
    world.server.lifetime = Duration::from_secs(lifetime);
    world.start();
    world.run(1_000);
    world.sign_in(TAB, "alice");
    world.run(100);
    let sent = refreshes(&mut world, |world| world.run(span));
    assert!(world.is_active(TAB));
    sent
}

#[test]
fn a_token_is_renewed_before_it_lapses() {
    let mut world = signed_in();
    for _ in 0..40 {
        world.run(5 * MINUTE);
        let request = world.fetch(TAB);
        let hits = world.server.api_hits;
        world.run(1_000);
        assert_eq!(world.outcomes[&request], Outcome::Status(200));
        assert_eq!(world.server.api_hits - hits, 1, "a valid token costs one hit");
    }
}

#[test]
fn fifteen_minute_tokens_are_renewed_some_four_times_an_hour() {
    // Every 14 minutes, and up to 15 s sooner for the jitter.
    let sent = refreshes_in(900, 24 * HOUR);
    assert!((102..=105).contains(&sent), "{sent}");
}

#[test]
fn thirty_second_tokens_do_not_loop() {
    let sent = refreshes_in(30, HOUR);
    assert!((120..=160).contains(&sent), "{sent}");
}

#[test]
fn one_second_tokens_are_renewed_once_a_second_at_most() {
    assert!(refreshes_in(1, MINUTE) <= 60);
}

#[test]
fn sixty_day_tokens_neither_overflow_nor_loop() {
    assert_eq!(refreshes_in(60 * 86_400, 59 * 24 * HOUR), 0);
    assert_eq!(refreshes_in(60 * 86_400, 61 * 24 * HOUR), 1);
}

#[test]
fn with_refresh_ahead_off_a_lapsed_token_is_renewed_on_demand_before_sending() {
    let mut world = World::signed_in(Config { refresh_ahead: false, ..Config::default() }, 1);
    assert_eq!(refreshes(&mut world, |world| world.run(HOUR)), 0);
    let hits = world.server.api_hits;
    let request = world.fetch(TAB);
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
    assert_eq!(world.server.api_hits - hits, 1, "nothing is sent with a token that is known to be dead");
}

#[test]
fn after_a_night_asleep_the_first_request_waits_for_one_refresh() {
    for monotonic_stops in [true, false] {
        let mut world = signed_in();
        world.sleep(9 * HOUR, monotonic_stops);
        let request = world.fetch(TAB);
        assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
        assert_eq!(world.outcomes[&request], Outcome::Status(200));
    }
}

#[test]
fn a_wall_clock_that_jumps_neither_loops_nor_misses_the_expiry() {
    for step in [-20 * HOUR, -10 * MINUTE, 10 * MINUTE, 20 * HOUR] {
        let mut world = signed_in();
        world.run(MINUTE);
        world.step_wall_clock(step);
        let sent = refreshes(&mut world, |world| world.run(HOUR));
        assert!((4..=6).contains(&sent), "{step}: {sent}");
        let request = world.fetch(TAB);
        let hits = world.server.api_hits;
        world.run(1_000);
        assert_eq!(world.outcomes[&request], Outcome::Status(200));
        assert_eq!(world.server.api_hits - hits, 1);
    }
}

/// The answer lay there while the machine slept over the life of its token.
#[test]
fn a_request_made_right_after_a_sleep_in_the_middle_of_a_refresh_waits_for_another_one() {
    let mut world = signed_in();
    world.server.revoke_access();
    world.renew(TAB);
    world.run(30);
    world.sleep(20 * MINUTE, true);
    let hits = world.server.api_hits;
    let request = world.fetch(TAB);
    world.run(1_000);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
    assert_eq!(world.server.api_hits - hits, 1);
}

#[test]
fn each_token_is_renewed_by_its_own_life_whatever_the_one_before_had() {
    let mut world = World::new(Config::default(), 3);
    world.start();
    world.run(1_000);
    world.server.lifetime = Duration::from_secs(60);
    world.sign_in(TAB, "alice");
    world.run(100);
    for (seconds, next) in [(60, 200), (200, 60), (60, 60)] {
        world.server.lifetime = Duration::from_secs(next);
        let Status::Active { grant, .. } = world.status(TAB) else { panic!() };
        let came = grant.received.wall_ms();
        let renewed = |world: &World| world.server.refreshes;
        let before = renewed(&world);
        // A fifth of the life before its end, and up to a quarter of that for the jitter.
        world.run(came + seconds * 750 - 100 - world.moment().wall_ms());
        assert_eq!(renewed(&world), before, "{seconds} s: too early");
        world.run(seconds * 50 + 200);
        assert_eq!(renewed(&world), before + 1, "{seconds} s: not renewed");
    }
}

#[test]
fn a_token_whose_answer_took_long_is_as_old_as_the_question() {
    let received_after = |lifetime: u64| {
        let mut world = signed_in();
        world.server.lifetime = Duration::from_secs(lifetime);
        world.server.faults = vec![Fault::Slow(10_000)];
        let asked = world.moment().wall_ms();
        world.renew(TAB);
        world.run(10_100);
        let Status::Active { grant, .. } = world.status(TAB) else { panic!() };
        grant.received.wall_ms() - asked
    };
    assert_eq!(received_after(900), 0);
    // From a server that is slower than its tokens live one takes what one gets.
    assert_eq!(received_after(5), 10_040);
}
