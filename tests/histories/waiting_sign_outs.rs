//! A sign-out that waits for its turn ends nobody's session who signs in meanwhile, in whichever tab.

use proptest::prelude::*;
use silent_session::session::{EndReason, Status};

use super::heal;
use super::setting::{Allows, Setting, setting};
use super::steps::{Step, User, blurs_a_sign_out, perform, play, signed_in, step};

fn is_left_out(step: &Step) -> bool {
    matches!(step, Step::User(User::Close(_))) || blurs_a_sign_out(step)
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
        play(&mut world, &before, is_left_out);
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
        play(&mut world, &after, is_left_out);
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
