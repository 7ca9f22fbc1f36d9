//! A sign-in ends a pending sign-out: whoever has signed in since, seen or unseen, stays signed in.

use super::*;

// Scenario 75.
#[test]
fn a_pending_sign_out_never_ends_a_newer_session() {
    let mut world = signed_in();
    world.offline = true;
    world.sign_out(TAB);
    world.run(1_000);
    world.offline = false;
    world.sign_in(TAB, "bob");
    world.run(HOUR);
    assert!(token_of(&world).ends_with("bob"));
    assert!(world.cookie.is_some());
}

#[test]
fn somebody_else_who_has_signed_in_by_a_way_that_we_do_not_see_stays_signed_in() {
    let mut world = signed_out_offline();
    world.offline = false;
    world.sign_in_unseen("bob");
    let tab = world.reload(TAB);
    world.run(1_000);
    assert!(token_in(&world, tab).ends_with("bob"));
    assert_eq!(world.server.sign_outs, 0);
    world.run(HOUR);
    assert!(token_in(&world, tab).ends_with("bob"));
    assert_eq!(world.stored().sign_out, None);
}

#[test]
fn in_a_page_that_has_signed_out_a_session_that_came_unseen_is_neither_shown_nor_ended() {
    let mut world = signed_out_offline();
    world.sign_in_unseen("bob");
    world.go_online();
    world.run(HOUR);
    assert_eq!(world.status(TAB), ended(EndReason::SignedOut));
    assert_eq!(world.server.sign_outs, 0);
    let tab = world.reload(TAB);
    world.run(1_000);
    assert!(token_in(&world, tab).ends_with("bob"));
}

#[test]
fn the_same_user_who_has_signed_in_anew_stays_signed_in_where_tokens_name_their_session() {
    let mut world = signed_in();
    world.server.tells = Tells::Session;
    world.sign_in(TAB, "alice");
    world.run(1_000);
    world.offline = true;
    world.sign_out(TAB);
    world.run(1_000);
    world.offline = false;
    world.sign_in_unseen("alice");
    let tab = world.reload(TAB);
    world.run(HOUR);
    assert!(world.is_active(tab));
    assert_eq!(world.server.sign_outs, 0);
}

#[test]
fn a_sign_out_that_had_to_wait_for_its_turn_is_not_sent_as_it_is() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.freeze_lock(second);
    world.sign_out(first);
    // In another tab, and not by us.
    world.sign_in_unseen("bob");
    world.run(2 * MINUTE);
    assert_eq!(world.server.sign_outs, 0);
    let tab = world.visit();
    world.run(1_000);
    assert!(token_in(&world, tab).ends_with("bob"));
}

#[test]
fn a_sign_in_ends_the_matter_before_its_request_is_sent() {
    let mut world = signed_out_offline();
    world.offline = false;
    world.sign_in(TAB, "alice");
    world.run(10);
    assert_eq!(world.stored().sign_out, None);
    // The page does not live to see that it has succeeded.
    let tab = world.reload(TAB);
    world.run(1_000);
    assert!(world.is_active(tab));
    world.run(HOUR);
    assert_eq!(world.server.sign_outs, 0);
}

#[test]
fn a_login_that_fails_changes_nothing_about_it() {
    let mut world = signed_out_offline();
    world.fail_login(TAB);
    world.run(1_000);
    assert!(world.stored().sign_out.is_some());
    world.go_online();
    world.run(1_000);
    assert_eq!((world.server.sign_outs, world.cookie), (1, None));
}

#[test]
fn signing_in_with_nothing_ends_the_matter() {
    let mut world = signed_out_offline();
    world.offline = false;
    world.close_tab(TAB);
    let tab = world.visit();
    // The same user, by a redirect; no token tells this session from the one before.
    world.sign_in_by_cookie(tab, "alice");
    world.run(HOUR);
    assert!(world.is_active(tab));
    assert_eq!(world.server.sign_outs, 0);
}

#[test]
fn an_unordered_sign_in_ends_the_matter() {
    let mut world = signed_out_offline();
    let tab = world.reload(TAB);
    world.signed_in_elsewhere(tab, "alice");
    world.go_online();
    world.run(HOUR);
    assert!(world.is_active(tab));
    assert_eq!((world.server.sign_outs, world.stored().sign_out), (0, None));
}
