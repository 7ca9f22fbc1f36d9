//! Whatever another script of the origin says, and however often, locks nobody out and causes few refreshes.

use silent_session::session::{
    AttemptId, Budget, Charge, EpochId, Fingerprint, InFlight, MarkerState, Note, Noted, Offer, Pace,
    PeerMessage, RefreshMarker, RefreshReply,
};

use super::*;

/// Milliseconds between two messages: less than a reply of another tab is waited for.
const OFTEN: i64 = 40;

fn epoch_in(world: &World, tab: TabId) -> Option<EpochId> {
    match world.status(tab) {
        Status::Active { epoch, .. } => Some(epoch),
        _ => None,
    }
}

/// Every kind of message that ends nothing by its word alone.
fn messages(world: &World) -> Vec<PeerMessage> {
    let Status::Active { epoch, grant, .. } = world.status(TAB) else { panic!() };
    let earlier = EpochId::last(1, None);
    let offer = |epoch, age, sent| {
        let (token, subject) = (grant.token.clone(), grant.subject.clone());
        PeerMessage::Offered(Offer { epoch, token, subject, lifetime: grant.lifetime, age, sent })
    };
    let now = world.moment().wall_ms();
    let attempt = AttemptId::draw(&mut || 7);
    let marker = |state, sent| RefreshMarker {
        id: attempt,
        sent,
        state,
        companion: None,
        stray_since: None,
        gone: None,
        under: Some(epoch),
        first: sent,
    };
    let noted =
        |is_kept, note| PeerMessage::Noted(Noted { is_kept, is_whole: false, sent: now, notes: vec![note] });
    let took = Millis::from_secs(3_000_000);
    let answered = RefreshReply { at: now, took, pace: Pace { slowest: took, usual: took }, echoes: true };
    vec![
        noted(true, Note::Replied(answered)),
        noted(false, Note::Replied(answered)),
        noted(false, Note::Mark { attempt, marker: marker(MarkerState::InFlight, now) }),
        noted(true, Note::Mark { attempt, marker: marker(MarkerState::InFlight, now) }),
        noted(false, Note::Mark { attempt, marker: marker(MarkerState::Lost, 0) }),
        noted(false, Note::Remark { attempt, marker: marker(MarkerState::Stray, now) }),
        noted(true, Note::Remark { attempt, marker: marker(MarkerState::Stray, i64::MIN) }),
        noted(false, Note::Unmark { attempt }),
        noted(false, Note::Unlist { attempt }),
        noted(false, Note::List(InFlight { attempt, sent: now, gone: None })),
        noted(false, Note::Charged(Charge { budget: Budget::Idle, at: now, ms: i64::MAX })),
        noted(true, Note::Charged(Charge { budget: Budget::Rejected, at: i64::MAX, ms: i64::MIN })),
        noted(true, Note::List(InFlight { attempt, sent: i64::MIN, gone: Some(i64::MAX) })),
        PeerMessage::Hello,
        PeerMessage::Here,
        PeerMessage::Bye,
        PeerMessage::Coming,
        PeerMessage::Wanted { epoch: None, age: Millis::ZERO },
        PeerMessage::Wanted { epoch: Some(epoch), age: Millis::ZERO },
        PeerMessage::Wanted { epoch: Some(epoch), age: Millis::MAX },
        PeerMessage::Wanted { epoch: Some(earlier), age: Millis::MAX },
        PeerMessage::Began(Fingerprint { epoch, subject: Some(7), person: None }),
        PeerMessage::Began(Fingerprint { epoch: earlier, subject: None, person: None }),
        PeerMessage::Over { until: earlier, reason: EndReason::SignedOut },
        PeerMessage::Over { until: earlier, reason: EndReason::None },
        offer(epoch, Millis::ZERO, now),
        offer(epoch, Millis::MAX, now),
        offer(epoch, Millis::ZERO, i64::MIN),
        offer(earlier, Millis::ZERO, now),
    ]
}

/// One message, over and over, to all that live, while the world goes on.
fn flood(world: &mut World, message: &PeerMessage, every: i64, ms: i64) {
    for _ in 0..ms / every {
        for tab in (0..world.tabs.len()).map(TabId) {
            world.say_as_stranger(tab, message.clone());
        }
        world.run(every);
    }
}

fn two_tabs_and_a_worker(shares_token: bool) -> (World, Vec<TabId>) {
    let (mut world, tabs) = tabs::<2>(Config { shares_token, ..Config::default() });
    let worker = world.visit_worker();
    world.run(1_000);
    assert!(world.is_active(worker));
    let all = tabs.into_iter().chain([worker]).collect();
    (world, all)
}

// Scenario 119.
#[test]
fn a_flood_of_any_message_keeps_no_call_waiting() {
    for shares_token in [true, false] {
        let count = messages(&signed_in()).len();
        for index in 0..count {
            let (mut world, tabs) = two_tabs_and_a_worker(shares_token);
            let message = messages(&world)[index].clone();
            flood(&mut world, &message, OFTEN, 30_000);
            for tab in tabs {
                // Whatever token it has is not good any more, and only a refresh helps.
                world.server.revoke_access();
                let call = world.fetch(tab);
                flood(&mut world, &message, OFTEN, 3_000);
                assert_eq!(world.outcomes.get(&call), Some(&Outcome::Status(200)), "{tab:?}: {message:?}");
            }
        }
    }
}

// Scenario 119.
#[test]
fn a_page_and_a_worker_that_begin_in_a_flood_restore_the_session() {
    let count = messages(&signed_in()).len();
    for index in 0..count {
        let (mut world, tabs) = two_tabs_and_a_worker(true);
        let message = messages(&world)[index].clone();
        flood(&mut world, &message, OFTEN, 10_000);
        tabs.iter().for_each(|tab| world.kill_tab(*tab));
        // What may still bring its cookie is waited for once, as long as a refresh may take. So is a page that says that it
        // refreshes for a worker.
        let is_marked =
            |note: &Note| matches!(note, Note::Mark { marker, .. } if marker.state == MarkerState::InFlight);
        let patience = match &message {
            PeerMessage::Coming => 16_000,
            PeerMessage::Noted(noted) if noted.notes.iter().any(is_marked) => 16_000,
            _ => 3_000,
        };
        let page = world.visit();
        flood(&mut world, &message, OFTEN, patience);
        assert!(world.is_active(page), "{message:?}");
        world.kill_tab(page);
        let worker = world.visit_worker();
        flood(&mut world, &message, OFTEN, patience);
        assert!(world.is_active(worker), "{message:?}");
        // Alone, with nobody who could help.
        world.server.revoke_access();
        let call = world.fetch(worker);
        flood(&mut world, &message, OFTEN, patience);
        assert_eq!(world.outcomes.get(&call), Some(&Outcome::Status(200)), "{message:?}");
    }
}

// Scenario 119.
#[test]
fn a_flood_causes_few_refreshes_and_the_session_is_renewed_after_it() {
    let count = messages(&signed_in()).len();
    for index in 0..count {
        let (mut world, tabs) = two_tabs_and_a_worker(true);
        let message = messages(&world)[index].clone();
        let sent = |world: &World| world.tabs.iter().map(|tab| tab.sent().count()).sum::<usize>();
        let before = sent(&world);
        flood(&mut world, &message, if cfg!(judge) { 20_000 } else { 1_000 }, HOUR);
        // Thirty, and those that the lifetime of a quarter of an hour requires.
        let in_an_hour = sent(&world) - before;
        assert!(in_an_hour <= 30 + 5, "{in_an_hour}: {message:?}");
        for tab in &tabs {
            assert!(epoch_in(&world, *tab).is_some(), "{:?}: {message:?}", world.status(*tab));
        }
        // What is held back for a while is made up for, and then all is as it was.
        world.run(10 * MINUTE);
        for _ in 0..30 {
            world.run(MINUTE);
            let token = token_of(&world);
            let now = world.moment().wall_ms();
            assert!(!world.server.has_lapsed(&token, now), "{message:?}");
        }
    }
}
