//! APIs that reject good tokens: what each may cause, and what they may cause together.

use silent_session::session::Budget;

use super::*;
use world::{Deploy, Name};

const BAD: &str = "https://api.test/bad";
const GOOD: &str = "https://api.test/good";

// Scenario 100.
#[test]
fn a_path_that_always_rejects_costs_one_refresh_in_the_pause_whatever_its_neighbours_accept() {
    let mut world = signed_in();
    world.server.misconfigured = Some(BAD);
    let sent = refreshes(&mut world, |world| {
        for _ in 0..20 {
            let good = world.fetch_from(TAB, GOOD);
            let bad = world.fetch_from(TAB, BAD);
            world.run(1_000);
            assert_eq!(statuses(world, &[good, bad]), [Outcome::Status(200), Outcome::Status(401)]);
        }
    });
    assert_eq!(sent, 1);
}

// Scenario 100.
#[test]
fn no_status_but_a_2xx_proves_that_a_token_was_accepted() {
    for status in [204_u16, 304, 400, 403, 404, 409, 429, 500, 503] {
        let mut world = signed_in();
        world.server.scripted = Some((BAD, [401, 401, status].repeat(10)));
        let sent = refreshes(&mut world, |world| {
            for _ in 0..20 {
                world.fetch_from(TAB, BAD);
                world.run(1_000);
            }
        });
        // A replay that is accepted shows that its refresh was right.
        assert!(if status == 204 { sent >= 2 } else { sent == 1 }, "{status}: {sent}");
    }
}

// Scenario 100.
#[test]
fn ever_new_paths_that_reject_have_one_budget() {
    let paths: Vec<&'static str> =
        (0..100).map(|user| &*format!("https://api.test/users/{user}").leak()).collect();
    let mut world = signed_in();
    world.server.refuses_all = true;
    let sent = refreshes(&mut world, |world| {
        for path in &paths {
            world.fetch_from(TAB, path);
            world.run(10_000);
        }
    });
    assert!((5..=14).contains(&sent), "{sent}");
}

// Scenario 100.
#[test]
fn all_tabs_of_a_browser_have_one_budget_for_rejected_tokens() {
    for pattern in [&[401][..], &[401, 200]] {
        let (mut world, all) = tabs::<9>(Config::default());
        world.server.scripted = Some((BAD, pattern.repeat(10_000)));
        let sent = refreshes(&mut world, |world| {
            for round in 0..720 {
                world.fetch_from(all[round % 9], BAD);
                world.run(5_000);
            }
        });
        // Five and one in two minutes; beside them 15 and one in a minute that cost nothing; the rest are for lifetimes.
        assert!(sent <= 5 + 30 + 15 + 60 + 6, "{pattern:?}: {sent}");
    }
}

/// Revokes the tokens, has each tab call, and returns how many calls were served.
fn revoke_and_call(world: &mut World, tabs: &[TabId], apart: i64) -> usize {
    world.server.revoke_access();
    let calls: Vec<_> = tabs
        .iter()
        .map(|tab| {
            world.run(apart);
            world.fetch_from(*tab, GOOD)
        })
        .collect();
    world.run(20_000);
    statuses(world, &calls).into_iter().filter(|status| *status == Outcome::Status(200)).count()
}

// Scenario 100.
#[test]
fn revocations_are_healed_in_all_tabs_however_many_there_are() {
    for config in [Config::default(), alone()] {
        for (apart, every) in [(2, 30_000), (2, 2 * MINUTE), (200, MINUTE), (2_000, MINUTE)] {
            let (mut world, all) = tabs::<12>(config.clone());
            for round in 0..4 {
                let served = revoke_and_call(&mut world, &all, apart);
                let case = format!("shares: {}, {apart} ms apart, {every} ms", config.shares_token);
                assert_eq!(served, all.len(), "{case}, revocation {round}");
                world.run(every);
            }
        }
    }
}

// Scenario 100.
#[test]
fn one_revocation_after_the_other_is_healed_in_all_tabs() {
    let (mut world, all) = tabs::<5>(Config::default());
    for round in 0..15 {
        world.server.revoke_access();
        let calls = all.map(|tab| world.fetch_from(tab, GOOD));
        world.run(1_000);
        let served = statuses(&world, &calls).iter().all(|status| *status == Outcome::Status(200));
        assert!(served, "revocation {round}");
    }
}

// Scenario 100.
#[test]
fn tabs_that_call_a_bad_api_together_have_one_budget() {
    for count in [1, 4, 12] {
        let (mut world, all) = tabs::<12>(Config::default());
        world.server.lifetime = Millis::from_secs(86_400);
        world.renew(TAB);
        world.run(MINUTE);
        world.server.refuses_all = true;
        let sent = refreshes(&mut world, |world| {
            for round in 0..720 {
                let path: &'static str = format!("https://api.test/users/{round}").leak();
                for tab in &all[..count] {
                    world.fetch_from(*tab, path);
                }
                world.run(5_000);
            }
        });
        assert!((5..=5 + 31).contains(&sent), "{count} tabs: {sent}");
    }
}

// Scenario 100.
#[test]
fn a_sign_in_under_another_name_gives_nothing_back() {
    let mut world = signed_in();
    world.deploys = [0, 1].map(|name| Deploy { name: Name(name), ..Deploy::default() }).into();
    let other = world.visit();
    world.server.lifetime = Millis::from_secs(86_400);
    world.renew(TAB);
    world.run(MINUTE);
    world.server.refuses_all = true;
    let mut spent = Vec::new();
    for round in 0..240 {
        let path: &'static str = format!("https://api.test/users/{round}").leak();
        world.fetch_from(TAB, path);
        world.run(5_000);
        let before = world.stored().spent;
        if round % 12 == 0 {
            world.sign_in(other, "alice");
            world.run(1_000);
            spent.push((before, world.stored().spent));
        }
    }
    let rejected = Budget::Rejected as usize;
    assert!(spent.iter().all(|(before, after)| after.0[rejected].0 >= before.0[rejected].0), "{spent:?}");
    assert!(spent.iter().any(|(before, _)| before.0[rejected].0 > 0), "{spent:?}");
}

/// A path that changes a password answers a wrong one with 401, say.
#[test]
fn a_revocation_is_healed_at_once_also_after_a_path_has_rejected() {
    for rejections in [1, 3] {
        let mut world = signed_in();
        world.server.misconfigured = Some(BAD);
        for _ in 0..rejections {
            world.fetch_from(TAB, BAD);
            world.run(1_000);
        }
        world.server.revoke_access();
        let request = world.fetch_from(TAB, GOOD);
        world.run(1_000);
        assert_eq!(world.outcomes[&request], Outcome::Status(200), "{rejections}");
    }
}

// Scenario 101.
#[test]
fn a_token_that_has_lived_for_a_while_is_replaced_for_a_caller_that_cannot_say_it_was_accepted() {
    for pause in [2_100, 3_000, 10_000, 29_000] {
        let mut world = signed_in();
        for _ in 0..3 {
            let token = token_of(&world);
            world.server.revoke_access();
            let ticket = world.access_token(TAB, Some(&token), 0);
            world.run(pause);
            assert!(matches!(world.answer(TAB, ticket), Some(Ok(Reply::Token(_)))), "{pause}");
            assert_ne!(token_of(&world), token);
        }
    }
}

// Scenario 101.
#[test]
fn a_loop_of_callers_that_reject_each_token_is_bounded() {
    let mut world = signed_in();
    let sent = refreshes(&mut world, |world| {
        for _ in 0..200 {
            let token = token_of(world);
            world.access_token(TAB, Some(&token), 0);
            world.run(3_000);
        }
    });
    assert!((5..=11).contains(&sent), "{sent}");
}

// Scenario 122.
#[test]
fn what_was_rejected_in_one_session_counts_in_no_other() {
    let paths: Vec<&'static str> =
        (0..20).map(|user| &*format!("https://api.test/users/{user}").leak()).collect();
    let mut world = signed_in();
    world.server.refuses_all = true;
    for path in &paths {
        for _ in 0..3 {
            world.fetch_from(TAB, path);
            world.run(500);
        }
    }
    world.server.refuses_all = false;
    world.sign_in(TAB, "bob");
    world.run(1_000);
    for path in &paths {
        world.server.revoke_access();
        let call = world.fetch_from(TAB, path);
        world.run(1_000);
        assert_eq!(world.outcomes[&call], Outcome::Status(200), "{path}");
    }
}

// Scenario 100.
#[test]
fn a_path_that_rejects_new_tokens_now_and_then_has_the_budget_of_all() {
    for pattern in [&[401, 200][..], &[401, 200, 200], &[401, 401, 200], &[401, 200, 401, 401, 200]] {
        // A mutant is judged by few calls: many take long without optimisation.
        for pause in [5_000, 1_000, 200].into_iter().take(if cfg!(judge) { 1 } else { 3 }) {
            let mut world = signed_in();
            world.server.scripted = Some((BAD, pattern.repeat(10_000)));
            let sent = refreshes(&mut world, |world| {
                for _ in 0..HOUR / pause {
                    world.fetch_from(TAB, BAD);
                    world.run(pause);
                }
            });
            // Five and one in two minutes; beside them 15 and one in a minute that cost nothing; the rest are for lifetimes.
            assert!(sent <= 170, "{pattern:?}, every {pause} ms: {sent}");
        }
    }
}
