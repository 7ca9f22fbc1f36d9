//! A login function that runs when the user signs out in its page signs nobody in, whenever it settles.

use proptest::prelude::*;
use silent_session::session::Status;

use super::setting::{Allows, Setting, setting};
use super::steps::{Step, User, blurs_a_sign_out, concerns, living, orphans_for_good, perform, play, step};
use super::world::{TabId, World};
use super::{all_look_around, heal};

fn is_left_out(step: &Step) -> bool {
    matches!(step, Step::User(User::Close(_) | User::Recreate(_))) || blurs_a_sign_out(step)
}

/// Performs the steps but for those that are left out, and those that take the page away, whose objects these are: what it
/// has begun, nobody can end then.
fn play_beside(world: &mut World, steps: &[Step], page: [TabId; 2]) {
    for step in steps.iter().filter(|step| !is_left_out(step)) {
        let is_safe =
            !page.iter().any(|object| concerns(world, step, *object)) && !orphans_for_good(world, step);
        if is_safe {
            perform(world, step);
        }
    }
}

proptest! {
    #![proptest_config(super::histories())]

    // Scenario 139.
    #[test]
    fn a_login_that_a_sign_out_overtakes_signs_nobody_in(
        // A session of another name does not hear of the sign-out, and of an opaque token nobody can tell whose it is. Earlier
        // versions let the cookie of the login stay.
        setting in setting(Allows { names: false, opaque: false, versions: false, ..Allows::ALL }).prop_map(Setting::telling_sign_outs),
        before in prop::collection::vec(step(), 1..20),
        tab in 0..4_usize,
        user in prop_oneof![Just("alice"), Just("bob")],
        login_ms in prop_oneof![100..2_000_i64, 0..90_000_i64],
        is_closed in any::<bool>(),
        between in prop::collection::vec(step(), 0..5),
        pause in prop_oneof![0..2_000_i64, 0..90_000_i64],
        after in prop::collection::vec(step(), 1..20),
    ) {
        let mut world = setting.signed_in();
        play(&mut world, &before, is_left_out);
        let Some(tab) = living(&world, tab) else { return Ok(()) };
        world.server.login_ms = login_ms;
        world.sign_in(tab, user);
        world.run(20);
        let object = if is_closed { world.recreate(tab) } else { tab };
        play_beside(&mut world, &between, [tab, object]);
        world.run(pause);
        // Nobody tells an object whose cookie there is that is created after the login of another one has settled.
        if is_closed && !world.login_is_out() {
            return Ok(());
        }
        world.sign_out(object);
        play_beside(&mut world, &after, [tab, object]);
        heal(&mut world);
        all_look_around(&mut world);
        for (index, tab) in world.tabs.iter().enumerate().filter(|(_, tab)| tab.alive) {
            let is_active = matches!(tab.session.status(), Status::Active { .. });
            prop_assert!(!is_active, "tab {} is signed in", index);
        }
        prop_assert!(world.false_confirmations.is_empty(), "it was called confirmed, and is not");
        let next = world.visit();
        world.run(200_000);
        prop_assert!(!world.is_active(next), "a page that came later is signed in");
        let is_over = world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie));
        let is_given_up = world.stored().sign_out.is_some_and(|pending| pending.tries >= 20);
        prop_assert!(is_over || is_given_up || !setting.sign_outs.ends(), "the server has not heard of it");
    }
}
