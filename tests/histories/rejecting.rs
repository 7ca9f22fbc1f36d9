//! APIs that reject good tokens cause few refreshes, whatever else they reply, and whatever their neighbours accept.

use silent_session::session::Millis;

use proptest::prelude::*;
use silent_session::session::Config;

use super::world::{Mood, TabId, World};

/// Two paths of one origin, and another origin.
const URLS: [&str; 3] = ["https://api.test/reports", "https://api.test/users", "https://orders.test/"];

/// How many refreshes rejections may cause at once, and after how many milliseconds one more.
const AT_ONCE: i64 = 5;
const PERIOD: i64 = 120_000;

/// How many more where two URLs reject a token that the third has accepted: the lifetime of the next ones is doubted.
const DOUBTED: i64 = 3;

/// What one URL replies to good tokens, over and over again: it accepts all of them, or none.
fn replies() -> impl Strategy<Value = Vec<Mood>> {
    let other = prop_oneof![Just(403), Just(429), Just(500), Just(503)].prop_map(Mood::Replies);
    let never = prop::collection::vec(prop_oneof![2 => Just(Mood::Refuses), 1 => other], 1..6);
    prop_oneof![1 => Just(vec![Mood::Well]), 2 => never]
}

proptest! {
    #![proptest_config(super::histories())]

    #[test]
    fn rejections_of_good_tokens_cause_few_refreshes(
        seed in any::<u64>(),
        shares_token in any::<bool>(),
        tabs in 1..3_usize,
        replies in [replies(), replies(), replies()],
        calls in prop::collection::vec((0..2_usize, 0..URLS.len(), prop_oneof![100..2_000_i64, 0..60_000_i64]), 1..80),
    ) {
        let mut world = World::signed_in(Config { shares_token, ..Config::default() }, seed);
        for _ in 1..tabs {
            world.visit();
        }
        world.run(1_000);
        world.server.lifetime = Millis::from_secs(86_400);
        world.renew(TabId(0));
        world.run(1_000);
        let (before, since) = (i64::from(world.server.refreshes), world.moment().wall_ms());
        let mut given = [0_usize; URLS.len()];
        for (tab, api, pause) in calls {
            let reply = replies[api][given[api] % replies[api].len()];
            given[api] += 1;
            world.server.moods.set(URLS[api], reply);
            world.fetch_from(TabId(tab % tabs), URLS[api]);
            world.run(pause);
            let sent = i64::from(world.server.refreshes) - before;
            let most = tabs as i64 * (AT_ONCE + DOUBTED + (world.moment().wall_ms() - since) / PERIOD);
            prop_assert!(sent <= most, "{} refreshes, at most {}", sent, most);
        }
    }
}
