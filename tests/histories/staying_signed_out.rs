//! A user who signs out stays signed out, in all tabs, until the next sign-in.

use proptest::prelude::*;
use silent_session::session::Status;

use super::setting::{Allows, setting};
use super::sign_outs::SignOuts;
use super::steps::{Browser, Step, User, perform, signed_in, step};
use super::world::{Deploy, Logout, TabId, Version, World};
use super::{all_look_around, heal};

/// A login that is out, in a tab that is frozen meanwhile, would be a new session when it comes back.
/// Nor does anybody know when somebody has signed in unseen.
fn is_open(step: &Step) -> bool {
    matches!(
        step,
        Step::User(User::Close(_) | User::SignIn(..) | User::SignInByCookie(..) | User::SignInUnseen(_))
            | Step::Browser(Browser::OpenWorker)
    )
}

/// Where nothing is stored, what came first is told by the clock alone, and by messages alone who is there.
fn is_blind(world: &World, step: &Step, sign_outs: SignOuts, is_unordered: bool) -> bool {
    match step {
        Step::Browser(Browser::SetClock(_)) => true,
        // A refresh that was out over a sleep is out for longer than any clock says.
        Step::Browser(Browser::Sleep(..)) => world.is_writing(),
        Step::Browser(Browser::Channel { loss, delay }) => {
            world.storage.blocked && (*loss > 0 || *delay > 10)
        }
        Step::Browser(Browser::BlockStorage) => {
            let sleeps = world.tabs.iter().any(|tab| tab.frozen) && !sign_outs.ends();
            world.channel.loss > 0 || world.channel.delay > 10 || is_unordered || sleeps
        }
        Step::Browser(Browser::ClearStorage) => is_unordered,
        // Nor does a page that is frozen hear of what only the others know: of a sign-in, say.
        Step::Browser(Browser::Freeze(_)) => world.storage.blocked && (is_unordered || !sign_outs.ends()),
        // Whose cookie there is after an unordered sign-in, the marker of another's refresh would tell.
        // And a server that ends the session of the token lets an earlier one of the same person go on.
        Step::User(User::SignInElsewhere(..)) => {
            let is_ending = world.is_writing() || world.stored().sign_out.is_some();
            let leaves_earlier = is_ending && sign_outs.logout == Logout::WantsToken;
            // The first version writes down nothing of a refresh that its next one has followed.
            let is_of_first = |deploy: &Deploy| deploy.version == Version::First;
            let forgets_earlier = world.is_writing() && world.deploys.iter().any(is_of_first);
            world.storage.blocked || world.is_lock_split() || leaves_earlier || forgets_earlier
        }
        _ => false,
    }
}

/// Nor can anybody who was frozen know when all that was written down is gone, and all who knew.
fn forgets(step: &Step, is_blocked: bool, is_told: bool) -> bool {
    match step {
        // A worker finds nothing that is written down.
        Step::Browser(Browser::BlockStorage | Browser::ClearStorage | Browser::OpenWorker) => true,
        Step::Browser(Browser::OpenTab | Browser::Prerender) => is_blocked && !is_told,
        Step::User(User::Close(_) | User::Recreate(_)) => is_blocked,
        // Nor whose session the cookie of the page was.
        Step::User(User::Seed(_)) => is_blocked && !is_told,
        Step::Browser(browser) => browser.ends_page() && is_blocked,
        _ => false,
    }
}

fn signs_in(step: &Step) -> bool {
    matches!(step, Step::User(user) if user.signs_in())
}

proptest! {
    #![proptest_config(super::histories())]

    // Scenario 89.
    #[test]
    fn who_has_signed_out_stays_signed_out_in_all_tabs(
        setting in setting(Allows { names: false, ..Allows::ALL }),
        pause in prop_oneof![0..100_i64, 0..200_000_i64],
        before in prop::collection::vec(step(), 1..40),
        after in prop::collection::vec(step(), 1..40),
    ) {
        let mut world = setting.signed_in();
        let mut is_unordered = false;
        let reports = |step: &Step| matches!(step, Step::User(User::SignInByCookie(..)));
        for step in before.iter().filter(|step| !is_open(step) || reports(step)) {
            if is_blind(&world, step, setting.sign_outs, is_unordered) {
                continue;
            }
            is_unordered |= reports(step) || matches!(step, Step::User(User::SignInElsewhere(..)));
            perform(&mut world, step);
        }
        let Some(tab) = signed_in(&world) else { return Ok(()) };
        if world.storage.blocked && !setting.sign_outs.ends() {
            // A page that is being prerendered hears nothing, and finds nothing: it is one that comes later.
            for index in (0..world.tabs.len()).filter(|index| world.tabs[*index].prerenders).collect::<Vec<_>>() {
                world.kill_tab(TabId(index));
            }
        }
        world.server.faults.clear();
        world.go_online();
        // Within one millisecond nobody can tell what came first.
        world.run(10);
        let ticket = world.sign_out(tab);
        // Where nothing can be written down, the page has to live until the server has heard of it; and where all was
        // cleared, nobody knows any more what an earlier sign-out still had to do.
        if world.storage.blocked || world.is_lock_split() {
            world.server.sign_out_faults.clear();
            world.server.date_error = 0;
            world.server.failing = 0;
            world.run(1_200_000);
        } else {
            world.run(pause);
        }
        let is_blocked = world.storage.blocked;
        for step in after.iter().filter(|step| !signs_in(step) && !forgets(step, is_blocked, setting.sign_outs.ends())) {
            perform(&mut world, step);
        }
        heal(&mut world);
        all_look_around(&mut world);
        for (index, tab) in world.tabs.iter().enumerate().filter(|(_, tab)| tab.alive) {
            let is_active = matches!(tab.session.status(), Status::Active { .. });
            prop_assert!(!is_active, "tab {} is signed in again", index);
        }
        prop_assert!(!world.false_confirmations.contains(&(tab, ticket)), "it was called confirmed, and is not");
        let is_over = |world: &World| world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie));
        // What is not written down, a page that comes later cannot know.
        if is_over(&world) || !world.storage.blocked {
            let next = world.visit();
            world.run(200_000);
            prop_assert!(!world.is_active(next), "a page that came later is signed in again");
        }
        // Nor is it tried for ever.
        let is_given_up = world.stored().sign_out.is_some_and(|pending| pending.tries >= 20);
        let is_heard = is_over(&world) || is_given_up || !setting.sign_outs.ends();
        prop_assert!(is_heard, "the server has not heard of it");
    }
}
