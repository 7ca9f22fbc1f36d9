//! A sign-out that waits for its turn ends nobody's session who signs in meanwhile, in whichever tab.

use proptest::prelude::*;
use silent_session::session::{EndReason, Status};

use super::heal;
use super::setting::{Allows, Setting, setting};
use super::steps::{Browser, Server, Step, User, orphans_for_good, perform, signed_in, step};
use super::world::World;

fn is_left_out(step: &Step) -> bool {
    match step {
        Step::User(user) => {
            user.signs_in()
                || matches!(user, User::SignOut(_) | User::FailLogin(_) | User::Seed(_) | User::Close(_))
        }
        Step::Browser(browser) => matches!(
            browser,
            // A worker finds nothing that is stored.
            Browser::OpenWorker
                | Browser::SetClock(_)
                | Browser::Sleep(..)
                | Browser::BlockStorage
                | Browser::ClearStorage
        ),
        Step::Server(server) => matches!(server, Server::RevokeAll),
        Step::Wait(_) | Step::Network(_) => false,
    }
}

fn play(world: &mut World, steps: &[Step]) {
    for step in steps.iter().filter(|step| !is_left_out(step)) {
        if !orphans_for_good(world, step) {
            perform(world, step);
        }
    }
}

proptest! {
    #![proptest_config(super::histories())]

    // Scenario 137.
    #[test]
    fn a_sign_out_that_waits_ends_nobodys_session_who_signs_in_meanwhile(
        // Of an opaque token nobody can tell whose it is, and a session of another name hears of a sign-in from the server
        // alone. Earlier versions do not say that somebody signs in by a cookie.
        setting in setting(Allows { names: false, opaque: false, versions: false, ..Allows::ALL })
            .prop_map(Setting::telling_sign_outs),
        before in prop::collection::vec(step(), 1..20),
        pause in 0..5_000_i64,
        tab in 0..4_usize,
        after in prop::collection::vec(step(), 1..20),
    ) {
        let mut world = setting.signed_in();
        play(&mut world, &before);
        let Some(signs_out) = signed_in(&world) else { return Ok(()) };
        world.run(2_000);
        let holder = world.visit();
        world.run(60_000);
        if world.is_writing() || !world.is_lock_free() {
            return Ok(());
        }
        world.freeze_lock(holder);
        world.sign_out(signs_out);
        world.run(pause);
        let before = world.cookie.map(|cookie| cookie.family);
        if !world.is_writing() {
            perform(&mut world, &Step::User(User::SignInByCookie(tab, "bob")));
        }
        let bobs = world.cookie.map(|cookie| cookie.family);
        if bobs == before {
            return Ok(());
        }
        world.kill_tab(holder);
        play(&mut world, &after);
        heal(&mut world);
        prop_assert_eq!(world.cookie.map(|cookie| cookie.family), bobs, "bob's cookie is gone");
        prop_assert!(world.cookie.is_some_and(|cookie| world.server.goes_on(cookie)), "bob's session is over");
        let next = world.visit();
        world.run(60_000);
        let restores = world.tabs[next.0].deploy.config.restore;
        // While an earlier refresh may still bring alice's cookie, another tab cannot know whose there is.
        let is_unsure = matches!(world.status(next), Status::Ended { reason: EndReason::Replaced, .. });
        prop_assert!(!restores || is_unsure || world.is_active(next), "bob's session is not shown: {:?}", world.status(next));
    }
}
