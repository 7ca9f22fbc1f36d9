//! Scenarios over the simulated world, titled by the rule that they check.
#![cfg(not(target_family = "wasm"))]
#![allow(missing_docs, clippy::unwrap_used)]

mod beyond_the_lock;
mod clocks_set_back;
mod closing;
mod confirming_sign_outs;
mod crowds;
mod dated_ahead;
mod expiring;
mod failing;
mod floods;
mod idling;
mod late_orphans;
mod late_replies;
mod local_sign_outs;
mod needless_sign_outs;
mod newest;
mod notes;
mod odd_options;
mod one_event;
mod outdated_seeds;
mod overtaken_logins;
mod pending_sign_outs;
mod reaching_all_tabs;
mod recovering;
mod redirect_logins;
mod rejecting_apis;
mod reloading;
mod remembering_sign_outs;
mod replaying;
mod reported_sign_ins;
mod reporting;
mod restoring;
mod rotating;
mod seeding;
mod sharing;
mod sign_ins_after_sign_outs;
mod sign_out_tokens;
mod signing_in_and_out;
mod taking_turns;
mod two_sign_ins;
mod unkept;
mod unseen;
mod verifying_cookies;
mod whose;
mod workers;
#[path = "../world/mod.rs"]
mod world;

use silent_session::session::{
    Config, Denial, EndReason, Millis, RefreshFailure, Reply, Rotation, SignOutStatus, Status,
};
use world::{Command, Fault, Logout, OnSpent, Outcome, Says, TabId, Tells, World};

const TAB: TabId = TabId(0);
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

const CONFIRMED: Result<Reply, Denial> = Ok(Reply::SignedOut(SignOutStatus::Confirmed));
const PENDING: Result<Reply, Denial> = Ok(Reply::SignedOut(SignOutStatus::Pending));
const LOCAL: Result<Reply, Denial> = Ok(Reply::SignedOut(SignOutStatus::Local));

fn signed_in() -> World {
    World::signed_in(Config::default(), 1)
}

/// Alice has signed out, and the server could not be told.
fn signed_out_offline() -> World {
    let mut world = signed_in();
    world.offline = true;
    world.sign_out(TAB);
    world.run(1_000);
    assert_eq!(world.server.sign_outs, 0);
    world
}

/// It has ended here.
fn ended(reason: EndReason) -> Status {
    Status::Ended { reason, elsewhere: false }
}

/// It has ended in another tab.
fn ended_elsewhere(reason: EndReason) -> Status {
    Status::Ended { reason, elsewhere: true }
}

/// Refreshes since the last look.
fn refreshes(world: &mut World, during: impl FnOnce(&mut World)) -> u32 {
    let before = world.server.refreshes;
    during(world);
    world.server.refreshes - before
}

/// Runs until a refresh has met the fault that waits for it.
fn until_sent(world: &mut World) {
    let has_met = (0..HOUR / 10).any(|_| {
        world.run(10);
        world.server.faults.is_empty()
    });
    assert!(has_met, "no refresh was sent");
}

fn statuses(world: &World, requests: &[usize]) -> Vec<Outcome> {
    requests.iter().map(|request| world.outcomes[request].clone()).collect()
}

/// The values of the option `server.rotation`; `None` where it is not set.
const ROTATIONS: [Option<Rotation>; 4] =
    [None, Some(Rotation::Replays), Some(Rotation::Refuses), Some(Rotation::None)];

/// Whose token a page shows.
fn shows(world: &World, tab: TabId, user: &str) -> bool {
    matches!(world.status(tab), Status::Active { grant, .. } if grant.token.reveal().ends_with(user))
}

fn token_of(world: &World) -> String {
    token_in(world, TAB)
}

fn token_in(world: &World, tab: TabId) -> String {
    match world.status(tab) {
        Status::Active { grant, .. } => grant.token.reveal().to_owned(),
        status => panic!("not active: {status:?}"),
    }
}

fn session_of(world: &World, tab: TabId) -> String {
    match world.status(tab) {
        Status::Active { epoch, .. } => epoch.to_hex(),
        status => panic!("not active: {status:?}"),
    }
}

fn generation(world: &World) -> u32 {
    match world.status(TAB) {
        Status::Active { generation, .. } => generation.0,
        status => panic!("not active: {status:?}"),
    }
}

/// A world with this many tabs, all active.
fn tabs<const N: usize>(config: Config) -> (World, [TabId; N]) {
    let mut world = World::signed_in(config, 1);
    let mut index = 0;
    let tabs = [(); N].map(|()| {
        let tab = if index == 0 { TAB } else { world.visit() };
        index += 1;
        tab
    });
    world.run(1_000);
    assert!(tabs.iter().all(|tab| world.is_active(*tab)));
    (world, tabs)
}

fn alone() -> Config {
    Config { shares_token: false, ..Config::default() }
}
