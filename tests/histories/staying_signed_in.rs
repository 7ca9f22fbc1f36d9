//! A user who signs in once, and whom nobody signs out, stays signed in.

use proptest::prelude::*;
use silent_session::session::{Denial, Status};

use super::setting::{Allows, Setting, setting};
use super::steps::{
    Browser, Server, Step, User, let_workers_hear, living, orphans_for_good, perform, step, strands_worker,
};
use super::world::{Deploy, Fault, TabId, Tells, World};
use super::{all_look_around, heal, nobody_waits};

/// What ends a session, or begins another.
fn is_left_out(step: &Step) -> bool {
    match step {
        Step::User(user) => {
            user.signs_in() || matches!(user, User::SignOut(_) | User::Close(_) | User::FailLogin(_))
        }
        Step::Server(Server::RevokeAll) => true,
        _ => false,
    }
}

/// Whether the step leaves somebody without a marker of a refresh that may be out, or may have been lost.
fn hides_refresh(world: &World, step: &Step) -> bool {
    let is_marked = world.stored().marker.is_some();
    // A machine that sleeps in the middle of a refresh, or whose clock jumps then, cannot tell when it was sent.
    let is_timeless = matches!(step, Step::Browser(Browser::Sleep(..) | Browser::SetClock(_)));
    // Nor is there a marker to find where storage is blocked, or cleared.
    let may_lose = world.server.faults.contains(&Fault::Lost) || world.server.failing > 0;
    let is_opaque = world.server.tells == Tells::Nothing;
    let is_blind = match step {
        // Whoever has another lock than the sleeper sends meanwhile, and tells the order by the clock.
        Step::Browser(Browser::Sleep(..) | Browser::SetClock(_)) => world.is_lock_split(),
        // Of opaque tokens, what is written down alone tells that they are one session's.
        Step::Browser(Browser::BlockStorage) => {
            is_marked || may_lose || world.is_lock_split() || is_opaque || world.channel.loss > 0
        }
        // Then messages alone tell what is out.
        Step::Browser(Browser::Channel { loss: 1.., .. }) => world.storage.blocked,
        Step::Browser(Browser::ClearStorage) => is_marked || may_lose || is_opaque || world.storage.blocked,
        Step::Server(Server::Fault(Fault::Lost) | Server::Failing(1..)) => world.storage.blocked,
        _ => false,
    };
    is_blind || (is_timeless && world.is_writing()) || orphans_for_good(world, step)
}

/// Whether every tab can read which session goes on. One that cannot finds a session of its own, until it hears of the others'.
fn all_know(world: &World) -> bool {
    let is_kept = !world.storage.blocked && !world.is_lock_split();
    is_kept && !world.tabs.iter().any(|tab| tab.is_worker)
}

/// Whether a call was rejected because another session had begun.
fn hears_of_another(world: &World) -> bool {
    let mut answers = world.tabs.iter().flat_map(|tab| tab.answers.values());
    answers.any(|answer| *answer == Err(Denial::Changed))
}

/// Whether a tab may take the lock from one that still waits for its reply: a deploy allows less for a turn than another
/// waits for a reply.
fn takes_lock_early(deploys: &[Deploy]) -> bool {
    let longest_reply = deploys.iter().map(|deploy| deploy.config.timeout).max();
    let turn = |deploy: &Deploy| deploy.config.timeout.max(deploy.config.lock_timeout) * 5 / 4;
    longest_reply > deploys.iter().map(turn).min()
}

proptest! {
    #![proptest_config(super::histories())]

    #[test]
    fn one_user_who_is_never_signed_out_stays_signed_in(
        // Of an opaque token nobody can tell that a refresh of another name's session has not brought somebody else's.
        setting in setting(Allows::ALL).prop_map(Setting::naming_people),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = setting.signed_in();
        for step in steps.iter().filter(|step| !is_left_out(step)) {
            let ends = match step {
                Step::Browser(browser) => browser.ends_page(),
                Step::User(user) => matches!(user, User::Close(_) | User::Recreate(_)),
                _ => false,
            };
            if ends {
                let_workers_hear(&mut world);
            }
            if hides_refresh(&world, step) || strands_worker(&world, step) {
                continue;
            }
            perform(&mut world, step);
            prop_assert_eq!(world.server.reuses, 0, "a spent cookie was presented");
            // Where the lock was split, the marker keeps the second back for a while, and then gives it the same id.
            let is_alone = world.most_writers <= 1 || world.is_lock_split() || takes_lock_early(&world.deploys);
            prop_assert!(is_alone, "two writers of the cookie on the wire");
        }
        prop_assert!(!all_know(&world) || !hears_of_another(&world), "a caller was told of another session");
        heal(&mut world);
        nobody_waits(&world);
        if living(&world, 0).is_none() {
            world.visit();
            // An orphan's cookie may be waited for.
            world.run(20_000);
        }
        all_look_around(&mut world);
        // Where nobody waits a refresh may be held back for longer than that.
        for index in (0..world.tabs.len()).filter(|tab| matches!(world.status(TabId(*tab)), Status::Unknown { .. })).collect::<Vec<_>>() {
            world.fetch(TabId(index));
            world.run(20_000);
        }
        let mut sessions = Vec::new();
        for tab in world.tabs.iter().filter(|tab| tab.alive) {
            match tab.session.status() {
                Status::Active { epoch, .. } => sessions.push((tab.deploy.name, epoch)),
                Status::Closed => {}
                // It was told to restore nothing.
                Status::Ended { .. } if !tab.deploy.config.restore => {}
                status => prop_assert!(false, "{:?}", status),
            }
        }
        sessions.sort_by_key(|(name, _)| name.0);
        sessions.dedup();
        let names = sessions.iter().map(|(name, _)| name);
        prop_assert!(names.clone().collect::<Vec<_>>().windows(2).all(|two| two[0] != two[1]), "tabs of one user in different sessions");
    }
}
