//! What reloads in the middle of a refresh cost, over several distributions of reply times: the table of
//! `docs/rotation.md`. `cargo xtask simulate-reloads` writes it anew.
#![cfg(not(target_family = "wasm"))]
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../world/mod.rs"]
mod world;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::thread;

use silent_session::session::{Config, Rotation, Status};
use world::{Fault, OnSpent, Replies, Seed, TabId, World};

/// Reloads for each line of the table.
const RELOADS: u64 = 1_000;

/// Refreshes before each, from which the pace of the server is known.
const BEFORE: usize = 30;

const TAB: TabId = TabId(0);

/// When a page is reloaded, from when its refresh was sent.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// At any moment at which a refresh is out.
    Any,
    /// Within the first half second.
    Soon,
    /// After one to four seconds: somebody is tired of waiting.
    Impatient,
}

impl Moment {
    fn draw(self, seed: &mut Seed) -> i64 {
        let (from, to) = match self {
            Self::Any => (0, 15_000),
            Self::Soon => (0, 500),
            Self::Impatient => (1_000, 4_000),
        };
        from + (seed.next() % (to - from) as u64) as i64
    }
}

/// What came of the reloads.
struct Cost {
    lost: usize,
    /// How long the next page did not know its state, in milliseconds, shortest first.
    waits: Vec<i64>,
}

impl Cost {
    fn wait(&self, percent: usize) -> f64 {
        self.waits[(self.waits.len() - 1) * percent / 100] as f64 / 1000.0
    }

    fn lost_in_a_thousand(&self) -> f64 {
        self.lost as f64 * 1000.0 / self.waits.len() as f64
    }
}

fn server_of(rotation: Rotation, config: Config, seed: u64) -> World {
    let mut world = World::signed_in(config, seed);
    world.server.knows_attempts = rotation == Rotation::Replays;
    world.server.on_spent = match rotation {
        Rotation::None => OnSpent::Accept,
        Rotation::Refuses => OnSpent::Refuse,
        Rotation::Replays | Rotation::Revokes => OnSpent::Revoke,
    };
    world
}

fn reload(
    rotation: Rotation,
    is_said: bool,
    replies: Replies,
    moment: Moment,
    seed: &mut Seed,
) -> (bool, i64) {
    let config = Config { rotation: is_said.then_some(rotation), ..Config::default() };
    let (slow, after) = loop {
        let (slow, after) = (replies.draw(seed), moment.draw(seed));
        // Else it was answered before.
        if after < slow {
            break (slow, after);
        }
    };
    let mut world = server_of(rotation, config, seed.next());
    world.latency = 1;
    world.replies = replies;
    for _ in 0..BEFORE {
        world.renew(TAB);
        world.run(20_000);
    }
    world.replies = Replies::AtOnce;
    world.server.faults = vec![Fault::Slow(slow)];
    world.renew(TAB);
    world.run(after);
    let tab = world.reload(TAB);
    let mut waited = 0;
    while matches!(world.status(tab), Status::Unknown { .. }) && waited < 60_000 {
        world.run(20);
        waited += 20;
    }
    // Whatever is still to come has come.
    world.run(60_000);
    world.renew(tab);
    world.run(60_000);
    (world.is_active(tab), waited)
}

fn cost(rotation: Rotation, is_said: bool, replies: Replies, moment: Moment) -> Cost {
    let mut seed = Seed(7);
    let outcomes: Vec<_> =
        (0..RELOADS).map(|_| reload(rotation, is_said, replies, moment, &mut seed)).collect();
    let lost = outcomes.iter().filter(|(is_kept, _)| !is_kept).count();
    let mut waits: Vec<_> = outcomes.into_iter().map(|(_, waited)| waited).collect();
    waits.sort_unstable();
    Cost { lost, waits }
}

/// Every line of the table.
fn lines() -> Vec<(String, Rotation, bool, Cost)> {
    let servers = [
        (Rotation::Revokes, false),
        (Rotation::Refuses, false),
        (Rotation::Refuses, true),
        (Rotation::Replays, true),
        (Rotation::None, true),
    ];
    // Each draws for itself: at the same time they cost the same.
    thread::scope(|scope| {
        let threads = servers.map(|(rotation, is_said)| scope.spawn(move || lines_of(rotation, is_said)));
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

fn lines_of(rotation: Rotation, is_said: bool) -> Vec<(String, Rotation, bool, Cost)> {
    let mut lines = Vec::new();
    for replies in [Replies::Steady, Replies::LogNormal, Replies::ColdStarts] {
        for moment in [Moment::Any, Moment::Soon, Moment::Impatient] {
            // All replies are there by then; or nothing waits, whatever they take.
            let is_answered = matches!((replies, moment), (Replies::Steady, Moment::Impatient));
            let waits = matches!(rotation, Rotation::Revokes | Rotation::Refuses);
            if is_answered || !(waits || matches!(moment, Moment::Any)) {
                continue;
            }
            let cost = cost(rotation, is_said, replies, moment);
            let server = format!("`{}`{}", rotation.as_str(), if is_said { "" } else { ", not said" });
            let replies = match replies {
                Replies::Steady => "steady",
                Replies::LogNormal => "log-normal",
                _ => "cold starts",
            };
            let moment = match moment {
                Moment::Any => "any",
                Moment::Soon => "soon",
                Moment::Impatient => "impatient",
            };
            let line = format!(
                "| {server} | {replies} | {moment} | {:.0} | {:.1} s | {:.1} s |",
                cost.lost_in_a_thousand(),
                cost.wait(50),
                cost.wait(95)
            );
            lines.push((line, rotation, is_said, cost));
        }
    }
    lines
}

#[test]
fn the_table_of_the_docs_is_what_reloads_cost() {
    let lines = lines();
    for (line, rotation, is_said, cost) in &lines {
        let most_lost = match (rotation, is_said) {
            (Rotation::Revokes, _) => 60.0,
            (Rotation::Refuses, _) => 60.0,
            (Rotation::Replays | Rotation::None, _) => 0.0,
        };
        assert!(cost.lost_in_a_thousand() <= most_lost, "{line}");
    }
    let mut table = String::from(
        "| server | replies | reload | lost of 1,000 | wait, median | wait, 95 % |\n\
         | --- | --- | --- | ---: | ---: | ---: |\n",
    );
    for (line, ..) in &lines {
        writeln!(table, "{line}").unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rotation.md");
    let page = fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- reloads -->\n", "<!-- /reloads -->");
    let (before, rest) = page.split_once(begin).unwrap();
    let (written, after) = rest.split_once(end).unwrap();
    if std::env::var_os("WRITE_TABLE").is_some() {
        return fs::write(&path, [before, begin, &table, end, after].concat()).unwrap();
    }
    assert_eq!(written, table, "write it anew: cargo xtask simulate-reloads");
}
