//! What is told to whoever keeps metrics or a log.

use super::*;

use silent_session::session::{AttemptId, Delay, FailureKind, Report};

fn reports(world: &World, tab: TabId) -> Vec<Report> {
    world.tabs[tab.0].reports.clone()
}

/// The reports of what happens meanwhile, and the refreshes that the tab has sent.
fn during(world: &mut World, tab: TabId, happens: impl FnOnce(&mut World)) -> (Vec<Report>, Vec<AttemptId>) {
    let (told, sent) = (world.tabs[tab.0].reports.len(), world.tabs[tab.0].sent().count());
    happens(world);
    (reports(world, tab).split_off(told), world.tabs[tab.0].sent().skip(sent).collect())
}

fn renewed(world: &mut World) -> (Vec<Report>, Vec<AttemptId>) {
    during(world, TAB, |world| {
        world.renew(TAB);
        world.run(20_000);
    })
}

fn delays(reports: &[Report]) -> Vec<Delay> {
    let delay = |report: &Report| match report {
        Report::Deferred { why, .. } => Some(*why),
        _ => None,
    };
    reports.iter().filter_map(delay).collect()
}

#[test]
fn a_refresh_is_told_of_when_it_is_sent_and_when_it_is_answered() {
    let mut world = signed_in();
    let (told, sent) = renewed(&mut world);
    let [id] = sent[..] else { panic!("{told:?}") };
    let took = Millis::new(40);
    let settled = Report::RefreshSettled { id, outcome: Ok(()), took, is_late: false };
    assert_eq!(told, [Report::RefreshStarted { id }, settled]);
}

// Scenario 7.
#[test]
fn failures_are_told_apart_by_their_kind() {
    let kinds = [
        (Fault::Status(500, None), FailureKind::Transient),
        (Fault::Status(503, None), FailureKind::Transient),
        (Fault::Reset, FailureKind::Transient),
        (Fault::Silence, FailureKind::Transient),
        (Fault::Status(429, None), FailureKind::Throttled),
        (Fault::Status(503, Some(2)), FailureKind::Throttled),
        (Fault::Portal, FailureKind::Protocol),
        (Fault::Malformed, FailureKind::Protocol),
        (Fault::Offline, FailureKind::Offline),
    ];
    for (fault, expected) in kinds {
        let mut world = signed_in();
        world.server.faults = vec![fault];
        let (told, _) = renewed(&mut world);
        let failed = told.iter().find_map(|report| match report {
            Report::RefreshSettled { outcome, .. } => outcome.err(),
            _ => None,
        });
        assert_eq!(failed.map(|failure| failure.kind()), Some(expected), "{fault:?}: {told:?}");
        assert_eq!(delays(&told)[..1], [Delay::Backoff], "{fault:?}");
        assert_eq!(world.tabs[0].session.last_failure().map(|(failure, _)| failure), failed, "{fault:?}");
    }
}

#[test]
fn a_retry_is_told_of_under_the_id_of_the_one_before() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Lost];
    let (_, sent) = renewed(&mut world);
    assert!(sent.len() == 2 && sent[0] == sent[1], "{sent:?}");
}

#[test]
fn an_answer_after_one_has_given_up_is_told_of_as_late() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Slow(17_000)];
    let (told, _) = during(&mut world, TAB, |world| {
        world.renew(TAB);
        world.run(60_000);
    });
    let settled: Vec<_> = told
        .iter()
        .filter_map(|report| match report {
            Report::RefreshSettled { outcome, is_late, .. } => Some((outcome.is_ok(), *is_late)),
            _ => None,
        })
        .collect();
    assert_eq!(settled[0], (false, false));
    assert!(settled.contains(&(true, true)), "{told:?}");
}

#[test]
fn a_rejection_that_is_to_be_confirmed_and_the_end_are_told_of() {
    let mut world = signed_in();
    world.server.revoke_all();
    let (told, sent) = renewed(&mut world);
    assert_eq!(delays(&told), [Delay::Confirmation]);
    assert_eq!(told.last(), Some(&Report::Ended { reason: EndReason::Rejected, elsewhere: false }));
    assert_eq!(sent.len(), 2);
    let rejected = world.tabs[0].session.last_failure().map(|(failure, _)| failure.kind());
    assert_eq!(rejected, Some(FailureKind::Rejected));
}

#[test]
fn a_token_of_another_tab_and_the_wait_for_it_are_told_of() {
    let (mut world, [first, second]) = tabs(Config::default());
    world.server.revoke_access();
    world.channel.least = 60;
    let (told, _) = during(&mut world, second, |world| {
        world.fetch(first);
        world.fetch(second);
        world.run(1_000);
    });
    assert_eq!(told, [Report::Deferred { why: Delay::Tabs, wait: Millis::from_secs(1) }, Report::Adopted]);
    let (told, _) = during(&mut world, second, |world| {
        world.sign_out(first);
        world.run(1_000);
    });
    assert_eq!(told, [Report::Ended { reason: EndReason::SignedOut, elsewhere: true }]);
}

#[test]
fn the_wait_for_the_cookie_of_a_page_that_has_gone_is_told_of() {
    let mut world = signed_in();
    world.server.faults = vec![Fault::Slow(1_000)];
    world.renew(TAB);
    world.run(50);
    let tab = world.reload(TAB);
    world.run(5_000);
    assert_eq!(delays(&reports(&world, tab)), [Delay::Orphan]);
}

#[test]
fn what_a_worker_leaves_to_a_page_is_told_of() {
    let mut world = signed_in();
    let worker = world.visit_worker();
    world.run(1_000);
    world.server.revoke_access();
    let (told, sent) = during(&mut world, worker, |world| {
        world.fetch(worker);
        world.run(1_000);
    });
    assert_eq!(delays(&told), [Delay::Page, Delay::Page]);
    assert_eq!((sent.len(), told.last()), (0, Some(&Report::Adopted)));
}

#[test]
fn a_clock_that_is_set_and_a_sleep_are_told_of_and_nothing_else_is() {
    let mut world = signed_in();
    let (told, _) = during(&mut world, TAB, |world| world.run(HOUR));
    assert!(!told.iter().any(|report| matches!(report, Report::ClockJumped { .. })), "{told:?}");
    let mut jumps = |happens: fn(&mut World)| {
        // What is told is what has passed since something happened last.
        world.fetch(TAB);
        let (told, _) = during(&mut world, TAB, |world| {
            happens(world);
            world.fetch(TAB);
        });
        told.iter().filter(|report| matches!(report, Report::ClockJumped { .. })).copied().collect::<Vec<_>>()
    };
    let set_back = jumps(|world| world.step_wall_clock(-HOUR));
    assert_eq!(set_back, [Report::ClockJumped { wall_ms: -HOUR, monotonic_ms: 0 }]);
    let asleep = jumps(|world| world.sleep(HOUR, true));
    assert_eq!(asleep, [Report::ClockJumped { wall_ms: HOUR, monotonic_ms: 0 }]);
    assert_eq!(jumps(|world| world.sleep(HOUR, false)), []);
}

/// A page that is away for the night: nothing goes out, and one refresh when it is back.
// Scenario 38.
#[test]
fn offline_next_to_nothing_is_tried_and_once_on_return() {
    let mut world = signed_in();
    world.offline = true;
    let (_, sent) = during(&mut world, TAB, |world| world.run(8 * HOUR));
    // The browser is asked once a minute: a page may be wrong about its network, and none of it reaches anybody.
    assert!(sent.len() <= 8 * 60, "{}", sent.len());
    let (_, sent) = during(&mut world, TAB, |world| {
        world.go_online();
        world.run(10_000);
    });
    assert_eq!(sent.len(), 1);
    assert!(world.is_active(TAB));
}

#[test]
fn fifty_calls_while_offline_cost_one_attempt_and_one_refresh_on_return() {
    let mut world = signed_in();
    world.server.revoke_access();
    world.offline = true;
    let mut requests = Vec::new();
    let (_, sent) = during(&mut world, TAB, |world| {
        requests = (0..50).map(|_| world.fetch(TAB)).collect();
        world.run(10_000);
    });
    assert_eq!(sent.len(), 1);
    let sent = refreshes(&mut world, |world| {
        world.go_online();
        world.run(1_000);
    });
    assert_eq!(sent, 1);
    assert_eq!(statuses(&world, &requests), vec![Outcome::Status(200); 50]);
}

#[test]
fn who_waits_longer_than_its_patience_offline_is_told_so() {
    let mut world = signed_in();
    world.server.revoke_access();
    world.offline = true;
    let request = world.fetch(TAB);
    world.run(21_000);
    let Outcome::Denied(Denial::Unavailable { failure, .. }) = &world.outcomes[&request] else {
        panic!("{:?}", world.outcomes)
    };
    assert_eq!(failure.kind(), FailureKind::Offline);
}
