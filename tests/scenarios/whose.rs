//! A session belongs to a person: what tells people apart, and what does not.

use super::*;

/// Alice, signed in at a server whose tokens tell so much.
fn signed_in_at(tells: Tells) -> World {
    World::signed_in_at(tells, Config::default(), 1)
}

const ALL: [Tells; 4] = [Tells::Person, Tells::Session, Tells::Token, Tells::Nothing];

// Scenario 94.
#[test]
fn a_refresh_continues_its_session_whatever_else_differs_in_its_tokens() {
    for tells in ALL {
        let mut world = signed_in_at(tells);
        let other = world.visit();
        let session = session_of(&world, TAB);
        let renewal = world.renew(TAB);
        world.run(1_000);
        assert_eq!(world.answer(TAB, renewal), Some(&Ok(Reply::Done)), "{tells:?}");
        world.server.revoke_access();
        let requests = [world.fetch(TAB), world.fetch(other)];
        assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1, "{tells:?}");
        assert_eq!(statuses(&world, &requests), vec![Outcome::Status(200); 2], "{tells:?}");
        world.run(HOUR);
        assert_eq!([TAB, other].map(|tab| session_of(&world, tab)), [&*session; 2], "{tells:?}");
        let tab = world.reload(TAB);
        world.close_tab(other);
        let tab = world.reload(tab);
        world.run(1_000);
        assert_eq!(session_of(&world, tab), session, "{tells:?}: a page that comes later");
    }
}

#[test]
fn a_refresh_that_brings_another_person_begins_a_session() {
    for tells in [Tells::Person, Tells::Session, Tells::Token] {
        let mut world = signed_in_at(tells);
        let session = session_of(&world, TAB);
        world.sign_in_unseen("bob");
        let renewal = world.renew(TAB);
        world.run(1_000);
        assert_eq!(world.answer(TAB, renewal), Some(&Err(Denial::Changed)), "{tells:?}");
        assert_ne!(session_of(&world, TAB), session, "{tells:?}");
        assert!(token_of(&world).ends_with("bob"), "{tells:?}");
    }
}

// Scenario 94.
#[test]
fn a_sign_out_is_finished_whatever_else_differs_in_the_tokens_of_its_person() {
    for tells in ALL {
        for reloads in [false, true] {
            let mut world = signed_in_at(tells);
            world.offline = true;
            world.sign_out(TAB);
            world.run(10_000);
            if reloads {
                world.reload(TAB);
            }
            world.go_online();
            world.run(MINUTE);
            assert_eq!((world.server.sign_outs, world.cookie), (1, None), "{tells:?}, {reloads}");
            assert_eq!(world.stored().sign_out, None, "{tells:?}, {reloads}");
        }
    }
}

// Scenario 94.
#[test]
fn a_sign_out_is_for_the_session_that_refreshes_found_and_not_for_the_one_that_was_written_down() {
    for reloads in [false, true] {
        let mut world = signed_in_at(Tells::Session);
        let session = session_of(&world, TAB);
        // Another session of the same person, with another `sid`.
        world.sign_in_unseen("alice");
        world.renew(TAB);
        world.run(1_000);
        assert_eq!(session_of(&world, TAB), session, "{reloads}");
        let tab = if reloads { world.reload(TAB) } else { TAB };
        world.offline = true;
        world.sign_out(tab);
        world.run(10_000);
        let tab = world.reload(tab);
        world.go_online();
        world.run(MINUTE);
        assert_eq!((world.server.sign_outs, world.cookie), (1, None), "{reloads}");
        assert_eq!(world.status(tab), ended(EndReason::SignedOut), "{reloads}");
    }
}

/// Two tabs of alice's. In the first one bob signs in and out; the second one, which hears of it late, signs out as well, and
/// after that the first one once more.
fn signed_out_in_a_tab_that_has_missed_a_sign_in(
    config: Config,
    again: bool,
    overlaps: bool,
) -> (World, [TabId; 2]) {
    let (mut world, [tab, stale]) = tabs(config);
    world.channel.delay = 1_000;
    if overlaps {
        // Its reply may lie over bob's cookie: nobody can tell whose there is.
        world.renew(tab);
    }
    world.signed_in_elsewhere(tab, "bob");
    world.sign_out(tab);
    world.sign_out(stale);
    if again {
        world.run(10);
        world.sign_out(tab);
    }
    (world, [tab, stale])
}

// Scenario 132.
#[test]
fn a_seed_brings_nobody_back_whom_a_tab_that_missed_a_sign_in_has_signed_out() {
    for (again, overlaps) in [(false, false), (false, true), (true, false), (true, true)] {
        for by_stale in [false, true] {
            let config = Config { tells_sign_out: false, ..Config::default() };
            let (mut world, both) = signed_out_in_a_tab_that_has_missed_a_sign_in(config, again, overlaps);
            let issued = world.render().expect("the server's session goes on");
            let tab = both[usize::from(by_stale)];
            let ticket = world.seed(tab, issued);
            world.run(MINUTE);
            let case = format!("again: {again}, overlaps: {overlaps}, in the stale tab: {by_stale}");
            let denied = Err(Denial::Ended(EndReason::SignedOut));
            assert_eq!(world.answer(tab, ticket), Some(&denied), "{case}");
            let next = world.visit();
            world.run(MINUTE);
            assert!(!world.is_active(next), "{case}");
        }
    }
}

// Scenario 132.
#[test]
fn a_pursuit_brings_nobody_back_whom_a_tab_that_missed_a_sign_in_has_signed_out() {
    for (again, overlaps) in [(false, false), (false, true), (true, false), (true, true)] {
        let (mut world, both) =
            signed_out_in_a_tab_that_has_missed_a_sign_in(Config::default(), again, overlaps);
        world.server.sign_out_faults = vec![Fault::Status(503, None); 8];
        world.run(2 * HOUR);
        let next = world.visit();
        world.run(MINUTE);
        for tab in both.into_iter().chain([next]) {
            assert!(!world.is_active(tab), "again: {again}, overlaps: {overlaps}");
        }
        let is_over = world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie));
        assert!(is_over, "again: {again}, overlaps: {overlaps}");
    }
}
