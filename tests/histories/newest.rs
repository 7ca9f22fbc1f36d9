//! Who is shown, after people have signed in over each other.

use proptest::prelude::*;
use silent_session::session::{EndReason, Status};

use super::setting::{Allows, setting};
use super::steps::{Browser, Server, Step, User, perform, step};
use super::world::{Fault, World};
use super::{all_look_around, heal};

/// A step, or a refresh that is answered late.
fn step_or_late_answer() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => step(),
        1 => (0..14_000_i64).prop_map(|ms| Step::Server(Server::Fault(Fault::Slow(ms)))),
        1 => (0..4_usize).prop_map(|tab| Step::User(User::Renew(tab))),
        1 => (0..4_usize, prop_oneof![Just("alice"), Just("bob")])
            .prop_map(|(tab, user)| Step::User(User::SignInElsewhere(tab, user))),
    ]
}

/// No tab shows anybody else than who has signed in last, in a session that is not earlier than that sign-in.
fn shows_nobody_else(world: &World) -> Result<(), TestCaseError> {
    let Some((user, since)) = world.signed_in_last else { return Ok(()) };
    for (index, tab) in world.tabs.iter().enumerate().filter(|(_, tab)| tab.alive) {
        if let Status::Active { epoch, grant, .. } = tab.session.status()
            && epoch >= since
        {
            let shown = world.server.user_of(grant.token.reveal());
            prop_assert_eq!(shown, user, "tab {} shows somebody else", index);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(super::histories())]

    // Scenario 95.
    #[test]
    fn the_person_shown_is_the_one_who_signed_in_last(
        // Of an opaque token nobody can tell whose it is. A session of another name hears of a sign-in from the server alone.
        // Earlier versions show whoever a refresh brings.
        setting in setting(Allows { opaque: false, names: false, versions: false, ..Allows::ALL }),
        steps in prop::collection::vec(step_or_late_answer(), 1..40),
    ) {
        let mut world = setting.signed_in();
        for step in &steps {
            let is_left_out = match step {
                // What only a refresh knows, it may find out late; nor does a session that is closed say who signs in.
                Step::User(User::SignInUnseen(_) | User::Close(_)) => true,
                // Nobody remembers then who has signed in; a worker hears of it when the message is there.
                Step::Browser(Browser::BlockStorage | Browser::ClearStorage | Browser::OpenWorker) => true,
                // Who signs in in a tab that is frozen before it has heard so signs in when it wakes; and in one that goes
                // away, nobody hears of it.
                Step::User(User::Recreate(_)) => world.is_logging_in(),
                Step::Browser(Browser::Freeze(_)) => world.is_logging_in(),
                Step::Browser(browser) if browser.ends_page() => world.is_logging_in(),
                // Where the clock is set back while a refresh is out, nobody can tell what came first; over a sleep it is out
                // for longer than any reply takes.
                Step::Browser(Browser::SetClock(_)) => world.is_writing(),
                Step::Browser(Browser::Sleep(..)) => world.is_logging_in() || world.is_writing(),
                // Of two cookies that are on their way, the one that arrives last is there.
                Step::User(User::SignInByCookie(..)) => world.is_logging_in(),
                _ => false,
            };
            if !is_left_out {
                perform(&mut world, step);
                shows_nobody_else(&world)?;
            }
        }
        heal(&mut world);
        shows_nobody_else(&world)?;
        all_look_around(&mut world);
        let next = world.visit();
        world.run(60_000);
        shows_nobody_else(&world)?;
        for (index, tab) in world.tabs.iter().enumerate().filter(|(_, tab)| tab.alive) {
            let Some((user, since)) = world.signed_in_last else { break };
            if let Status::Active { epoch, grant, .. } = tab.session.status() {
                let shown = world.server.user_of(grant.token.reveal());
                prop_assert_eq!((shown, epoch), (user, since), "tab {}, the last is {:?}", index, next);
            }
            let is_left = tab.deploy.config.restore && world.is_active(next);
            let is_signed_out = matches!(tab.session.status(), Status::Ended { reason: EndReason::SignedOut, .. });
            prop_assert!(!(is_left && is_signed_out), "tab {} shows nobody, the last is {:?}", index, next);
        }
    }
}
