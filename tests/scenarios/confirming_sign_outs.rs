//! Only the auth server's own word confirms a sign-out; whatever else happens, it is tried again, within bounds.

use silent_session::format::Head;
use silent_session::session::Report;

use super::*;

const JSON: &str = "application/json";
const HTML: &str = "text/html";

/// Endpoints that answer without ending anything.
const IDLE: [Logout; 12] = [
    Logout::Answers(200, HTML),
    Logout::Answers(204, "application/xhtml+xml"),
    Logout::Answers(0, ""),
    Logout::Answers(400, JSON),
    Logout::Answers(401, JSON),
    Logout::Answers(403, JSON),
    Logout::Answers(404, HTML),
    Logout::Answers(404, JSON),
    Logout::Answers(410, JSON),
    Logout::Answers(419, JSON),
    Logout::Answers(422, JSON),
    Logout::Answers(429, JSON),
];

pub(super) fn world(config: Config, logout: Logout) -> World {
    let mut world = World::signed_in(config, 1);
    world.server.logout = logout;
    world
}

/// What the last events of a tab say of its sign-outs.
pub(super) fn settled(world: &World, tab: TabId) -> Vec<(SignOutStatus, Option<RefreshFailure>)> {
    let told = |report: &Report| match report {
        Report::SignOutSettled { status, failure, .. } => {
            Some((*status, failure.map(|failure| failure.failure)))
        }
        _ => None,
    };
    world.tabs[tab.0].reports.iter().filter_map(told).collect()
}

/// The server kit is held to the same table, and `pkg/src/response.js` to its column `foreign`.
#[test]
fn only_a_2xx_of_the_auth_servers_own_is_taken_for_a_confirmation() {
    let table = include_str!("../check-server/sign-out-replies.tsv");
    for line in table.lines().skip(1) {
        let words: Vec<&str> = line.split('\t').collect();
        let [status, _type, _challenge, foreign, says] = words[..] else { panic!("{line}") };
        let head = Head { is_foreign: foreign == "foreign", ..Head::of(status.parse().unwrap()) };
        let said = match head.signed_out() {
            Ok(()) => "confirmed",
            Err(RefreshFailure::Rejected { .. }) => "refused",
            Err(_) => "unconfirmed",
        };
        assert_eq!(said, says, "{line}");
    }
}

// Scenario 75.
#[test]
fn an_answer_that_ends_nothing_confirms_nothing_and_a_reload_brings_nobody_back() {
    for (logout, token) in IDLE.into_iter().flat_map(|logout| [(logout, false), (logout, true)]) {
        let config = Config { sign_out_token: token, ..Config::default() };
        let mut world = world(config, logout);
        let ticket = world.sign_out(TAB);
        world.run(5_000);
        assert_eq!(world.answer(TAB, ticket), Some(&PENDING), "{logout:?}");
        assert_eq!(world.status(TAB), ended(EndReason::SignedOut), "{logout:?}");
        let next = world.reload(TAB);
        world.run(24 * HOUR);
        assert_eq!(world.status(next), ended(EndReason::SignedOut), "{logout:?}");
        // It was tried within the bounds, and is local from then on.
        let tries = world.stored().sign_out.map(|pending| pending.tries);
        assert_eq!(tries, Some(20), "{logout:?}");
        assert!((20..=24).contains(&world.server.sign_outs), "{logout:?}: {}", world.server.sign_outs);
        let (status, _) = settled(&world, next).pop().unwrap();
        assert_eq!(status, SignOutStatus::GivenUp, "{logout:?}");
        let last = world.reload(next);
        assert_eq!(refreshes(&mut world, |world| world.run(HOUR)), 0, "{logout:?}");
        assert_eq!(world.status(last), ended(EndReason::SignedOut), "{logout:?}");
        assert_eq!(world.server.reuses, 0, "{logout:?}");
    }
}

// Scenario 89.
#[test]
fn an_endpoint_that_ends_the_session_is_believed_whatever_it_answers() {
    for logout in [Logout::Redirects, Logout::EndsAndComplains, Logout::RefusesStrangers, Logout::Ends] {
        let mut world = world(Config::default(), logout);
        let ticket = world.sign_out(TAB);
        world.run(5_000);
        assert_eq!(world.answer(TAB, ticket), Some(&CONFIRMED), "{logout:?}");
        assert_eq!((world.server.sign_outs, world.stored().sign_out), (1, None), "{logout:?}");
        assert_eq!(settled(&world, TAB), [(SignOutStatus::Confirmed, None)], "{logout:?}");
    }
}

// Scenario 89.
#[test]
fn a_refusal_is_confirmed_by_a_refresh_that_the_server_refuses_twice() {
    for (logout, token, sent) in
        [(Logout::RefusesStrangers, false, 2), (Logout::WantsToken, true, 1), (Logout::WantsToken, false, 2)]
    {
        let config = Config { sign_out_token: token, ..Config::default() };
        let mut world = world(config, logout);
        // An administrator has ended it.
        world.server.revoke_all();
        let ticket = world.sign_out(TAB);
        assert_eq!(refreshes(&mut world, |world| world.run(5_000)), sent, "{logout:?}");
        assert_eq!(world.answer(TAB, ticket), Some(&CONFIRMED), "{logout:?}");
        assert_eq!(world.server.sign_outs, 1, "{logout:?}");
    }
}

/// Another origin has rotated the cookie, say, and its new one comes a moment later.
#[test]
fn one_refresh_that_is_refused_confirms_nothing() {
    let mut world = world(Config::default(), Logout::Answers(401, JSON));
    let cookie = world.cookie.take();
    let ticket = world.sign_out(TAB);
    while world.server.refreshes < 2 {
        world.run(1);
    }
    world.run(100);
    world.cookie = cookie;
    world.run(5_000);
    assert_eq!(world.answer(TAB, ticket), Some(&PENDING));
    // Nor does another one that comes after a token.
    let (sent, cookie) = (world.server.refreshes, world.cookie.take());
    while world.server.refreshes == sent {
        world.run(1);
    }
    world.run(100);
    world.cookie = cookie;
    world.run(5_000);
    assert!(world.stored().sign_out.is_some());
}

/// What is not there any more, nobody has finished.
#[test]
fn storage_that_is_cleared_meanwhile_confirms_nothing() {
    for after in [5, 30, 50, 70, 90] {
        let mut world = world(Config::default(), Logout::Answers(401, JSON));
        let ticket = world.sign_out(TAB);
        world.run(after);
        world.clear_storage_unheard();
        world.run(5_000);
        assert_eq!(world.answer(TAB, ticket), Some(&PENDING), "{after}");
        let next = world.reload(TAB);
        world.run(5_000);
        assert_eq!(world.status(next), ended(EndReason::SignedOut), "{after}");
    }
}

#[test]
fn the_second_refresh_has_an_attempt_id_of_its_own() {
    let mut world = world(Config::default(), Logout::RefusesStrangers);
    world.server.revoke_all();
    world.sign_out(TAB);
    world.run(5_000);
    let ids: Vec<_> = world.tabs[0].sent().collect();
    assert_eq!(ids.len(), 3);
    assert!(ids[1] != ids[2] && ids[0] != ids[1]);
}

// Scenario 90.
#[test]
fn a_refusal_while_the_refresh_endpoint_is_down_confirms_nothing_and_keeps_its_cause() {
    let mut world = world(Config::default(), Logout::RefusesStrangers);
    world.server.revoke_all();
    world.server.faults = vec![Fault::Status(503, None)];
    let ticket = world.sign_out(TAB);
    world.run(300);
    assert_eq!(world.answer(TAB, ticket), Some(&PENDING));
    let cause = RefreshFailure::Rejected { status: 401 };
    assert_eq!(settled(&world, TAB), [(SignOutStatus::Pending, Some(cause))]);
    let progress = world.tabs[0].session.sign_out_progress().unwrap();
    assert_eq!((progress.status, progress.tries), (SignOutStatus::Pending, 1));
    assert_eq!(progress.failure.map(|failure| (failure.failure, failure.in_refresh)), Some((cause, false)));
    assert!(progress.retry_at.is_some());
    world.run(MINUTE);
    assert_eq!(settled(&world, TAB).pop(), Some((SignOutStatus::Confirmed, None)));
    let progress = world.tabs[0].session.sign_out_progress().unwrap();
    assert_eq!((progress.status, progress.failure), (SignOutStatus::Confirmed, None));
}

/// A refresh of bob's has come meanwhile.
#[test]
fn a_refusal_that_meets_the_cookie_of_somebody_else_ends_nothing_of_theirs() {
    let mut world = world(Config::default(), Logout::Answers(401, JSON));
    world.sign_in_unseen("bob");
    let ticket = world.sign_out(TAB);
    world.run(MINUTE);
    assert_eq!(world.answer(TAB, ticket), Some(&Err(Denial::Changed)));
    let next = world.reload(TAB);
    world.run(1_000);
    assert!(token_in(&world, next).ends_with("bob"));
}

/// Another tab finds bob's session by a refresh, or is told of it: while a refresh is out, or while none is.
// Scenario 137.
#[test]
fn a_sign_out_that_another_tab_abandons_because_somebody_has_signed_in_is_not_called_confirmed() {
    for (is_told, is_out) in [(false, true), (true, true), (true, false)] {
        let config = Config { patience: Millis::from_secs(60), ..Config::default() };
        let mut world = world(config, Logout::Ends);
        let other = if is_told { world.visit() } else { world.prerender() };
        let lock = world.visit();
        world.run(1_000);
        if is_out {
            world.server.faults = vec![Fault::SlowReset(2_000)];
            world.renew(TAB);
        } else {
            world.freeze_lock(lock);
        }
        world.run(100);
        let ticket = world.sign_out(TAB);
        world.run(100);
        if is_told {
            world.sign_in_by_cookie(other, "bob");
        } else {
            world.sign_in_unseen("bob");
            world.activate(other);
        }
        world.kill_tab(lock);
        world.run(MINUTE);
        let case = format!("told: {is_told}, a refresh is out: {is_out}");
        assert_eq!(world.answer(TAB, ticket), Some(&Err(Denial::Changed)), "{case}");
        let next = world.reload(TAB);
        world.run(1_000);
        assert!(token_in(&world, next).ends_with("bob"), "{case}");
    }
}

/// A login takes the note of it away, and writes it again if it fails. Its turn may be over before.
// Scenario 137.
#[test]
fn a_sign_out_that_waits_for_a_login_that_fails_is_not_called_confirmed_before_it_is() {
    for login_ms in [1_000, 10_000, 60_000, 150_000] {
        let config = Config { patience: Millis::from_secs(600), ..Config::default() };
        let mut world = world(config, Logout::Ends);
        let [other, lock] = [world.visit(), world.visit()];
        world.run(1_000);
        world.freeze_lock(lock);
        world.server.login_ms = login_ms;
        world.fail_login(other);
        let ticket = world.sign_out(TAB);
        world.run(100);
        world.kill_tab(lock);
        world.run(HOUR);
        assert!(world.answer(TAB, ticket).is_some(), "{login_ms} ms: no answer");
        assert_eq!(world.false_confirmations, [], "{login_ms} ms");
        assert_eq!(world.stored().sign_out, None, "{login_ms} ms: still pending");
        assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)), "{login_ms} ms: it goes on");
        // The note that it was withdrawn does not outlive the login.
        let again = world.sign_out(other);
        world.run(MINUTE);
        assert_eq!(world.answer(other, again), Some(&CONFIRMED), "{login_ms} ms");
    }
}

#[test]
fn what_is_given_up_is_ended_by_a_sign_in_and_begun_anew_by_a_sign_out() {
    for way in 0..3 {
        let mut world = world(Config::default(), Logout::Answers(404, HTML));
        world.sign_out(TAB);
        world.run(24 * HOUR);
        let tab = world.reload(TAB);
        world.run(1_000);
        match way {
            0 => {
                world.sign_in(tab, "alice");
            }
            1 => {
                world.sign_in_by_cookie(tab, "alice");
            }
            _ => {
                world.server.logout = Logout::Ends;
                let ticket = world.sign_out(tab);
                world.run(1_000);
                assert_eq!(world.answer(tab, ticket), Some(&CONFIRMED));
            }
        }
        world.run(1_000);
        assert_eq!((world.is_active(tab), world.stored().sign_out), (way < 2, None), "{way}");
    }
}

/// The first one waits for its turn when somebody else sets a cookie.
#[test]
fn a_sign_in_by_cookie_takes_a_waiting_one_from_the_queue_and_does_not_call_it_confirmed() {
    let (mut world, [first, second]) = tabs(Config { patience: Millis::from_secs(60), ..Config::default() });
    world.freeze_lock(second);
    let ticket = world.sign_out(first);
    world.sign_in_by_cookie(first, "bob");
    world.run(2 * MINUTE);
    assert_eq!(world.answer(first, ticket), Some(&Err(Denial::Changed)));
    assert!(token_in(&world, first).ends_with("bob"));
}

/// The server has rotated the cookie, and ends the session of the old one no more.
// Scenario 89.
#[test]
fn while_a_refresh_is_out_whose_cookie_would_undo_it_nothing_is_confirmed() {
    for (on_spent, rotation) in [
        (OnSpent::Refuse, Some(Rotation::Refuses)),
        (OnSpent::Refuse, None),
        (OnSpent::Accept, Some(Rotation::None)),
        (OnSpent::Revoke, None),
    ] {
        for slow in [14_000, 16_000, 25_000, 60_000] {
            for is_others in [false, true] {
                let mut world = World::signed_in(Config { rotation, ..Config::default() }, 1);
                let other = world.visit();
                world.server.on_spent = on_spent;
                world.server.knows_attempts = false;
                world.run(MINUTE);
                world.server.faults = vec![Fault::Slow(slow)];
                world.renew(if is_others { other } else { TAB });
                world.run(150);
                let ticket = world.sign_out(TAB);
                world.run(20_000);
                assert!(world.answer(TAB, ticket).is_some(), "{on_spent:?}, {slow}, {is_others}: no answer");
                world.run(5 * MINUTE);
                let case = format!("{rotation:?}, {on_spent:?}, {slow} ms, by another tab: {is_others}");
                assert_eq!(world.false_confirmations, [], "{case}");
                let next = world.reload(TAB);
                world.run(MINUTE);
                assert!(!world.is_active(next) && !world.is_active(other), "{case}");
                assert_eq!(world.stored().sign_out, None, "{case}: still pending");
            }
        }
    }
}

/// The page is restored, so nothing may come any more that would undo it.
// Scenario 140.
#[test]
fn an_ordinary_sign_out_after_a_reload_in_the_middle_of_a_refresh_is_confirmed_at_once() {
    let servers = [
        (Some(Rotation::Refuses), OnSpent::Refuse),
        (Some(Rotation::None), OnSpent::Accept),
        (Some(Rotation::Revokes), OnSpent::Revoke),
        (None, OnSpent::Revoke),
    ];
    for (rotation, on_spent) in servers {
        for slow in [0, 100, 1_000, 2_500] {
            for reloads in [1, 2] {
                let case = format!("{rotation:?}, {slow} ms, {reloads} reloads");
                let mut world = World::signed_in(Config { rotation, ..Config::default() }, 5);
                (world.server.on_spent, world.server.knows_attempts) = (on_spent, false);
                world.run(MINUTE);
                world.server.faults = vec![Fault::Slow(slow); reloads];
                world.renew(TAB);
                let mut tab = TAB;
                for _ in 0..reloads {
                    world.run(10);
                    tab = world.reload(tab);
                }
                // A refresh that was overtaken is waited for.
                let is_quick = reloads == 1 && matches!(rotation, Some(Rotation::Refuses | Rotation::None));
                world.run(if is_quick { 3_000 } else { 16_000 });
                if !world.is_active(tab) {
                    // The server has ended the session, or is waited for.
                    continue;
                }
                let ticket = world.sign_out(tab);
                world.run(1_000);
                assert_eq!(world.answer(tab, ticket), Some(&CONFIRMED), "{case}");
                assert_eq!((world.server.sign_outs, world.stored().sign_out), (1, None), "{case}");
            }
        }
    }
}

/// A reply says `Clear-Site-Data`; a tab that has ended long ago tells the next page.
// Scenario 141.
#[test]
fn what_a_tab_tells_of_an_old_sign_out_is_not_pursued_once_more() {
    for (somebody, pause) in [(true, Some(100)), (true, Some(1_000)), (false, None)] {
        let (mut world, [first, _]) = tabs(Config::default());
        let ticket = world.sign_out(first);
        world.run(1_000);
        assert_eq!(world.answer(first, ticket), Some(&CONFIRMED));
        world.clear_storage_unheard();
        world.run(10_000);
        world.close_tab(first);
        if somebody {
            world.sign_in_unseen("bob");
        }
        let next = world.visit();
        if let Some(pause) = pause {
            world.run(pause);
            world.ask_cookie_sign_in(next);
        }
        world.run(MINUTE);
        assert_eq!(world.server.sign_outs, 1, "{somebody}, {pause:?}");
        assert_eq!(shows(&world, next, "bob"), somebody, "{pause:?}: {:?}", world.status(next));
    }
}

/// The comparison of the closed object goes on, and nobody hears of it.
// Scenario 140.
#[test]
fn a_session_that_is_created_again_confirms_no_sign_out_before_the_refresh_of_the_one_before_has_settled() {
    let config = Config { rotation: Some(Rotation::Refuses), ..Config::default() };
    let mut world = World::signed_in(config, 5);
    (world.server.on_spent, world.server.knows_attempts) = (OnSpent::Refuse, false);
    world.server.sign_out_faults = vec![Fault::Status(503, None)];
    world.sign_out(TAB);
    world.run(0);
    world.server.faults = vec![Fault::Slow(3_000)];
    world.run(1_000);
    let again = world.recreate(TAB);
    world.run(0);
    let again = world.recreate(again);
    world.run(MINUTE);
    let next = world.visit();
    world.run(5 * MINUTE);
    assert!(!world.is_active(again) && !world.is_active(next));
    assert!(world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie)));
    assert_eq!(world.stored().sign_out, None);
}
