//! A clock that is set back while a refresh is out: dates do not tell then what came first.

use super::late_replies::slow_refresh;
use super::*;

#[test]
fn a_refresh_from_before_the_clock_was_set_back_does_not_keep_a_rejection_from_being_believed() {
    for set_back in [MINUTE, HOUR, 30 * 24 * HOUR] {
        let mut world = signed_in();
        world.server.revoke_all();
        world.server.faults = vec![Fault::Silence];
        world.renew(TAB);
        world.run(100);
        let next = world.reload(TAB);
        world.step_wall_clock(-set_back);
        world.run(20_000);
        assert_eq!(world.status(next), ended(EndReason::Rejected), "{set_back}");
        assert!(world.server.refreshes <= 3, "{set_back}: {}", world.server.refreshes);
    }
}

/// No dates tell then which came first, the refresh or the sign-in.
// Scenario 127.
#[test]
fn a_clock_that_is_set_back_in_the_middle_of_a_refresh_brings_nobody_back() {
    for shares_token in [true, false] {
        for step in [-1_000, -5_000, -30_000, -HOUR] {
            for slow in [500, 3_000, 10_000] {
                for (first, signs_in) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                    let (mut world, both) = tabs::<2>(Config { shares_token, ..Config::default() });
                    world.server.faults = vec![Fault::Slow(slow)];
                    world.renew(both[first]);
                    world.run(200);
                    world.step_wall_clock(step);
                    world.signed_in_elsewhere(both[signs_in], "bob");
                    for _ in 0..600 {
                        world.run(100);
                        let is_alice = |tab: &TabId| match world.status(*tab) {
                            Status::Active { grant, .. } => grant.token.reveal().ends_with("alice"),
                            _ => false,
                        };
                        let what = format!("{shares_token}, {step} ms, {slow} ms, {first}, {signs_in}");
                        assert!(!both.iter().any(is_alice), "{what}");
                    }
                }
            }
        }
    }
}

/// Nor does a page that has not seen the clock jump.
// Scenario 127.
#[test]
fn a_clock_that_was_set_back_before_a_reload_brings_nobody_back() {
    for step in [-1_000, -2_000, -3_000] {
        let (mut world, [first, second]) = tabs::<2>(Config::default());
        world.server.faults = vec![Fault::Slow(3_000)];
        world.renew(first);
        world.run(100);
        world.step_wall_clock(step);
        world.signed_in_elsewhere(second, "bob");
        world.run(50);
        let reloaded = world.reload(first);
        world.run(20 * MINUTE);
        let is_alice = |tab: TabId| match world.status(tab) {
            Status::Active { grant, .. } => grant.token.reveal().ends_with("alice"),
            _ => false,
        };
        assert!(!is_alice(reloaded) && !is_alice(second), "{step} ms");
    }
}

#[test]
fn a_sign_in_after_the_clock_was_set_back_is_noted_with_the_refresh_that_is_out() {
    for back in [0, 2_000] {
        for elsewhere in [false, true] {
            let mut world = signed_in();
            let other = world.visit();
            world.run(MINUTE);
            slow_refresh(&mut world, 8_000);
            world.run(200);
            world.step_wall_clock(-back);
            let bobs = world.answered_login("bob");
            world.sign_in_with(if elsewhere { other } else { TAB }, bobs);
            world.run(100);
            let Some(marker) = world.stored().marker else { panic!("{back} ms, {elsewhere}") };
            // By its own date it was sent after the sign-in.
            assert_eq!(
                marker.stray_since.map(|sent| sent < marker.sent),
                (back > 0).then_some(true),
                "{back} ms, {elsewhere}"
            );
        }
    }
}
