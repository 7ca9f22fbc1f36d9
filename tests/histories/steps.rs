//! What can happen in a history.

use std::time::Duration;

use proptest::prelude::*;
use silent_session::session::Status;

use super::world::{Fault, Says, TabId, Tells, World};

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Wait(i64),
    Fetch(usize),
    Burst(usize),
    RefuseToken(usize),
    Renew(usize),
    Withdraw(usize),
    SignIn(usize, &'static str),
    SignInElsewhere(usize, &'static str),
    SignInByCookie(usize, &'static str),
    SignInUnseen(&'static str),
    FailLogin(usize),
    SignOut(usize),
    OpenTab,
    OpenWorker,
    Reload(usize),
    Close(usize),
    CloseTab(usize),
    Kill(usize),
    Freeze(usize),
    Thaw { told: bool, hears: bool },
    Show(usize),
    Hide(usize),
    Channel { loss: u64, delay: i64 },
    BlockStorage,
    ClearStorage,
    Fault(Fault),
    SignOutFault(Fault),
    RevokeAccess,
    RevokeAll,
    RefuseAll(bool),
    Offline(bool),
    SetClock(i64),
    Sleep(i64, bool),
    Lifetime(u64),
    Tail(i64),
    Failing(u64),
    Says(Says),
    DateError(i64),
}

/// What the tokens of a server tell of their owner.
pub(crate) fn tells() -> impl Strategy<Value = Tells> {
    prop_oneof![Just(Tells::Person), Just(Tells::Session), Just(Tells::Token), Just(Tells::Nothing)]
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let tab = 0..4_usize;
    let user = prop_oneof![Just("alice"), Just("bob")];
    let fault = prop_oneof![
        Just(Fault::Status(503, None)),
        Just(Fault::Status(429, Some(3))),
        Just(Fault::Reset),
        Just(Fault::Malformed),
        Just(Fault::Portal),
        Just(Fault::Silence),
        Just(Fault::Lost),
        Just(Fault::Resent),
        // Not past the time-out: what was rotated without an answer is another story than this machine's.
        (0..12_000_i64).prop_map(Fault::Slow),
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
        1 => (tab.clone(), user.clone()).prop_map(|(tab, user)| Step::SignInByCookie(tab, user)),
        1 => user.prop_map(Step::SignInUnseen),
        1 => tab.clone().prop_map(Step::FailLogin),
        2 => tab.clone().prop_map(Step::SignOut),
        2 => Just(Step::OpenTab),
        1 => Just(Step::OpenWorker),
        1 => tab.clone().prop_map(Step::Reload),
        1 => tab.clone().prop_map(Step::Close),
        1 => tab.clone().prop_map(Step::CloseTab),
        1 => tab.clone().prop_map(Step::Kill),
        2 => tab.clone().prop_map(Step::Freeze),
        3 => (any::<bool>(), any::<bool>()).prop_map(|(told, hears)| Step::Thaw { told, hears }),
        1 => tab.clone().prop_map(Step::Show),
        1 => tab.prop_map(Step::Hide),
        1 => (0..3_u64, 0..3_usize).prop_map(|(loss, delay)| Step::Channel {
            loss: [0, 30, 100][loss as usize],
            delay: [0, 10, 3_000][delay],
        }),
        1 => Just(Step::BlockStorage),
        1 => Just(Step::ClearStorage),
        3 => fault.clone().prop_map(Step::Fault),
        1 => fault.prop_map(Step::SignOutFault),
        2 => Just(Step::RevokeAccess),
        1 => Just(Step::RevokeAll),
        1 => any::<bool>().prop_map(Step::RefuseAll),
        1 => any::<bool>().prop_map(Step::Offline),
        1 => (-100_000_000..100_000_000_i64).prop_map(Step::SetClock),
        1 => (0..50_000_000_i64, any::<bool>()).prop_map(|(ms, stops)| Step::Sleep(ms, stops)),
        1 => prop_oneof![1..60_u64, 60..4_000_u64, Just(5_184_000)].prop_map(Step::Lifetime),
        1 => prop_oneof![Just(0), Just(200), Just(1_000)].prop_map(Step::Tail),
        1 => prop_oneof![Just(0), Just(20), Just(60)].prop_map(Step::Failing),
        1 => prop_oneof![Just(Says::ExpiresIn), Just(Says::Claims), Just(Says::Both)].prop_map(Step::Says),
        1 => prop_oneof![Just(0), -4_000..4_000_i64].prop_map(Step::DateError),
    ]
}

/// Tabs that run only; a history that names another one names the first that does.
pub(crate) fn living(world: &World, tab: usize) -> Option<TabId> {
    let runs = |index: &usize| world.tabs.get(*index).is_some_and(|tab| tab.runs());
    Some(tab).filter(runs).or_else(|| (0..world.tabs.len()).find(runs)).map(TabId)
}

/// Every tab that lives runs, and has heard so.
pub(crate) fn thaw_all(world: &mut World) {
    for index in 0..world.tabs.len() {
        world.thaw(TabId(index), true, true);
    }
}

pub(crate) fn perform(world: &mut World, step: &Step) {
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
        | Step::Close(tab)
        | Step::CloseTab(tab)
        | Step::Kill(tab)
        | Step::Freeze(tab)
        | Step::Show(tab)
        | Step::Hide(tab) => living(world, *tab),
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
        Step::SignInUnseen(user) => world.sign_in_unseen(user),
        Step::FailLogin(_) => {
            world.fail_login(tab);
        }
        Step::SignOut(_) => {
            world.sign_out(tab);
        }
        Step::OpenTab if world.tabs.iter().filter(|tab| tab.alive).count() < 5 => {
            world.visit();
        }
        Step::OpenWorker if world.tabs.iter().filter(|tab| tab.alive).count() < 5 => {
            world.visit_worker();
        }
        Step::OpenTab | Step::OpenWorker => {}
        Step::Reload(_) => {
            world.reload(tab);
        }
        Step::Close(_) => world.close(tab),
        Step::CloseTab(_) => world.close_tab(tab),
        Step::Kill(_) => world.kill_tab(tab),
        Step::Freeze(_) => world.freeze(tab),
        Step::Thaw { told, hears } => {
            let frozen = (0..world.tabs.len()).find(|index| world.tabs[*index].frozen);
            if let Some(index) = frozen {
                world.thaw(TabId(index), told, hears);
            }
        }
        Step::Show(_) => world.show(tab),
        Step::Hide(_) => world.hide(tab),
        Step::Channel { loss, delay } => {
            world.channel.loss = loss;
            world.channel.delay = delay;
        }
        Step::BlockStorage => world.block_storage(),
        Step::ClearStorage => world.clear_storage(),
        Step::Fault(fault) => world.server.faults.push(fault),
        Step::SignOutFault(fault) => world.server.sign_out_faults.push(fault),
        Step::RevokeAccess => world.server.revoke_access(),
        Step::RevokeAll => world.server.revoke_all(),
        Step::RefuseAll(refuses) => world.server.refuses_all = refuses,
        Step::Offline(true) => world.offline = true,
        Step::Offline(false) => world.go_online(),
        Step::SetClock(by) => world.step_wall_clock(by),
        Step::Sleep(ms, stops) => world.sleep(ms, stops),
        Step::Lifetime(seconds) => world.server.lifetime = Duration::from_secs(seconds),
        Step::Tail(ms) => world.tail = ms,
        Step::Failing(percent) => world.server.failing = percent,
        Step::Says(says) => world.server.says = says,
        Step::DateError(seconds) => world.server.date_error = seconds,
    }
}
