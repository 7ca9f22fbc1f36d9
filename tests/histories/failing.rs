//! A refresh endpoint that fails gets few refreshes, however often the application calls, and whatever `Retry-After` asks for.

use silent_session::session::Millis;

use proptest::prelude::*;
use silent_session::session::Config;

use super::world::{Fault, Habit, TabId, World};

/// Refreshes at once: pauses are short at first.
const AT_ONCE: i64 = 20;

/// The time after which one more is sent: the pause is up to a minute, and jitter halves it.
const PERIOD: i64 = 15_000;

fn failure() -> impl Strategy<Value = Habit> {
    let retry_after = prop_oneof![
        1 => Just(None),
        3 => prop_oneof![Just(0_u64), Just(1), Just(5)].prop_map(Some),
        1 => prop_oneof![2..120_u64, Just(86_400), Just(u64::MAX)].prop_map(Some),
    ];
    let status = prop_oneof![Just(503), Just(429), Just(500)];
    let fault = prop_oneof![
        3 => (status, retry_after).prop_map(|(status, seconds)| Fault::Status(status, seconds)),
        1 => Just(Fault::Reset),
        1 => Just(Fault::Portal),
    ];
    fault.prop_map(Habit::Fault)
}

/// How many refreshes the only tab has sent.
fn sent(world: &World) -> i64 {
    world.tabs[0].sent().count() as i64
}

proptest! {
    #![proptest_config(super::histories())]

    #[test]
    fn an_endpoint_that_fails_gets_few_refreshes_however_often_it_is_called(
        seed in any::<u64>(),
        failures in prop::collection::vec(failure(), 1..4),
        pauses in prop::collection::vec(prop_oneof![0..2_000_i64, 0..30_000_i64], 1..40),
    ) {
        let mut world = World::signed_in(Config::default(), seed);
        world.server.lifetime = Millis::from_secs(1);
        world.renew(TabId(0));
        world.run(1_000);
        world.server.habits.replies = failures;
        let (before, since) = (sent(&world), world.moment().wall_ms());
        for pause in pauses {
            world.fetch(TabId(0));
            world.run(pause);
            let sent = sent(&world) - before;
            let most = AT_ONCE + (world.moment().wall_ms() - since) / PERIOD;
            prop_assert!(sent <= most, "{} refreshes, at most {}", sent, most);
        }
    }
}
