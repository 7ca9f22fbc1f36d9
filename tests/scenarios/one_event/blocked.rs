//! A page that was blocked while other tabs replied: their messages come after the event that ends its wait.

use silent_session::session::{EpochId, Event, Grant, Offer, PeerMessage, TabId as Id};

use super::*;

/// A page of a session that has another tab, and what it asks for first: the lock.
fn opened() -> (One, AttemptId) {
    let mut one = One::new(Config::default());
    let stored = Stored { is_kept: true, company: true, ..Stored::default() };
    one.happens_with(stored, Event::Started);
    let attempt = one.turn.expect("it asks for the lock");
    (one, attempt)
}

/// Something happens while the session can store, and has.
fn happens(one: &mut One, event: Event) -> Vec<Command> {
    one.happens_with(Stored { is_kept: true, company: true, ..Stored::default() }, event)
}

/// The other tab hands its token over.
fn is_offered(one: &mut One) -> Vec<Command> {
    let Grant { token, subject, lifetime, received } = one.grant();
    let epoch = EpochId::draw(&mut || 5, received.wall_ms(), None);
    let offer = Offer { epoch, token, subject, lifetime, age: Millis::ZERO, sent: received.wall_ms() };
    let message = PeerMessage::Offered(offer);
    happens(one, Event::PeerSpoke { from: Id::draw(&mut || 99), message })
}

#[test]
fn a_lock_that_is_seen_late_is_held_for_the_replies_that_may_lie_there() {
    let (mut one, attempt) = opened();
    one.now += 176;
    let commands = happens(&mut one, Event::LockGranted { attempt, contended: false });
    assert!(!sends(&commands), "{commands:?}");
    one.now += 1;
    let commands = is_offered(&mut one);
    assert!(commands.contains(&Command::ReleaseLock { attempt }), "{commands:?}");
    assert!(matches!(one.session.status(), Status::Active { .. }));
}

#[test]
fn a_timer_that_fires_late_does_not_end_the_wait() {
    let (mut one, attempt) = opened();
    one.now += 20;
    happens(&mut one, Event::LockGranted { attempt, contended: false });
    one.now += 240;
    let commands = happens(&mut one, Event::Tick);
    assert!(!commands.contains(&Command::LookAgain { attempt }), "{commands:?}");
    one.now += 25;
    let commands = is_offered(&mut one);
    assert!(commands.contains(&Command::ReleaseLock { attempt }), "{commands:?}");
}

#[test]
fn a_wait_is_extended_once_and_not_where_the_page_is_on_time() {
    // When the tick comes, and when the wait is over.
    for (late, over) in [(0, 100), (24, 124), (25, 225), (900, 1_100)] {
        let (mut one, attempt) = opened();
        happens(&mut one, Event::LockGranted { attempt, contended: false });
        one.now += 100 + late;
        let mut commands = happens(&mut one, Event::Tick);
        while !commands.contains(&Command::LookAgain { attempt }) {
            one.now += 100;
            assert!(one.now <= over, "{late}: {commands:?}");
            commands = happens(&mut one, Event::Tick);
        }
        assert_eq!(one.now, over, "{late}");
    }
}
