//! Without an endpoint a sign-out is local: it holds in this browser until the next sign-in, and nothing is sent.

use silent_session::session::Ticket;

use super::*;

fn unheard() -> Config {
    Config { tells_sign_out: false, ..Config::default() }
}

/// Alice has signed out of a tab of a browser with another one.
fn signed_out_locally() -> (World, [TabId; 2]) {
    let (mut world, [tab, other]) = tabs(unheard());
    let ticket = world.sign_out(tab);
    assert_eq!(world.answer(tab, ticket), Some(&LOCAL));
    world.run(1_000);
    (world, [tab, other])
}

// Scenario 92.
#[test]
fn it_holds_in_all_tabs_and_over_reloads_and_sends_nothing() {
    let (mut world, [tab, other]) = signed_out_locally();
    assert_eq!(world.status(tab), ended(EndReason::SignedOut));
    assert_eq!(world.status(other), ended_elsewhere(EndReason::SignedOut));
    let sent = refreshes(&mut world, |world| {
        let later = [world.reload(tab), world.visit()];
        world.run(HOUR);
        for tab in later {
            assert_eq!(world.status(tab), ended(EndReason::SignedOut));
            let request = world.fetch(tab);
            world.run(1_000);
            assert_eq!(world.outcomes[&request], Outcome::Status(401), "it was sent without a token");
        }
    });
    assert_eq!((sent, world.server.sign_outs), (0, 0));
    assert!(world.cookie.is_some_and(|cookie| world.server.goes_on(cookie)), "the server's session goes on");
}

#[test]
fn it_holds_in_tabs_that_were_away_and_in_pages_that_had_just_begun() {
    for away in [true, false] {
        let (mut world, [tab, other]) = tabs(unheard());
        if away {
            world.freeze(other);
        }
        world.server.faults = vec![Fault::Slow(2_000); 3];
        let begins = world.reload(other);
        world.sign_out(tab);
        world.thaw(other, true, false);
        world.run(MINUTE);
        for tab in [tab, begins] {
            assert!(!world.is_active(tab), "away: {away}");
        }
    }
}

#[test]
fn a_page_hears_of_it_from_another_tab_where_nothing_can_be_stored() {
    let mut world = World::signed_in(unheard(), 1);
    world.block_storage();
    world.sign_out(TAB);
    let tab = world.visit();
    world.run(MINUTE);
    assert_eq!(world.status(tab), ended_elsewhere(EndReason::SignedOut));
}

#[test]
fn it_is_written_down_again_when_storage_is_cleared() {
    let (mut world, [tab, _]) = signed_out_locally();
    world.clear_storage();
    let next = world.reload(tab);
    world.run(MINUTE);
    assert_eq!(world.status(next), ended(EndReason::SignedOut));
}

// Scenario 92.
#[test]
fn every_kind_of_sign_in_ends_it() {
    let ways: [fn(&mut World, TabId, &'static str) -> Ticket; 3] =
        [World::sign_in, World::signed_in_elsewhere, World::sign_in_by_cookie];
    for (index, way) in ways.into_iter().enumerate() {
        for is_reloaded in [false, true] {
            let (mut world, [tab, other]) = signed_out_locally();
            let tab = if is_reloaded { world.reload(tab) } else { tab };
            way(&mut world, tab, "alice");
            world.run(1_000);
            assert!(world.is_active(tab) && world.is_active(other), "{index} {is_reloaded}");
            let next = world.reload(tab);
            world.run(1_000);
            assert!(world.is_active(next), "{index} {is_reloaded}");
        }
    }
}

/// A redirect login comes back, and the app says `signIn()` while the page is prerendered.
#[test]
fn a_sign_in_that_was_called_before_the_page_began_ends_it() {
    let (mut world, [tab, _]) = signed_out_locally();
    world.close_tab(tab);
    let next = world.open_tab();
    let ticket = world.sign_in_by_cookie(next, "bob");
    world.start();
    world.run(1_000);
    assert_eq!(world.answer(next, ticket), Some(&Ok(Reply::Done)));
    assert!(token_in(&world, next).ends_with("bob"));
}

/// One that has signed out twice has signed out.
#[test]
fn a_second_one_changes_nothing() {
    let (mut world, [tab, other]) = signed_out_locally();
    for tab in [tab, other] {
        let ticket = world.sign_out(tab);
        assert_eq!(world.answer(tab, ticket), Some(&LOCAL));
    }
    let next = world.reload(tab);
    world.run(MINUTE);
    assert_eq!(world.status(next), ended(EndReason::SignedOut));
}

#[test]
fn where_the_server_has_said_that_there_is_no_session_the_reason_stays() {
    let mut world = World::new(unheard(), 1);
    world.start();
    world.run(1_000);
    let ticket = world.sign_out(TAB);
    assert_eq!(world.answer(TAB, ticket), Some(&LOCAL));
    assert_eq!(world.status(TAB), ended(EndReason::None));
    let next = world.reload(TAB);
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1, "nobody has signed out");
    assert_eq!(world.status(next), ended(EndReason::None));
}

/// `Clear-Site-Data` on the logout page of the app, say.
#[test]
fn a_page_hears_of_it_from_another_tab_where_what_was_stored_has_been_cleared() {
    let (mut world, _) = signed_out_locally();
    world.run(MINUTE);
    world.clear_storage_unheard();
    let page = world.visit();
    world.run(MINUTE);
    assert_eq!(world.status(page), ended_elsewhere(EndReason::SignedOut));
}

/// Alice has signed out offline in a deploy that tells the server; bob signs in and out in one that does not.
#[test]
fn it_is_not_undone_by_an_earlier_sign_out_that_another_deploy_could_not_finish() {
    let of = |config| world::Deploy { config, ..world::Deploy::default() };
    let mut world = World::of(vec![of(Config::default()), of(unheard())], 1);
    world.let_alice_in();
    world.offline = true;
    world.sign_out(TAB);
    world.run(1_000);
    world.close_tab(TAB);
    let unheard = world.visit();
    world.go_online();
    world.sign_in(unheard, "bob");
    world.run(1_000);
    world.sign_out(unheard);
    world.run(1_000);
    world.close_tab(unheard);
    let page = world.visit();
    world.run(MINUTE);
    assert_eq!(world.status(page), ended(EndReason::SignedOut));
}
