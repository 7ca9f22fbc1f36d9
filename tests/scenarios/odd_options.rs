//! Whatever the options say, nobody is locked out, and no session is lost.

use super::*;

/// The longest that the JavaScript options can say.
const LONGEST: Millis = Millis::from_secs(u64::MAX);

/// Each duration at its least and at its most, and all of them.
fn configs() -> Vec<Config> {
    let second = Millis::from_secs(1);
    let mut all = Vec::new();
    for long in [Millis::from_secs(600), Millis::from_secs(1_000_000_000), LONGEST] {
        for (least, timeout) in [(Millis::ZERO, second), (long, long)] {
            let usual = Config::default();
            all.push(Config { leeway: least, ..usual.clone() });
            all.push(Config { timeout, ..usual.clone() });
            all.push(Config { patience: least, ..usual.clone() });
            all.push(Config { lock_timeout: timeout, ..usual.clone() });
            all.push(Config { leeway: least, timeout, patience: least, lock_timeout: timeout, ..usual });
        }
    }
    all
}

// Scenario 124.
#[test]
fn a_session_goes_on_through_a_renewal_a_reload_and_a_sign_out() {
    for config in configs() {
        let mut world = World::signed_in(config.clone(), 1);
        assert!(world.is_active(TAB), "{config:?}");
        world.run(HOUR);
        let call = world.fetch(TAB);
        world.run(1_000);
        let is_served = world.outcomes.get(&call) == Some(&Outcome::Status(200));
        assert!(is_served || config.patience.is_zero(), "{config:?}");
        world.sign_out(TAB);
        world.run(20_000);
        assert!(!world.is_active(TAB), "{config:?}");
        world.sign_in(TAB, "bob");
        world.run(20_000);
        assert!(world.is_active(TAB), "{config:?}");
    }
}

// Scenario 124.
#[test]
fn a_page_that_is_reloaded_or_killed_in_the_middle_of_a_refresh_restores_the_session() {
    for config in configs() {
        for rotation in [None, Some(Rotation::None), Some(Rotation::Refuses), Some(Rotation::Replays)] {
            for fault in [None, Some(Fault::Slow(900)), Some(Fault::Silence), Some(Fault::Reset)] {
                let config = Config { rotation, ..config.clone() };
                let mut world = World::signed_in(config.clone(), 1);
                if rotation == Some(Rotation::Refuses) {
                    world.server.on_spent = OnSpent::Refuse;
                }
                world.server.faults.extend(fault);
                world.renew(TAB);
                world.run(50);
                world.kill_tab(TAB);
                let page = world.visit();
                world.run(5 * MINUTE);
                assert!(world.is_active(page), "{fault:?} {config:?}: {:?}", world.status(page));
                assert_eq!(world.server.reuses, 0, "{fault:?} {config:?}");
            }
        }
    }
}

/// A page beside the refresh of one that was killed, which meets this fault.
fn beside_orphan(config: Config, fault: Fault) -> (World, TabId) {
    let mut world = World::signed_in(config, 1);
    world.server.faults = vec![fault];
    world.renew(TAB);
    world.run(50);
    world.kill_tab(TAB);
    let page = world.visit();
    (world, page)
}

// Scenario 124.
#[test]
fn a_sign_out_and_a_sign_in_beside_an_orphan_are_sent_in_time() {
    for config in configs() {
        for fault in [Fault::Slow(900), Fault::Silence, Fault::Reset] {
            let (mut world, page) = beside_orphan(config.clone(), fault);
            world.sign_out(page);
            world.run(5 * MINUTE);
            assert!(world.server.sign_outs > 0, "{fault:?} {config:?}");
            assert!(!world.cookie.is_some_and(|cookie| world.server.goes_on(cookie)), "{fault:?} {config:?}");

            let (mut world, page) = beside_orphan(config.clone(), fault);
            world.sign_in(page, "bob");
            world.run(5 * MINUTE);
            assert!(world.is_active(page), "{fault:?} {config:?}");
        }
    }
}
