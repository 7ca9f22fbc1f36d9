//! A browser that nobody uses sends few refreshes, whatever the server replies.
//!
//! Idle means that no application code calls a session. Pages may be looked at or not, the network may come and go.

use proptest::prelude::*;
use silent_session::session::{Config, Millis, RefreshFailure, Report, Rotation};

use super::world::{Deploy, Fault, Habit, Name, TabId, World};

const HOUR: i64 = 3_600_000;

/// Refreshes in an hour, beyond those that the lifetimes of tokens require.
const MOST: usize = 30;

/// What happens to an idle browser, every so many milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unrest {
    None,
    /// The network goes and comes back.
    Offline,
    /// The browser says that the network is back; it was never away.
    Online,
    /// Pages are hidden and shown.
    Hidden,
    /// Pages are frozen and thawed.
    Frozen,
}

#[derive(Clone, Debug)]
struct Idle {
    habits: Vec<Habit>,
    lifetime_s: u64,
    tabs: usize,
    worker: bool,
    shares_token: bool,
    /// Every other tab is of a session by another name, on the same cookie. Not beside a worker: without storage it knows its
    /// own name's refreshes only.
    names: bool,
    /// The pages are loaded while the server has these habits, so that nothing is known of the session.
    restores: bool,
    rotation: Option<Rotation>,
    unrest: Unrest,
    every: i64,
}

fn habit() -> impl Strategy<Value = Habit> {
    let retry_after = prop_oneof![
        2 => Just(None),
        4 => prop_oneof![Just(0_u64), Just(1), Just(5)].prop_map(Some),
        1 => prop_oneof![2..120_u64, Just(86_400), Just(u64::MAX)].prop_map(Some),
    ];
    let status = prop_oneof![Just(503), Just(429), Just(500), Just(404), Just(302), Just(418), Just(200)];
    let fault = prop_oneof![
        6 => (status, retry_after).prop_map(|(status, seconds)| Fault::Status(status, seconds)),
        1 => Just(Fault::Reset),
        1 => Just(Fault::Offline),
        1 => Just(Fault::Malformed),
        1 => Just(Fault::Expired),
        1 => Just(Fault::Portal),
        1 => Just(Fault::Silence),
        1 => Just(Fault::Lost),
        2 => Just(Fault::Refused),
        1 => prop_oneof![Just(2_000), Just(14_000), Just(16_000), Just(40_000)].prop_map(Fault::Slow),
    ];
    prop_oneof![6 => fault.prop_map(Habit::Fault), 2 => Just(Habit::Token), 1 => Just(Habit::SameToken)]
}

fn idle() -> impl Strategy<Value = Idle> {
    let lifetime_s =
        prop_oneof![1 => Just(1_u64), 1 => Just(5), 2 => Just(60), 4 => Just(900), 2 => Just(86_400)];
    let unrest = prop_oneof![
        Just(Unrest::None),
        Just(Unrest::Offline),
        Just(Unrest::Online),
        Just(Unrest::Hidden),
        Just(Unrest::Frozen)
    ];
    let every = prop_oneof![1_000..10_000_i64, 10_000..400_000_i64];
    let rotation = prop_oneof![
        Just(None),
        Just(Some(Rotation::None)),
        Just(Some(Rotation::Replays)),
        Just(Some(Rotation::Refuses)),
    ];
    let browser = (1..4_usize, any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), rotation);
    (prop::collection::vec(habit(), 1..6), lifetime_s, browser, unrest, every).prop_map(
        |(mut habits, lifetime_s, (tabs, worker, shares_token, names, restores, rotation), unrest, every)| {
            if tabs > 1 || worker {
                // The token of another tab has less left to live than its lifetime.
                habits
                    .iter_mut()
                    .filter(|habit| **habit == Habit::SameToken)
                    .for_each(|habit| *habit = Habit::Token);
            }
            let names = names && !worker;
            Idle { habits, lifetime_s, tabs, worker, shares_token, names, restores, rotation, unrest, every }
        },
    )
}

impl Unrest {
    fn happen(self, world: &mut World, is_odd: bool) {
        let tabs = 0..world.tabs.len();
        match self {
            Self::None => {}
            Self::Offline if is_odd => world.offline = true,
            Self::Offline | Self::Online => world.go_online(),
            Self::Hidden if is_odd => tabs.for_each(|tab| world.hide(TabId(tab))),
            Self::Hidden => tabs.for_each(|tab| world.show(TabId(tab))),
            Self::Frozen if is_odd => tabs.for_each(|tab| world.freeze(TabId(tab))),
            Self::Frozen => tabs.for_each(|tab| world.thaw(TabId(tab), true, true)),
        }
    }
}

/// How many refreshes were sent, and how many brought a token. Of several tabs, those that found no network are not counted:
/// they reach nobody, and no tab hears of another's.
fn sent(world: &World) -> (usize, usize) {
    let count = |which: fn(&Report) -> bool| {
        let reports = world.tabs.iter().flat_map(|tab| &tab.reports);
        reports.filter(|report| which(report)).count()
    };
    let sent = world.tabs.iter().map(|tab| tab.sent().count()).sum::<usize>();
    let good = count(|report| matches!(report, Report::RefreshSettled { outcome: Ok(()), .. }));
    let unsent = count(|report| {
        matches!(report, Report::RefreshSettled { outcome: Err(RefreshFailure::Offline), .. })
    });
    let is_alone = world.tabs.iter().filter(|tab| tab.alive).count() == 1;
    (if is_alone { sent } else { sent - unsent }, good)
}

/// The most that the lifetimes of tokens require in an hour.
fn required(idle: &Idle) -> usize {
    // A token is renewed after three quarters of its life, and never sooner than a second after it came.
    let each = (750 * idle.lifetime_s).max(1_000);
    let all = idle.tabs + usize::from(idle.worker);
    let tokens = if idle.shares_token { all.min(1 + usize::from(idle.names)) } else { all };
    tokens * (HOUR as usize / each as usize + 1)
}

fn play(idle: &Idle, seed: u64) -> Result<(), TestCaseError> {
    let config = Config { shares_token: idle.shares_token, rotation: idle.rotation, ..Config::default() };
    let mut world = World::signed_in(config.clone(), seed);
    if idle.names {
        let names = [Name(0), Name(1)];
        world.deploys = names.map(|name| Deploy { config: config.clone(), name, ..Deploy::default() }).into();
    }
    world.server.lifetime = Millis::from_secs(idle.lifetime_s);
    world.renew(TabId(0));
    world.run(1_000);
    if idle.restores {
        world.server.habits.replies.clone_from(&idle.habits);
        world.close_tab(TabId(0));
        world.visit();
    }
    (1..idle.tabs).for_each(|_| {
        world.visit();
    });
    if idle.worker {
        world.visit_worker();
    }
    world.server.habits.replies.clone_from(&idle.habits);
    for hour in 0..3 {
        let before = sent(&world);
        let end = world.moment().wall_ms() + HOUR;
        let mut is_odd = false;
        while world.moment().wall_ms() < end {
            is_odd = !is_odd;
            idle.unrest.happen(&mut world, is_odd);
            world.run(idle.every.min(end - world.moment().wall_ms()));
        }
        let (sent, good) = sent(&world);
        let (sent, good) = (sent - before.0, good - before.1);
        prop_assert!(sent <= MOST + required(idle), "hour {hour}: {sent} sent, {good} good");
        prop_assert!(sent <= MOST + good, "hour {hour}: {sent} sent, {good} good");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: super::histories().cases / 40, ..super::histories() })]

    // Scenario 102.
    #[test]
    fn an_idle_browser_sends_at_most_thirty_refreshes_an_hour_beyond_what_lifetimes_require(
        seed in any::<u64>(),
        idle in idle(),
    ) {
        play(&idle, seed)?;
    }
}
