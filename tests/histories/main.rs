//! Random histories over the simulated world: whatever happens, the invariants hold.
//!
//! The world asserts on the way that no ticket is answered twice, that no refresh resurrects an ended session and no tab
//! goes back to one that was over there, that nothing ends without a word of the server or the user, that no request
//! of one user carries the token of another, and that no tick spins. A failing history is shrunk and printed as the
//! list of its steps.
#![cfg(not(target_family = "wasm"))]
#![allow(missing_docs)]

mod idle;
mod newest;
mod rotating;
mod secrecy;
mod steps;
#[path = "../world/mod.rs"]
mod world;

use proptest::prelude::*;
use proptest::test_runner::{FailurePersistence, FileFailurePersistence, RngSeed};
use silent_session::session::{Config, Status, Ticket};
use steps::{Step, living, perform, step, tells, thaw_all};
use world::{Fault, Logout, TabId, Tells, World};

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
    thaw_all(world);
    world.go_online();
    // An idle page tries again within ten minutes.
    world.run(1_200_000);
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

/// Whether the server is told of sign-outs, whether with the token, and how its endpoint behaves.
#[derive(Clone, Copy, Debug)]
struct SignOuts {
    tells: bool,
    token: bool,
    logout: Logout,
}

fn sign_outs() -> impl Strategy<Value = SignOuts> {
    let logout = prop_oneof![
        4 => Just(Logout::Ends),
        1 => Just(Logout::Redirects),
        1 => Just(Logout::EndsAndComplains),
        2 => Just(Logout::WantsToken),
        2 => Just(Logout::RefusesStrangers),
        1 => Just(Logout::Answers(200, "text/html")),
        1 => Just(Logout::Answers(404, "text/html")),
        1 => Just(Logout::Answers(404, "application/json")),
        1 => Just(Logout::Answers(401, "application/json")),
        1 => Just(Logout::Answers(403, "application/json")),
        1 => Just(Logout::Answers(429, "application/json")),
    ];
    let tells = prop_oneof![3 => Just(true), 1 => Just(false)];
    (tells, any::<bool>(), logout).prop_map(|(tells, token, logout)| SignOuts { tells, token, logout })
}

impl SignOuts {
    fn config(self, shares_token: bool) -> Config {
        let Self { tells, token, .. } = self;
        Config { shares_token, tells_sign_out: tells, sign_out_token: tells && token, ..Config::default() }
    }

    /// Whether the server hears of it in the end.
    fn ends(self) -> bool {
        self.tells && self.logout.works() && (self.token || self.logout != Logout::WantsToken)
    }
}

fn signs_in(step: &Step) -> bool {
    matches!(
        step,
        Step::SignIn(..) | Step::SignInElsewhere(..) | Step::SignInByCookie(..) | Step::SignInUnseen(_)
    )
}

/// Seconds, without optimisation.
const FEW: u32 = 40_000;

/// How many properties there are.
const PROPERTIES: u32 = 7;

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
        seed in any::<u64>(),
        refresh_ahead in any::<bool>(),
        shares_token in any::<bool>(),
        tells in tells().prop_filter("tells", |tells| *tells != Tells::Nothing),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = World::new(Config { refresh_ahead, shares_token, ..Config::default() }, seed);
        world.server.tells = tells;
        world.start();
        for step in &steps {
            perform(&mut world, step);
        }
        heal(&mut world);
        nobody_waits(&world);
    }

    #[test]
    fn one_user_who_is_never_signed_out_stays_signed_in(
        seed in any::<u64>(),
        shares_token in any::<bool>(),
        tells in tells(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = World::signed_in_at(tells, Config { shares_token, ..Config::default() }, seed);
        let ends = |step: &Step| matches!(
            step,
            Step::RevokeAll | Step::SignOut(_) | Step::Close(_) | Step::FailLogin(_) | Step::OpenWorker
        );
        for step in steps.iter().filter(|step| !ends(step) && !signs_in(step)) {
            // A machine that sleeps in the middle of a refresh, or whose clock jumps then, cannot tell when it was sent;
            // nor can a page that finds no marker of it.
            let is_told = match step {
                Step::Sleep(..) | Step::SetClock(_) => false,
                Step::Reload(_) | Step::CloseTab(_) | Step::Kill(_) => world.memo().unsettled.is_some(),
                _ => true,
            };
            if world.is_writing() && !is_told {
                continue;
            }
            // Nor is there a marker to find where storage is blocked, or cleared.
            let may_lose = world.server.faults.contains(&Fault::Lost) || world.server.failing > 0;
            let is_marked = world.memo().unsettled.is_some() || may_lose;
            let unmarks = matches!(step, Step::BlockStorage | Step::ClearStorage) && is_marked;
            let is_blind = match step {
                Step::Fault(Fault::Lost) | Step::Failing(1..) | Step::ClearStorage => world.storage.blocked,
                // Whoever has another lock than the sleeper sends meanwhile, and tells the order by the clock.
                Step::Sleep(..) | Step::SetClock(_) => world.is_lock_split(),
                // Of opaque tokens, what is written down alone tells that they are one session's.
                Step::BlockStorage => world.is_lock_split() || tells == Tells::Nothing,
                _ => false,
            };
            if unmarks || is_blind {
                continue;
            }
            perform(&mut world, step);
            prop_assert_eq!(world.server.reuses, 0, "a spent cookie was presented");
            // Where the lock was split, the marker keeps the second back for a while, and then gives it the same id.
            let is_alone = world.most_writers <= 1 || world.is_lock_split();
            prop_assert!(is_alone, "two writers of the cookie on the wire");
        }
        heal(&mut world);
        nobody_waits(&world);
        if living(&world, 0).is_none() {
            world.visit();
            // An orphan's cookie may be waited for.
            world.run(20_000);
        }
        all_look_around(&mut world);
        let mut sessions = Vec::new();
        for tab in world.tabs.iter().filter(|tab| tab.alive) {
            match tab.session.status() {
                Status::Active { epoch, .. } => sessions.push(epoch),
                status => prop_assert!(false, "{:?}", status),
            }
        }
        sessions.dedup();
        prop_assert_eq!(sessions.len(), 1, "tabs of one user in different sessions");
    }

    #[test]
    fn who_has_signed_out_stays_signed_out_in_all_tabs(
        seed in any::<u64>(),
        shares_token in any::<bool>(),
        sign_outs in sign_outs(),
        pause in prop_oneof![0..100_i64, 0..200_000_i64],
        tells in tells(),
        before in prop::collection::vec(step(), 1..40),
        after in prop::collection::vec(step(), 1..40),
    ) {
        let mut world = World::signed_in_at(tells, sign_outs.config(shares_token), seed);
        world.server.logout = sign_outs.logout;
        let mut is_unordered = false;
        // A login that is out, in a tab that is frozen meanwhile, would be a new session when it comes back.
        // Nor does anybody know when somebody has signed in unseen; and a login takes the note of a sign-out away.
        let is_open = |step: &&Step| {
            matches!(
                step,
                Step::Close(_)
                    | Step::SignIn(..)
                    | Step::SignInByCookie(..)
                    | Step::SignInUnseen(_)
                    | Step::FailLogin(_)
                    | Step::OpenWorker
            )
        };
        for step in before.iter().filter(|step| !is_open(step)) {
            // Where nothing is stored, what came first is told by the clock alone, and by messages alone who is there.
            let is_blind = match step {
                Step::SetClock(_) => true,
                // A refresh that was out over a sleep is out for longer than any clock says.
                Step::Sleep(..) => world.is_writing(),
                Step::Channel { loss, delay } => world.storage.blocked && (*loss > 0 || *delay > 10),
                Step::BlockStorage => {
                    let sleeps = world.tabs.iter().any(|tab| tab.frozen) && !sign_outs.ends();
                    world.channel.loss > 0 || world.channel.delay > 10 || is_unordered || sleeps
                }
                Step::ClearStorage => is_unordered,
                // Nor does a page that is frozen hear of what only the others know.
                Step::Freeze(_) => world.storage.blocked && !sign_outs.ends(),
                // Whose cookie there is after an unordered sign-in, the marker of another's refresh would tell.
                // And a server that ends the session of the token lets an earlier one of the same person go on.
                Step::SignInElsewhere(..) => {
                    let leaves_earlier = world.is_writing() && sign_outs.logout == Logout::WantsToken;
                    world.storage.blocked || world.is_lock_split() || leaves_earlier
                }
                _ => false,
            };
            if is_blind {
                continue;
            }
            is_unordered |= matches!(step, Step::SignInElsewhere(..));
            perform(&mut world, step);
        }
        let Some(tab) = living(&world, 0) else { return Ok(()) };
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
        // Nor can anybody who was frozen know when all that was written down is gone, and all who knew.
        let is_blocked = world.storage.blocked;
        let forgets = |step: &Step| match step {
            // A worker finds nothing that is written down.
            Step::BlockStorage | Step::ClearStorage | Step::OpenWorker => true,
            Step::OpenTab => is_blocked && !sign_outs.ends(),
            Step::Close(_) | Step::CloseTab(_) | Step::Kill(_) | Step::Reload(_) => is_blocked,
            _ => false,
        };
        for step in after.iter().filter(|step| !signs_in(step) && !forgets(step)) {
            // A login takes the note of it away first. If the page dies before it has failed, nobody writes it again.
            if matches!(step, Step::FailLogin(_)) && world.memo().sign_out.is_some() {
                continue;
            }
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
        let is_given_up = world.memo().sign_out.is_some_and(|pending| pending.tries >= 20);
        let is_heard = is_over(&world) || is_given_up || !sign_outs.ends();
        prop_assert!(is_heard, "the server has not heard of it");
    }

    #[test]
    fn a_sign_out_that_is_pending_ends_nobody_elses_session(
        seed in any::<u64>(),
        shares_token in any::<bool>(),
        sign_outs in sign_outs(),
        // Of an opaque token nobody can tell that it is another's.
        tells in tells().prop_filter("tells", |tells| *tells != Tells::Nothing),
        before in prop::collection::vec(step(), 1..20),
        between in prop::collection::vec(step(), 1..20),
        after in prop::collection::vec(step(), 1..40),
    ) {
        let sign_outs = SignOuts { tells: true, ..sign_outs };
        let mut world = World::signed_in_at(tells, sign_outs.config(shares_token), seed);
        world.server.logout = sign_outs.logout;
        let is_left_out = |step: &Step| signs_in(step) || matches!(
            step,
            Step::RevokeAll | Step::SignOut(_) | Step::FailLogin(_) | Step::OpenWorker
                | Step::SetClock(_) | Step::Sleep(..) | Step::BlockStorage | Step::ClearStorage
        );
        let play = |world: &mut World, steps: &[Step]| {
            for step in steps.iter().filter(|step| !is_left_out(step)) {
                let goes = matches!(step, Step::Reload(_) | Step::CloseTab(_) | Step::Kill(_));
                if !(goes && world.is_writing() && world.memo().unsettled.is_none()) {
                    perform(world, step);
                }
            }
        };
        play(&mut world, &before);
        let Some(tab) = living(&world, 0) else { return Ok(()) };
        world.server.sign_out_faults = vec![Fault::Status(503, None); 3];
        world.sign_out(tab);
        play(&mut world, &between);
        // By then nobody takes it for a first try any more; and nothing is on its way that bob's cookie would not outlive.
        world.run(6_000);
        for _ in 0..100 {
            world.run(if world.is_writing() { 1_000 } else { 0 });
        }
        if world.is_writing() {
            return Ok(());
        }
        world.sign_in_unseen("bob");
        let bobs = world.cookie.map(|cookie| cookie.family);
        play(&mut world, &after);
        heal(&mut world);
        let next = world.visit();
        world.run(60_000);
        prop_assert_eq!(world.cookie.map(|cookie| cookie.family), bobs, "bob's cookie is gone");
        prop_assert!(world.cookie.is_some_and(|cookie| world.server.goes_on(cookie)), "bob's session is over");
        // After the last try a sign-out is local, and bob's application has to say that he has signed in.
        let is_given_up = world.memo().sign_out.is_some_and(|pending| pending.tries >= 20);
        let is_shown = world.is_active(next) || is_given_up;
        prop_assert!(is_shown, "bob's session is not shown: {:?}", world.status(next));
    }
}
