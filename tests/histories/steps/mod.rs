//! What can happen in a history, by who does it: the application and its user, the browser, the server, the network.

mod browser;
mod network;
mod server;
mod user;

use std::fmt;

use proptest::prelude::*;

use silent_session::session::Status;

use super::world::{Name, TabId, Tells, Version, World};

pub(crate) use browser::Browser;
pub(crate) use network::Network;
pub(crate) use server::Server;
pub(crate) use user::User;

/// One thing that happens.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    /// Time passes, in milliseconds.
    Wait(i64),
    User(User),
    Browser(Browser),
    Server(Server),
    Network(Network),
}

/// On one line each, as it is written in Rust: so a history that failed is short, and can be played again.
impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wait(ms) => write!(f, "Step::Wait({ms})"),
            Self::User(user) => write!(f, "Step::User(User::{user:?})"),
            Self::Browser(browser) => write!(f, "Step::Browser(Browser::{browser:?})"),
            Self::Server(server) => write!(f, "Step::Server(Server::{server:?})"),
            Self::Network(network) => write!(f, "Step::Network(Network::{network:?})"),
        }
    }
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => prop_oneof![0..200_i64, 0..30_000_i64, 0..2_000_000_i64].prop_map(Step::Wait),
        26 => User::any().prop_map(Step::User),
        23 => Browser::any().prop_map(Step::Browser),
        16 => Server::any().prop_map(Step::Server),
        2 => Network::any().prop_map(Step::Network),
    ]
}

/// The number of a tab, as histories give it.
fn tab() -> impl Strategy<Value = usize> + Clone {
    0..4_usize
}

/// The tab of this number, if it runs; else the first that does, one whose session was not closed if there is any.
pub(crate) fn living(world: &World, tab: usize) -> Option<TabId> {
    let runs = |index: &usize| world.tabs.get(*index).is_some_and(|tab| tab.runs());
    let all = || (0..world.tabs.len()).filter(runs);
    Some(tab)
        .filter(runs)
        .or_else(|| all().find(|tab| is_open(world, *tab)))
        .or_else(|| all().next())
        .map(TabId)
}

/// The first tab that runs and whose session knows of a sign-in, so that it can say of which session a user signs out.
pub(crate) fn signed_in(world: &World) -> Option<TabId> {
    let restores =
        |tab: TabId| world.tabs[tab.0].deploy.config.restore && world.stored_in(tab).session.is_some();
    // To earlier versions a session that was replaced was rejected. (They tell the server of a sign-out all the same.)
    let is_newest = |tab: TabId| world.tabs[tab.0].deploy.version == Version::Newest;
    let knows = |tab: TabId| (world.is_active(tab) || restores(tab)) && is_newest(tab);
    let runs =
        |index: usize| world.tabs[index].runs() && !world.tabs[index].prerenders && is_open(world, index);
    (0..world.tabs.len()).filter(|index| runs(*index)).map(TabId).find(|tab| knows(*tab))
}

pub(super) fn is_open(world: &World, tab: usize) -> bool {
    world.status(TabId(tab)) != Status::Closed
}

/// Every tab that lives is activated, runs, and has heard so.
pub(crate) fn wake_all(world: &mut World) {
    for index in 0..world.tabs.len() {
        world.activate(TabId(index));
        world.thaw(TabId(index), true, true);
    }
}

/// Servers that recognise attempt ids do so for about as long, and the retry of a page that goes takes some time, in
/// milliseconds.
const RECOGNISED: i64 = 30_000;

/// Whether a page, or the session in it, goes away in the middle of a refresh whose cookie its successor does not wait for in any
/// case: it finds no marker, or one of a chain of retries that servers recognise no more.
pub(crate) fn orphans_for_good(world: &World, step: &Step) -> bool {
    let goes = match step {
        Step::Browser(browser) => browser.ends_page(),
        Step::User(user) => matches!(user, User::Close(_) | User::Recreate(_)),
        _ => false,
    };
    goes && world.is_writing() && !is_recognised(world)
}

/// Whether there is a marker of a refresh, and servers still recognise the id of its chain of retries.
pub(crate) fn is_recognised(world: &World) -> bool {
    let now = world.moment().wall_ms();
    world.stored().marker.is_some_and(|marker| now - marker.first < RECOGNISED)
}

/// Whether the step takes this tab away, or freezes it.
pub(crate) fn concerns(world: &World, step: &Step, tab: TabId) -> bool {
    let Step::Browser(browser) = step else { return false };
    let ends = browser.ends_page() || matches!(browser, Browser::Freeze(_));
    ends && browser.tab().and_then(|number| living(world, number)) == Some(tab)
}

/// Lets messages arrive that are on their way, where a page goes that may have something to tell to a worker, or a worker to
/// it.
pub(crate) fn let_workers_hear(world: &mut World) {
    if world.has_worker() {
        world.run(50);
    }
}

/// Whether a worker would not hear of a refresh, or others not of its own: messages alone tell them.
pub(crate) fn strands_worker(world: &World, step: &Step) -> bool {
    let is_here = world.has_worker();
    // Of opaque tokens, what is written down alone tells that they are one session's.
    let is_deaf = world.server.tells == Tells::Nothing
        || world.channel.loss > 0
        || world.channel.delay > 10
        || world.is_lock_split()
        || world
            .deploys
            .iter()
            .any(|deploy| deploy.version < Version::Newest || deploy.name != Name::default());
    match step {
        // And what pages have left, a page alone finds.
        Step::Browser(Browser::OpenWorker) => is_deaf || world.is_writing() || pages(world) == 0,
        // What is said while the clock is set may be dated wrongly.
        Step::Browser(
            Browser::Channel { .. } | Browser::ClearStorage | Browser::SetClock(_) | Browser::Sleep(..),
        ) => is_here,
        // Nobody is there to write it down; or nobody who runs.
        Step::Browser(Browser::Freeze(_) | Browser::BlockStorage) => is_here,
        Step::User(User::Close(_) | User::Recreate(_)) => is_here && world.is_writing(),
        Step::Browser(browser) => browser.ends_page() && is_here && (world.is_writing() || pages(world) < 2),
        _ => false,
    }
}

/// How many pages there are that hear a worker.
pub(crate) fn pages(world: &World) -> usize {
    let running = world.tabs.iter().filter(|tab| tab.runs() && !tab.is_worker && !tab.prerenders);
    running.filter(|tab| tab.session.status() != Status::Closed).count()
}

/// Does it. Where no tab runs nothing happens, and no time passes.
pub(crate) fn perform(world: &mut World, step: &Step) {
    let Some(first) = living(world, 0) else { return };
    match step {
        Step::Wait(ms) => world.run(*ms),
        Step::User(user) => {
            user.act(world, user.tab().map_or(first, |tab| living(world, tab).unwrap_or(first)))
        }
        Step::Browser(browser) => {
            browser.act(world, browser.tab().map_or(first, |tab| living(world, tab).unwrap_or(first)));
        }
        Step::Server(server) => server.change(world),
        Step::Network(network) => network.change(world),
    }
}

/// Whether a sign-out that is pursued would meet another sign-in or sign-out, or nobody could tell whose session there is. It
/// is left out where a property is about one sign-out and one sign-in.
pub(crate) fn blurs_a_sign_out(step: &Step) -> bool {
    match step {
        // A page that is frozen before its token was taken may be older than a sign-in of which nobody tells.
        Step::User(User::Seed(_)) => true,
        Step::User(user) => user.signs_in() || matches!(user, User::SignOut(_) | User::FailLogin(_)),
        Step::Browser(browser) => matches!(
            browser,
            // A worker finds nothing that is stored. It knows what messages tell it, and some are lost.
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

/// Performs the steps but for those that are left out, and those that orphan a refresh for good.
pub(crate) fn play(world: &mut World, steps: &[Step], is_left_out: fn(&Step) -> bool) {
    for step in steps.iter().filter(|step| !is_left_out(step)) {
        if !orphans_for_good(world, step) {
            perform(world, step);
        }
    }
}
