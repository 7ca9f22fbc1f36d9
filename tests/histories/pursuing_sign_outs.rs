//! A sign-out that the server has not heard of is pursued, and ends nobody else's session.

use proptest::prelude::*;

use super::heal;
use super::setting::{Allows, Setting, setting};
use super::steps::{blurs_a_sign_out, play, signed_in, step};
use super::world::Fault;

proptest! {
    #![proptest_config(super::histories())]

    // Scenario 78.
    #[test]
    fn a_sign_out_that_is_pending_ends_nobody_elses_session(
        // A session that a page of another name finds begins there: the refresh of a page that has gone may be older. Then
        // nobody can tell whose cookie there is, and the sign-out is for whoever's it is.
        // Nor can anybody tell of an opaque token that it is another's.
        setting in setting(Allows { names: false, opaque: false, ..Allows::ALL }).prop_map(Setting::telling_sign_outs),
        before in prop::collection::vec(step(), 1..20),
        between in prop::collection::vec(step(), 1..20),
        after in prop::collection::vec(step(), 1..40),
    ) {
        let mut world = setting.signed_in();
        play(&mut world, &before, blurs_a_sign_out);
        let Some(tab) = signed_in(&world) else { return Ok(()) };
        world.server.sign_out_faults = vec![Fault::Status(503, None); 3];
        world.sign_out(tab);
        play(&mut world, &between, blurs_a_sign_out);
        // By then nobody takes it for a first try any more; and nothing is on its way that bob's cookie would not outlive.
        world.run(6_000);
        for _ in 0..100 {
            world.run(if world.is_writing() { 1_000 } else { 0 });
        }
        if world.is_writing() {
            return Ok(());
        }
        world.sign_in_unseen("bob");
        let bobs = world.cookie.map(|cookie| cookie.family);
        play(&mut world, &after, blurs_a_sign_out);
        heal(&mut world);
        let next = world.visit();
        world.run(60_000);
        prop_assert_eq!(world.cookie.map(|cookie| cookie.family), bobs, "bob's cookie is gone");
        prop_assert!(world.cookie.is_some_and(|cookie| world.server.goes_on(cookie)), "bob's session is over");
        // A page that is told to restore nothing shows nobody.
        let restores = world.tabs[next.0].deploy.config.restore;
        // After the last try a sign-out is local, and bob's application has to say that he has signed in.
        let is_given_up = world.stored().sign_out.is_some_and(|pending| pending.tries >= 20);
        prop_assert!(!restores || is_given_up || world.is_active(next), "bob's session is not shown: {:?}", world.status(next));
    }
}
