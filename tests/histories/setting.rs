//! Where a history takes place, drawn once for each: its chance, and which deploys of the application its tabs are of.

use silent_session::session::Millis;
use std::fmt;

use proptest::prelude::*;
use silent_session::session::Config;

use super::sign_outs::{SignOuts, sign_outs};
use super::world::{Deploy, Name, Tells, Version, World};

/// Where a history takes place.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) seed: u64,
    /// What the tokens of the server tell of their owner.
    pub(crate) tells: Tells,
    pub(crate) sign_outs: SignOuts,
    /// Tabs are of these, in turn.
    pub(crate) deploys: Vec<Deployed>,
}

/// What a deploy sets. Times in seconds.
#[derive(Clone, Copy)]
pub(crate) struct Deployed {
    pub(crate) refresh_ahead: bool,
    pub(crate) shares_token: bool,
    pub(crate) restore: bool,
    pub(crate) times: Times,
    pub(crate) name: usize,
    pub(crate) version: Version,
}

/// How long a deploy waits for what. In seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub(crate) timeout: u64,
    pub(crate) patience: u64,
    pub(crate) lock: u64,
}

impl Setting {
    /// The same where the server is told of sign-outs.
    pub(crate) fn telling_sign_outs(mut self) -> Self {
        self.sign_outs.tells = true;
        self
    }

    /// The same with one name for all where tokens do not say whose they are.
    pub(crate) fn naming_people(mut self) -> Self {
        if self.tells == Tells::Nothing {
            self.deploys.iter_mut().for_each(|deployed| deployed.name = 0);
        }
        self
    }

    fn deploys(&self) -> Vec<Deploy> {
        self.deploys.iter().map(|deployed| deployed.deploy(self.sign_outs)).collect()
    }

    /// A world with one tab, which has not started.
    fn empty(&self) -> World {
        let mut world = World::of(self.deploys(), self.seed);
        world.server.tells = self.tells;
        world.server.logout = self.sign_outs.logout;
        world
    }

    /// A world with one tab, which has started.
    pub(crate) fn world(&self) -> World {
        let mut world = self.empty();
        world.start();
        world
    }

    /// The same after alice has signed in.
    pub(crate) fn signed_in(&self) -> World {
        let mut world = self.empty();
        world.let_alice_in();
        world
    }
}

/// On one line.
impl fmt::Debug for Deployed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { refresh_ahead, shares_token, restore, times, name, version } = self;
        write!(
            f,
            "Deployed {{ refresh_ahead: {refresh_ahead}, shares_token: {shares_token}, restore: {restore}, "
        )?;
        write!(f, "times: {times:?}, name: {name}, version: Version::{version:?} }}")
    }
}

impl Deployed {
    fn deploy(&self, sign_outs: SignOuts) -> Deploy {
        let Times { timeout, patience, lock } = self.times;
        let config = Config {
            refresh_ahead: self.refresh_ahead,
            shares_token: self.shares_token,
            restore: self.restore,
            timeout: Millis::from_secs(timeout),
            patience: Millis::from_secs(patience),
            lock_timeout: Millis::from_secs(lock),
            ..Config::default()
        };
        Deploy { config: sign_outs.configure(config), name: Name(self.name), version: self.version }
    }
}

/// Which of the rarer dimensions a property allows; it says why where it does not hold in all of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allows {
    /// Tabs that restore nothing.
    pub(crate) no_restore: bool,
    /// Tabs whose sessions have another name.
    pub(crate) names: bool,
    /// Tokens that do not say whose they are.
    pub(crate) opaque: bool,
    /// Tabs of earlier versions of the library.
    pub(crate) versions: bool,
}

impl Allows {
    pub(crate) const ALL: Self = Self { no_restore: true, names: true, opaque: true, versions: true };
}

/// The shortest time-out, in seconds: no reply is later. A later one, after another rotation, ends the session of a strict server.
const SHORTEST_TIMEOUT: u64 = 15;

fn times() -> impl Strategy<Value = Times> + Clone {
    let usual = Just(Times { timeout: 15, patience: 20, lock: 30 });
    // Shorter than slow replies, or any time.
    let lock = prop_oneof![1..10_u64, 1..120_u64];
    let unusual = (SHORTEST_TIMEOUT..60, 1..90_u64, lock).prop_map(|(timeout, patience, lock)| Times {
        timeout,
        patience,
        lock,
    });
    prop_oneof![3 => usual, 1 => unusual]
}

fn version() -> impl Strategy<Value = Version> {
    prop_oneof![4 => Just(Version::Newest), 1 => Just(Version::Released), 1 => Just(Version::First)]
}

fn deployed(allows: Allows) -> impl Strategy<Value = Deployed> {
    let rarely = |allowed: bool| prop::bool::weighted(if allowed { 0.2 } else { 1e-9 });
    let own = (any::<bool>(), any::<bool>(), rarely(allows.no_restore));
    (own, times(), rarely(allows.names), version()).prop_map(
        |((refresh_ahead, shares_token, no_restore), times, name, version)| Deployed {
            refresh_ahead,
            shares_token,
            restore: !no_restore,
            times,
            name: usize::from(name),
            version,
        },
    )
}

/// The usual deploy, alone or beside others.
pub(crate) fn setting(allows: Allows) -> impl Strategy<Value = Setting> {
    let usual = (any::<bool>(), any::<bool>()).prop_map(|(refresh_ahead, shares_token)| Deployed {
        refresh_ahead,
        shares_token,
        restore: true,
        times: Times { timeout: 15, patience: 20, lock: 30 },
        name: 0,
        version: Version::Newest,
    });
    let others = prop_oneof![2 => prop::collection::vec(deployed(allows), 0..1), 1 => prop::collection::vec(deployed(allows), 1..3)];
    let opaque = u32::from(allows.opaque);
    let tells = prop_oneof![1 => Just(Tells::Person), 1 => Just(Tells::Session), 1 => Just(Tells::Token), opaque => Just(Tells::Nothing)];
    (any::<u64>(), tells, sign_outs(), usual, others).prop_map(
        move |(seed, tells, sign_outs, usual, others)| {
            let mut deploys: Vec<Deployed> = std::iter::once(usual).chain(others).collect();
            if tells == Tells::Token || !allows.versions {
                // To earlier versions each of its tokens begins a session.
                deploys.iter_mut().for_each(|deployed| deployed.version = Version::Newest);
            }
            Setting { seed, tells, sign_outs, deploys }
        },
    )
}
