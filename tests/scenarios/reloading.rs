//! Reloads in the middle of a refresh, at servers of every kind: what the next page does depends on what the server does
//! with a spent cookie.

use super::*;

use world::Habit;

/// A server of each kind, and what the application says of it.
fn world_of(rotation: Rotation, is_said: bool) -> World {
    let config = Config { rotation: is_said.then_some(rotation), ..Config::default() };
    let mut world = World::signed_in(config, 1);
    world.server.knows_attempts = rotation == Rotation::Replays;
    world.server.on_spent = match rotation {
        Rotation::None => OnSpent::Accept,
        Rotation::Refuses => OnSpent::Refuse,
        Rotation::Replays | Rotation::Revokes => OnSpent::Revoke,
    };
    // Three refreshes that are answered at once.
    for _ in 0..3 {
        world.renew(TAB);
        world.run(1_000);
    }
    world
}

/// Reloads `after` a refresh was sent whose reply takes `slow`. Returns when the next page is known, from its begin.
fn reload(world: &mut World, slow: i64, after: i64) -> (TabId, i64) {
    world.server.faults = vec![Fault::Slow(slow)];
    world.renew(TAB);
    world.run(after);
    let tab = world.reload(TAB);
    let mut waited = 0;
    while matches!(world.status(tab), Status::Unknown { .. }) && waited < 60_000 {
        world.run(10);
        waited += 10;
    }
    (tab, waited)
}

/// How long a refresh is waited for at a server that revokes, from when it was sent. Its replies before took 40 ms.
fn wait_for(out: i64) -> i64 {
    let least = if out > 100 { 9_000 } else { 2_000 };
    least.max(4 * out)
}

/// What servers do with a spent cookie.
const KINDS: [Rotation; 4] = [Rotation::None, Rotation::Replays, Rotation::Refuses, Rotation::Revokes];

const SLOW: [i64; 7] = [200, 500, 1_000, 2_000, 3_000, 5_000, 8_000];

// Scenario 112.
#[test]
fn where_a_spent_cookie_does_no_harm_the_next_page_waits_for_nothing() {
    for (rotation, is_static) in [(Rotation::None, false), (Rotation::None, true), (Rotation::Replays, false)]
    {
        for slow in SLOW {
            for after in [30, 150, 1_000] {
                let mut world = world_of(rotation, true);
                world.server.is_static = is_static;
                let (tab, waited) = reload(&mut world, slow, after);
                assert!(waited <= 100, "{rotation:?}: {waited} ms of {slow} ms");
                world.run(20_000);
                world.renew(tab);
                world.run(2_000);
                assert_eq!((world.server.reuses, world.is_active(tab)), (0, true), "{rotation:?}, {slow} ms");
            }
        }
    }
}

#[test]
fn where_the_cookie_does_not_rotate_neither_a_sign_out_nor_a_sign_in_waits_for_an_orphan() {
    for signs_in in [false, true] {
        let mut world = world_of(Rotation::None, true);
        world.server.is_static = true;
        world.server.faults = vec![Fault::Slow(8_000)];
        world.renew(TAB);
        world.run(150);
        world.kill_tab(TAB);
        let page = world.visit();
        if signs_in {
            world.sign_in(page, "bob");
        } else {
            world.sign_out(page);
        }
        world.run(500);
        let is_told = world.server.sign_outs == 1;
        let is_bob = world.is_active(page) && token_in(&world, page).ends_with("bob");
        assert!(if signs_in { is_bob } else { is_told }, "signs in: {signs_in}");
    }
}

#[test]
fn a_server_that_sends_attempt_ids_back_is_known_to_recognise_them() {
    let mut world = world_of(Rotation::Replays, false);
    let (_, waited) = reload(&mut world, 1_000, 150);
    assert!(waited >= 1_800, "nothing was said yet: {waited}");
    let mut world = world_of(Rotation::Replays, false);
    world.server.echoes = true;
    world.renew(TAB);
    world.run(1_000);
    let (tab, waited) = reload(&mut world, 8_000, 150);
    assert!(waited <= 100, "{waited}");
    world.run(20_000);
    assert_eq!((world.server.reuses, world.is_active(tab)), (0, true));
}

#[test]
fn what_the_application_says_of_its_server_counts_more_than_an_echo() {
    let mut world = world_of(Rotation::Revokes, true);
    world.server.echoes = true;
    world.renew(TAB);
    world.run(1_000);
    let (_, waited) = reload(&mut world, 1_000, 150);
    assert!(waited >= 1_800, "{waited}");
}

// Scenario 112.
#[test]
fn at_a_server_that_refuses_the_state_is_known_soon_after_the_cookie_has_come() {
    for is_said in [true, false] {
        for slow in SLOW {
            for after in [30, 150, 1_000] {
                let mut world = world_of(Rotation::Refuses, is_said);
                let (tab, waited) = reload(&mut world, slow, after);
                let case = format!("{slow} ms, reloaded after {after} ms, said: {is_said}: {waited} ms");
                assert!(world.is_active(tab), "{case}");
                // When the cookie came, from the begin of the page; and a quarter of that time more.
                let cookie = (slow + 2 * world.latency - after).max(0);
                let least = if is_said { 0 } else { wait_for(after) };
                let limit = least.max(cookie + slow.max(after) / 4) + 400;
                assert!(waited <= limit, "{case}, of {limit}");
                world.run(20_000);
                world.renew(tab);
                world.run(2_000);
                assert!(world.is_active(tab), "{case}: after it");
            }
        }
    }
}

// Scenario 112.
#[test]
fn at_a_server_that_revokes_the_next_page_waits_by_how_long_the_refresh_had_been_out() {
    for is_said in [true, false] {
        for (slow, after) in [
            (1_000, 30),
            (1_000, 150),
            (2_000, 150),
            (5_000, 150),
            (8_000, 150),
            (8_000, 1_000),
            (12_000, 3_500),
        ] {
            let mut world = world_of(Rotation::Revokes, is_said);
            let (tab, waited) = reload(&mut world, slow, after);
            let case = format!("{slow} ms, reloaded after {after} ms, said: {is_said}: {waited} ms");
            assert_eq!((world.server.reuses, world.is_active(tab)), (0, true), "{case}");
            assert!(waited <= wait_for(after) - after + 100, "{case}");
            world.renew(tab);
            world.run(2_000);
            assert_eq!((world.server.reuses, world.is_active(tab)), (0, true), "{case}: after it");
        }
    }
}

// Scenario 113.
#[test]
fn a_page_load_does_not_wait_for_an_orphan_whose_retry_was_answered() {
    for rotation in [Rotation::Replays, Rotation::Revokes] {
        let mut world = world_of(Rotation::Replays, false);
        world.server.on_spent = OnSpent::Revoke;
        world.config.rotation = Some(rotation);
        // The reply to a refresh is lost with its page; the next page is answered; and is reloaded once more.
        let (second, _) = reload(&mut world, 60_000, 150);
        assert!(world.is_active(second));
        world.run(1_500);
        let third = world.reload(second);
        world.run(200);
        assert_eq!((world.server.reuses, world.is_active(third)), (0, true), "{rotation:?}");
        let fourth = world.reload(third);
        world.run(200);
        assert_eq!((world.server.reuses, world.is_active(fourth)), (0, true), "{rotation:?}");
    }
}

/// The server may not remember the first try any more, and another page has rotated since: a late cookie is a spent one.
// Scenario 113.
#[test]
fn an_orphan_that_retries_one_of_long_ago_is_waited_for_before_the_next_rotation() {
    for kind in [Rotation::Replays, Rotation::Revokes] {
        for slow in [1_000, 3_000, 8_000] {
            let mut world = world_of(kind, true);
            world.server.knows_attempts = true;
            world.server.faults = vec![Fault::Slow(200)];
            world.renew(TAB);
            world.run(10);
            world.close_tab(TAB);
            world.run(HOUR);
            let first = world.visit();
            world.server.faults = vec![Fault::Slow(slow)];
            world.run(slow / 2);
            let second = world.reload(first);
            let third = world.visit();
            for _ in 0..20 {
                world.run(1_000);
                world.renew(third);
            }
            world.renew(second);
            world.run(5_000);
            let is_well = (world.server.reuses, world.is_active(second), world.is_active(third));
            assert_eq!(is_well, (0, true, true), "{kind:?}, {slow} ms");
        }
    }
}

#[test]
fn a_page_that_was_killed_is_waited_for_by_when_the_next_one_looks() {
    let mut world = world_of(Rotation::Revokes, true);
    world.server.faults = vec![Fault::Slow(3_000)];
    world.renew(TAB);
    world.run(1_000);
    world.kill_tab(TAB);
    let tab = world.visit();
    world.run(7_900);
    assert!(!world.is_active(tab), "nine seconds, since it was sent");
    world.run(300);
    assert_eq!((world.server.reuses, world.is_active(tab)), (0, true));
}

#[test]
fn at_a_server_that_refuses_a_page_that_was_killed_is_probed_for_like_one_that_was_reloaded() {
    for slow in SLOW {
        let mut world = world_of(Rotation::Refuses, true);
        world.server.faults = vec![Fault::Slow(slow)];
        world.renew(TAB);
        world.run(150);
        world.kill_tab(TAB);
        let tab = world.visit();
        world.run(slow + slow / 4 + 500);
        assert!(world.is_active(tab), "{slow} ms");
    }
}

#[test]
fn a_session_that_is_over_ends_also_where_the_page_before_has_crashed() {
    let mut world = world_of(Rotation::Refuses, true);
    world.server.faults = vec![Fault::Silence];
    world.renew(TAB);
    world.run(150);
    world.kill_tab(TAB);
    world.server.revoke_all();
    let tab = world.visit();
    world.run(25_000);
    assert_eq!(world.status(tab), ended(EndReason::Rejected));
}

#[test]
fn at_a_server_that_refuses_a_tab_probes_for_the_cookie_of_one_that_was_killed() {
    for slow in [500, 1_000, 3_000] {
        let mut world = world_of(Rotation::Refuses, true);
        let [killed, third] = [world.visit(), world.visit()];
        world.run(2_000);
        world.server.faults = vec![Fault::Slow(slow)];
        world.renew(killed);
        world.run(150);
        world.kill_tab(killed);
        let ticket = world.renew(TAB);
        world.run(slow + slow / 2 + 500);
        assert_eq!(world.answer(TAB, ticket), Some(&Ok(Reply::Done)), "{slow} ms");
        assert!(world.is_active(TAB) && world.is_active(third), "{slow} ms");
    }
}

// Scenario 111.
#[test]
fn pages_that_are_loaded_again_and_again_leave_few_refreshes_out_before_a_silent_server() {
    for (rotation, ahead) in KINDS.into_iter().flat_map(|kind| [(kind, 0), (kind, 10 * MINUTE)]) {
        for every in [300_i64, 700, 1_000, 2_000, 2_300, 5_000, 9_500, 14_000, 20_000] {
            let mut world = world_of(rotation, true);
            // The clock was ahead when the last reply came.
            world.step_wall_clock(ahead);
            world.renew(TAB);
            world.run(10_000);
            world.step_wall_clock(-ahead);
            world.server.habits.replies = vec![Habit::Fault(Fault::Silence)];
            let mut tab = TAB;
            let sent = |world: &World| world.tabs.iter().map(|tab| tab.sent().count()).sum::<usize>();
            let before = sent(&world);
            for _ in 0..110_000 / every {
                tab = world.reload(tab);
                world.run(every);
            }
            let out = sent(&world) - before;
            assert!((2..=4).contains(&out), "{rotation:?}, every {every} ms: {out} are out");
            world.server.habits.replies = vec![Habit::Token];
            let tab = world.reload(tab);
            world.run(2 * MINUTE);
            assert!(world.is_active(tab), "{rotation:?}, every {every} ms");
        }
    }
}

/// Somebody presses the key again and again, for the page is slow.
#[test]
fn pages_that_are_loaded_again_and_again_wait_little_for_a_server_that_answers() {
    for rotation in KINDS {
        for slow in [100, 1_000] {
            for (times, is_sent) in (1..=3).flat_map(|times| [(times, false), (times, true)]) {
                let mut world = world_of(rotation, true);
                world.server.habits.replies = vec![Habit::Fault(Fault::Slow(slow))];
                let mut tab = TAB;
                for _ in 0..times {
                    tab = world.reload(tab);
                    // Each in the middle of the refresh of its page, or before that.
                    for _ in 0..if is_sent { 2_000 } else { 0 } {
                        if world.tabs[tab.0].sent().count() > 0 {
                            break;
                        }
                        world.run(10);
                    }
                    world.run(slow / 2);
                }
                let tab = world.reload(tab);
                let began = world.moment().wall_ms();
                while !world.is_active(tab) && world.moment().wall_ms() - began < 120_000 {
                    world.run(10);
                }
                let waited = world.moment().wall_ms() - began;
                assert!(
                    waited <= 9_600,
                    "{rotation:?}, {slow} ms, {times} times, sent: {is_sent}: {waited} ms"
                );
            }
        }
    }
}
