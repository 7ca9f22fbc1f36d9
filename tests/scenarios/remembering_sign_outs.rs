//! How long a sign-out that the server has not heard of is remembered, and where.

use super::*;

#[test]
fn it_is_tried_again_also_where_nothing_can_be_stored() {
    let mut world = signed_in();
    world.block_storage();
    world.offline = true;
    world.sign_out(TAB);
    world.run(1_000);
    world.go_online();
    world.run(1_000);
    assert_eq!((world.server.sign_outs, world.cookie), (1, None));
}

#[test]
fn a_server_that_never_can_is_not_asked_for_ever() {
    let mut world = signed_in();
    world.server.sign_out_faults = vec![Fault::Status(503, None); 100];
    world.sign_out(TAB);
    world.run(24 * HOUR);
    assert_eq!(world.server.sign_out_faults.len(), 80);
    // It is local from then on.
    assert_eq!(world.stored().sign_out.map(|pending| pending.tries), Some(20));
    assert_eq!(world.status(TAB), ended(EndReason::SignedOut));
    let tab = world.reload(TAB);
    world.run(HOUR);
    assert_eq!(world.status(tab), ended(EndReason::SignedOut));
    assert_eq!(world.server.sign_out_faults.len(), 80);
}

#[test]
fn tries_that_reach_nobody_do_not_count() {
    let mut world = signed_out_offline();
    world.run(24 * HOUR);
    world.go_online();
    world.run(1_000);
    assert_eq!((world.server.sign_outs, world.cookie), (1, None));
}

#[test]
fn it_is_tried_as_long_as_a_cookie_may_live() {
    for (days, is_tried) in [(2, true), (59, true), (61, false)] {
        let mut world = signed_out_offline();
        world.close_tab(TAB);
        world.run(days * 24 * HOUR);
        world.go_online();
        let tab = world.visit();
        world.run(HOUR);
        assert_eq!(world.server.sign_outs, u32::from(is_tried), "after {days} days");
        assert_eq!(world.status(tab), ended(EndReason::SignedOut), "after {days} days");
    }
}

#[test]
fn it_is_not_tried_for_longer_than_any_cookie_lives() {
    let mut world = signed_out_offline();
    world.close_tab(TAB);
    world.run(59 * 24 * HOUR);
    assert!(world.stored().sign_out.is_some());
    let tab = world.visit();
    world.run(1_000);
    assert_eq!(world.status(tab), ended(EndReason::SignedOut));
    world.close_tab(tab);
    world.run(2 * 24 * HOUR);
    world.go_online();
    let tab = world.visit();
    world.run(HOUR);
    assert_eq!(world.stored().sign_out.map(|pending| pending.tries), Some(20));
    assert_eq!((world.status(tab), world.server.sign_outs), (ended(EndReason::SignedOut), 0));
}

#[test]
fn signing_out_where_nobody_has_said_whether_there_is_a_session_is_a_sign_out() {
    for is_down in [false, true] {
        let mut world = World::new(Config { restore: false, ..Config::default() }, 1);
        world.start();
        world.sign_in_unseen("alice");
        world.server.sign_out_faults = vec![Fault::Status(503, None); usize::from(is_down)];
        let ticket = world.sign_out(TAB);
        world.run(1_000);
        assert_eq!(world.answer(TAB, ticket), Some(if is_down { &PENDING } else { &CONFIRMED }));
        world.run(HOUR);
        assert_eq!((world.server.sign_outs, world.cookie, world.stored().sign_out), (1, None, None));
    }
}

/// A tab is frozen while its sign-out is answered; elsewhere somebody signs in and out meanwhile.
#[test]
fn the_answer_to_an_earlier_one_does_not_count_for_a_later() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.sign_out(first);
    world.run(10);
    world.freeze(first);
    world.run(50);
    world.signed_in_elsewhere(second, "alice");
    world.run(10);
    world.sign_out(second);
    world.thaw(first, true, true);
    world.run(1_000);
    assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)));
    let next = world.visit();
    world.run(1_000);
    assert!(!world.is_active(next));
}

/// An answer that is slow, a sign-in that nobody ordered, a reload: whose cookie is still to come, the next page's own
/// refresh does not settle.
#[test]
fn it_waits_for_the_cookie_of_a_page_that_has_gone_also_when_a_refresh_was_answered_since() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Slow(9_000)];
    world.renew(TAB);
    world.run(40);
    world.signed_in_elsewhere(TAB, "alice");
    world.run(1_990);
    let tab = world.reload(TAB);
    world.run(10);
    world.sign_out(tab);
    world.run(20_000);
    assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)));
    let next = world.visit();
    world.run(20_000);
    assert!(!world.is_active(next));
}

/// Bob has signed in unordered, in another tab, while alice's refresh was on the wire here: it may be alice's cookie that
/// the sign-out of bob meets.
#[test]
fn it_is_sent_as_it_is_where_a_refresh_of_ours_may_lie_over_the_cookie() {
    let mut world = World::signed_in(Config { shares_token: false, ..Config::default() }, 1);
    let tab = world.visit();
    world.server.sign_out_faults = vec![Fault::Status(503, None)];
    world.run(1);
    world.signed_in_elsewhere(TAB, "bob");
    world.server.faults = vec![Fault::Status(503, None)];
    world.run(40);
    world.sign_out(tab);
    world.run(10);
    world.sign_out(TAB);
    world.run(60_000);
    assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)));
}

/// The same, but nobody in the tab where the sign-out happens has sent that refresh.
#[test]
fn it_is_sent_as_it_is_where_a_refresh_of_another_tabs_may_lie_over_the_cookie() {
    let mut world = World::signed_in(Config { shares_token: false, ..Config::default() }, 1);
    world.renew(TAB);
    world.run(1);
    world.signed_in_elsewhere(TAB, "bob");
    world.offline = true;
    let tab = world.visit();
    world.run(45);
    world.sign_out(tab);
    world.go_online();
    world.run(60_000);
    assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)));
}

/// So that it outlasts an outage, however many tabs there are.
#[test]
fn five_tabs_have_no_more_tries_than_one_and_share_the_pauses() {
    let (mut world, tabs) = tabs::<5>(Config::default());
    world.server.sign_out_faults = vec![Fault::Status(503, None); 100];
    world.sign_out(tabs[0]);
    world.run(10 * MINUTE);
    let tried = 100 - world.server.sign_out_faults.len();
    assert!((5..=14).contains(&tried), "{tried}");
    assert!(world.stored().sign_out.is_some());
    world.server.sign_out_faults.clear();
    world.run(2 * HOUR);
    assert_eq!((world.server.sign_outs, world.cookie), (1, None));
}

/// Nor does the retry of the next page make one forget when that refresh was sent.
#[test]
fn it_is_sent_as_it_is_where_the_refresh_of_a_page_that_has_gone_may_lie_over_the_cookie() {
    let mut world = World::signed_in(Config { shares_token: false, ..Config::default() }, 1);
    world.renew(TAB);
    world.run(1);
    world.signed_in_elsewhere(TAB, "bob");
    let tab = world.reload(TAB);
    // The retry has just been sent.
    world.run(2_010);
    world.sign_out(tab);
    world.run(60_000);
    assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)));
}

/// Nor does an answer in between settle it, as long as that of the page that has gone may have come after.
#[test]
fn it_is_sent_as_it_is_where_a_cookie_may_have_come_after_the_last_answer() {
    let mut world = World::signed_in(Config { shares_token: false, ..Config::default() }, 1);
    world.server.faults = vec![Fault::Slow(2_100)];
    world.server.sign_out_faults = vec![Fault::Status(503, None)];
    world.renew(TAB);
    world.run(1);
    let tab = world.reload(TAB);
    world.signed_in_elsewhere(tab, "bob");
    world.run(16_000);
    world.sign_out(tab);
    world.run(60_000);
    assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)));
}

/// A failed try of one tab lengthens the pause of all.
#[test]
fn ten_tabs_that_pursue_one_sign_out_try_hardly_more_often_than_one() {
    let tries = |tabs: usize| -> usize {
        let of_seed = |seed| {
            let mut world = World::signed_in(Config::default(), seed);
            (1..tabs).for_each(|_| {
                world.visit();
            });
            world.run(1_000);
            world.server.sign_out_faults = vec![Fault::Status(503, None); 100];
            world.sign_out(TAB);
            world.run(1_000);
            // Each finds the pending sign-out when it is looked at, and pursues it as well.
            (1..tabs).for_each(|tab| world.show(TabId(tab)));
            world.run(2 * MINUTE);
            100 - world.server.sign_out_faults.len()
        };
        (0..40).map(of_seed).sum()
    };
    let (one, ten) = (tries(1), tries(10));
    assert!(ten * 100 <= one * 135, "{ten} tries, and {one} of a single tab");
}

/// Alice's sign-out is tried in one page, and the reply never comes. Bob has signed in and out in another one since.
// Scenario 78.
#[test]
fn an_attempt_that_fails_late_is_written_over_no_later_sign_out() {
    for is_frozen in [true, false] {
        let (mut world, [one, two]) = tabs(Config::default());
        world.server.sign_out_faults = vec![Fault::Status(503, None)];
        world.sign_out(one);
        world.run(100);
        world.server.faults = vec![Fault::Silence];
        until_sent(&mut world);
        if is_frozen {
            world.freeze(one);
        }
        world.signed_in_elsewhere(two, "bob");
        world.run(100);
        world.server.sign_out_faults = vec![Fault::Status(503, None); 20];
        world.sign_out(two);
        world.run(100);
        world.close_tab(two);
        world.run(MINUTE);
        world.thaw(one, false, false);
        world.server.sign_out_faults.clear();
        world.run(HOUR);
        let next = world.visit();
        world.run(HOUR);
        assert!(!world.is_active(next), "frozen: {is_frozen}, bob is back");
        assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)), "frozen: {is_frozen}");
    }
}
