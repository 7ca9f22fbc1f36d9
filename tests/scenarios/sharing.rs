//! Tabs share one cookie.

use super::*;

#[test]
fn tabs_take_turns_at_the_wire() {
    let mut world = signed_in();
    let others = [(); 4].map(|()| {
        let tab = world.open_tab();
        world.start();
        tab
    });
    world.run(HOUR);
    assert_eq!(world.most_writers, 1);
    assert_eq!(world.server.reuses, 0);
    for tab in others {
        assert_eq!(session_of(&world, tab), session_of(&world, TAB));
    }
}

#[test]
fn a_holder_that_never_gives_the_lock_back_delays_the_others_by_a_bounded_time() {
    let mut world = signed_in();
    world.freeze_lock(TAB);
    let tab = world.open_tab();
    world.start();
    world.run(76_000);
    assert!(world.is_active(tab));
}
