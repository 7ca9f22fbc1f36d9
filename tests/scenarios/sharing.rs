//! Tabs share one cookie, and one token.

use silent_session::session::{AccessToken, Offer, PeerMessage, Subject};

use super::*;

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
        world.server.lifetime = Millis::from_secs(60);
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

// Scenario 72.
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

/// A machine that has thirty tabs to wake up lets a message lie for some hundred milliseconds.
#[test]
fn a_token_that_has_come_and_is_not_handed_over_yet_is_waited_for() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.server.revoke_access();
    world.channel.least = 400;
    let sent = refreshes(&mut world, |world| {
        let requests = [world.fetch(first), world.fetch(second)];
        world.run(2_000);
        assert_eq!(statuses(world, &requests), vec![Outcome::Status(200); 2]);
    });
    assert_eq!(sent, 1);
}

/// Nor is it waited for in vain, be it that whoever has it is frozen.
#[test]
fn a_token_that_nobody_hands_over_is_waited_for_once_and_for_a_second() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.channel.loss = 100;
    world.renew(first);
    world.run(1_000);
    world.freeze(first);
    world.channel.loss = 0;
    // A request, a refresh, the replay.
    let undisturbed = 6 * world.latency;
    for bound in [1_000 + undisturbed, undisturbed] {
        world.server.revoke_access();
        let request = world.fetch(second);
        world.run(bound);
        assert_eq!(statuses(&world, &[request]), vec![Outcome::Status(200)], "within {bound} ms");
    }
}

// Scenario 79.
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

// Scenario 35.
#[test]
fn nothing_is_passed_on_twice() {
    let (mut world, _) = tabs::<5>(Config::default());
    let before = world.channel.sent;
    world.renew(TAB);
    world.run(1_000);
    assert_eq!(world.channel.sent - before, 1, "one offer, to whom it may concern");
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

// Scenario 120.
#[test]
fn a_token_of_somebody_else_is_taken_from_no_message_of_the_same_session() {
    for tells in [Tells::Person, Tells::Session, Tells::Nothing] {
        let mut world = World::signed_in_at(tells, Config::default(), 1);
        world.run(1_000);
        let (issued, _) = world.server.login("bob", world.moment().wall_ms());
        let Status::Active { epoch, grant, .. } = world.status(TAB) else { panic!() };
        for subject in [Some(Subject::new("bob", None)), Some(Subject::new("bob", Some("1")))] {
            let offer = Offer {
                epoch,
                token: AccessToken::new(&issued.token),
                subject,
                lifetime: grant.lifetime,
                age: Millis::ZERO,
                sent: world.moment().wall_ms(),
            };
            world.say_as_stranger(TAB, PeerMessage::Offered(offer));
            world.run(1_000);
            assert_eq!(token_of(&world), grant.token.reveal(), "{tells:?}");
        }
    }
}

/// By the wall clock, which was set back meanwhile, the message has just been sent.
// Scenario 120.
#[test]
fn a_token_that_lay_in_a_frozen_tab_while_the_clock_was_set_back_is_as_old_as_it_is() {
    for set_back in [20 * MINUTE, HOUR, 24 * HOUR] {
        let (mut world, [first, second]) = tabs::<2>(Config { refresh_ahead: false, ..Config::default() });
        world.freeze(second);
        world.renew(first);
        world.run(1_000);
        world.kill_tab(first);
        world.run(20 * MINUTE);
        world.step_wall_clock(-set_back);
        world.thaw(second, false, true);
        let before = world.server.api_hits;
        let call = world.fetch(second);
        world.run(5_000);
        assert_eq!(world.outcomes.get(&call), Some(&Outcome::Status(200)));
        assert_eq!(world.server.api_hits - before, 1, "no call is sent with a token that has lapsed");
    }
}

// Scenario 120.
#[test]
fn a_rejected_token_is_offered_to_no_other_tab() {
    let mut world = signed_in();
    world.server.revoke_access();
    world.server.faults = vec![Fault::Status(503, None); 3];
    world.fetch(TAB);
    world.run(100);
    let second = world.visit();
    let hears = |world: &mut World| {
        world.run(200);
        assert!(!world.is_active(second), "{:?}", world.status(second));
    };
    hears(&mut world);
    // Nor when it asks anew.
    world.freeze(second);
    world.thaw(second, true, true);
    hears(&mut world);
    world.run(20_000);
    assert_eq!(token_in(&world, second), token_of(&world));
    assert_eq!(statuses(&world, &[1]), [Outcome::Status(200)]);
}
