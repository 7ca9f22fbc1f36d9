//! Random histories over the simulated world: whatever happens, the invariants hold.
//!
//! The world asserts on the way that no ticket is answered twice, that no refresh resurrects an ended session and no tab
//! goes back to one that was over there, that nothing ends without a word of the server or the user, that no request
//! of one user carries the token of another, and that no tick spins. A failing history is shrunk and printed as the
//! list of its steps.
#![cfg(not(target_family = "wasm"))]
#![allow(missing_docs)]

mod failing;
mod idle;
mod loading;
mod newest;
mod overtaken_logins;
mod pursuing_sign_outs;
mod rejecting;
mod rotating;
mod secrecy;
mod servers;
mod setting;
mod sign_outs;
mod staying_signed_in;
mod staying_signed_out;
mod steps;
mod waiting_sign_outs;
#[path = "../world/mod.rs"]
mod world;

use proptest::prelude::*;
use proptest::test_runner::{FailurePersistence, FileFailurePersistence, RngSeed};
use setting::{Allows, setting};
use silent_session::session::Ticket;
use steps::{perform, step, wake_all};
use world::{TabId, World};

/// The world is well for a while.
fn heal(world: &mut World) {
    world.server.faults.clear();
    world.server.sign_out_faults.clear();
    world.server.refuses_all = false;
    world.server.failing = 0;
    world.server.date_error = 0;
    world.tail = 0;
    world.channel.loss = 0;
    world.channel.delay = 10;
    world.server.login_ms = 0;
    wake_all(world);
    world.go_online();
    // An idle page tries again within ten minutes.
    world.run(1_200_000);
    world.check_patience();
}

/// Everybody who asked has been answered, once the world has been well for a while.
fn nobody_waits(world: &World) {
    for (index, tab) in world.tabs.iter().enumerate().filter(|(_, tab)| tab.alive) {
        let waiting: Vec<&Ticket> = tab.open.keys().collect();
        assert!(waiting.is_empty(), "tab {index} still waits: {waiting:?}");
    }
}

/// Every tab that lives is asked anew what it has.
fn all_look_around(world: &mut World) {
    for index in 0..world.tabs.len() {
        world.freeze(TabId(index));
        world.thaw(TabId(index), true, true);
        world.run(1_000);
    }
}

/// Seconds, without optimisation.
const FEW: u32 = 40_000;

/// How many properties there are.
const PROPERTIES: u32 = 10;

/// The same few in each run of `cargo test`. `cargo xtask simulate` wants as many as it says in all, from a seed of its own,
/// and remembers what fails.
fn histories() -> ProptestConfig {
    let wanted = |name| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let in_all = wanted("HISTORIES").map_or(FEW, |histories| u32::try_from(histories).unwrap_or(u32::MAX));
    let failures = std::env::var("HISTORY_FAILURES").ok().map(|path| {
        let persistence = FileFailurePersistence::Direct(path.leak());
        Box::new(persistence) as Box<dyn FailurePersistence>
    });
    ProptestConfig {
        cases: in_all.div_ceil(PROPERTIES),
        rng_seed: RngSeed::Fixed(wanted("HISTORY_SEED").unwrap_or(12)),
        failure_persistence: failures,
        max_shrink_iters: wanted("HISTORY_SHRINKS")
            .map_or(20_000, |most| u32::try_from(most).unwrap_or(u32::MAX)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(histories())]

    #[test]
    fn the_invariants_hold_whatever_happens(
        setting in setting(Allows { opaque: false, ..Allows::ALL }),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = setting.world();
        for step in &steps {
            perform(&mut world, step);
            world.check_patience();
        }
        heal(&mut world);
        nobody_waits(&world);
    }
}
