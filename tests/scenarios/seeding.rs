//! A page is delivered with a token: the session that goes on stays the same, in all tabs.

use super::*;

pub(super) fn restoring(restore: bool) -> Config {
    Config { restore, ..Config::default() }
}

/// A page that is delivered with a token for whoever has the cookie, in a browser with what there is.
pub(super) fn delivered(world: &mut World, restore: bool) -> TabId {
    let issued = world.render().expect("somebody is signed in");
    world.config.restore = restore;
    let tab = world.visit();
    let ticket = world.seed(tab, issued);
    world.run(1_000);
    assert_eq!(world.answer(tab, ticket), Some(&Ok(Reply::Done)), "restore: {restore}");
    tab
}

// Scenario 97.
#[test]
fn where_a_session_goes_on_it_stays_the_same_and_no_caller_is_disturbed() {
    for restore in [true, false] {
        for tells in [Tells::Person, Tells::Session, Tells::Token, Tells::Nothing] {
            for shares_token in [true, false] {
                let config = Config { shares_token, ..restoring(true) };
                let mut world = World::signed_in_at(tells, config, 1);
                let session = session_of(&world, TAB);
                world.server.revoke_access();
                world.server.faults = vec![Fault::Slow(3_000)];
                let request = world.fetch(TAB);
                world.run(100);
                let sent = refreshes(&mut world, |world| {
                    let tab = delivered(world, restore);
                    assert_eq!(session_of(world, tab), session, "{restore}, {tells:?}, {shares_token}");
                    world.run(10_000);
                    assert_eq!(session_of(world, tab), session, "{restore}, {tells:?}, {shares_token}");
                });
                assert_eq!(sent, 0, "the refresh that was out will do");
                assert_eq!(world.outcomes[&request], Outcome::Status(200), "{restore}, {tells:?}");
                assert_eq!(session_of(&world, TAB), session, "{restore}, {tells:?}, {shares_token}");
            }
        }
    }
}

#[test]
fn it_costs_no_refresh_and_is_the_same_at_each_page_load() {
    for restore in [true, false] {
        let mut world = World::new(restoring(restore), 1);
        world.sign_in_unseen("alice");
        let mut sessions = Vec::new();
        let mut tab = TAB;
        world.start();
        world.run(1_000);
        let sent = refreshes(&mut world, |world| {
            for _ in 0..3 {
                world.close_tab(tab);
                tab = delivered(world, restore);
                sessions.push(session_of(world, tab));
            }
        });
        sessions.dedup();
        assert_eq!((sent, sessions.len()), (0, 1), "restore: {restore}");
    }
}

// Scenario 97.
#[test]
fn a_seed_of_another_person_is_a_newer_fact() {
    for restore in [true, false] {
        let mut world = signed_in();
        let session = session_of(&world, TAB);
        world.sign_in_unseen("bob");
        let tab = delivered(&mut world, restore);
        assert!(shows(&world, tab, "bob") && shows(&world, TAB, "bob"), "restore: {restore}");
        assert_ne!(session_of(&world, tab), session);
        assert_eq!(session_of(&world, tab), session_of(&world, TAB));
    }
}

#[test]
fn a_seed_begins_a_session_where_there_is_none() {
    for restore in [true, false] {
        for ends in [false, true] {
            let mut world = signed_in();
            if ends {
                world.server.revoke_all();
                world.renew(TAB);
            } else {
                world = World::new(restoring(true), 1);
                world.start();
            }
            world.run(5_000);
            assert!(matches!(world.status(TAB), Status::Ended { .. }));
            world.sign_in_unseen("alice");
            let tab = delivered(&mut world, restore);
            world.run(1_000);
            assert!(shows(&world, tab, "alice") && shows(&world, TAB, "alice"), "{restore}, {ends}");
            assert_eq!(session_of(&world, tab), session_of(&world, TAB), "{restore}, {ends}");
        }
    }
}

#[test]
fn no_token_in_hand_is_replaced_by_a_seed_and_every_other_replaces_one() {
    let mut world = signed_in();
    let old = world.render().unwrap();
    world.run(MINUTE);
    let other = world.visit();
    world.renew(other);
    world.run(1_000);
    let token = token_in(&world, other);
    world.seed(other, old.clone());
    world.run(1_000);
    assert_eq!(token_in(&world, other), token);
    // A page that knew of no better one is handed the better one; and hands its own to nobody.
    let tab = world.visit();
    world.seed(tab, old);
    world.run(1_000);
    assert_eq!([TAB, other, tab].map(|tab| token_in(&world, tab)), [&*token; 3]);
}

#[test]
fn where_nothing_can_be_stored_the_other_tabs_tell_what_goes_on() {
    for restore in [true, false] {
        let mut world = signed_in();
        world.block_storage();
        let session = session_of(&world, TAB);
        let tab = delivered(&mut world, restore);
        assert_eq!([tab, TAB].map(|tab| session_of(&world, tab)), [&*session; 2], "{restore}");
    }
}

// Scenario 134.
#[test]
fn a_page_that_freezes_while_it_waits_for_other_tabs_takes_its_token_without_the_lock() {
    // In the world code of the app's never runs under the lock.
    for restore in [true, false] {
        for is_kept in [true, false] {
            for is_told in [true, false] {
                for latency in [20, 200] {
                    let mut world = World::new(restoring(restore), 1);
                    world.sign_in_unseen("alice");
                    if !is_kept {
                        world.block_storage();
                    }
                    world.latency = latency;
                    world.visit();
                    let issued = world.render().expect("alice is signed in");
                    let ticket = world.seed(TabId(1), issued);
                    world.freeze(TabId(1));
                    world.run(1_000);
                    world.thaw(TabId(1), is_told, true);
                    world.run(1_000);
                    let case =
                        format!("restores: {restore}, keeps: {is_kept}, is told: {is_told}, {latency} ms");
                    assert_eq!(world.answer(TabId(1), ticket), Some(&Ok(Reply::Done)), "{case}");
                    assert!(shows(&world, TabId(1), "alice"), "{case}");
                }
            }
        }
    }
}

#[test]
fn a_prerendered_page_takes_its_seed_when_it_is_activated() {
    let mut world = signed_in();
    let session = session_of(&world, TAB);
    let issued = world.render().unwrap();
    let tab = world.open_tab();
    let ticket = world.seed(tab, issued);
    world.run(1_000);
    assert_eq!(world.answer(tab, ticket), None);
    world.start();
    world.run(1_000);
    assert_eq!(world.answer(tab, ticket), Some(&Ok(Reply::Done)));
    assert_eq!([tab, TAB].map(|tab| session_of(&world, tab)), [&*session; 2]);
}

#[test]
fn a_seed_that_waits_is_answered_when_the_session_is_closed() {
    let mut world = signed_in();
    let issued = world.render().unwrap();
    let tab = world.open_tab();
    let ticket = world.seed(tab, issued.clone());
    world.close(tab);
    let late = world.seed(tab, issued);
    for ticket in [ticket, late] {
        assert_eq!(world.answer(tab, ticket), Some(&Err(Denial::Closed)));
    }
}

#[test]
fn the_refresh_that_restores_the_session_of_a_seed_counts_for_it() {
    let mut world = World::new(restoring(true), 1);
    world.sign_in_unseen("alice");
    world.start();
    world.run(10);
    let issued = world.render().expect("alice is signed in");
    world.seed(TAB, issued);
    let session = session_of(&world, TAB);
    world.run(10 * MINUTE);
    assert_eq!((world.server.refreshes, session_of(&world, TAB)), (1, session));
}
