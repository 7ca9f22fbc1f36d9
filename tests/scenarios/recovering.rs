//! After an outage, those who came together at its end do not come together again.

use super::*;

/// For how many seconds the token is kept that comes after an outage of some ten minutes.
fn kept_after(fault: Fault, in_the_middle: impl FnOnce(&mut World) -> TabId) -> i64 {
    let mut world = signed_in();
    world.run(13 * MINUTE);
    // The renewal was to come between 13:45 and 14:00.
    world.server.faults = vec![fault; 10_000];
    world.run(6 * MINUTE);
    let tab = in_the_middle(&mut world);
    world.run(5 * MINUTE);
    world.server.faults.clear();
    if fault == Fault::Offline {
        world.go_online();
    }
    world.fetch(tab);
    world.run(MINUTE);
    let Status::Active { grant, refresh_at: Some(at), failure: None, .. } = world.status(tab) else {
        panic!()
    };
    (at - grant.received.wall_ms()) / 1_000
}

/// As much shorter as it came late: 14 minutes, less ten or eleven.
fn as_if_it_had_come_in_time(kept: i64) -> bool {
    (150..=240).contains(&kept)
}

#[test]
fn a_token_that_came_late_is_renewed_as_if_it_had_come_in_time() {
    let kept = kept_after(Fault::Status(503, None), |_| TAB);
    assert!(as_if_it_had_come_in_time(kept), "{kept}");
}

/// Of an office with all of its people, each browser says so at the same moment.
#[test]
fn the_network_coming_back_makes_no_token_less_late() {
    let kept = kept_after(Fault::Offline, |_| TAB);
    assert!(as_if_it_had_come_in_time(kept), "{kept}");
}

/// Many do, when nothing comes.
#[test]
fn a_reload_during_the_outage_makes_no_token_less_late() {
    let kept = kept_after(Fault::Status(503, None), |world| world.reload(TAB));
    assert!(as_if_it_had_come_in_time(kept), "{kept}");
}

#[test]
fn the_token_after_the_one_that_came_late_is_kept_for_as_long_as_any() {
    let mut world = signed_in();
    world.run(13 * MINUTE);
    world.server.faults = vec![Fault::Status(503, None); 10_000];
    world.run(11 * MINUTE);
    world.server.faults.clear();
    world.fetch(TAB);
    world.run(MINUTE);
    let before = generation(&world);
    world.run(4 * MINUTE);
    assert_eq!(generation(&world), before + 1);
    let sent = refreshes(&mut world, |world| world.run(11 * MINUTE));
    assert_eq!(sent, 0);
}
