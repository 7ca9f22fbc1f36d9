//! What a worker sends does not outlive it: a page refreshes for it, where there is one.

use super::*;

/// A page and a worker, signed in.
fn page_and_worker(config: Config) -> (World, TabId, TabId) {
    let mut world = World::signed_in(config, 1);
    let worker = world.visit_worker();
    world.run(1_000);
    assert!(world.is_active(TAB) && world.is_active(worker));
    (world, TAB, worker)
}

/// How many refreshes a tab has sent.
fn sent_by(world: &World, tab: TabId) -> usize {
    world.tabs[tab.0].sent().count()
}

/// On demand only, so that the worker is the one that wants it.
fn on_demand() -> Config {
    Config { refresh_ahead: false, ..Config::default() }
}

#[test]
fn a_worker_is_handed_the_token_of_a_page() {
    let mut world = signed_in();
    let worker = world.visit_worker();
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 0);
    assert_eq!(session_of(&world, worker), session_of(&world, TAB));
}

#[test]
fn a_page_refreshes_for_the_worker() {
    let (mut world, page, worker) = page_and_worker(on_demand());
    world.run(HOUR);
    let request = world.fetch(worker);
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
    assert_eq!(token_in(&world, page), token_in(&world, worker));
    assert_eq!(sent_by(&world, worker), 0, "it was the page that sent it");
}

#[test]
fn a_worker_that_dies_while_it_waits_loses_nothing() {
    let (mut world, page, worker) = page_and_worker(on_demand());
    world.run(HOUR);
    world.server.faults = vec![Fault::Slow(1_000)];
    world.fetch(worker);
    world.run(500);
    world.kill_tab(worker);
    world.run(5_000);
    world.renew(page);
    world.run(1_000);
    assert_eq!((world.server.reuses, world.is_active(page)), (0, true));
}

#[test]
fn a_token_that_was_refused_in_the_worker_is_replaced_by_a_page() {
    let (mut world, _, worker) = page_and_worker(Config::default());
    world.server.revoke_access();
    let requests: Vec<usize> = (0..5).map(|_| world.fetch(worker)).collect();
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
    assert_eq!(statuses(&world, &requests), vec![Outcome::Status(200); 5]);
    assert_eq!(sent_by(&world, worker), 0, "it was the page that sent it");
}

#[test]
fn a_page_that_has_a_better_token_hands_it_over_and_refreshes_nothing() {
    let (mut world, page, worker) = page_and_worker(on_demand());
    world.channel.loss = 100;
    world.run(HOUR);
    world.renew(page);
    world.run(5_000);
    world.channel.loss = 0;
    let request = world.fetch(worker);
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 0);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
}

#[test]
fn where_there_is_no_page_a_worker_refreshes_itself() {
    let mut world = World::new(Config::default(), 1);
    world.start();
    world.run(1_000);
    world.sign_in_by_cookie(TAB, "alice");
    world.run(1_000);
    world.close_tab(TAB);
    let worker = world.visit_worker();
    world.run(1_000);
    assert!(world.is_active(worker));
    world.run(HOUR);
    assert!(world.is_active(worker));
    assert_eq!(refreshes(&mut world, |world| world.run(HOUR)), 4, "it goes on");
}

#[test]
fn two_workers_without_a_page_lose_little_time_by_asking_each_other() {
    let mut world = signed_in();
    let [one, two] = [world.visit_worker(), world.visit_worker()];
    world.run(1_000);
    world.close_tab(TAB);
    world.server.revoke_access();
    let request = world.fetch(one);
    world.run(300);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
    assert_eq!(token_in(&world, one), token_in(&world, two));
}

#[test]
fn a_page_that_is_frozen_or_fails_keeps_a_worker_for_a_bounded_time() {
    let (mut world, page, worker) = page_and_worker(on_demand());
    world.run(HOUR);
    world.freeze(page);
    let request = world.fetch(worker);
    world.run(500);
    assert_eq!(
        world.outcomes.get(&request),
        Some(&Outcome::Status(200)),
        "nobody has said that help is coming"
    );
    world.thaw(page, true, true);
    world.run(HOUR);
    // It has said so, and then its refresh is never answered.
    world.server.faults = vec![Fault::Silence];
    let request = world.fetch(worker);
    world.run(19_000);
    assert_eq!(world.outcomes.get(&request), Some(&Outcome::Status(200)));
    assert_eq!((world.server.reuses, world.is_active(page)), (0, true));
}

#[test]
fn a_renewal_that_a_worker_asks_for_is_one_of_its_own() {
    let (mut world, _, worker) = page_and_worker(Config::default());
    let ticket = world.renew(worker);
    assert_eq!(refreshes(&mut world, |world| world.run(1_000)), 1);
    assert_eq!(world.answer(worker, ticket), Some(&Ok(Reply::Done)));
}

#[test]
fn tabs_that_do_not_share_tokens_do_not_refresh_for_a_worker() {
    let mut world = World::signed_in(Config { refresh_ahead: false, ..alone() }, 1);
    let worker = world.visit_worker();
    world.run(HOUR);
    let before = sent_by(&world, TAB);
    let request = world.fetch(worker);
    world.run(1_000);
    assert_eq!(world.outcomes[&request], Outcome::Status(200));
    assert_eq!(sent_by(&world, TAB), before, "it was the worker that sent it");
}

#[test]
fn a_rejected_token_is_not_handed_out_while_a_worker_waits_for_the_pages() {
    let (mut world, _, worker) = page_and_worker(Config::default());
    let rejected = token_in(&world, worker);
    world.server.revoke_access();
    world.access_token(worker, Some(&rejected), 0);
    let next = world.access_token(worker, None, 0);
    world.run(1_000);
    let Some(Ok(Reply::Token(credential))) = world.answer(worker, next) else { panic!("no token") };
    assert_ne!(credential.token.reveal(), rejected);
}

/// A page would take whoever the refresh brings for a new session, for it knows of no doubt.
// Scenario 121.
#[test]
fn a_worker_that_doubts_its_cookie_finds_out_itself() {
    let (mut world, page, worker) = page_and_worker(Config::default());
    world.kill_tab(page);
    world.server.faults = vec![Fault::Slow(5_000)];
    world.renew(worker);
    world.run(100);
    let page = world.visit();
    world.run(1_000);
    world.signed_in_elsewhere(worker, "bob");
    world.run(1_000);
    let shown = |world: &World| match world.status(page) {
        Status::Active { grant, .. } => Some(world.server.user_of(grant.token.reveal())),
        _ => None,
    };
    assert_eq!(shown(&world), Some("bob"));
    // The reply to the refresh of alice's session puts her cookie over bob's.
    world.run(20_000);
    assert_eq!(shown(&world), None);
    assert_eq!(world.status(worker), ended(EndReason::Replaced));
    assert_eq!(world.status(page), ended_elsewhere(EndReason::Replaced));
}

// Scenario 121.
#[test]
fn a_page_whose_token_was_rejected_refreshes_for_the_worker() {
    let mut world = World::signed_in(on_demand(), 1);
    world.server.revoke_access();
    world.server.faults = vec![Fault::Status(503, None); 20];
    world.fetch(TAB);
    world.run(2 * MINUTE);
    world.server.faults.clear();
    // The pause after the failures is over, whatever its length.
    world.run(5 * MINUTE);
    let worker = world.visit_worker();
    world.run(2_000);
    assert_eq!(token_in(&world, TAB), token_in(&world, worker));
    assert_eq!(sent_by(&world, worker), 0, "it was the page that sent it");
    let call = world.fetch(worker);
    world.run(1_000);
    assert_eq!(world.outcomes[&call], Outcome::Status(200));
}

#[test]
fn a_worker_leaves_it_to_a_page_whose_refresh_is_slow() {
    for slow in [16_000, 20_000, 28_000] {
        for (pause, is_rejected) in [(1_000, true), (15_100, true), (15_500, true), (15_500, false)] {
            let mut world = signed_in();
            let worker = world.visit_worker();
            world.run(2_000);
            world.server.faults = vec![Fault::Slow(slow)];
            world.renew(TAB);
            world.run(pause);
            if is_rejected {
                world.server.revoke_access();
            }
            for _ in 0..20 {
                world.fetch(worker);
                world.fetch(TAB);
                world.run(5_000);
            }
            let is_well = (world.server.reuses, world.is_active(TAB), world.is_active(worker));
            assert_eq!(is_well, (0, true, true), "{slow} ms, after {pause} ms, rejected {is_rejected}");
        }
    }
}

/// The server may have rotated the cookie: only the tab that has sent that refresh knows the id under which it is retried.
#[test]
fn a_page_that_pauses_after_a_lost_reply_refreshes_for_a_worker_that_has_not_heard_of_it() {
    let (mut world, page, worker) = page_and_worker(on_demand());
    world.run(HOUR);
    world.channel.loss = 100;
    world.server.faults = vec![Fault::Lost];
    world.fetch(page);
    world.run(200);
    world.channel.loss = 0;
    let call = world.fetch(worker);
    world.run(5_000);
    assert_eq!(world.outcomes[&call], Outcome::Status(200));
    assert_eq!((world.server.reuses, sent_by(&world, worker)), (0, 0));
}

#[test]
fn a_worker_that_knows_of_no_page_refreshes_at_once() {
    let (mut world, page, worker) = page_and_worker(Config::default());
    world.close_tab(page);
    world.run(1_000);
    world.server.revoke_access();
    let call = world.fetch(worker);
    // To the API, to the auth server, and to the API once more: 40 ms each.
    world.run(130);
    assert_eq!(world.outcomes.get(&call), Some(&Outcome::Status(200)));
}

/// A page that cannot refresh now, or cannot hand over the token, beside one that is frozen and that the worker knows of.
#[test]
fn a_worker_does_not_wait_for_a_page_that_cannot_help() {
    type Opens = fn(&mut World) -> TabId;
    let cases: [(&str, Opens); 3] = [
        ("has not begun", World::open_tab),
        ("is away", |world| {
            let page = world.visit();
            world.run(1_000);
            world.put_away(page);
            world.thaw(page, false, true);
            page
        }),
        ("does not share tokens", |world| {
            world.config.shares_token = false;
            let page = world.visit();
            world.run(1_000);
            page
        }),
    ];
    for (what, other) in cases {
        let (mut world, page, worker) = page_and_worker(on_demand());
        other(&mut world);
        world.run(HOUR);
        world.freeze(page);
        let call = world.fetch(worker);
        world.run(500);
        assert_eq!(world.outcomes.get(&call), Some(&Outcome::Status(200)), "a page that {what}");
    }
}

/// It stores nothing: the pages that hear of it do, and tell the server if it has no time to.
// Scenario 141.
#[test]
fn a_sign_out_in_a_worker_outlives_the_worker_and_a_reload() {
    for tells in [true, false] {
        for (is_offline, dies, pause) in [
            (false, false, 0),
            (false, true, 5_000),
            (true, true, 0),
            (true, true, 100),
            (true, true, 10_000),
        ] {
            let case = format!("tells: {tells}, offline: {is_offline}, dies: {dies}, {pause} ms");
            let mut world = World::signed_in(Config { tells_sign_out: tells, ..Config::default() }, 1);
            let worker = world.visit_worker();
            world.run(1_000);
            world.offline = is_offline;
            world.sign_out(worker);
            world.run(5_000);
            assert!(
                matches!(world.status(TAB), Status::Ended { reason: EndReason::SignedOut, .. }),
                "{case}"
            );
            if dies {
                world.kill_tab(worker);
            }
            world.run(pause);
            world.go_online();
            let next = world.reload(TAB);
            for _ in 0..60 {
                world.run(1_000);
                assert!(!world.is_active(next), "{case}: alice is back");
            }
            world.run(10 * MINUTE);
            let is_over = world.cookie.is_none_or(|cookie| !world.server.goes_on(cookie));
            assert_eq!(is_over, tells, "{case}");
            world.signed_in_elsewhere(next, "bob");
            world.run(MINUTE);
            assert!(token_in(&world, next).ends_with("bob"), "{case}");
            assert_eq!(world.stored().sign_out, None, "{case}");
        }
    }
}
