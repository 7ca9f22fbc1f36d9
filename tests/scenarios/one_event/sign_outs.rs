//! What is written down of a sign-out, and what confirms it.

use silent_session::session::{
    AttemptId, EpochId, Event, Fingerprint, InFlight, InFlightList, PeerMessage, PendingSignOut,
    SessionEntry, Stored, TabId as Id, Ticket,
};

use super::*;

#[test]
fn a_page_that_begins_with_a_sign_out_pursues_it_unless_it_was_given_up() {
    for (tries, is_given_up) in [(0, false), (19, false), (20, true), (25, true)] {
        let mut one = One::new(Config::default());
        let until = EpochId::draw(&mut || 5, one.moment().wall_ms() - 5_000, None);
        let asked = one.moment().wall_ms() - 5_000;
        let stored = Stored {
            is_kept: true,
            session: Some(SessionEntry::Over { until, reason: EndReason::SignedOut }),
            sign_out: Some(PendingSignOut { until, session: None, asked, tries, not_before: None }),
            ..Stored::default()
        };
        let commands = one.happens_with(stored, Event::Started);
        let asks = commands.iter().any(|command| matches!(command, Command::AcquireLock { .. }));
        assert_eq!(asks, !is_given_up, "{tries}: {commands:?}");
        let progress = one.session.sign_out_progress().expect("there is one");
        let expected = if is_given_up { SignOutStatus::GivenUp } else { SignOutStatus::Pending };
        assert_eq!((progress.status, progress.tries), (expected, tries));
        let is_ended = matches!(one.session.status(), Status::Ended { reason: EndReason::SignedOut, .. });
        assert_eq!(is_ended, is_given_up, "{tries}: {:?}", one.session.status());
    }
}

#[test]
fn a_sign_out_is_not_confirmed_while_another_tab_has_a_refresh_out() {
    // Of a page that has gone, and where nobody else is there, it counts as long as its reply is likely.
    for (has_sibling, is_out, status) in [
        (true, true, SignOutStatus::Pending),
        (false, true, SignOutStatus::Pending),
        (true, false, SignOutStatus::Confirmed),
    ] {
        let mut one = One::signed_in(Config::default());
        one.runs(60_000);
        if has_sibling {
            one.happens(Event::PeerSpoke { from: Id::draw(&mut || 99), message: PeerMessage::Here });
        }
        let other =
            InFlight { attempt: AttemptId::draw(&mut || 77), sent: one.moment().wall_ms(), gone: None };
        let in_flight = if is_out { InFlightList::default().with(other) } else { InFlightList::default() };
        let stored = Stored { in_flight, ..one.stored() };
        let commands =
            one.happens_with(stored, Event::SignOutWanted { ticket: Ticket(1), reads_login: false });
        let (attempt, pending) = asked_for_sign_out(&commands);
        let stored = Stored { sign_out: Some(pending), session: None, ..stored };
        let session = Some(SessionEntry::Over { until: pending.until, reason: EndReason::SignedOut });
        let commands =
            one.happens_with(Stored { session, ..stored }, Event::LockGranted { attempt, contended: false });
        assert!(
            commands.iter().any(|command| matches!(command, Command::SendSignOut { .. })),
            "{commands:?}"
        );
        let commands = one.happens(Event::SignOutSettled { attempt, outcome: Ok(()) });
        let answer = Command::Answer { ticket: Ticket(1), answer: Ok(Reply::SignedOut(status)) };
        assert!(commands.contains(&answer), "sibling: {has_sibling}, out: {is_out}: {commands:?}");
    }
}

#[test]
fn a_try_of_another_tab_counts_as_one_of_this_one() {
    // How often others have tried it, and within how many milliseconds this tab tries it next.
    for (tries, pause) in [(1, 1_000), (2, 2_000), (5, 16_000)] {
        let mut one = One::drawing(Config::default(), u64::MAX - 1_000);
        let until = EpochId::draw(&mut || 5, one.moment().wall_ms() - 5_000, None);
        let pending = PendingSignOut {
            until,
            session: None,
            asked: one.moment().wall_ms() - 5_000,
            tries: 0,
            not_before: None,
        };
        let session = Some(SessionEntry::Over { until, reason: EndReason::SignedOut });
        let stored = Stored { is_kept: true, session, sign_out: Some(pending), ..Stored::default() };
        one.happens_with(stored, Event::Started);
        let attempt = one.turn.expect("it pursues it");
        let stored = Stored { sign_out: Some(PendingSignOut { tries, ..pending }), ..stored };
        let commands = one.happens_with(stored, Event::LockGranted { attempt, contended: false });
        assert!(commands.contains(&Command::ReleaseLock { attempt }), "{commands:?}");
        let retry_at = one.session.sign_out_progress().and_then(|progress| progress.retry_at);
        let wait = retry_at.expect("it waits") - one.moment().wall_ms();
        assert!((pause - 5..=pause).contains(&wait), "{tries}: {wait}");
    }
}

/// A page that begins with a sign-out of nobody knows whom: it is sent as it is.
fn pursuing(config: Config) -> (One, Stored) {
    let mut one = One::new(config);
    let asked = one.moment().wall_ms() - 5_000;
    let until = EpochId::draw(&mut || 5, asked, None);
    let pending = PendingSignOut { until, session: None, asked, tries: 0, not_before: None };
    let session = Some(SessionEntry::Over { until, reason: EndReason::SignedOut });
    let stored = Stored { is_kept: true, session, sign_out: Some(pending), ..Stored::default() };
    one.happens_with(stored, Event::Started);
    (one, stored)
}

pub(super) fn tells_server(commands: &[Command]) -> bool {
    commands.iter().any(|command| matches!(command, Command::SendSignOut { .. }))
}

#[test]
fn a_sign_out_is_pursued_once() {
    let (mut one, stored) = pursuing(Config::default());
    let attempt = one.turn.take().expect("it pursues it");
    assert!(tells_server(&one.happens_with(stored, Event::LockGranted { attempt, contended: false })));
    one.happens_with(stored, Event::CameOnline);
    one.happens(Event::SignOutSettled { attempt, outcome: Ok(()) });
    one.runs(600_000);
    assert_eq!(one.turn, None, "it is confirmed");
}

#[test]
fn a_sign_out_that_another_tab_asks_for_meanwhile_is_pursued_next() {
    let (mut one, stored) = pursuing(Config::default());
    let attempt = one.turn.take().expect("it pursues it");
    assert!(tells_server(&one.happens_with(stored, Event::LockGranted { attempt, contended: false })));
    // Somebody signs in there, and out again, while the request is out.
    let asked = one.moment().wall_ms();
    let until = EpochId::draw(&mut || 6, asked, None);
    let session = Some(SessionEntry::Over { until, reason: EndReason::SignedOut });
    let sign_out = Some(PendingSignOut { until, session: None, asked, tries: 0, not_before: None });
    let stored = Stored { session, sign_out, ..stored };
    one.happens_with(stored, Event::CameOnline);
    one.happens_with(stored, Event::SignOutSettled { attempt, outcome: Ok(()) });
    let next = one.turn.expect("what it has told concerns only the first");
    assert!(tells_server(&one.happens_with(stored, Event::LockGranted { attempt: next, contended: false })));
}

#[test]
fn a_sign_out_that_another_tab_has_given_up_is_not_sent_for_who_waits() {
    for (tries, sends) in [(19, true), (20, false)] {
        let mut one = One::signed_in(Config::default());
        let stored = Stored::default();
        let commands =
            one.happens_with(stored, Event::SignOutWanted { ticket: Ticket(1), reads_login: false });
        let (attempt, pending) = asked_for_sign_out(&commands);
        let session = Some(SessionEntry::Over { until: pending.until, reason: EndReason::SignedOut });
        let stored = Stored { is_kept: true, session, sign_out: Some(pending), ..stored };
        let sign_out = stored.sign_out.map(|pending| PendingSignOut { tries, ..pending });
        let stored = Stored { sign_out, ..stored };
        let commands = one.happens_with(stored, Event::LockGranted { attempt, contended: false });
        assert_eq!(tells_server(&commands), sends, "{tries}: {commands:?}");
        let answer = Command::Answer { ticket: Ticket(1), answer: PENDING };
        assert_eq!(commands.contains(&answer), !sends, "{tries}: {commands:?}");
    }
}

#[test]
fn a_sign_out_is_not_confirmed_while_a_refresh_is_out_that_this_tab_has_given_up_on() {
    for (waited, answer) in [(15_000, PENDING), (119_000, PENDING), (120_000, CONFIRMED)] {
        let mut one = One::signed_in(Config::default());
        let attempt = one.wants_renewal(1);
        one.happens(Event::LockGranted { attempt, contended: false });
        one.happens(Event::Withdrawn { ticket: Ticket(1) });
        one.runs(waited);
        let stored = Stored::default();
        let commands =
            one.happens_with(stored, Event::SignOutWanted { ticket: Ticket(2), reads_login: false });
        let (attempt, pending) = asked_for_sign_out(&commands);
        let session = Some(SessionEntry::Over { until: pending.until, reason: EndReason::SignedOut });
        let stored = Stored { is_kept: true, session, sign_out: Some(pending), ..stored };
        let mut commands = one.happens_with(stored, Event::LockGranted { attempt, contended: false });
        assert!(tells_server(&commands), "{commands:?}");
        commands = one.happens(Event::SignOutSettled { attempt, outcome: Ok(()) });
        assert!(commands.contains(&Command::Answer { ticket: Ticket(2), answer }), "{waited}: {commands:?}");
    }
}

#[test]
fn who_waits_for_a_sign_out_does_not_wait_for_refreshes_of_other_tabs() {
    let mut one = One::new(Config { sign_out_token: true, ..Config::default() });
    let epoch = EpochId::draw(&mut || 5, one.moment().wall_ms() - 50_000, None);
    let session = Some(SessionEntry::Begun(Fingerprint { epoch, subject: Some(1), person: Some(1) }));
    let mut in_flight = InFlightList::default();
    for number in [77, 78] {
        let sent = one.moment().wall_ms() - 20_000;
        in_flight = in_flight.with(InFlight { attempt: AttemptId::draw(&mut || number), sent, gone: None });
    }
    let stored = Stored { is_kept: true, session, in_flight, ..Stored::default() };
    one.happens_with(stored, Event::Started);
    let attempt = one.turn.take().expect("it restores");
    let commands = one.happens_with(stored, Event::LockGranted { attempt, contended: false });
    assert!(commands.contains(&Command::ReleaseLock { attempt }), "two are out: {commands:?}");
    one.turn = None;
    one.happens_with(stored, Event::SignOutWanted { ticket: Ticket(1), reads_login: false });
    assert!(one.turn.is_some(), "it is asked for at once");
}

#[test]
fn what_is_stored_of_a_sign_out_says_nothing_where_the_server_is_told_of_none_or_nothing_is_kept() {
    for (tells_sign_out, is_kept) in [(false, true), (true, false)] {
        let mut one = One::signed_in(Config { tells_sign_out, ..Config::default() });
        let Status::Active { epoch, .. } = one.session.status() else { panic!("signed in") };
        let until = EpochId::last(one.moment().wall_ms(), Some(epoch));
        let pending = PendingSignOut {
            until,
            session: None,
            asked: one.moment().wall_ms(),
            tries: 0,
            not_before: None,
        };
        let stored = Stored { is_kept, sign_out: Some(pending), ..Stored::default() };
        one.happens_with(stored, Event::CameOnline);
        assert!(one.session.sign_out_progress().is_none(), "{tells_sign_out}, {is_kept}");
        assert!(matches!(one.session.status(), Status::Active { .. }), "{tells_sign_out}, {is_kept}");
    }
}

/// The turn in which a sign-out is to be had, and what was written down of it.
pub(super) fn asked_for_sign_out(commands: &[Command]) -> (AttemptId, PendingSignOut) {
    let attempt = commands.iter().find_map(|command| match command {
        Command::AcquireLock { attempt } => Some(*attempt),
        _ => None,
    });
    let pending = commands.iter().find_map(|command| match command {
        Command::RememberSignOut(pending) => Some(*pending),
        _ => None,
    });
    attempt.zip(pending).expect("it asks for the lock, and writes it down")
}

#[test]
fn a_sign_out_of_which_only_a_message_tells_is_stored_and_pursued() {
    // Another page stores it before it says so; a worker does not.
    for is_stored in [true, false] {
        let mut one = One::signed_in(Config::default());
        let stored = one.stored();
        one.happens_with(stored, Event::StorageChanged);
        one.runs(1_000);
        let until = EpochId::last(one.moment().wall_ms(), None);
        let over = SessionEntry::Over { until, reason: EndReason::SignedOut };
        let stored = if is_stored { Stored { session: Some(over), ..stored } } else { stored };
        let message = PeerMessage::Over { until, reason: EndReason::SignedOut };
        let commands = one.happens_with(stored, Event::PeerSpoke { from: Id::draw(&mut || 99), message });
        let is_remembered = commands.iter().any(|command| matches!(command, Command::RememberSignOut(_)));
        assert_eq!(is_remembered, !is_stored, "{commands:?}");
        assert_eq!(commands.contains(&Command::Remember(over)), !is_stored, "{commands:?}");
    }
}

#[test]
fn who_waits_for_a_sign_out_does_not_wait_for_the_allowance_of_idle_refreshes() {
    let config = Config { sign_out_token: true, refresh_ahead: false, ..Config::default() };
    let mut one = One::signed_in(config);
    let attempt = one.wants_renewal(1);
    one.happens(Event::LockGranted { attempt, contended: false });
    let outcome = Ok(one.grant());
    one.happens(Event::RefreshSettled { attempt, outcome, echoes: false });
    // The token that the endpoint requires has lapsed, and other tabs have used the allowance up.
    one.runs(901_000);
    one.hears_of_idle_refreshes(40);
    one.turn = None;
    one.happens(Event::SignOutWanted { ticket: Ticket(2), reads_login: false });
    let attempt = one.turn.expect("it is asked for at once");
    assert!(sends(&one.happens(Event::LockGranted { attempt, contended: false })));
}

#[test]
fn a_sign_in_that_is_reported_before_the_page_starts_ends_the_pursuit_of_an_earlier_sign_out() {
    // Otherwise the user who has just signed in is signed out.
    for says in [true, false] {
        let mut one = One::new(Config::default());
        let asked = one.moment().wall_ms() - 5_000;
        let until = EpochId::draw(&mut || 5, asked, None);
        let sign_out = Some(PendingSignOut { until, session: None, asked, tries: 0, not_before: None });
        let session = Some(SessionEntry::Over { until, reason: EndReason::SignedOut });
        let mut stored = Stored { is_kept: true, session, sign_out, ..Stored::default() };
        if says {
            let commands = one.happens_with(stored, Event::CookieChanged { ticket: Ticket(1) });
            assert!(commands.contains(&Command::ForgetSignOut { until }), "{commands:?}");
            let begun = commands.iter().find_map(|command| match command {
                Command::Remember(entry) => Some(*entry),
                _ => None,
            });
            stored = Stored { sign_out: None, session: begun, ..stored };
        }
        one.happens_with(stored, Event::Started);
        let attempt = one.turn.expect("it asks for the lock");
        let commands = one.happens_with(stored, Event::LockGranted { attempt, contended: false });
        assert_eq!((sends(&commands), tells_server(&commands)), (says, !says), "{commands:?}");
    }
}
