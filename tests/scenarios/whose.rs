//! A session belongs to a person: what tells people apart, and what does not.

use super::*;

/// Alice, signed in at a server whose tokens tell so much.
fn signed_in_at(tells: Tells) -> World {
    World::signed_in_at(tells, Config::default(), 1)
}

const ALL: [Tells; 4] = [Tells::Person, Tells::Session, Tells::Token, Tells::Nothing];

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
            assert_eq!(world.memo().sign_out, None, "{tells:?}, {reloads}");
        }
    }
}

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
