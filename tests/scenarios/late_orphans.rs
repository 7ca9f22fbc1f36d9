//! Refreshes whose page, or whose session object, has gone, and that are answered after the time-out: their cookies undo no
//! sign-out.

use super::*;

/// Servers: the option `rotation`, the reaction to a spent cookie, and whether attempt ids are recognised.
const SERVERS: [(Option<Rotation>, OnSpent, bool); 6] = [
    (Some(Rotation::Refuses), OnSpent::Refuse, false),
    (None, OnSpent::Refuse, false),
    (None, OnSpent::Revoke, false),
    (None, OnSpent::Revoke, true),
    (Some(Rotation::Replays), OnSpent::Revoke, true),
    (Some(Rotation::None), OnSpent::Accept, false),
];

/// Milliseconds until the reply, by a time-out of 15 s.
const LATE: [i64; 5] = [15_500, 17_000, 20_000, 40_000, 100_000];

#[derive(Clone, Copy, Debug)]
enum Goes {
    Reload,
    Kill,
    Recreate,
}

impl Goes {
    const ALL: [Self; 3] = [Self::Reload, Self::Kill, Self::Recreate];

    fn perform(self, world: &mut World) -> TabId {
        match self {
            Self::Reload => world.reload(TAB),
            Self::Kill => {
                world.kill_tab(TAB);
                world.visit()
            }
            Self::Recreate => world.recreate(TAB),
        }
    }
}

/// Alice's refresh is out for a while. Then the user of `sign_in` signs in beside it, if there is one; the page goes; and the
/// user signs out in the next one.
fn assert_stays_signed_out(sign_in: Option<&'static str>) {
    for (rotation, on_spent, knows_attempts) in SERVERS {
        for goes in Goes::ALL {
            for (late, pause) in
                LATE.into_iter().flat_map(|late| [0, 1_000, 10_000].map(|pause| (late, pause)))
            {
                let mut world = World::signed_in(Config { rotation, ..Config::default() }, 1);
                world.server.on_spent = on_spent;
                world.server.knows_attempts = knows_attempts;
                world.run(MINUTE);
                world.server.faults = vec![Fault::Slow(late)];
                world.renew(TAB);
                world.run(500);
                if let Some(user) = sign_in {
                    world.signed_in_elsewhere(TAB, user);
                }
                let tab = goes.perform(&mut world);
                world.run(pause);
                world.sign_out(tab);
                world.run(5 * MINUTE);
                let next = world.visit();
                world.run(10 * MINUTE);
                let case =
                    format!("{rotation:?}, {on_spent:?}, ids: {knows_attempts}, {goes:?}, {late}, {pause}");
                for tab in [tab, next] {
                    assert!(!world.is_active(tab), "{case}: {:?}", world.status(tab));
                }
                assert!(world.false_confirmations.is_empty(), "{case}: it was called confirmed");
                let is_over = world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie));
                assert!(
                    is_over && world.stored().sign_out.is_none(),
                    "{case}: the server has not heard of it"
                );
            }
        }
    }
}

// Scenario 140.
#[test]
fn a_sign_out_is_not_undone() {
    assert_stays_signed_out(None);
}

// Scenario 140.
#[test]
fn nor_is_that_of_somebody_who_has_signed_in_beside_it() {
    assert_stays_signed_out(Some("bob"));
}
