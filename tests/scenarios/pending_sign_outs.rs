//! A sign-out that the server has not heard of is finished by whoever comes next, and by nobody else's cost.

use silent_session::session::Progress;

use super::*;

/// Whether the session was shown at any time.
fn was_shown(world: &World, tab: TabId) -> bool {
    world.tabs[tab.0].published.iter().any(|status| matches!(status, Status::Active { .. }))
}

#[test]
fn a_sign_out_that_the_server_cannot_hear_is_over_here_and_is_tried_again() {
    let mut world = signed_in();
    world.offline = true;
    let ticket = world.sign_out(TAB);
    world.run(1_000);
    assert_eq!(world.answer(TAB, ticket), Some(&PENDING));
    assert_eq!(world.status(TAB), ended(EndReason::SignedOut));
    world.run(HOUR);
    world.go_online();
    world.run(1_000);
    assert_eq!((world.server.sign_outs, world.cookie), (1, None));
    assert_eq!(world.stored().sign_out, None);
}

#[test]
fn a_sign_out_that_is_asked_for_while_an_earlier_one_is_tried_in_vain_is_answered_at_once() {
    let mut world = signed_in();
    world.server.logout = Logout::Answers(200, "text/html");
    world.sign_out(TAB);
    world.run(HOUR);
    let is_out = |world: &World| world.tabs[TAB.0].session.progress() == Progress::Sent;
    while !is_out(&world) {
        world.run(10);
    }
    let ticket = world.sign_out(TAB);
    world.run(MINUTE);
    assert_eq!(world.answer(TAB, ticket), Some(&PENDING));
}

// Scenario 74.
#[test]
fn after_a_reload_the_user_is_signed_out_and_the_server_hears_so_when_the_network_is_back() {
    let mut world = signed_out_offline();
    let tab = world.reload(TAB);
    world.run(1_000);
    assert_eq!(world.status(tab), ended(EndReason::SignedOut));
    world.run(HOUR);
    world.go_online();
    world.run(1_000);
    assert_eq!((world.server.sign_outs, world.cookie), (1, None));
    assert!(!was_shown(&world, tab));
}

#[test]
fn it_is_finished_before_anything_is_restored() {
    let mut world = signed_in();
    world.server.sign_out_faults = vec![Fault::Status(503, None)];
    world.sign_out(TAB);
    world.run(100);
    let tab = world.reload(TAB);
    let request = world.fetch(tab);
    world.run(1_000);
    assert_eq!((world.server.sign_outs, world.cookie), (1, None));
    assert_eq!(world.status(tab), ended(EndReason::SignedOut));
    assert!(!was_shown(&world, tab));
    assert_eq!(world.outcomes[&request], Outcome::Status(401), "it was sent without a token");
}

#[test]
fn a_page_that_dies_while_it_signs_out_leaves_it_to_the_next() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Slow(3_000)];
    world.renew(TAB);
    world.run(100);
    // It waits for the refresh that is on the wire, and its page does not live to see the end of that.
    world.sign_out(TAB);
    world.run(10);
    let tab = world.reload(TAB);
    world.run(2_500);
    assert_eq!(world.status(tab), ended(EndReason::SignedOut));
    // What the orphan's cookie would bring back is waited for.
    world.run(20_000);
    assert_eq!((world.server.sign_outs, world.cookie), (1, None));
    assert!(!was_shown(&world, tab));
}

#[test]
fn another_tab_finishes_what_one_that_has_gone_could_not() {
    let (mut world, [gone, stays]) = tabs(Config::default());
    world.offline = true;
    world.sign_out(gone);
    world.run(1_000);
    world.close_tab(gone);
    world.go_online();
    world.run(1_000);
    assert_eq!((world.server.sign_outs, world.cookie), (1, None));
    assert_eq!(world.status(stays), ended_elsewhere(EndReason::SignedOut));
}

#[test]
fn tabs_that_pursue_it_together_send_it_once() {
    let (mut world, [first, _, _]) = tabs::<3>(Config::default());
    world.offline = true;
    world.sign_out(first);
    world.run(1_000);
    let refreshed = refreshes(&mut world, |world| {
        world.go_online();
        world.run(1_000);
    });
    assert_eq!((world.server.sign_outs, refreshed), (1, 1));
}

#[test]
fn where_no_token_tells_whose_it_is_the_sign_out_is_sent_as_it_is() {
    let mut world = signed_in();
    world.server.tells = Tells::Nothing;
    world.sign_in(TAB, "alice");
    world.run(1_000);
    world.offline = true;
    world.sign_out(TAB);
    world.run(1_000);
    world.offline = false;
    let tab = world.reload(TAB);
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 0);
    assert_eq!((world.server.sign_outs, world.cookie), (1, None));
    assert_eq!(world.status(tab), ended(EndReason::SignedOut));
}

#[test]
fn a_page_that_is_put_away_while_it_looks_whose_session_there_is_goes_on_later() {
    let mut world = signed_out_offline();
    world.server.faults = vec![Fault::Slow(3_000)];
    world.go_online();
    world.run(1_000);
    world.put_away(TAB);
    assert_eq!(world.locks.holder(), None);
    world.run(10_000);
    assert_eq!(world.server.sign_outs, 0);
    world.thaw(TAB, true, true);
    world.run(10_000);
    assert_eq!((world.server.sign_outs, world.cookie), (1, None));
    assert_eq!(world.server.reuses, 0);
}

#[test]
fn a_tab_that_was_frozen_while_it_looked_whose_session_there_is_looks_again() {
    let mut world = signed_out_offline();
    world.go_online();
    world.run(10);
    // Its question is on the wire, and the answer will lie there.
    world.freeze(TAB);
    world.run(6_000);
    world.sign_in_unseen("bob");
    world.thaw(TAB, true, true);
    world.run(MINUTE);
    assert_eq!(world.server.sign_outs, 0);
    let tab = world.visit();
    world.run(1_000);
    assert!(token_in(&world, tab).ends_with("bob"));
}

#[test]
fn a_sign_out_that_another_tab_has_finished_meanwhile_is_not_sent_again() {
    let mut world = signed_in();
    world.sign_out(TAB);
    world.freeze(TAB);
    let next = world.visit();
    world.run(2 * MINUTE);
    assert_eq!((world.server.sign_outs, world.cookie), (1, None), "the lock was taken from the frozen tab");
    world.sign_in_unseen("bob");
    world.thaw(TAB, true, true);
    world.run(MINUTE);
    assert_eq!(world.server.sign_outs, 1);
    assert!(!world.is_active(next));
}

#[test]
fn a_sign_out_of_a_tab_that_has_missed_a_session_means_the_later_one() {
    let (mut world, [one, two]) = tabs(Config::default());
    world.offline = true;
    world.channel.delay = 3_000;
    world.signed_in_elsewhere(two, "bob");
    world.sign_out(two);
    // It has heard nothing of bob.
    world.sign_out(one);
    world.run(5_000);
    world.go_online();
    world.run(MINUTE);
    assert_eq!((world.server.sign_outs, world.cookie), (1, None));
}

#[test]
fn a_second_sign_out_means_the_session_that_another_tab_has_just_begun() {
    let (mut world, [one, two]) = tabs(Config::default());
    world.sign_out(one);
    world.run(1_000);
    world.channel.delay = 3_000;
    world.signed_in_elsewhere(two, "alice");
    world.run(1);
    // The first has not heard of it, and does not live to tell the server.
    world.sign_out(one);
    world.reload(one);
    world.run(MINUTE);
    assert_eq!((world.server.sign_outs, world.cookie), (2, None));
}

// Scenario 133.
#[test]
fn a_refresh_of_a_sign_out_that_is_lost_late_is_retried_under_its_id() {
    // The object is closed meanwhile, or the refresh has taken too long.
    for (is_closed, slow) in [(true, 100), (true, 3_000), (false, 16_000), (false, 20_000)] {
        for fault in [Fault::Lost, Fault::SlowReset(slow)] {
            let mut world = signed_in();
            world.server.sign_out_faults = vec![Fault::Status(503, None); 8];
            world.sign_out(TAB);
            world.run(4_000);
            world.sign_in_unseen("bob");
            let sent = world.server.refreshes;
            world.server.faults = vec![fault];
            until_sent(&mut world);
            let other = world.visit();
            if is_closed {
                world.close(TAB);
            }
            world.run(slow + 1_000);
            world.close_tab(TAB);
            world.run(5 * MINUTE);
            let case = format!("closed: {is_closed}, {fault:?}");
            assert!(world.server.refreshes > sent, "{case}");
            assert_eq!(world.server.reuses, 0, "{case}");
            assert!(shows(&world, other, "bob"), "{case}");
        }
    }
}
