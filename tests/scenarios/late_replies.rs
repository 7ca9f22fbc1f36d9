//! Replies that come after the time-out: a refresh that was given up on is overtaken, and not gone.

use silent_session::session::MarkerState;

use super::*;

/// A refresh whose reply takes `delay` from when it was sent.
pub(super) fn slow_refresh(world: &mut World, delay: i64) {
    world.server.faults = vec![Fault::Slow(delay - 2 * world.latency)];
    world.renew(TAB);
}

/// What a second refresh is sent for, while the reply to the first is out.
#[derive(Clone, Copy, Debug)]
enum Cause {
    Asked,
    Rejected,
}

fn cause_refresh(world: &mut World, cause: Cause) {
    match cause {
        Cause::Asked => {
            world.renew(TAB);
        }
        Cause::Rejected => {
            world.server.revoke_access();
            world.fetch(TAB);
        }
    }
}

// Scenario 110.
#[test]
fn a_reply_that_is_overtaken_by_another_rotation_ends_no_session() {
    for delay in [15_500, 16_000, 20_000, 22_000, 30_000, 45_000, 60_000, 90_000, 119_000] {
        for pause in [0, 100, 2_000, 30_000, 60_000] {
            for cause in [Cause::Asked, Cause::Rejected] {
                let mut world = signed_in();
                slow_refresh(&mut world, delay);
                world.run(17_000);
                // The retry has brought a token. Another one is wanted while the first is still out.
                assert!(world.is_active(TAB));
                world.run(pause);
                cause_refresh(&mut world, cause);
                world.run(150_000);
                let case = format!("{delay} ms, {pause} ms, {cause:?}");
                assert_eq!((world.server.reuses, world.is_active(TAB)), (0, true), "{case}");
                world.renew(TAB);
                world.run(5_000);
                assert_eq!((world.server.reuses, world.is_active(TAB)), (0, true), "{case}: after it");
            }
        }
    }
}

#[test]
fn while_a_late_reply_is_out_a_token_is_had_at_once_where_the_server_recognises_attempts() {
    let mut world = signed_in();
    slow_refresh(&mut world, 40_000);
    world.run(17_000);
    cause_refresh(&mut world, Cause::Rejected);
    let request = world.fetch(TAB);
    world.run(1_000);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
}

#[test]
fn a_late_reply_never_replaces_a_newer_token() {
    let mut world = signed_in();
    slow_refresh(&mut world, 30_000);
    world.run(20_000);
    let newer = token_of(&world);
    world.run(30_000);
    assert_eq!(token_of(&world), newer);
}

#[test]
fn a_rejection_is_not_believed_while_a_refresh_of_the_same_tab_is_out() {
    for delay in [16_000, 22_000, 40_000] {
        let mut world = signed_in();
        world.server.knows_attempts = false;
        world.server.on_spent = OnSpent::Refuse;
        slow_refresh(&mut world, delay);
        // Its retry presents the cookie that the first has spent, and is refused.
        world.run(delay - 100);
        assert!(world.is_active(TAB), "{delay}");
        world.run(10_000);
        assert!(world.is_active(TAB), "{delay}: the reply has brought the cookie");
        world.renew(TAB);
        world.run(5_000);
        assert!(world.is_active(TAB), "{delay}: after it");
    }
}

#[test]
fn the_end_of_a_session_is_believed_once_the_refresh_that_is_out_has_failed() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::SlowReset(30_000)];
    world.renew(TAB);
    world.run(1_000);
    world.server.revoke_all();
    world.run(28_000);
    assert!(world.is_active(TAB));
    world.run(5_000);
    assert_eq!(world.status(TAB), ended(EndReason::Rejected));
}

// Scenario 111.
#[test]
fn at_most_two_refreshes_are_out_and_unanswered() {
    for (timeout, tabs) in [(1, 1), (1, 5), (5, 3), (15, 2)] {
        let config = Config { timeout: Millis::from_secs(timeout), ..Config::default() };
        let mut world = World::signed_in(config, 1);
        for _ in 1..tabs {
            world.visit();
        }
        world.run(1_000);
        world.server.revoke_access();
        world.server.faults = vec![Fault::Silence; 1_000];
        let before = world.server.faults.len();
        // Every page polls.
        for second in 0..600 {
            for tab in 0..tabs {
                world.fetch(TabId(tab));
            }
            if second == 119 {
                assert_eq!(before - world.server.faults.len(), 2, "{timeout} s, {tabs} tabs");
            }
            world.run(1_000);
        }
        assert!(world.most_unanswered <= 2, "{timeout} s, {tabs} tabs: {}", world.most_unanswered);
        // One that never settles stops counting after two minutes: the server is asked again.
        let sent = before - world.server.faults.len();
        assert!((8..=12).contains(&sent), "{timeout} s, {tabs} tabs: {sent}");
    }
}

#[test]
fn a_refresh_that_settles_makes_room_for_the_next_at_once() {
    let config = Config { timeout: Millis::from_secs(1), ..Config::default() };
    let mut world = World::signed_in(config, 1);
    let other = world.visit();
    world.run(1_000);
    world.server.faults = vec![Fault::SlowReset(30_000), Fault::SlowReset(30_000)];
    world.server.revoke_access();
    world.fetch(TAB);
    world.run(25_000);
    let request = world.fetch(other);
    world.run(10_000);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
}

// Scenario 110.
#[test]
fn a_retry_that_is_answered_late_leaves_what_it_retried_overtaken() {
    let config = Config { timeout: Millis::from_secs(1), ..alone() };
    let mut world = World::signed_in(config, 1);
    let other = world.visit();
    world.run(1_000);
    // The first takes 5 s. Its retry, by another tab, takes longer than the time-out as well.
    world.server.faults = vec![Fault::Slow(5_000), Fault::Slow(1_200)];
    world.renew(TAB);
    world.run(10);
    world.renew(other);
    world.run(2_500);
    for _ in 0..3 {
        world.renew(other);
        world.run(300);
    }
    world.run(20_000);
    world.renew(other);
    world.run(5_000);
    assert_eq!((world.server.reuses, world.is_active(TAB), world.is_active(other)), (0, true, true));
}

// Scenario 110.
#[test]
fn a_retry_that_fails_late_is_retried_while_what_it_retried_is_out() {
    for late in [1_100, 1_360, 3_000] {
        let config = Config { timeout: Millis::from_secs(1), ..alone() };
        let mut world = World::signed_in(config, 1);
        let other = world.visit();
        world.run(1_000);
        world.server.faults = vec![Fault::Slow(7_000), Fault::SlowReset(late)];
        world.renew(TAB);
        world.run(10);
        world.renew(other);
        for _ in 0..60 {
            world.run(100);
            world.renew(other);
        }
        world.run(20_000);
        world.renew(other);
        world.run(5_000);
        assert_eq!(
            (world.server.reuses, world.is_active(TAB), world.is_active(other)),
            (0, true, true),
            "{late}"
        );
    }
}

// Scenario 110.
#[test]
fn a_refresh_that_is_lost_while_an_earlier_one_is_out_is_retried_under_its_id() {
    for pause in [100, 10_000, 40_000, 60_000, 200_000] {
        let mut world = signed_in();
        world.server.faults = vec![Fault::Silence];
        world.renew(TAB);
        world.run(17_000);
        // The first refresh with this cookie is lost, under the id of the one that is out.
        world.sign_in_unseen("bob");
        world.server.faults = vec![Fault::Lost];
        world.renew(TAB);
        world.run(45);
        world.offline = true;
        world.run(pause);
        world.go_online();
        world.run(200_000);
        world.renew(TAB);
        world.run(5_000);
        assert_eq!((world.server.reuses, world.is_active(TAB)), (0, true), "{pause} ms");
    }
}

/// While something of a refresh is not known it is marked, and no longer: the next page goes by that.
#[test]
fn a_refresh_is_marked_until_it_has_settled_however_late() {
    use MarkerState::{InFlight, Lost, Superseded};
    let slow = [Fault::Slow(20_000), Fault::SlowReset(20_000)];
    let quick = [None, Some(Fault::Reset), Some(Fault::Status(503, None)), Some(Fault::Lost)];
    // After 14 s it is out; it is given up on after 15 s, and its retry is sent after 18 s. After 22 s it has settled,
    // and after 40 s the retry.
    let settles = |retry| match retry {
        None | Some(Fault::Reset | Fault::Status(..) | Fault::Lost) => {
            [Some(InFlight), Some(Superseded), None, None]
        }
        Some(Fault::Slow(_)) => [Some(InFlight), Some(InFlight), Some(InFlight), None],
        _ => [Some(InFlight), Some(InFlight), Some(InFlight), Some(Lost)],
    };
    for first in slow {
        for retry in quick.into_iter().chain(slow.map(Some)) {
            let mut world = signed_in();
            world.server.recognises_for = 60_000;
            world.server.faults = [first].into_iter().chain(retry).collect();
            world.renew(TAB);
            let mut passed = 0;
            let marked = [14_000, 19_000, 22_000, 40_000].map(|then| {
                world.run(then - passed);
                passed = then;
                world.stored().marker.map(|marker| marker.state)
            });
            assert_eq!(marked, settles(retry), "{first:?}, {retry:?}");
            assert_eq!((world.server.reuses, world.is_active(TAB)), (0, true), "{first:?}, {retry:?}");
        }
    }
}

// Scenario 133.
#[test]
fn a_rejection_counts_no_more_once_another_tab_has_sent_a_refresh() {
    // How long the first has been out, and whether the tab that was rejected is frozen while the other one sends.
    for out in [16_500, 20_000, 60_000] {
        for is_frozen in [false, true] {
            let config = Config { shares_token: false, ..Config::default() };
            let (mut world, [tab, other]) = tabs(config);
            world.server.faults = vec![Fault::Silence];
            world.renew(tab);
            world.server.revoke_all();
            // Its retries are rejected while the first is out.
            world.run(out);
            assert!(world.is_active(tab));
            if is_frozen {
                world.freeze(tab);
            }
            world.sign_in_unseen("bob");
            world.server.faults = vec![Fault::Lost];
            world.renew(other);
            world.run(if is_frozen { 35_000 } else { 100 });
            world.close_tab(other);
            world.thaw(tab, true, true);
            world.renew(tab);
            world.run(5 * MINUTE);
            assert_eq!(world.server.reuses, 0, "out for {out} ms, frozen: {is_frozen}");
        }
    }
}

/// A page goes in the middle of a refresh, whose cookie comes late; the next one signs out before.
// Scenario 140.
#[test]
fn a_sign_out_while_the_refresh_of_a_page_that_has_gone_is_out_brings_nobody_back() {
    use Rotation::{None as Accepts, Refuses, Replays, Revokes};
    let servers = [
        (Some(Refuses), OnSpent::Refuse),
        (Some(Accepts), OnSpent::Accept),
        (Some(Replays), OnSpent::Revoke),
        (Some(Revokes), OnSpent::Revoke),
        (None, OnSpent::Revoke),
    ];
    for (rotation, on_spent) in servers {
        for slow in [1_000, 3_000, 6_000] {
            for gap in [0, 10, 700, 1_500] {
                for way in 0..4 {
                    let case = format!("{rotation:?}, {slow} ms, after {gap} ms, way {way}");
                    let mut world = World::signed_in(Config { rotation, ..Config::default() }, 5);
                    world.server.on_spent = on_spent;
                    world.server.knows_attempts = rotation == Some(Replays);
                    world.run(MINUTE);
                    world.server.faults = vec![Fault::Slow(slow)];
                    world.renew(TAB);
                    world.run(100);
                    if way == 3 {
                        world.signed_in_elsewhere(TAB, "carol");
                    }
                    let next = world.reload(TAB);
                    world.run(gap);
                    world.sign_out(next);
                    match way {
                        1 => drop(world.visit()),
                        2 => {
                            world.run(100);
                            world.reload(next);
                        }
                        _ => {}
                    }
                    world.run(10 * MINUTE);
                    assert_eq!(world.false_confirmations, [], "{case}");
                    let last = world.visit();
                    world.run(MINUTE);
                    let lives = |tab: &TabId| world.tabs[tab.0].alive;
                    for tab in (0..=last.0).map(TabId).filter(lives) {
                        assert!(!world.is_active(tab), "{case}: {tab:?} is signed in");
                    }
                    assert_eq!(world.stored().sign_out, None, "{case}: it is pending");
                }
            }
        }
    }
}
