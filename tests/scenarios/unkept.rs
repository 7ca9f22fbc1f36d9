//! Where nothing is kept (in a worker, or with storage blocked) a tab knows of refreshes by what the others say, and they
//! know of its own.

use super::*;

/// Who cannot read what is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unkept {
    Worker,
    Everybody,
}

/// Alice's page, and a worker or another page. Sharing or not.
pub(super) fn two(unkept: Unkept, config: Config) -> (World, [TabId; 2]) {
    let mut world = World::signed_in(config, 1);
    if unkept == Unkept::Everybody {
        world.block_storage();
    }
    let other = if unkept == Unkept::Worker { world.visit_worker() } else { world.visit() };
    world.run(2_000);
    world.renew(TAB);
    world.run(1_000);
    (world, [TAB, other])
}

/// Each of the two cases, with each of the two tabs as the first, sharing tokens or not.
pub(super) fn cases() -> impl Iterator<Item = (Unkept, usize, bool)> {
    let all = [Unkept::Worker, Unkept::Everybody].into_iter();
    all.flat_map(|unkept| [0, 1].map(|first| (unkept, first)))
        .flat_map(|(unkept, first)| [true, false].map(|shares_token| (unkept, first, shares_token)))
}

pub(super) fn sharing(shares_token: bool) -> Config {
    Config { shares_token, ..Config::default() }
}

fn shown(world: &World, tab: TabId) -> Option<&str> {
    match world.status(tab) {
        Status::Active { grant, .. } => Some(world.server.user_of(grant.token.reveal())),
        _ => None,
    }
}

// Scenario 126.
#[test]
fn a_refresh_beside_a_slow_one_presents_no_spent_cookie() {
    for (unkept, first, shares_token) in cases() {
        for slow in [10_000, 16_000, 20_000, 25_000] {
            let (mut world, both) = two(unkept, sharing(shares_token));
            world.server.faults = vec![Fault::Slow(slow)];
            world.renew(both[first]);
            world.run(500);
            for _ in 0..20 {
                world.renew(both[1 - first]);
                world.run(2_000);
            }
            world.run(60_000);
            let is_well = (world.server.reuses, both.map(|tab| world.is_active(tab)));
            assert_eq!(is_well, (0, [true; 2]), "{unkept:?}, first {first}, {shares_token}, {slow} ms");
        }
    }
}

// Scenario 126.
#[test]
fn a_tab_that_comes_while_a_refresh_is_slow_hears_of_it() {
    for (unkept, first, shares_token) in cases() {
        for slow in [16_000, 25_000] {
            let (mut world, both) = two(unkept, sharing(shares_token));
            world.server.faults = vec![Fault::Slow(slow)];
            world.renew(both[first]);
            world.run(15_500);
            let later = match unkept {
                Unkept::Worker if first == 0 => world.visit_worker(),
                _ => world.visit(),
            };
            world.renew(later);
            world.run(60_000);
            let is_well = (world.server.reuses, world.is_active(later));
            assert_eq!(is_well, (0, true), "{unkept:?}, first {first}, {shares_token}, {slow} ms");
        }
    }
}

// Scenario 126.
#[test]
fn at_most_two_refreshes_are_out() {
    for (unkept, first, shares_token) in cases() {
        let (mut world, both) = two(unkept, sharing(shares_token));
        world.server.faults = vec![Fault::Silence; 50];
        for _ in 0..12 {
            for tab in [both[first], both[1 - first]] {
                world.renew(tab);
                world.run(10_000);
            }
        }
        assert!(
            world.most_unanswered <= 2,
            "{unkept:?}, first {first}, {shares_token}: {}",
            world.most_unanswered
        );
    }
}

/// Alice is shown nowhere after bob has signed in while her refresh was out. `signs_in` is told the tab that does not refresh.
fn alice_is_gone_after(signs_in: impl Fn(&mut World, TabId)) {
    for (unkept, first, shares_token) in cases() {
        for slow in [500, 3_000, 10_000] {
            let (mut world, both) = two(unkept, sharing(shares_token));
            world.server.faults = vec![Fault::Slow(slow)];
            world.renew(both[first]);
            world.run(200);
            signs_in(&mut world, both[1 - first]);
            world.run(60_000);
            let what = format!("{unkept:?}, first {first}, {shares_token}, {slow} ms");
            assert!(both.iter().all(|tab| shown(&world, *tab) != Some("alice")), "{what}");
        }
    }
}

// Scenario 126.
#[test]
fn a_sign_in_by_cookie_beside_a_refresh_shows_nobody_else() {
    alice_is_gone_after(|world, _| {
        world.sign_in_by_cookie(TAB, "bob");
    });
}

// Scenario 126.
#[test]
fn a_sign_in_beside_a_refresh_shows_nobody_else() {
    alice_is_gone_after(|world, other| {
        world.signed_in_elsewhere(other, "bob");
    });
}

#[test]
fn a_sign_in_right_after_the_refresh_of_another_tab_is_looked_after() {
    for (unkept, first, shares_token) in cases() {
        for (pause, looks) in [(1_000, 1), (30_000, 0)] {
            let (mut world, both) = two(unkept, sharing(shares_token));
            world.run(MINUTE);
            world.renew(both[first]);
            world.run(pause);
            let bobs = world.answered_login("bob");
            let sent = |world: &World| world.tabs[both[1 - first].0].sent().count();
            let before = sent(&world);
            world.sign_in_with(both[1 - first], bobs);
            world.run(2_000);
            assert_eq!(sent(&world) - before, looks, "{unkept:?}, first {first}, {shares_token}, {pause} ms");
        }
    }
}

/// A worker, or a page where storage is blocked.
fn comer(world: &mut World, unkept: Unkept) -> TabId {
    if unkept == Unkept::Worker { world.visit_worker() } else { world.visit() }
}

// Scenario 126.
#[test]
fn who_has_signed_out_stays_so_when_a_tab_comes_that_finds_nothing() {
    let unconfirmed =
        [Logout::WantsToken, Logout::Answers(404, "text/html"), Logout::Answers(500, "text/html")];
    for (logout, pause) in unconfirmed.iter().flat_map(|logout| [1_000, HOUR].map(|pause| (*logout, pause))) {
        for unkept in [Unkept::Worker, Unkept::Everybody] {
            for shares_token in [true, false] {
                let mut world = World::signed_in(sharing(shares_token), 1);
                if unkept == Unkept::Everybody {
                    world.block_storage();
                }
                world.server.logout = logout;
                world.sign_out(TAB);
                world.run(pause);
                let tab = comer(&mut world, unkept);
                world.run(5_000);
                let both = (shown(&world, TAB), shown(&world, tab));
                assert_eq!(both, (None, None), "{logout:?}, {pause} ms, {unkept:?}, {shares_token}");
                world.sign_in(TAB, "bob");
                world.run(5_000);
                assert_eq!(
                    shown(&world, tab),
                    Some("bob"),
                    "{logout:?}, {pause} ms, {unkept:?}, {shares_token}"
                );
            }
        }
    }
}

// Scenario 126.
#[test]
fn whoever_was_replaced_is_shown_by_no_tab_that_finds_nothing() {
    for unkept in [Unkept::Worker, Unkept::Everybody] {
        let mut world = signed_in();
        if unkept == Unkept::Everybody {
            world.block_storage();
        }
        world.server.faults = vec![Fault::Slow(1_000)];
        world.renew(TAB);
        world.run(200);
        world.signed_in_elsewhere(TAB, "bob");
        world.run(10_000);
        assert_eq!(world.status(TAB), ended(EndReason::Replaced));
        let tab = comer(&mut world, unkept);
        world.run(5_000);
        assert_eq!((shown(&world, TAB), shown(&world, tab)), (None, None), "{unkept:?}");
    }
}

#[test]
fn a_refresh_that_waits_for_room_is_sent_as_soon_as_there_is_room() {
    for first in [0, 1] {
        let (mut world, both) = two(Unkept::Worker, alone());
        world.server.faults = vec![Fault::Slow(40_000), Fault::Slow(40_000)];
        world.renew(both[first]);
        // By then it has been given up on, and retried.
        world.run(35_000);
        let ticket = world.renew(both[1 - first]);
        world.run(7_000);
        assert_eq!(world.answer(both[1 - first], ticket), Some(&Ok(Reply::Done)), "{first}");
    }
}
