//! Tokens lapse, clocks jump, machines sleep.

use super::*;

fn refreshes_in(lifetime: u64, span: i64) -> u32 {
    let mut world = World::new(Config::default(), 7);
    world.server.lifetime = Millis::from_secs(lifetime);
    world.start();
    world.run(1_000);
    world.sign_in(TAB, "alice");
    world.run(100);
    let sent = refreshes(&mut world, |world| world.run(span));
    assert!(world.is_active(TAB));
    sent
}

// Scenario 2.
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
fn a_token_is_at_hand_until_it_lapses_and_to_look_at_it_is_no_use_of_it() {
    let mut world = World::signed_in(Config { refresh_ahead: false, ..Config::default() }, 1);
    let Status::Active { grant, .. } = world.status(TAB) else { panic!() };
    let before = world.server.refreshes;
    let in_hand = |world: &World| world.tabs[0].session.in_hand(world.moment()).map(|held| held.token);
    assert_eq!(in_hand(&world), Some(grant.token.clone()));
    world.run(14 * MINUTE);
    assert_eq!(in_hand(&world), Some(grant.token));
    world.run(2 * MINUTE);
    assert_eq!(in_hand(&world), None);
    world.sign_out(TAB);
    assert_eq!(in_hand(&world), None);
    assert_eq!(world.server.refreshes, before);
}

#[test]
fn fifteen_minute_tokens_are_renewed_some_four_times_an_hour() {
    // Every 14 minutes, and up to 15 s sooner for the jitter.
    let sent = refreshes_in(900, 24 * HOUR);
    assert!((102..=105).contains(&sent), "{sent}");
}

// Scenario 42.
#[test]
fn thirty_second_tokens_do_not_loop() {
    let sent = refreshes_in(30, HOUR);
    assert!((120..=160).contains(&sent), "{sent}");
}

#[test]
fn one_second_tokens_are_renewed_once_a_second_at_most() {
    assert!(refreshes_in(1, MINUTE) <= 60);
}

// Scenario 41.
#[test]
fn sixty_day_tokens_neither_overflow_nor_loop() {
    assert_eq!(refreshes_in(60 * 86_400, 59 * 24 * HOUR), 0);
    assert_eq!(refreshes_in(60 * 86_400, 61 * 24 * HOUR), 1);
}

// Scenario 2.
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

// Scenarios 24, 43.
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

// Scenario 44.
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
// Scenario 43.
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

// Scenario 36.
#[test]
fn each_token_is_renewed_by_its_own_life_whatever_the_one_before_had() {
    let mut world = World::new(Config::default(), 3);
    world.start();
    world.run(1_000);
    world.server.lifetime = Millis::from_secs(60);
    world.sign_in(TAB, "alice");
    world.run(100);
    for (seconds, next) in [(60, 200), (200, 60), (60, 60)] {
        world.server.lifetime = Millis::from_secs(next);
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
        world.server.lifetime = Millis::from_secs(lifetime);
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

/// Somebody has signed in unseen: a page that pursues a sign-out finds it out by a refresh.
#[test]
fn so_is_a_token_that_came_while_a_sign_out_was_pursued() {
    for slow in [2_500, 10_000] {
        let mut world = signed_in();
        world.server.sign_out_faults = vec![Fault::Status(503, None); 3];
        world.sign_out(TAB);
        world.run(100);
        world.sign_in_unseen("bob");
        world.server.faults = vec![Fault::Slow(slow)];
        let next = world.reload(TAB);
        let asked = world.moment().wall_ms();
        world.run(slow + 100);
        let Status::Active { grant, .. } = world.status(next) else { panic!("{slow} ms: bob is not shown") };
        assert_eq!(grant.received.wall_ms() - asked, 0, "{slow} ms");
    }
}

/// What a server says of its tokens' time.
#[derive(Clone, Copy, Debug)]
struct Dating {
    copies_iat: bool,
    /// By how much `Date` is wrong; `None` where it cannot be read.
    date: Option<i64>,
    says: Says,
}

/// Every dating of an auth server, the wrong ones included.
fn datings() -> impl Iterator<Item = Dating> {
    let dates = [None, Some(0), Some(-HOUR / 1_000), Some(899), Some(900), Some(HOUR / 1_000)];
    dates.into_iter().flat_map(|date| {
        [false, true].into_iter().flat_map(move |copies_iat| {
            [Says::Claims, Says::Both].map(|says| Dating { copies_iat, date, says })
        })
    })
}

/// Signs in at such a server.
fn dated(lifetime: u64, dating: Dating, local_error: i64, refresh_ahead: bool) -> World {
    let mut world = World::new(Config { refresh_ahead, ..Config::default() }, 3);
    world.step_wall_clock(local_error);
    world.run(30_000);
    world.server.lifetime = Millis::from_secs(lifetime);
    world.server.says = dating.says;
    world.server.copies_iat = dating.copies_iat;
    world.server.hides_date = dating.date.is_none();
    world.server.date_error = dating.date.unwrap_or_default();
    world.start();
    world.run(1_000);
    world.sign_in(TAB, "alice");
    world.run(1_000);
    assert!(world.is_active(TAB), "{dating:?}");
    world
}

/// Calls the API at this interval. Returns how often it rejected a token, and how often one was refreshed.
fn call(world: &mut World, tab: TabId, times: u32, interval: i64) -> (u32, u32) {
    let (hits, sent) = (world.server.api_hits, world.server.refreshes);
    for _ in 0..times {
        let request = world.fetch(tab);
        world.run(interval);
        assert_eq!(world.outcomes[&request], Outcome::Status(200));
    }
    (world.server.api_hits - hits - times, world.server.refreshes - sent)
}

// Scenario 104.
#[test]
fn tokens_expire_when_their_server_says_so_whatever_its_dates_and_the_local_clock_show() {
    for dating in datings() {
        for (lifetime, interval) in [(4, 700), (60, 9_000), (900, 100_000)] {
            // A copied `iat` leaves `Date` alone to tell, and nothing to show that it is wrong.
            let is_misled = dating.date.is_some_and(|date| date > 0 && date < lifetime as i64);
            if dating.copies_iat && is_misled {
                continue;
            }
            // A mutant is judged by fewer clocks: all of them take long without optimisation.
            let local_errors = [HOUR, 0, -HOUR, 300_000];
            for local_error in local_errors.into_iter().take(if cfg!(judge) { 1 } else { 4 }) {
                for ahead in [true, false] {
                    let mut world = dated(lifetime, dating, local_error, ahead);
                    let (rejected, sent) = call(&mut world, TAB, 200, interval);
                    let what = format!("{dating:?}, {lifetime} s, {local_error} ms, {ahead}");
                    // Dates are whole seconds: that counts where tokens live for some seconds only.
                    assert!(rejected <= if lifetime < 10 { 3 } else { 0 }, "{what}: {rejected}");
                    // What the lifetimes require, and some that a `Date` costs until it has turned out wrong.
                    let lifetimes = 200 * interval.unsigned_abs() / 1_000 / lifetime;
                    assert!(u64::from(sent) <= lifetimes * 3 / 2 + 6, "{what}: {sent} for {lifetimes}");
                }
            }
        }
    }
}

// Scenario 104.
#[test]
fn a_page_that_comes_later_pays_one_rejection_more_where_iat_is_copied() {
    for dating in datings().filter(|dating| dating.says == Says::Claims) {
        for ahead in [true, false] {
            let mut world = dated(4, dating, 0, ahead);
            world.run(HOUR / 2);
            let tab = world.reload(TAB);
            world.run(20_000);
            let (rejected, _) = call(&mut world, tab, 500, 900);
            let bound = match dating.date {
                _ if !dating.copies_iat => 3,
                // Nothing shows that it is wrong, but the rejections.
                Some(date) if date < 0 => 12,
                _ => 4,
            };
            assert!(rejected <= bound, "{dating:?}: {rejected}");
        }
    }
}

// Scenario 104.
#[test]
fn a_lifetime_that_rejections_contradict_is_not_believed() {
    // The local clock is an hour slow: neither it nor the copied `iat` tells how long the tokens live.
    let dating = Dating { copies_iat: true, date: None, says: Says::Claims };
    for ahead in [true, false] {
        let mut world = dated(4, dating, -HOUR, ahead);
        world.run(HOUR);
        let tab = world.reload(TAB);
        world.run(1_000);
        call(&mut world, tab, 50, 900);
        let (rejected, sent) = call(&mut world, tab, 1_000, 900);
        assert!(rejected <= 12, "{rejected} of {sent}");
        // An idle page does not refresh for it.
        world.run(HOUR);
        let sent = refreshes(&mut world, |world| world.run(HOUR));
        assert!(sent <= 30, "{sent}");
    }
}

#[test]
fn a_token_that_is_revoked_now_and_then_shortens_no_life() {
    let mut world = signed_in();
    for _ in 0..20 {
        call(&mut world, TAB, 10, 1_000);
        world.server.revoke_access();
        assert_eq!(call(&mut world, TAB, 60, 30_000), (1, 3));
    }
}
