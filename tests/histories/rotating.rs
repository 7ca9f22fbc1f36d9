//! Late replies, reloads and several tabs, at servers of every kind that ends no session by itself for a spent cookie: the
//! session is kept, and at most two refreshes are out.

use proptest::prelude::*;
use silent_session::session::{Config, Millis, Status};

use super::servers::Kind;
use super::steps::{is_recognised, let_workers_hear, living, pages};
use super::world::{Deploy, Fault, Replies, World};
use super::{heal, nobody_waits};

#[derive(Clone, Debug)]
enum Step {
    Wait(i64),
    Renew(usize),
    Fetch(usize),
    RefuseToken(usize),
    RevokeAccess,
    OpenTab,
    OpenWorker,
    Reload(usize),
    CloseTab(usize),
    /// Closes the session object and creates another, in the same page.
    Recreate(usize),
    Fault(Fault),
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Static),
        Just(Kind::Grace),
        Just(Kind::Replays),
        Just(Kind::Echoes),
        Just(Kind::Refuses)
    ]
}

/// How long a tab waits for a reply, and how long another may hold the lock, in seconds.
fn times() -> impl Strategy<Value = (u64, u64)> {
    prop_oneof![2 => Just((15, 30)), 1 => (1..30_u64).prop_map(|timeout| (timeout, 30)), 1 => (1..30_u64, 1..40_u64)]
}

/// Whether replies may be later than any orphan is waited for, and how long they take.
fn replies() -> impl Strategy<Value = (bool, Replies)> {
    prop_oneof![
        Just((false, Replies::AtOnce)),
        Just((false, Replies::Steady)),
        Just((false, Replies::ColdStarts)),
        Just((true, Replies::PastTheTimeout))
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let tab = 0..3_usize;
    // A reply that is lost is another story: nobody can bring its cookie any more. And the server recognises an attempt id
    // for a minute: a retry after many failures, or an orphan that takes longer, comes too late.
    let fault =
        prop_oneof![(0..20_000_i64).prop_map(Fault::SlowReset), (0..20_000_i64).prop_map(Fault::Slow),];
    prop_oneof![
        6 => prop_oneof![0..200_i64, 0..5_000_i64, 0..30_000_i64, 0..2_000_000_i64].prop_map(Step::Wait),
        3 => tab.clone().prop_map(Step::Renew),
        3 => tab.clone().prop_map(Step::Fetch),
        1 => tab.clone().prop_map(Step::RefuseToken),
        1 => Just(Step::RevokeAccess),
        1 => Just(Step::OpenTab),
        1 => Just(Step::OpenWorker),
        3 => tab.clone().prop_map(Step::Reload),
        1 => tab.clone().prop_map(Step::CloseTab),
        1 => tab.prop_map(Step::Recreate),
        2 => fault.prop_map(Step::Fault),
    ]
}

fn perform(world: &mut World, step: &Step) {
    let of = |world: &World, tab: usize| living(world, tab);
    match *step {
        Step::Wait(ms) => world.run(ms),
        Step::RevokeAccess => world.server.revoke_access(),
        Step::Fault(fault) => world.server.faults.push(fault),
        Step::OpenTab => {
            if world.tabs.iter().filter(|tab| tab.alive).count() < 4 {
                world.visit();
            }
        }
        Step::OpenWorker => {
            // Where there is no page, nobody tells what pages have left.
            if world.tabs.iter().filter(|tab| tab.alive).count() < 4 && pages(world) > 0 {
                world.visit_worker();
            }
        }
        Step::Renew(tab) => {
            if let Some(tab) = of(world, tab) {
                world.renew(tab);
            }
        }
        Step::Fetch(tab) => {
            if let Some(tab) = of(world, tab) {
                world.fetch(tab);
            }
        }
        Step::RefuseToken(tab) => {
            if let Some(tab) = of(world, tab)
                && let Status::Active { grant, .. } = world.status(tab)
            {
                world.access_token(tab, Some(grant.token.reveal()), 0);
            }
        }
        Step::Reload(tab) => {
            if let Some(tab) = of(world, tab) {
                world.reload(tab);
            }
        }
        Step::Recreate(tab) => {
            if let Some(tab) = of(world, tab) {
                world.recreate(tab);
            }
        }
        Step::CloseTab(tab) => {
            if let Some(tab) = of(world, tab) {
                world.close_tab(tab);
            }
        }
    }
}

proptest! {
    #![proptest_config(super::histories())]

    // Scenario 110.
    #[test]
    fn late_replies_and_reloads_end_no_session(
        seed in any::<u64>(),
        kind in kind(),
        (is_late, replies) in replies(),
        times in [times(), times()],
        shares_token in any::<bool>(),
        steps in prop::collection::vec(step(), 1..50),
    ) {
        // A page waits there for an orphan as long as for a reply of its own: the deploys have to agree.
        let times = if matches!(kind, Kind::Refuses) { [times[0]; 2] } else { times };
        // The cookie of a refresh whose page goes once its time is over is known to nobody.
        let least = if replies == Replies::ColdStarts { 9 } else { 1 };
        let times = times.map(|(timeout, lock)| (timeout.max(least), lock));
        let [config, other] = times.map(|(timeout, lock)| Config {
            timeout: Millis::from_secs(timeout),
            lock_timeout: Millis::from_secs(lock),
            shares_token,
            rotation: kind.said(),
            ..Config::default()
        });
        let timeout = config.timeout.min(other.timeout);
        let mut world = kind.world(config.clone(), seed);
        // Tabs of two deploys.
        world.deploys = [config, other].map(|config| Deploy { config, ..Deploy::default() }).into();
        world.replies = replies;
        if is_late {
            // A retry that is late as well may come when the server has just forgotten its id, and rotates once more.
            world.server.recognises_for = 0;
        }
        for step in &steps {
            // A worker hears of a refresh by messages alone, and of one that is later than any orphan is waited for too late.
            if is_late && matches!(step, Step::OpenWorker) {
                continue;
            }
            // A page that goes hears no more of its refresh. A cookie that comes later than any orphan is waited for is too
            // late for the next page; at a server that refuses, that is the time-out.
            let ends_page = matches!(step, Step::Reload(_) | Step::CloseTab(_) | Step::Recreate(_));
            if ends_page {
                let_workers_hear(&mut world);
            }
            let goes = ends_page && world.is_writing();
            // Nor does the server know the id any more with which a long chain of retries began.
            if goes && (is_late || matches!(kind, Kind::Refuses) || !is_recognised(&world)) {
                continue;
            }
            // Nor does a page hear of a worker's refresh before the message is there.
            if goes && world.has_worker() {
                continue;
            }
            let within_timeout = i64::try_from(timeout.get()).unwrap_or(i64::MAX) - 500;
            let longest = if is_late { 20_000 } else { within_timeout.min(8_000) };
            match step {
                Step::Fault(Fault::Slow(ms)) if *ms > longest => continue,
                // Nor does the server know the id any more when the retry of a slow one is slow as well.
                Step::Fault(Fault::Slow(ms)) if *ms > 8_000 && world.stored().marker.is_some() => continue,
                // A chain of retries that outlasts the server's memory of their id is theft to it.
                Step::Fault(Fault::SlowReset(ms)) if *ms > 8_000 => continue,
                _ => {}
            }
            perform(&mut world, step);
            prop_assert_eq!(world.server.reuses, 0, "a spent cookie was presented");
            prop_assert!(world.most_unanswered <= 2, "{} refreshes are out", world.most_unanswered);
        }
        world.replies = Replies::AtOnce;
        heal(&mut world);
        nobody_waits(&world);
        if living(&world, 0).is_none() {
            world.visit();
            world.run(60_000);
        }
        for tab in world.tabs.iter().filter(|tab| tab.alive) {
            let status = tab.session.status();
            prop_assert!(matches!(status, Status::Active { .. } | Status::Closed), "{:?}", status);
        }
        prop_assert_eq!(world.server.reuses, 0, "a spent cookie was presented");
    }
}
