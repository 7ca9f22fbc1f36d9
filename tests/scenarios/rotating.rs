//! The weak moment of a rotating cookie: the server has rotated, and the browser has not heard of it.

use super::*;

/// A refresh is on the wire that the server answers after `slow` milliseconds; and then the page goes away.
fn gone_mid_refresh(world: &mut World, slow: i64, go: impl FnOnce(&mut World)) {
    world.server.faults = vec![Fault::Slow(slow)];
    world.renew(TAB);
    world.run(30);
    go(world);
}

// Scenario 61.
#[test]
fn a_reload_in_the_middle_of_a_refresh_loses_nothing() {
    for slow in [0, 100, 1_000, 5_000, 13_000] {
        let mut world = signed_in();
        let session = session_of(&world, TAB);
        let mut tab = TAB;
        gone_mid_refresh(&mut world, slow, |world| tab = world.reload(TAB));
        world.run(20_000);
        assert_eq!(world.server.reuses, 0, "slow: {slow}");
        assert_eq!(session_of(&world, tab), session);
        // Neither does the next renewal, with whatever cookie the late answer has left.
        world.renew(tab);
        world.run(20_000);
        assert_eq!((world.server.reuses, world.is_active(tab)), (0, true));
    }
}

#[test]
fn while_the_reply_to_an_orphan_may_come_the_cookie_is_not_rotated_once_more() {
    let mut world = signed_in();
    let mut tab = TAB;
    gone_mid_refresh(&mut world, 8_000, |world| tab = world.reload(TAB));
    world.run(3_000);
    assert!(world.is_active(tab), "the same id brings the same successor at once");
    let cookie = world.cookie;
    for _ in 0..3 {
        let ticket = world.renew(tab);
        world.run(1_000);
        assert_eq!(world.answer(tab, ticket), Some(&Ok(Reply::Done)));
    }
    assert_eq!(world.cookie, cookie, "the same id brings the same cookie");
    world.run(50_000);
    world.renew(tab);
    world.run(1_000);
    assert_eq!((world.server.reuses, world.is_active(tab)), (0, true));
}

#[test]
fn three_reloads_in_a_row_lose_nothing() {
    let mut world = signed_in();
    let mut tab = TAB;
    for _ in 0..3 {
        world.server.faults = vec![Fault::Slow(300)];
        world.renew(tab);
        world.run(600);
        tab = world.reload(tab);
        world.run(30);
    }
    world.run(20_000);
    assert_eq!((world.server.reuses, world.is_active(tab)), (0, true));
}

#[test]
fn two_orphans_of_one_attempt_bring_one_cookie_late_and_lose_nothing() {
    let mut world = signed_in();
    let mut tab = TAB;
    // The first of them brings its cookie before the third page asks, the second one after that.
    gone_mid_refresh(&mut world, 2_500, |world| tab = world.reload(TAB));
    world.server.faults = vec![Fault::Slow(3_000)];
    world.run(2_100);
    tab = world.reload(tab);
    world.run(20_000);
    assert!(world.is_active(tab));
    world.renew(tab);
    world.run(1_000);
    assert_eq!((world.server.reuses, world.is_active(tab)), (0, true));
}

#[test]
fn the_next_page_waits_for_the_cookie_of_an_orphan_also_at_a_server_that_knows_no_attempt_ids() {
    let mut world = signed_in();
    world.server.knows_attempts = false;
    let mut tab = TAB;
    gone_mid_refresh(&mut world, 200, |world| tab = world.reload(TAB));
    world.run(5_000);
    assert_eq!((world.server.reuses, world.is_active(tab)), (0, true));
}

// Scenario 64.
#[test]
fn a_browser_that_sends_the_request_twice_by_itself_loses_nothing() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Resent];
    assert_eq!(
        refreshes(&mut world, |world| {
            world.renew(TAB);
            world.run(1_000);
        }),
        2
    );
    assert_eq!((world.server.reuses, generation(&world)), (0, 2));
}

#[test]
fn the_wait_for_an_orphan_goes_by_the_slowest_recent_reply() {
    let wait_after = |took: i64| {
        let mut world = signed_in();
        world.server.faults = vec![Fault::Slow(took)];
        world.renew(TAB);
        world.run(10_000);
        world.server.faults = vec![Fault::Silence];
        world.renew(TAB);
        world.run(10);
        world.reload(TAB);
        let before = world.server.refreshes;
        let mut waited = 0;
        while world.server.refreshes == before {
            world.run(10);
            waited += 10;
        }
        waited
    };
    let (quick, slow) = (wait_after(0), wait_after(3_000));
    assert!((1_900..=2_100).contains(&quick), "{quick}");
    assert!((5_000..=6_500).contains(&slow), "{slow}");
}

#[test]
fn a_readable_cookie_that_changes_with_each_rotation_ends_the_wait_for_an_orphan() {
    // When the next page is signed in, in milliseconds after its begin. Unknown servers are waited for for 2 s.
    let wait = |has_companion: bool, orphan: Fault| {
        let mut world = signed_in();
        world.server.has_companion = has_companion;
        world.server.faults = vec![orphan];
        world.renew(TAB);
        world.run(30);
        let tab = world.reload(TAB);
        let mut waited = 0;
        while !world.is_active(tab) {
            world.run(10);
            waited += 10;
        }
        world.renew(tab);
        world.run(1_000);
        assert_eq!((world.server.reuses, world.server.faults.len()), (0, 0));
        // Its cookie has come: nothing of it is waited for any more.
        let is_done = matches!(world.status(tab), Status::Active { generation, .. } if generation.0 == 2);
        (waited, is_done)
    };
    let (without, _) = wait(false, Fault::Slow(600));
    let (with, is_done) = wait(true, Fault::Slow(600));
    assert!(without >= 2_000, "{without}");
    assert!((600..=750).contains(&with) && is_done, "{with}");
    let (never, _) = wait(true, Fault::Silence);
    assert!((2_000..=2_200).contains(&never), "{never}");
}

#[test]
fn an_undisturbed_reload_waits_for_no_orphan() {
    let mut world = signed_in();
    world.renew(TAB);
    world.run(1_000);
    let tab = world.reload(TAB);
    world.run(2 * world.latency);
    assert!(world.is_active(tab));
}

#[test]
fn a_sign_out_waits_for_the_cookie_of_an_orphan() {
    for slow in [200, 3_000, 13_000] {
        let mut world = signed_in();
        world.server.knows_attempts = false;
        let mut tab = TAB;
        gone_mid_refresh(&mut world, slow, |world| tab = world.reload(TAB));
        world.sign_out(tab);
        world.run(20_000);
        assert_eq!(world.cookie, None, "what arrives after {slow} ms is gone as well");
        let tab = world.reload(tab);
        world.run(5_000);
        assert!(!world.is_active(tab));
    }
}

// Scenario 67.
#[test]
fn a_rejection_is_confirmed_before_a_session_ends() {
    let mut world = signed_in();
    let cookie = world.cookie;
    // Another origin, which the lock does not reach, rotates at the same moment.
    world.server.revoke_access();
    world.cookie = None;
    let request = world.fetch(TAB);
    world.run(200);
    assert!(world.is_active(TAB));
    world.cookie = cookie;
    assert_eq!(refreshes(&mut world, |world| world.run(2_000)), 1);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
}

// Scenario 67.
#[test]
fn the_end_of_a_session_costs_two_refreshes_and_the_visit_of_a_stranger_one() {
    let mut world = signed_in();
    world.server.revoke_all();
    world.fetch(TAB);
    assert_eq!(refreshes(&mut world, |world| world.run(5_000)), 2);
    assert_eq!(world.status(TAB), ended(EndReason::Rejected));
    let mut world = World::new(Config::default(), 1);
    world.start();
    world.run(5_000);
    assert_eq!((world.server.refreshes, world.status(TAB)), (1, ended(EndReason::None)));
}

#[test]
fn one_tab_confirms_a_rejection_for_all() {
    let mut world = signed_in();
    let tabs = [(); 4].map(|()| world.visit());
    world.run(1_000);
    world.server.revoke_all();
    world.fetch(TAB);
    for tab in tabs {
        world.fetch(tab);
    }
    assert_eq!(refreshes(&mut world, |world| world.run(5_000)), 2);
    assert_eq!(world.status(TAB), ended(EndReason::Rejected));
    for tab in tabs {
        assert_eq!(world.status(tab), ended_elsewhere(EndReason::Rejected));
    }
}

#[test]
fn a_rejection_is_confirmed_half_a_second_to_a_second_later() {
    for seed in 0..20 {
        let mut world = World::signed_in(Config::default(), seed);
        world.server.revoke_all();
        world.renew(TAB);
        let before = world.server.refreshes;
        world.run(20);
        assert_eq!(world.server.refreshes - before, 1);
        world.run(20 + 499);
        assert_eq!(world.server.refreshes - before, 1);
        world.run(600);
        assert_eq!(world.server.refreshes - before, 2);
    }
}

/// A server that answers each attempt id once would refuse the confirmation, too.
// Scenario 67.
#[test]
fn a_rejection_is_confirmed_under_an_attempt_id_of_its_own() {
    let causes: [fn(&mut World) -> TabId; 5] = [
        |world| {
            world.renew(TAB);
            TAB
        },
        |world| {
            world.server.revoke_access();
            world.fetch(TAB);
            TAB
        },
        |world| world.reload(TAB),
        |world| {
            // Its outcome is unknown, so the retry has the same id; the confirmation has not.
            world.server.faults = vec![Fault::Lost];
            world.renew(TAB);
            world.run(100);
            TAB
        },
        |world| {
            // The page has gone, and its reply may still come.
            world.server.faults = vec![Fault::Slow(100_000)];
            world.renew(TAB);
            world.run(100);
            world.kill_tab(TAB);
            world.visit()
        },
    ];
    for (case, cause) in causes.into_iter().enumerate() {
        let mut world = signed_in();
        world.server.revoke_all();
        let tab = cause(&mut world);
        world.run(60_000);
        assert_eq!(world.status(tab), ended(EndReason::Rejected), "{case}");
        let ids: Vec<_> = world.tabs[tab.0].sent().collect();
        let [.., rejected, confirmed] = ids[..] else { panic!("{case}: {ids:?}") };
        assert_ne!(rejected, confirmed, "{case}");
    }
}

/// A deployment refuses one refresh; the reply of the next, which has rotated the cookie, is lost.
// Scenario 114.
#[test]
fn a_confirmation_that_is_lost_is_retried_under_its_id() {
    for lost in [Fault::Lost, Fault::Resent] {
        for pause in [0, 100, 10_000] {
            for reloads in [false, true] {
                let mut world = signed_in();
                world.server.faults = vec![Fault::Refused, lost];
                world.renew(TAB);
                while !world.server.faults.is_empty() {
                    world.run(20);
                }
                world.run(40 + pause);
                let tab = if reloads { world.reload(TAB) } else { TAB };
                world.run(60_000);
                assert_eq!(
                    (world.server.reuses, world.is_active(tab)),
                    (0, true),
                    "{lost:?}, {pause}, {reloads}"
                );
            }
        }
    }
}

/// A server that goes by the id alone would answer with what it has answered before.
#[test]
fn an_attempt_that_another_tab_has_retried_is_not_made_once_more() {
    for shares_token in [true, false] {
        for fault in [Fault::Lost, Fault::Status(503, None), Fault::Reset] {
            let mut world = World::signed_in(Config { shares_token, ..Config::default() }, 1);
            let other = world.visit();
            world.run(MINUTE);
            let sent = |world: &World, tab: TabId| world.tabs[tab.0].sent().collect::<Vec<_>>();
            world.server.faults = vec![fault];
            world.renew(TAB);
            world.run(300);
            let before = sent(&world, TAB);
            world.renew(other);
            // The first is still waited for.
            world.run(5_000);
            world.renew(TAB);
            world.run(1_000);
            let (case, lost) = (format!("{shares_token}, {fault:?}"), before.last());
            assert_eq!(sent(&world, other).last(), lost, "{case}: the other tab has retried it");
            assert!(sent(&world, TAB)[before.len()..].iter().all(|id| Some(id) != lost), "{case}");
            assert_eq!((world.server.reuses, world.is_active(TAB)), (0, true), "{case}");
        }
    }
}
