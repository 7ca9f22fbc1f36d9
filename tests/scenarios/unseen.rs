//! Pages that nobody sees: prerendered, hidden; and storage that is cleared behind a page's back.

use super::*;

// Scenario 70.
#[test]
fn a_prerendered_page_sends_nothing_before_it_is_activated() {
    let mut world = signed_in();
    world.kill_tab(TAB);
    let before = world.server.refreshes;
    let tab = world.open_tab();
    let request = world.fetch(tab);
    let call = world.access_token(tab, None, 0);
    world.show(tab);
    world.run(10_000);
    assert_eq!((world.server.refreshes - before, world.locks.holder()), (0, None));
    assert_eq!(world.answer(tab, call), None);
    world.start();
    world.run(1_000);
    assert_eq!(world.server.refreshes - before, 1);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
}

// Scenario 70.
#[test]
fn a_sign_in_before_a_prerendered_page_is_activated_goes_on() {
    let mut world = signed_in();
    let tab = world.prerender();
    world.signed_in_elsewhere(tab, "bob");
    let session = session_of(&world, tab);
    world.activate(tab);
    let renewal = world.renew(tab);
    world.run(MINUTE);
    assert_eq!(world.answer(tab, renewal), Some(&Ok(Reply::Done)));
    assert_eq!([tab, TAB].map(|tab| session_of(&world, tab)), [session.clone(), session]);
}

// Scenario 70.
#[test]
fn a_session_that_begins_after_another_has_ended_is_shown_by_a_page_that_was_prerendered_before() {
    let mut world = signed_in();
    let tab = world.prerender();
    world.server.revoke_all();
    world.renew(TAB);
    world.run(MINUTE);
    assert!(matches!(world.status(tab), Status::Unknown { .. }), "{:?}", world.status(tab));
    world.signed_in_elsewhere(TAB, "bob");
    world.activate(tab);
    world.run(MINUTE);
    assert_eq!(session_of(&world, tab), session_of(&world, TAB));
}

/// Another tab refreshes meanwhile, and says so.
// Scenario 70.
#[test]
fn a_prerendered_page_that_is_told_to_restore_nothing_restores_nothing() {
    for ends in [false, true] {
        let mut world = signed_in();
        world.config.restore = false;
        let tab = world.prerender();
        world.renew(TAB);
        world.run(1_000);
        if ends {
            world.server.revoke_all();
            world.renew(TAB);
            world.run(MINUTE);
        }
        world.activate(tab);
        let call = world.access_token(tab, None, 0);
        world.run(MINUTE);
        assert_eq!(world.status(tab), ended(EndReason::None), "over: {ends}");
        assert_eq!(world.answer(tab, call), Some(&Err(Denial::Ended(EndReason::None))), "over: {ends}");
        world.signed_in_elsewhere(TAB, "bob");
        world.run(MINUTE);
        assert!(shows(&world, tab, "bob"), "over: {ends}");
    }
}

// Scenario 69.
#[test]
fn a_hidden_tab_that_nobody_uses_refreshes_nothing_ahead_of_time() {
    let mut world = signed_in();
    world.hide(TAB);
    let Status::Active { refresh_at, .. } = world.status(TAB) else { panic!() };
    assert_eq!(refresh_at, None);
    assert_eq!(refreshes(&mut world, |world| world.run(8 * HOUR)), 0);
    let request = world.fetch(TAB);
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
}

#[test]
fn a_hidden_tab_that_is_used_stays_fresh_and_one_that_is_used_no_more_does_not() {
    let mut world = signed_in();
    world.hide(TAB);
    let sent = refreshes(&mut world, |world| {
        for _ in 0..60 {
            world.fetch(TAB);
            world.run(MINUTE);
        }
    });
    assert!((4..=5).contains(&sent), "{sent}");
    assert_eq!(
        refreshes(&mut world, |world| world.run(8 * HOUR)),
        1,
        "the one that was planned when it was used last"
    );
}

// Scenario 69.
#[test]
fn a_hidden_tab_that_is_shown_again_is_signed_in() {
    let mut world = signed_in();
    world.hide(TAB);
    world.run(8 * HOUR);
    world.show(TAB);
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
    let Status::Active { refresh_at, .. } = world.status(TAB) else { panic!() };
    assert!(refresh_at.is_some());
}

#[test]
fn hidden_tabs_live_on_what_the_one_that_is_seen_fetches() {
    let mut world = signed_in();
    let other = world.visit();
    world.hide(TAB);
    world.run(HOUR);
    let request = world.fetch(TAB);
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 0);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
    assert!(world.is_active(other));
}

// Scenario 71.
#[test]
fn a_tab_from_before_site_data_was_cleared_and_one_from_after_present_no_cookie_twice() {
    for shares_token in [true, false] {
        for delay in [0, 15, 60] {
            let mut world = World::signed_in(Config { shares_token, ..Config::default() }, 1);
            world.channel.delay = delay;
            world.server.revoke_access();
            let request = world.fetch(TAB);
            world.run(45);
            // Its refresh is on the wire; and now they no longer have the same lock.
            world.clear_storage();
            let tab = world.visit();
            world.run(5_000);
            assert_eq!(world.server.reuses, 0, "delay: {delay}");
            assert_eq!(world.outcomes[&request], Outcome::Status(200));
            assert_eq!(session_of(&world, tab), session_of(&world, TAB));
        }
    }
}

#[test]
fn what_was_cleared_is_written_down_again() {
    let mut world = signed_in();
    let session = session_of(&world, TAB);
    world.clear_storage();
    world.run(1_000);
    let tab = world.reload(TAB);
    world.run(1_000);
    assert_eq!(session_of(&world, tab), session);
}

/// Nothing is begun that the page could not end, and one rejection alone ends no session: the next page asks.
// Scenario 67.
#[test]
fn a_page_that_goes_away_neither_confirms_a_rejection_nor_ends_the_session() {
    let mut world = signed_in();
    let cookie = world.cookie.take();
    world.renew(TAB);
    world.run(10);
    world.put_away(TAB);
    world.run(1_000);
    // The reply is there before the page hears that it is back.
    let sent = refreshes(&mut world, |world| {
        world.thaw(TAB, false, true);
        world.run(60_000);
    });
    assert_eq!((sent, world.is_active(TAB)), (0, true));
    world.cookie = cookie;
    let next = world.visit();
    world.run(20_000);
    assert!(world.is_active(next));
}
