//! A browser that nobody uses sends few refreshes, whatever the server replies.

use super::*;

use silent_session::session::{Budget, Charge, Rotation, Stored};
use world::{Deploy, Habit, Name};

/// Refreshes that all tabs send meanwhile, those that reach nobody included.
fn sent(world: &mut World, during: impl FnOnce(&mut World)) -> usize {
    let count = |world: &World| world.tabs.iter().map(|tab| tab.sent().count()).sum::<usize>();
    let before = count(world);
    during(world);
    count(world) - before
}

/// Other tabs have sent so many refreshes just now that no caller wanted.
fn tried_elsewhere(world: &mut World, count: usize) {
    let mut spent = world.stored().spent;
    let one = Charge { budget: Budget::Idle, at: world.moment().wall_ms(), ms: 200_000 };
    (0..count).for_each(|_| spent.charge(one));
    world.forge_entries(Stored { spent, ..Stored::default() });
}

fn always(world: &mut World, habits: &[Habit]) {
    world.server.habits.replies = habits.to_vec();
}

// Scenario 102.
#[test]
fn retry_after_of_any_length_leaves_an_idle_tab_quiet() {
    for seconds in [None, Some(0), Some(1), Some(5), Some(60), Some(u64::MAX)] {
        for status in [503, 429] {
            let mut world = signed_in();
            always(&mut world, &[Habit::Fault(Fault::Status(status, seconds))]);
            world.run(13 * MINUTE);
            let in_an_hour = sent(&mut world, |world| world.run(HOUR));
            assert!((4..=24).contains(&in_an_hour), "{status}, {seconds:?}: {in_an_hour}");
        }
    }
}

#[test]
fn a_page_that_knows_of_no_session_yet_is_as_quiet() {
    for fault in [Fault::Status(503, Some(0)), Fault::Reset, Fault::Silence, Fault::Malformed, Fault::Offline]
    {
        let mut world = signed_in();
        always(&mut world, &[Habit::Fault(fault)]);
        world.reload(TAB);
        let in_an_hour = sent(&mut world, |world| world.run(HOUR));
        assert!((10..=30).contains(&in_an_hour), "{fault:?}: {in_an_hour}");
    }
}

#[test]
fn a_token_now_and_then_does_not_buy_more_attempts() {
    let mut world = signed_in();
    world.server.lifetime = Millis::from_secs(60);
    always(&mut world, &[Habit::Fault(Fault::Reset), Habit::Fault(Fault::Refused), Habit::Token]);
    world.renew(TAB);
    world.run(MINUTE);
    let in_an_hour = sent(&mut world, |world| world.run(HOUR));
    assert!(in_an_hour <= 60, "{in_an_hour}: 30, and as many tokens as those allow");
}

#[test]
fn a_network_that_comes_and_goes_does_not_buy_more_attempts() {
    for is_away in [true, false] {
        let mut world = signed_in();
        always(&mut world, &[Habit::Fault(Fault::Status(503, None))]);
        world.run(15 * MINUTE);
        let in_an_hour = sent(&mut world, |world| {
            for _ in 0..360 {
                world.offline = is_away;
                world.run(5_000);
                world.go_online();
                world.run(5_000);
            }
        });
        assert!(in_an_hour <= 30, "{in_an_hour}");
    }
}

// Scenario 102.
#[test]
fn tabs_and_workers_share_what_an_idle_browser_may_send() {
    for config in [Config::default(), alone()] {
        let (mut world, _) = tabs::<5>(config);
        world.visit_worker();
        world.run(1_000);
        always(&mut world, &[Habit::Fault(Fault::Status(503, Some(1)))]);
        world.run(13 * MINUTE);
        let in_an_hour = sent(&mut world, |world| world.run(HOUR));
        assert!(in_an_hour <= 30, "{in_an_hour}");
    }
}

/// Sessions of two names on one cookie, as two apps of one site have.
fn two_names() -> World {
    let mut world = signed_in();
    world.deploys = [0, 1].map(|name| Deploy { name: Name(name), ..Deploy::default() }).into();
    world
}

// Scenario 102.
#[test]
fn sessions_of_any_name_share_what_an_idle_browser_may_send() {
    for tabs in [1, 4] {
        let mut world = two_names();
        (0..tabs).for_each(|_| {
            world.visit();
        });
        world.run(1_000);
        always(&mut world, &[Habit::Fault(Fault::Status(503, Some(1)))]);
        world.run(13 * MINUTE);
        let in_an_hour = sent(&mut world, |world| world.run(HOUR));
        assert!((4..=30).contains(&in_an_hour), "{tabs} more tabs: {in_an_hour}");
    }
}

// Scenario 102.
#[test]
fn what_an_idle_browser_may_send_is_known_to_the_page_that_is_loaded_next() {
    let mut world = signed_in();
    always(&mut world, &[Habit::Fault(Fault::Status(503, None))]);
    let in_an_hour = sent(&mut world, |world| {
        for _ in 0..6 {
            world.run(10 * MINUTE);
            let tab = TabId(world.tabs.len() - 1);
            world.reload(tab);
        }
    });
    // The first refresh of a page is never held back.
    assert!((10..=30 + 6).contains(&in_an_hour), "{in_an_hour}");
}

// Scenario 102.
#[test]
fn a_call_and_a_page_load_are_not_held_back() {
    let mut world = signed_in();
    always(&mut world, &[Habit::Fault(Fault::Status(503, Some(0)))]);
    world.reload(TAB);
    world.run(HOUR);
    always(&mut world, &[Habit::Token]);
    let page = world.visit();
    world.run(1_000);
    assert!(world.is_active(page), "a page that is loaded");

    let mut world = signed_in();
    world.server.revoke_access();
    always(&mut world, &[Habit::Fault(Fault::Status(503, Some(0)))]);
    let page = world.reload(TAB);
    world.run(HOUR);
    always(&mut world, &[Habit::Token]);
    // The pause of a minute at the most is the caller's, too.
    let request = world.fetch(page);
    world.run(20_000);
    let is_served = matches!(world.outcomes[&request], Outcome::Status(200) | Outcome::Denied(_));
    assert!(is_served);
    let request = world.fetch(page);
    world.run(MINUTE);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
}

// Scenario 102.
#[test]
fn a_token_is_renewed_in_time_however_often_callers_have_tried_for_it() {
    for outage in [MINUTE, 10 * MINUTE, HOUR] {
        let mut world = signed_in();
        world.server.revoke_access();
        always(&mut world, &[Habit::Fault(Fault::Status(503, None))]);
        for _ in 0..outage / 5_000 {
            world.fetch(TAB);
            world.run(5_000);
        }
        always(&mut world, &[Habit::Token]);
        world.fetch(TAB);
        world.run(2 * MINUTE);
        for _ in 0..3 {
            let Status::Active { refresh_at: Some(at), .. } = world.status(TAB) else { panic!("{outage}") };
            let sent = sent(&mut world, |world| world.run(at - world.moment().wall_ms() + 1_000));
            assert_eq!(sent, 1, "an outage of {outage} ms");
        }
    }
}

#[test]
fn the_state_says_when_an_idle_tab_tries_again() {
    let mut world = signed_in();
    always(&mut world, &[Habit::Fault(Fault::Status(503, Some(0)))]);
    let page = world.reload(TAB);
    world.run(HOUR);
    for _ in 0..5 {
        let Status::Unknown { retry_at: Some(at), .. } = world.status(page) else { panic!() };
        let before = sent(&mut world, |world| world.run(at - world.moment().wall_ms() - 50));
        let after = sent(&mut world, |world| world.run(200));
        assert_eq!((before, after), (0, 1));
    }
}

#[test]
fn a_clock_that_was_set_back_after_a_refresh_does_not_make_its_orphan_young_for_ever() {
    for rotation in [None, Some(Rotation::Refuses)] {
        let mut world = World::signed_in(Config { rotation, ..Config::default() }, 1);
        world.server.revoke_all();
        world.server.faults = vec![Fault::Slow(60_000)];
        world.renew(TAB);
        world.run(100);
        world.kill_tab(TAB);
        world.step_wall_clock(-10 * MINUTE);
        let page = world.visit();
        let sent = sent(&mut world, |world| world.run(20 * MINUTE));
        assert!((1..=30).contains(&sent), "{rotation:?}: {sent}");
        assert!(matches!(world.status(page), Status::Ended { .. }), "{:?}", world.status(page));
    }
}

#[test]
fn a_time_that_has_passed_is_not_shown_as_that_of_the_next_try() {
    let mut world = World::new(Config::default(), 1);
    world.start();
    world.server.faults = vec![Fault::Status(503, None), Fault::Silence];
    world.run(1_000);
    let Status::Unknown { retry_at: Some(_), .. } = world.status(TAB) else {
        panic!("{:?}", world.status(TAB))
    };
    // The next try begins at once.
    world.go_online();
    assert!(matches!(world.status(TAB), Status::Unknown { retry_at: None, .. }), "{:?}", world.status(TAB));
}

// Scenario 102.
#[test]
fn each_tab_that_is_handed_no_token_follows_each_sign_in_at_once() {
    let mut world = World::signed_in(Config { shares_token: false, ..Config::default() }, 1);
    for _ in 0..4 {
        world.visit();
    }
    world.run(1_000);
    for round in 0..12 {
        let user = ["bob", "alice"][round % 2];
        world.sign_in(TabId(round % 5), user);
        world.run(2_000);
        for tab in 0..5 {
            assert!(token_in(&world, TabId(tab)).ends_with(user), "tab {tab}, sign-in {round}");
        }
    }
}

#[test]
fn what_other_tabs_have_tried_a_few_times_delays_no_renewal() {
    let mut world = signed_in();
    let Status::Active { refresh_at: Some(at), .. } = world.status(TAB) else { panic!() };
    world.run(at - world.moment().wall_ms() - 1_000);
    tried_elsewhere(&mut world, 5);
    assert_eq!(sent(&mut world, |world| world.run(2_000)), 1);
}

#[test]
fn a_rejection_that_nothing_confirms_does_not_buy_more_attempts() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Refused];
    always(&mut world, &[Habit::Fault(Fault::Status(503, None))]);
    world.run(20 * MINUTE);
    assert!(world.is_active(TAB));
    let in_an_hour = sent(&mut world, |world| {
        for _ in 0..360 {
            world.go_online();
            world.run(10_000);
        }
    });
    assert!((10..=30).contains(&in_an_hour), "{in_an_hour}");
}

#[test]
fn a_server_that_repeats_its_token_is_not_asked_more_often() {
    let mut world = signed_in();
    world.server.lifetime = Millis::from_secs(60);
    always(&mut world, &[Habit::Token, Habit::SameToken, Habit::SameToken, Habit::SameToken]);
    world.renew(TAB);
    world.run(MINUTE);
    let in_an_hour = sent(&mut world, |world| world.run(HOUR));
    assert!((30..=90).contains(&in_an_hour), "{in_an_hour}: 60 lifetimes, and 30 more");
}

#[test]
fn what_callers_have_tried_in_vain_is_not_tried_once_more_when_nobody_waits() {
    let mut world = signed_in();
    world.server.revoke_access();
    always(&mut world, &[Habit::Fault(Fault::Status(503, None))]);
    for _ in 0..175 {
        world.fetch(TAB);
        world.run(5_000);
    }
    // The last caller has lost its patience, and the token in hand has lapsed.
    world.run(MINUTE);
    let idle = sent(&mut world, |world| {
        for _ in 0..30 {
            world.go_online();
            world.run(10_000);
        }
    });
    assert!(idle <= 2, "{idle}");
}

#[test]
fn however_long_there_was_no_network_every_tab_refreshes_as_soon_as_it_is_back() {
    let (mut world, all) = tabs::<5>(alone());
    world.offline = true;
    world.run(2 * HOUR);
    world.go_online();
    world.run(2_000);
    let now = world.moment();
    assert!(all.iter().all(|tab| world.tabs[tab.0].session.in_hand(now).is_some()));
}

#[test]
fn calls_that_are_served_buy_no_attempts_for_which_nobody_waits() {
    let mut world = signed_in();
    world.server.lifetime = Millis::from_secs(60);
    tried_elsewhere(&mut world, 20);
    for _ in 0..5 {
        world.renew(TAB);
        world.run(1_000);
    }
    assert_eq!(sent(&mut world, |world| world.run(9 * MINUTE)), 0);
}
