//! A page that is loaded waits for the orphan of the page before as long as the server's habits require, and no longer: no
//! session is lost, and nobody waits for what is known.

use proptest::prelude::*;
use silent_session::session::{Config, Millis, Pace, Rotation};

use super::servers::Kind;
use super::steps::is_recognised;
use super::world::{Fault, TabId, World};

/// One refresh, and the page that leaves during it or soon after. Times in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Load {
    /// The age of the page when its refresh is sent.
    stay: i64,
    /// The time that the server takes to reply.
    reply: i64,
    /// The time from the refresh until its page leaves.
    out: i64,
    goes: Goes,
}

/// The way in which a page leaves.
#[derive(Clone, Copy, Debug)]
enum Goes {
    Reload,
    /// The tab is closed, and the next one opened after so many milliseconds.
    Close(i64),
    /// The page stays. Its session object is closed, and hears when its refresh is answered; another one is created.
    Recreate,
}

/// Within the shortest wait for an orphan a reply is there, whatever its page has seen of it.
const SLOWEST_REPLY: i64 = 1_900;

/// The longest time that the refresh of the next page takes.
const ANSWERED: i64 = 100;

fn load() -> impl Strategy<Value = Load> {
    let reply = prop_oneof![0..200_i64, 0..SLOWEST_REPLY];
    let goes = prop_oneof![
        2 => Just(Goes::Reload),
        2 => (0..6_000_i64).prop_map(Goes::Close),
        1 => Just(Goes::Recreate),
    ];
    (0..30_000_i64, reply, 0..SLOWEST_REPLY, goes).prop_map(|(stay, reply, out, goes)| Load {
        stay,
        reply,
        out,
        goes,
    })
}

/// An orphan: when it was sent, and how long it had been out when its page went.
#[derive(Clone, Copy, Debug)]
struct Orphan {
    sent: i64,
    seen: i64,
}

impl Orphan {
    /// Returns how much longer a page waits for it at a server that does this with a spent cookie.
    fn left(self, rotation: Rotation, world: &World) -> i64 {
        let pace: Option<Pace> = world.stored().answered.map(|answered| answered.pace);
        let seen = Millis::new(self.seen.unsigned_abs());
        let wait = rotation.orphan_wait(seen, pace, Config::default().timeout);
        self.sent + wait.signed() - world.moment().wall_ms()
    }
}

/// Returns how much longer a page that is loaded now may wait. `newest` is the orphan of the page before, if there is one;
/// while two orphans count as out, no third refresh is sent.
fn longest_wait(kind: Kind, world: &World, newest: Option<Orphan>, orphans: &[Orphan]) -> i64 {
    let unsaid = if world.server.echoes { Rotation::Replays } else { Rotation::Revokes };
    let rotation = kind.said().unwrap_or(unsaid);
    let mut out: Vec<i64> = orphans.iter().map(|orphan| orphan.left(Rotation::Revokes, world)).collect();
    out.sort_unstable();
    let both_out = out.iter().rev().nth(1).copied().unwrap_or(0);
    newest.map_or(0, |orphan| orphan.left(rotation, world)).max(both_out).max(0)
}

proptest! {
    #![proptest_config(super::histories())]

    // Scenarios 112 and 113.
    #[test]
    fn a_page_waits_for_an_orphan_as_long_as_it_must_and_no_longer(
        seed in any::<u64>(),
        kind in prop_oneof![3 => Just(Kind::Revokes), 1 => Just(Kind::Grace), 1 => Just(Kind::Echoes)],
        loads in prop::collection::vec(load(), 1..6),
    ) {
        let mut world = kind.world(Config { rotation: kind.said(), ..Config::default() }, seed);
        let mut tab = TabId(0);
        let mut orphans = Vec::new();
        for load in &loads {
            world.run(load.stay);
            // After a long chain of retries, servers have forgotten its id, and the next page waits for the last retry.
            if world.stored().marker.is_some() && !is_recognised(&world) {
                break;
            }
            world.server.faults = vec![Fault::Slow(load.reply)];
            world.renew(tab);
            world.run(load.out);
            world.server.faults.clear();
            let now = world.moment().wall_ms();
            let newest = world.out_since(tab).map(|sent| Orphan { sent, seen: now - sent });
            let is_heard = matches!(load.goes, Goes::Recreate);
            let (heard, newest) = if is_heard { (newest, None) } else { (None, newest) };
            orphans.extend(newest);
            tab = match load.goes {
                Goes::Reload => world.reload(tab),
                Goes::Close(pause) => {
                    world.close_tab(tab);
                    world.run(pause);
                    world.visit()
                }
                Goes::Recreate => world.recreate(tab),
            };
            let answered = heard.map_or(0, |refresh| load.reply + ANSWERED - refresh.seen);
            world.run(longest_wait(kind, &world, newest, &orphans).max(answered) + ANSWERED);
            prop_assert_eq!(world.server.reuses, 0, "a spent cookie was presented");
            prop_assert!(world.is_active(tab), "still {:?} after {:?}", world.status(tab), load);
        }
    }
}
