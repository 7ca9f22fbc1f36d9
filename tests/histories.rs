//! Random histories over the simulated world: whatever happens, the invariants hold.
//!
//! The world asserts on the way that no ticket is answered twice, that no refresh resurrects an ended session, that
//! nothing ends without a word of the server or the user, that no request of one user carries the token of another,
//! and that no tick spins. A failing history is shrunk and printed as the list of its steps.
#![cfg(not(target_family = "wasm"))]
#![allow(missing_docs)]

mod world;

use std::time::Duration;

use proptest::prelude::*;
use silent_session::session::{Config, Status, Ticket};
use world::{Fault, TabId, World};

#[derive(Clone, Debug)]
enum Step {
    Wait(i64),
    Fetch(usize),
    Burst(usize),
    RefuseToken(usize),
    Renew(usize),
    Withdraw(usize),
    SignIn(usize, &'static str),
    SignInElsewhere(usize, &'static str),
    SignInByCookie(usize, &'static str),
    FailLogin(usize),
    SignOut(usize),
    OpenTab,
    Reload(usize),
    Close(usize),
    Fault(Fault),
    RevokeAccess,
    RevokeAll,
    RefuseAll(bool),
    Offline(bool),
    SetClock(i64),
    Sleep(i64, bool),
    Lifetime(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let tab = 0..4_usize;
    let user = prop_oneof![Just("alice"), Just("bob")];
    let fault = prop_oneof![
        Just(Fault::Status(503, None)),
        Just(Fault::Status(429, Some(3))),
        Just(Fault::Reset),
        Just(Fault::Malformed),
        Just(Fault::Portal),
        Just(Fault::Silence),
        // Not past the time-out: what was rotated without an answer is another story than this machine's.
        (0..14_000_i64).prop_map(Fault::Slow),
    ];
    prop_oneof![
        8 => prop_oneof![0..200_i64, 0..30_000_i64, 0..2_000_000_i64].prop_map(Step::Wait),
        6 => tab.clone().prop_map(Step::Fetch),
        2 => tab.clone().prop_map(Step::Burst),
        2 => tab.clone().prop_map(Step::RefuseToken),
        2 => tab.clone().prop_map(Step::Renew),
        1 => tab.clone().prop_map(Step::Withdraw),
        3 => (tab.clone(), user.clone()).prop_map(|(tab, user)| Step::SignIn(tab, user)),
        1 => (tab.clone(), user.clone()).prop_map(|(tab, user)| Step::SignInElsewhere(tab, user)),
        1 => (tab.clone(), user).prop_map(|(tab, user)| Step::SignInByCookie(tab, user)),
        1 => tab.clone().prop_map(Step::FailLogin),
        2 => tab.clone().prop_map(Step::SignOut),
        1 => Just(Step::OpenTab),
        1 => tab.clone().prop_map(Step::Reload),
        1 => tab.prop_map(Step::Close),
        3 => fault.prop_map(Step::Fault),
        2 => Just(Step::RevokeAccess),
        1 => Just(Step::RevokeAll),
        1 => any::<bool>().prop_map(Step::RefuseAll),
        1 => any::<bool>().prop_map(Step::Offline),
        1 => (-100_000_000..100_000_000_i64).prop_map(Step::SetClock),
        1 => (0..50_000_000_i64, any::<bool>()).prop_map(|(ms, stops)| Step::Sleep(ms, stops)),
        1 => prop_oneof![1..60_u64, 60..4_000_u64, Just(5_184_000)].prop_map(Step::Lifetime),
    ]
}

/// Alive tabs only; a history that names another one names the first that lives.
fn living(world: &World, tab: usize) -> Option<TabId> {
    let is_alive = |index: &usize| world.tabs.get(*index).is_some_and(|tab| tab.alive);
    Some(tab).filter(is_alive).or_else(|| (0..world.tabs.len()).find(is_alive)).map(TabId)
}

fn perform(world: &mut World, step: &Step) {
    let tab = match step {
        Step::Fetch(tab)
        | Step::Burst(tab)
        | Step::RefuseToken(tab)
        | Step::Renew(tab)
        | Step::Withdraw(tab)
        | Step::SignIn(tab, _)
        | Step::SignInElsewhere(tab, _)
        | Step::SignInByCookie(tab, _)
        | Step::FailLogin(tab)
        | Step::SignOut(tab)
        | Step::Reload(tab)
        | Step::Close(tab) => living(world, *tab),
        _ => living(world, 0),
    };
    let Some(tab) = tab else { return };
    match *step {
        Step::Wait(ms) => world.run(ms),
        Step::Fetch(_) => {
            world.fetch(tab);
        }
        Step::Burst(_) => (0..10).for_each(|_| {
            world.fetch(tab);
        }),
        Step::RefuseToken(_) => {
            if let Status::Active { grant, .. } = world.status(tab) {
                world.access_token(tab, Some(grant.token.reveal()), 0);
            }
        }
        Step::Renew(_) => {
            world.renew(tab);
        }
        Step::Withdraw(_) => {
            let ticket = world.access_token(tab, None, 0);
            if world.answer(tab, ticket).is_none() {
                world.withdraw(tab, ticket);
            }
        }
        Step::SignIn(_, user) => {
            world.sign_in(tab, user);
        }
        Step::SignInElsewhere(_, user) => {
            world.signed_in_elsewhere(tab, user);
        }
        Step::SignInByCookie(_, user) => {
            world.sign_in_by_cookie(tab, user);
        }
        Step::FailLogin(_) => {
            world.fail_login(tab);
        }
        Step::SignOut(_) => {
            world.sign_out(tab);
        }
        Step::OpenTab if world.tabs.len() < 4 => {
            world.open_tab();
            world.start();
        }
        // A page that goes away in the middle of a rotation is another story than this machine's.
        Step::Reload(_) if !world.is_writing() && world.tabs.len() < 8 => {
            world.reload(tab);
        }
        Step::Close(_) if !world.is_writing() => world.close(tab),
        Step::OpenTab | Step::Reload(_) | Step::Close(_) => {}
        Step::Fault(fault) => world.server.faults.push(fault),
        Step::RevokeAccess => world.server.revoke_access(),
        Step::RevokeAll => world.server.revoke_all(),
        Step::RefuseAll(refuses) => world.server.refuses_all = refuses,
        Step::Offline(true) => world.offline = true,
        Step::Offline(false) => world.go_online(),
        Step::SetClock(by) => world.step_wall_clock(by),
        // So is a machine that falls asleep in it.
        Step::Sleep(ms, stops) if !world.is_writing() => world.sleep(ms, stops),
        Step::Sleep(..) => {}
        Step::Lifetime(seconds) => world.server.lifetime = Duration::from_secs(seconds),
    }
}

/// Everybody who asked has been answered, once the world has been well for a while.
fn nobody_waits(world: &mut World) {
    world.server.faults.clear();
    world.server.refuses_all = false;
    world.go_online();
    world.run(600_000);
    for (index, tab) in world.tabs.iter().enumerate().filter(|(_, tab)| tab.alive) {
        let waiting: Vec<&Ticket> = tab.open.keys().collect();
        assert!(waiting.is_empty(), "tab {index} still waits: {waiting:?}");
    }
}

fn histories(default: u32) -> ProptestConfig {
    let cases = std::env::var("HISTORIES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(default);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 20_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(histories(30_000))]

    #[test]
    fn the_invariants_hold_whatever_happens(
        seed in any::<u64>(),
        refresh_ahead in any::<bool>(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = World::new(Config { refresh_ahead, ..Config::default() }, seed);
        world.start();
        for step in &steps {
            perform(&mut world, step);
        }
        nobody_waits(&mut world);
    }

    #[test]
    fn one_user_who_is_never_signed_out_stays_signed_in(
        seed in any::<u64>(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = World::signed_in(Config::default(), seed);
        let users_and_revocations = |step: &&Step| !matches!(
            step,
            Step::RevokeAll | Step::SignIn(..) | Step::SignInElsewhere(..) | Step::SignInByCookie(..)
                | Step::SignOut(_) | Step::Close(_) | Step::FailLogin(_)
        );
        for step in steps.iter().filter(users_and_revocations) {
            perform(&mut world, step);
            prop_assert_eq!(world.server.reuses, 0, "a spent cookie was presented");
            prop_assert!(world.most_writers <= 1, "two writers of the cookie on the wire");
        }
        nobody_waits(&mut world);
        let tab = living(&world, 0).map(|tab| world.status(tab));
        prop_assert!(matches!(tab, Some(Status::Active { .. })), "{:?}", tab);
    }
}
