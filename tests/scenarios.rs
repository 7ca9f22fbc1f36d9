//! Scenarios over the simulated world, titled by the rule that they check.
#![cfg(not(target_family = "wasm"))]
#![allow(missing_docs, clippy::unwrap_used)]

mod world;

use std::time::Duration;

use silent_session::session::{Config, Denial, EndReason, RefreshFailure, Reply, Status};
use world::{Fault, Outcome, TabId, World};

const TAB: TabId = TabId(0);
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

fn signed_in() -> World {
    World::signed_in(Config::default(), 1)
}

/// Refreshes since the last look.
fn refreshes(world: &mut World, during: impl FnOnce(&mut World)) -> u32 {
    let before = world.server.refreshes;
    during(world);
    world.server.refreshes - before
}

fn statuses(world: &World, requests: &[usize]) -> Vec<Outcome> {
    requests.iter().map(|request| world.outcomes[request].clone()).collect()
}

fn token_of(world: &World) -> String {
    match world.status(TAB) {
        Status::Active { grant, .. } => grant.token.reveal().to_owned(),
        status => panic!("not active: {status:?}"),
    }
}

fn session_of(world: &World, tab: TabId) -> String {
    match world.status(tab) {
        Status::Active { epoch, .. } => epoch.to_hex(),
        status => panic!("not active: {status:?}"),
    }
}

fn generation(world: &World) -> u32 {
    match world.status(TAB) {
        Status::Active { generation, .. } => generation.0,
        status => panic!("not active: {status:?}"),
    }
}

mod restoring {
    use super::*;

    #[test]
    fn a_first_visitor_has_no_session_and_is_told_no_other_reason() {
        let mut world = World::new(Config::default(), 1);
        assert!(matches!(world.status(TAB), Status::Unknown { failure: None, .. }));
        world.start();
        world.run(HOUR);
        assert_eq!(world.status(TAB), Status::Ended(EndReason::None));
        assert_eq!(world.server.refreshes, 1);
    }

    #[test]
    fn a_reload_restores_the_same_session_with_one_refresh() {
        let mut world = signed_in();
        let session = session_of(&world, TAB);
        let mut tab = TAB;
        assert_eq!(
            refreshes(&mut world, |world| {
                tab = world.reload(TAB);
                world.run(1_000)
            }),
            1
        );
        assert_eq!(session_of(&world, tab), session);
    }

    #[test]
    fn a_returning_user_whose_session_is_over_is_told_that_it_was_rejected() {
        let mut world = signed_in();
        world.server.revoke_all();
        let tab = world.reload(TAB);
        world.run(1_000);
        assert_eq!(world.status(tab), Status::Ended(EndReason::Rejected));
    }

    #[test]
    fn requests_made_meanwhile_wait_for_the_first_answer() {
        let mut world = signed_in();
        let tab = world.reload(TAB);
        let requests: Vec<_> = (0..5).map(|_| world.fetch(tab)).collect();
        let hits = world.server.api_hits;
        world.run(1_000);
        assert_eq!(statuses(&world, &requests), vec![Outcome::Status(200); 5]);
        assert_eq!(world.server.api_hits - hits, 5);
    }

    #[test]
    fn offline_the_state_stays_unknown_and_says_why_and_when() {
        let mut world = World::new(Config::default(), 1);
        world.offline = true;
        world.start();
        world.run(100);
        let Status::Unknown { failure, retry_at } = world.status(TAB) else { panic!() };
        assert_eq!(failure, Some(RefreshFailure::Unavailable { status: None, retry_after: None }));
        assert!(retry_at.is_some());
    }

    #[test]
    fn with_restore_off_nothing_is_sent_until_a_sign_in() {
        let mut world = World::new(Config { restore: false, ..Config::default() }, 1);
        world.start();
        world.run(HOUR);
        assert_eq!(world.status(TAB), Status::Ended(EndReason::None));
        assert_eq!(world.server.refreshes, 0);
        world.sign_in(TAB, "alice");
        world.run(1_000);
        assert!(world.is_active(TAB));
    }
}

mod expiring {
    use super::*;

    fn refreshes_in(lifetime: u64, span: i64) -> u32 {
        let mut world = World::new(Config::default(), 7);
        world.server.lifetime = Duration::from_secs(lifetime);
        world.start();
        world.run(1_000);
        world.sign_in(TAB, "alice");
        world.run(100);
        let sent = refreshes(&mut world, |world| world.run(span));
        assert!(world.is_active(TAB));
        sent
    }

    #[test]
    fn a_token_is_renewed_before_it_lapses() {
        let mut world = signed_in();
        for _ in 0..40 {
            world.run(5 * MINUTE);
            let request = world.fetch(TAB);
            let hits = world.server.api_hits;
            world.run(1_000);
            assert_eq!(world.outcomes[&request], Outcome::Status(200));
            assert_eq!(world.server.api_hits - hits, 1, "a valid token costs one hit");
        }
    }

    #[test]
    fn fifteen_minute_tokens_are_renewed_some_four_times_an_hour() {
        // Every 14 minutes, and up to 15 s sooner for the jitter.
        let sent = refreshes_in(900, 24 * HOUR);
        assert!((102..=105).contains(&sent), "{sent}");
    }

    #[test]
    fn thirty_second_tokens_do_not_loop() {
        let sent = refreshes_in(30, HOUR);
        assert!((120..=160).contains(&sent), "{sent}");
    }

    #[test]
    fn one_second_tokens_are_renewed_once_a_second_at_most() {
        assert!(refreshes_in(1, MINUTE) <= 60);
    }

    #[test]
    fn sixty_day_tokens_neither_overflow_nor_loop() {
        assert_eq!(refreshes_in(60 * 86_400, 59 * 24 * HOUR), 0);
        assert_eq!(refreshes_in(60 * 86_400, 61 * 24 * HOUR), 1);
    }

    #[test]
    fn with_refresh_ahead_off_a_lapsed_token_is_renewed_on_demand_before_sending() {
        let mut world = World::signed_in(Config { refresh_ahead: false, ..Config::default() }, 1);
        assert_eq!(refreshes(&mut world, |world| world.run(HOUR)), 0);
        let hits = world.server.api_hits;
        let request = world.fetch(TAB);
        assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
        assert_eq!(world.outcomes[&request], Outcome::Status(200));
        assert_eq!(world.server.api_hits - hits, 1, "nothing is sent with a token that is known to be dead");
    }

    #[test]
    fn after_a_night_asleep_the_first_request_waits_for_one_refresh() {
        for monotonic_stops in [true, false] {
            let mut world = signed_in();
            world.sleep(9 * HOUR, monotonic_stops);
            let request = world.fetch(TAB);
            assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
            assert_eq!(world.outcomes[&request], Outcome::Status(200));
        }
    }

    #[test]
    fn a_wall_clock_that_jumps_neither_loops_nor_misses_the_expiry() {
        for step in [-20 * HOUR, -10 * MINUTE, 10 * MINUTE, 20 * HOUR] {
            let mut world = signed_in();
            world.run(MINUTE);
            world.step_wall_clock(step);
            let sent = refreshes(&mut world, |world| world.run(HOUR));
            assert!((4..=6).contains(&sent), "{step}: {sent}");
            let request = world.fetch(TAB);
            let hits = world.server.api_hits;
            world.run(1_000);
            assert_eq!(world.outcomes[&request], Outcome::Status(200));
            assert_eq!(world.server.api_hits - hits, 1);
        }
    }
}

mod replaying {
    use super::*;

    #[test]
    fn fifty_callers_that_meet_a_401_together_cost_one_refresh() {
        let mut world = signed_in();
        world.server.revoke_access();
        let requests: Vec<_> = (0..50).map(|_| world.fetch(TAB)).collect();
        let hits = world.server.api_hits;
        assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
        assert_eq!(statuses(&world, &requests), vec![Outcome::Status(200); 50]);
        assert_eq!(world.server.api_hits - hits, 100);
    }

    #[test]
    fn a_late_401_for_an_older_token_is_replayed_without_a_refresh() {
        let mut world = signed_in();
        world.server.revoke_access();
        world.latency = 5_000;
        let late = world.fetch(TAB);
        world.latency = 20;
        let early = world.fetch(TAB);
        assert_eq!(refreshes(&mut world, |world| world.run(MINUTE)), 1);
        assert_eq!(statuses(&world, &[early, late]), vec![Outcome::Status(200); 2]);
    }

    #[test]
    fn the_second_401_reaches_the_caller_and_there_is_no_third_attempt() {
        let mut world = signed_in();
        world.server.refuses_all = true;
        let request = world.fetch(TAB);
        let hits = world.server.api_hits;
        assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
        assert_eq!(world.outcomes[&request], Outcome::Status(401));
        assert_eq!(world.server.api_hits - hits, 2);
    }

    #[test]
    fn an_api_that_refuses_brand_new_tokens_does_not_turn_every_request_into_a_refresh() {
        let mut world = signed_in();
        world.server.refuses_all = true;
        let sent = refreshes(&mut world, |world| {
            for _ in 0..100 {
                world.fetch(TAB);
                world.run(1_000);
            }
        });
        assert!(sent <= 4, "{sent}");
        assert!(world.is_active(TAB));
        world.server.refuses_all = false;
        let request = world.fetch(TAB);
        world.run(1_000);
        assert_eq!(world.outcomes[&request], Outcome::Status(200));
    }

    #[test]
    fn one_misconfigured_api_neither_storms_the_refresh_endpoint_nor_costs_the_others_anything() {
        let mut world = signed_in();
        world.server.misconfigured = Some("https://wrong.test");
        let sent = refreshes(&mut world, |world| {
            for _ in 0..100 {
                let (good, bad) = (world.fetch(TAB), world.fetch_from(TAB, "https://wrong.test"));
                world.run(1_000);
                assert_eq!(statuses(world, &[good, bad]), [Outcome::Status(200), Outcome::Status(401)]);
            }
        });
        assert!(sent <= 4, "{sent}");
        world.server.revoke_access();
        let request = world.fetch(TAB);
        world.run(1_000);
        assert_eq!(world.outcomes[&request], Outcome::Status(200));
    }

    #[test]
    fn a_token_that_was_accepted_and_is_revoked_is_renewed_however_young_it_is() {
        let mut world = signed_in();
        for _ in 0..5 {
            world.server.revoke_access();
            let request = world.fetch(TAB);
            assert_eq!(refreshes(&mut world, |world| world.run(500)), 1);
            assert_eq!(world.outcomes[&request], Outcome::Status(200));
        }
    }

    #[test]
    fn a_403_never_refreshes() {
        let mut world = signed_in();
        world.server.forbidden = true;
        let requests: Vec<_> = (0..5).map(|_| world.fetch(TAB)).collect();
        assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 0);
        assert_eq!(statuses(&world, &requests), vec![Outcome::Status(403); 5]);
    }

    #[test]
    fn without_a_session_a_401_is_returned_untouched_and_nothing_is_refreshed() {
        let mut world = World::new(Config::default(), 1);
        world.start();
        world.run(1_000);
        let request = world.fetch(TAB);
        assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 0);
        assert_eq!(world.outcomes[&request], Outcome::Status(401));
    }

    #[test]
    fn access_token_not_costs_a_refresh_for_the_current_token_only() {
        let mut world = signed_in();
        let first = token_of(&world);
        let ticket = world.access_token(TAB, Some(&first), 0);
        assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
        let Some(Ok(Reply::Token(second))) = world.answer(TAB, ticket).cloned() else { panic!() };
        assert_ne!(second.token.reveal(), first);
        let ticket = world.access_token(TAB, Some(&first), 0);
        assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 0);
        assert_eq!(world.answer(TAB, ticket), Some(&Ok(Reply::Token(second))));
    }

    #[test]
    fn a_caller_that_refuses_every_new_token_is_told_so() {
        let mut world = signed_in();
        let sent = refreshes(&mut world, |world| {
            for _ in 0..20 {
                let token = token_of(world);
                world.access_token(TAB, Some(&token), 0);
                world.run(500);
            }
        });
        assert!(sent <= 2, "{sent}");
        let token = token_of(&world);
        let ticket = world.access_token(TAB, Some(&token), 0);
        assert!(matches!(world.answer(TAB, ticket), Some(Err(Denial::Refused { .. }))));
    }

    #[test]
    fn a_longer_validity_than_any_token_has_costs_one_refresh_and_no_loop() {
        let mut world = signed_in();
        let ticket = world.access_token(TAB, None, 86_400);
        assert_eq!(refreshes(&mut world, |world| world.run(MINUTE)), 1);
        assert!(matches!(world.answer(TAB, ticket), Some(Ok(Reply::Token(_)))));
    }

    #[test]
    fn a_refresh_asked_for_while_one_is_on_the_wire_is_sent_after_it() {
        let mut world = signed_in();
        let first = world.renew(TAB);
        world.run(10);
        let (second, third) = (world.renew(TAB), world.renew(TAB));
        assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 2);
        for ticket in [first, second, third] {
            assert_eq!(world.answer(TAB, ticket), Some(&Ok(Reply::Done)));
        }
        assert_eq!(generation(&world), 3);
        assert_eq!(world.most_writers, 1);
    }
}

mod failing {
    use super::*;

    #[test]
    fn nothing_but_a_rejection_ends_a_session() {
        let faults = [
            Fault::Status(500, None),
            Fault::Status(503, Some(2)),
            Fault::Status(429, Some(1)),
            Fault::Status(404, None),
            Fault::Reset,
            Fault::Malformed,
            Fault::Portal,
            Fault::Silence,
        ];
        for fault in faults {
            let mut world = signed_in();
            world.server.faults = vec![fault; 3];
            world.run(20 * MINUTE);
            assert!(world.is_active(TAB), "{fault:?}");
            assert_eq!(world.server.faults, [], "{fault:?} was not met");
            assert_eq!(world.server.reuses, 0);
            let request = world.fetch(TAB);
            world.run(1_000);
            assert_eq!(world.outcomes[&request], Outcome::Status(200), "{fault:?}");
        }
    }

    #[test]
    fn a_renewal_that_fails_is_seen_in_the_state_until_one_succeeds() {
        let mut world = signed_in();
        world.server.faults = vec![Fault::Status(503, Some(120))];
        world.run(14 * MINUTE);
        let Status::Active { failure, refresh_at, .. } = world.status(TAB) else { panic!() };
        assert!(matches!(failure, Some(RefreshFailure::Unavailable { status: Some(503), .. })));
        assert!(refresh_at.is_some_and(|at| at > world.moment().wall_ms()), "and so is the next try");
        world.run(2 * MINUTE);
        assert!(matches!(world.status(TAB), Status::Active { failure: None, .. }));
    }

    #[test]
    fn a_rejection_ends_the_session_and_says_so_once() {
        let mut world = signed_in();
        world.server.revoke_all();
        let requests: Vec<_> = (0..5).map(|_| world.fetch(TAB)).collect();
        world.run(HOUR);
        assert_eq!(statuses(&world, &requests), vec![Outcome::Status(401); 5]);
        let ends =
            world.tabs[0].published.iter().filter(|status| **status == Status::Ended(EndReason::Rejected));
        assert_eq!(ends.count(), 1);
        let sent = refreshes(&mut world, |world| {
            world.fetch(TAB);
            world.run(HOUR);
        });
        assert_eq!(sent, 0, "an ended session refreshes nothing");
    }

    #[test]
    fn a_token_is_used_for_as_long_as_it_is_valid_whatever_the_refresh_endpoint_does() {
        let mut world = signed_in();
        world.server.faults = vec![Fault::Status(503, None); 1_000];
        world.run(14 * MINUTE + 30_000);
        let request = world.fetch(TAB);
        world.run(1_000);
        assert_eq!(world.outcomes[&request], Outcome::Status(200));
    }

    #[test]
    fn fifty_calls_during_an_outage_cost_one_refresh_in_the_pause() {
        let mut world = signed_in();
        world.server.revoke_access();
        world.server.faults = vec![Fault::Status(503, Some(30)); 1_000];
        let sent = refreshes(&mut world, |world| {
            for _ in 0..50 {
                world.fetch(TAB);
                world.run(100);
            }
        });
        assert_eq!(sent, 0, "a 503 is no refresh that the auth server has seen");
        assert_eq!(1_000 - world.server.faults.len(), 1);
    }

    #[test]
    fn a_caller_is_patient_and_then_hears_why() {
        let mut world = signed_in();
        world.server.revoke_access();
        world.server.faults = vec![Fault::Status(503, None); 1_000];
        let request = world.fetch(TAB);
        world.run(19_000);
        assert_eq!(world.outcomes.get(&request), None);
        world.run(2_000);
        let Outcome::Denied(Denial::Unavailable { failure, .. }) = world.outcomes[&request] else { panic!() };
        assert_eq!(failure, RefreshFailure::Unavailable { status: Some(503), retry_after: None });
        assert!(world.is_active(TAB));
    }

    #[test]
    fn a_short_outage_costs_the_callers_a_wait_and_nothing_else() {
        let mut world = signed_in();
        world.server.revoke_access();
        world.server.faults = vec![Fault::Reset, Fault::Status(500, None)];
        let requests: Vec<_> = (0..20).map(|_| world.fetch(TAB)).collect();
        assert_eq!(refreshes(&mut world, |world| world.run(10_000)), 1);
        assert_eq!(statuses(&world, &requests), vec![Outcome::Status(200); 20]);
    }

    #[test]
    fn the_network_coming_back_is_tried_at_once() {
        let mut world = signed_in();
        world.offline = true;
        world.run(HOUR);
        world.go_online();
        assert_eq!(refreshes(&mut world, |world| world.run(100)), 1);
        assert!(world.is_active(TAB));
    }

    #[test]
    fn giving_up_on_a_refresh_is_not_aborting_it_and_its_late_answer_is_used() {
        let mut world = signed_in();
        let before = generation(&world);
        world.server.faults = vec![Fault::Slow(18_000), Fault::Silence];
        world.renew(TAB);
        world.run(18_500);
        assert_eq!(generation(&world), before + 1);
        assert!(world.is_active(TAB));
    }

    #[test]
    fn a_failed_refresh_does_not_poison_the_next_batch() {
        let mut world = signed_in();
        world.server.revoke_access();
        world.server.faults = vec![Fault::Malformed];
        world.fetch(TAB);
        world.run(5_000);
        world.server.revoke_access();
        let request = world.fetch(TAB);
        assert_eq!(refreshes(&mut world, |world| world.run(5_000)), 1);
        assert_eq!(world.outcomes[&request], Outcome::Status(200));
    }
}

mod signing_in_and_out {
    use super::*;

    #[test]
    fn a_login_is_sent_when_no_refresh_is_on_the_wire() {
        let mut world = signed_in();
        world.server.faults = vec![Fault::Slow(2_000)];
        world.renew(TAB);
        world.run(100);
        let ticket = world.sign_in(TAB, "bob");
        world.run(1_000);
        assert_eq!(world.server.logins, 1, "the refresh is still out");
        world.run(5_000);
        assert_eq!(world.answer(TAB, ticket), Some(&Ok(Reply::Done)));
        assert!(token_of(&world).ends_with("bob"));
        assert_eq!(world.most_writers, 1);
        world.run(HOUR);
        assert!(token_of(&world).ends_with("bob"), "the cookie is bob's as well");
    }

    #[test]
    fn a_login_that_brings_no_token_changes_nothing() {
        let mut world = signed_in();
        let published = world.tabs[0].published.len();
        let ticket = world.fail_login(TAB);
        world.run(1_000);
        assert_eq!(world.answer(TAB, ticket), Some(&Err(Denial::SignInFailed)));
        assert_eq!(world.tabs[0].published.len(), published);
        assert_eq!(refreshes(&mut world, |world| world.run(HOUR)), 4, "and refreshes go on");
    }

    #[test]
    fn each_sign_in_is_a_new_session() {
        let mut world = signed_in();
        let first = session_of(&world, TAB);
        world.sign_in(TAB, "alice");
        world.run(1_000);
        assert_ne!(session_of(&world, TAB), first);
        assert_eq!(generation(&world), 1);
    }

    #[test]
    fn signing_in_with_nothing_is_one_refresh_and_a_new_session() {
        let mut world = World::new(Config::default(), 1);
        world.start();
        world.run(1_000);
        let ticket = world.sign_in_by_cookie(TAB, "alice");
        assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
        assert_eq!(world.answer(TAB, ticket), Some(&Ok(Reply::Done)));
        let first = session_of(&world, TAB);
        world.sign_in_by_cookie(TAB, "alice");
        world.run(1_000);
        assert_ne!(session_of(&world, TAB), first);
    }

    #[test]
    fn signing_in_with_nothing_and_no_cookie_leaves_the_state_as_it_was() {
        let mut world = World::new(Config::default(), 1);
        world.start();
        world.run(1_000);
        let ticket = world.ask_cookie_sign_in(TAB);
        world.run(1_000);
        assert_eq!(world.answer(TAB, ticket), Some(&Err(Denial::Ended(EndReason::None))));
        assert_eq!(world.tabs[0].published.len(), 1);
    }

    #[test]
    fn a_late_rejection_of_the_user_before_changes_nothing() {
        let mut world = signed_in();
        world.server.revoke_all();
        world.server.faults = vec![Fault::Slow(3_000)];
        world.renew(TAB);
        world.run(100);
        world.signed_in_elsewhere(TAB, "bob");
        world.run(HOUR);
        assert!(token_of(&world).ends_with("bob"));
    }

    #[test]
    fn a_sign_in_that_a_refresh_overlapped_is_looked_after_when_it_is_quiet() {
        let mut world = signed_in();
        world.server.faults = vec![Fault::Slow(3_000)];
        world.renew(TAB);
        world.run(100);
        world.signed_in_elsewhere(TAB, "bob");
        let bobs = session_of(&world, TAB);
        // The late answer is of another epoch, so it is dropped; one more refresh tells whose cookie there is.
        assert_eq!(refreshes(&mut world, |world| world.run(10_000)), 1);
        // The late answer has put alice's cookie under bob's token: the page must not go on as a mixture.
        assert!(token_of(&world).ends_with("alice"));
        assert_ne!(session_of(&world, TAB), bobs);
    }

    #[test]
    fn a_request_of_one_user_is_never_sent_with_the_token_of_another() {
        let mut world = signed_in();
        world.server.revoke_access();
        let request = world.fetch(TAB);
        world.run(30);
        world.signed_in_elsewhere(TAB, "bob");
        world.run(5_000);
        assert_eq!(world.outcomes[&request], Outcome::Status(401));
    }

    #[test]
    fn a_request_that_waits_when_another_user_signs_in_is_told_so() {
        let mut world = World::signed_in(Config { refresh_ahead: false, ..Config::default() }, 1);
        world.run(HOUR);
        world.server.faults = vec![Fault::Slow(3_000)];
        let request = world.fetch(TAB);
        world.run(100);
        world.signed_in_elsewhere(TAB, "bob");
        world.run(5_000);
        assert_eq!(world.outcomes[&request], Outcome::Denied(Denial::Changed));
    }

    #[test]
    fn a_sign_out_ends_the_session_at_once_and_the_server_is_told() {
        let mut world = signed_in();
        let ticket = world.sign_out(TAB);
        assert_eq!(world.status(TAB), Status::Ended(EndReason::SignedOut));
        world.run(1_000);
        assert_eq!(world.answer(TAB, ticket), Some(&Ok(Reply::Done)));
        assert_eq!((world.server.sign_outs, world.cookie), (1, None));
        let request = world.fetch(TAB);
        assert_eq!(refreshes(&mut world, |world| world.run(HOUR)), 0);
        assert_eq!(world.outcomes[&request], Outcome::Status(401));
    }

    #[test]
    fn a_refresh_cannot_resurrect_an_ended_session() {
        let mut world = signed_in();
        world.server.faults = vec![Fault::Slow(2_000)];
        world.renew(TAB);
        world.run(100);
        world.sign_out(TAB);
        world.run(HOUR);
        assert_eq!(world.status(TAB), Status::Ended(EndReason::SignedOut));
        assert_eq!(world.cookie, None, "the sign-out went out after the refresh, with the newest cookie");
    }

    #[test]
    fn a_sign_out_that_the_server_cannot_hear_is_over_here_and_is_tried_again() {
        let mut world = signed_in();
        world.offline = true;
        let ticket = world.sign_out(TAB);
        world.run(1_000);
        assert!(matches!(world.answer(TAB, ticket), Some(Err(Denial::SignOutUnconfirmed(_)))));
        assert_eq!(world.status(TAB), Status::Ended(EndReason::SignedOut));
        world.run(HOUR);
        world.go_online();
        world.run(1_000);
        assert_eq!((world.server.sign_outs, world.cookie), (1, None));
    }

    #[test]
    fn a_pending_sign_out_never_ends_a_newer_session() {
        let mut world = signed_in();
        world.offline = true;
        world.sign_out(TAB);
        world.run(1_000);
        world.offline = false;
        world.sign_in(TAB, "bob");
        world.run(HOUR);
        assert!(token_of(&world).ends_with("bob"));
        assert!(world.cookie.is_some());
    }

    #[test]
    fn a_sign_out_during_a_login_wins() {
        let mut world = World::new(Config::default(), 1);
        world.start();
        world.run(1_000);
        let login = world.sign_in(TAB, "alice");
        world.run(10);
        world.sign_out(TAB);
        assert_eq!(world.answer(TAB, login), Some(&Err(Denial::Ended(EndReason::SignedOut))));
        world.run(HOUR);
        assert_eq!(world.status(TAB), Status::Ended(EndReason::SignedOut));
        assert_eq!(world.cookie, None);
    }

    #[test]
    fn a_sign_in_after_a_sign_out_is_sent_after_it() {
        let mut world = signed_in();
        world.sign_out(TAB);
        world.sign_in(TAB, "bob");
        world.run(1_000);
        assert!(token_of(&world).ends_with("bob"));
        assert_eq!(world.server.sign_outs, 1);
        world.renew(TAB);
        world.run(1_000);
        assert!(token_of(&world).ends_with("bob"), "the cookie is bob's");
    }
}

mod closing {
    use super::*;

    #[test]
    fn every_waiting_caller_is_answered_and_nothing_is_sent_any_more() {
        let mut world = signed_in();
        world.server.faults = vec![Fault::Slow(2_000)];
        world.server.revoke_access();
        let tickets = [world.renew(TAB), world.sign_in(TAB, "bob")];
        let request = world.fetch(TAB);
        world.run(100);
        world.close(TAB);
        world.close(TAB);
        assert_eq!(world.server.refreshes, 2, "the restoring one, and the one that is out");
        for ticket in tickets {
            assert_eq!(world.answer(TAB, ticket), Some(&Err(Denial::Closed)));
        }
        assert_eq!(refreshes(&mut world, |world| world.run(HOUR)), 0);
        assert_eq!(world.outcomes[&request], Outcome::Status(401));
        let late = world.access_token(TAB, None, 0);
        assert_eq!(world.answer(TAB, late), Some(&Err(Denial::Closed)));
        assert_eq!(world.tabs[0].session.deadline(world.moment()), None);
    }

    #[test]
    fn a_caller_that_waits_no_longer_gets_no_answer_and_takes_nothing_along() {
        let mut world = signed_in();
        let stays = world.renew(TAB);
        let goes = world.renew(TAB);
        world.withdraw(TAB, goes);
        world.run(1_000);
        assert_eq!(world.answer(TAB, stays), Some(&Ok(Reply::Done)));
        assert_eq!(world.answer(TAB, goes), None);
    }
}

mod sharing {
    use super::*;

    #[test]
    fn tabs_take_turns_at_the_wire() {
        let mut world = signed_in();
        let others = [(); 4].map(|()| {
            let tab = world.open_tab();
            world.start();
            tab
        });
        world.run(HOUR);
        assert_eq!(world.most_writers, 1);
        assert_eq!(world.server.reuses, 0);
        for tab in others {
            assert_eq!(session_of(&world, tab), session_of(&world, TAB));
        }
    }

    #[test]
    fn a_holder_that_never_gives_the_lock_back_delays_the_others_by_a_bounded_time() {
        let mut world = signed_in();
        world.freeze_lock(TAB);
        let tab = world.open_tab();
        world.start();
        world.run(76_000);
        assert!(world.is_active(tab));
    }
}
