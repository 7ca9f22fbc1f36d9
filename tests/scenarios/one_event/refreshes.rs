//! Refreshes that are out: what is written down of them, and what they say of the cookie.

use silent_session::session::{
    AccessToken, AttemptId, Delay, EpochId, Event, Fingerprint, Grant, InFlight, InFlightList, MarkerState,
    Note, Offer, PeerMessage, RefreshMarker, SessionEntry, Stored, TabId as Id, Ticket,
};

use super::*;

/// A refresh of another tab that is out, sent so long ago.
fn listed(one: &One, ago: i64) -> InFlightList {
    let sent = one.moment().wall_ms() - ago;
    InFlightList::default().with(InFlight { attempt: other(), sent, gone: None })
}

fn notes(commands: &[Command]) -> Vec<Note> {
    let note = |command: &Command| match command {
        Command::Note(note) => Some(*note),
        _ => None,
    };
    commands.iter().filter_map(note).collect()
}

#[test]
fn a_refresh_of_before_the_session_is_marked_when_the_own_one_is_accepted() {
    for (is_accepted, sent, marks) in [(true, 6_000, true), (true, 1_000, false), (false, 6_000, false)] {
        let mut one = One::signed_in(Config::default());
        one.runs(5_000);
        let stored = Stored { in_flight: listed(&one, sent), ..one.stored() };
        let attempt = one.wants_renewal(1);
        one.happens_with(stored, Event::LockGranted { attempt, contended: false });
        let grant = Grant { token: AccessToken::new("next"), ..one.grant() };
        let outcome = if is_accepted { Ok(grant) } else { Err(RefreshFailure::Rejected { status: 401 }) };
        let commands = one.happens_with(stored, Event::RefreshSettled { attempt, outcome, echoes: false });
        let is_mark = |note: &Note| matches!(note, Note::Remark { attempt, marker } if *attempt == other() && marker.state == MarkerState::Stray);
        assert_eq!(notes(&commands).iter().any(is_mark), marks, "{is_accepted}, {sent}: {commands:?}");
    }
}

#[test]
fn a_refresh_of_which_nobody_hears_counts_as_long_as_its_reply_is_likely() {
    for (ago, has_sibling, counts) in [
        (14_999, false, true),
        (15_000, false, false),
        (15_000, true, true),
        (119_999, true, true),
        (120_000, true, false),
    ] {
        let mut one = One::signed_in(Config::default());
        one.runs(200_000);
        if has_sibling {
            one.happens(Event::PeerSpoke { from: Id::draw(&mut || 99), message: PeerMessage::Here });
        }
        let stored = Stored { in_flight: listed(&one, ago), ..one.stored() };
        one.happens_with(stored, Event::CookieChanged { ticket: Ticket(1) });
        // Alice's cookie is there: it lies over that of a sign-in if a refresh of hers was out.
        let attempt = one.turn.expect("it asks for the lock");
        let alone = Stored { in_flight: InFlightList::default(), ..stored };
        one.happens_with(alone, Event::LockGranted { attempt, contended: false });
        let outcome = Ok(one.grant());
        one.happens_with(alone, Event::RefreshSettled { attempt, outcome, echoes: false });
        let is_replaced = matches!(one.session.status(), Status::Ended { reason: EndReason::Replaced, .. });
        assert_eq!(is_replaced, counts, "{ago} ms, sibling: {has_sibling}: {:?}", one.session.status());
    }
}

#[test]
fn what_becomes_of_an_unknown_refresh_clears_its_marker_unless_it_is_lost() {
    for (outcome, clears) in [
        (Err(RefreshFailure::Rejected { status: 401 }), true),
        (Err(RefreshFailure::TimedOut), false),
        (Err(RefreshFailure::Offline), false),
    ] {
        let mut one = One::signed_in(Config::default());
        let stored = one.stored();
        let commands =
            one.happens_with(stored, Event::RefreshSettled { attempt: other(), outcome, echoes: false });
        let cleared = notes(&commands).contains(&Note::Unmark { attempt: other() });
        assert_eq!(cleared, clears, "{commands:?}");
    }
}

#[test]
fn a_login_waits_for_an_orphan_as_long_as_its_cookie_is_likely_to_come_and_a_sign_out_until_it_cannot() {
    for (is_login, wait) in [(true, 1_500), (false, 14_500)] {
        let mut one = One::signed_in(Config::default());
        let marker = one.orphan(other(), 500, None);
        let stored = Stored { marker: Some(marker), marked: Some(other()), ..one.stored() };
        let event = if is_login {
            Event::SignInWanted { ticket: Ticket(1) }
        } else {
            Event::SignOutWanted { ticket: Ticket(1), reads_login: false }
        };
        let commands = one.happens_with(stored, event);
        let sign_out = commands.iter().find_map(|command| match command {
            Command::RememberSignOut(pending) => Some(*pending),
            _ => None,
        });
        let attempt = one.turn.expect("it asks for the lock");
        let over = |until| SessionEntry::Over { until, reason: EndReason::SignedOut };
        let session = sign_out.map(|pending| over(pending.until)).or(stored.session);
        let stored = Stored { sign_out, session, ..stored };
        let commands = one.happens_with(stored, Event::LockGranted { attempt, contended: false });
        let expected = Some((Delay::Orphan, Millis::new(wait)));
        assert_eq!(deferred(&commands), expected, "login: {is_login}: {commands:?}");
    }
}

#[test]
fn a_page_that_goes_gives_the_lock_back_and_its_refresh_goes_on() {
    let mut one = One::signed_in(Config::default());
    let stored = one.stored();
    let attempt = one.wants_renewal(1);
    one.happens_with(stored, Event::LockGranted { attempt, contended: false });
    let commands = one.happens(Event::Left);
    assert!(commands.contains(&Command::ReleaseLock { attempt }), "{commands:?}");
    let is_gone = |note: &Note| matches!(note, Note::Remark { marker, .. } if marker.gone.is_some());
    assert!(notes(&commands).iter().any(is_gone), "{commands:?}");
}

#[test]
fn a_token_of_the_session_that_is_to_be_restored_is_taken_unless_the_app_knows_better() {
    for (says, takes) in [(false, true), (true, false)] {
        let mut one = One::new(Config::default());
        let epoch = EpochId::draw(&mut || 5, one.moment().wall_ms() - 5_000, None);
        let session = Some(SessionEntry::Begun(Fingerprint { epoch, subject: None, person: None }));
        let stored = Stored { is_kept: true, company: true, session, ..Stored::default() };
        one.happens_with(stored, Event::Started);
        if says {
            one.happens_with(stored, Event::CookieChanged { ticket: Ticket(1) });
        }
        let message = offered(&one, epoch);
        one.happens(Event::PeerSpoke { from: Id::draw(&mut || 99), message });
        let is_shown = matches!(one.session.status(), Status::Active { .. });
        assert_eq!(is_shown, takes, "signIn(): {says}");
    }
}

#[test]
fn a_token_of_a_later_session_leaves_the_refresh_of_the_one_before_without_effect() {
    let mut one = One::signed_in(Config::default());
    let stored = one.stored();
    let attempt = one.wants_renewal(1);
    one.happens_with(stored, Event::LockGranted { attempt, contended: false });
    one.runs(1_000);
    let Status::Active { epoch: before, .. } = one.session.status() else { panic!("signed in") };
    let epoch = EpochId::draw(&mut || 5, one.moment().wall_ms(), Some(before));
    let message = offered(&one, epoch);
    one.happens(Event::PeerSpoke { from: Id::draw(&mut || 99), message });
    let outcome = Ok(Grant { token: AccessToken::new("late"), ..one.grant() });
    one.happens_with(stored, Event::RefreshSettled { attempt, outcome, echoes: false });
    let Status::Active { epoch: shown, grant, .. } = one.session.status() else { panic!("signed in") };
    assert_eq!((shown, grant.token.reveal()), (epoch, "offered"));
}

#[test]
fn a_refresh_of_the_session_before_is_of_before_whatever_the_clock_shows_and_however_often_it_was_renewed() {
    let mut one = One::signed_in(Config::default());
    one.runs(100_000);
    let early = one.wants_renewal(1);
    one.happens_with(one.stored(), Event::LockGranted { attempt: early, contended: false });
    one.runs(16_000);
    one.set = -60_000;
    let grant = Grant { token: AccessToken::new("once more"), ..one.grant() };
    let stored = one.stored();
    one.happens_with(stored, Event::SignedIn { ticket: Ticket(2), grant });
    let began = one.moment().wall_ms();
    one.runs(1_000);
    let renewal = one.wants_renewal(3);
    one.happens_with(one.stored(), Event::LockGranted { attempt: renewal, contended: false });
    let outcome = Ok(Grant { token: AccessToken::new("renewed"), ..one.grant() });
    let stored = one.stored();
    one.happens_with(stored, Event::RefreshSettled { attempt: renewal, outcome, echoes: false });
    let outcome = Ok(one.grant());
    let commands = one.happens_with(stored, Event::RefreshSettled { attempt: early, outcome, echoes: false });
    let stray_since = notes(&commands).into_iter().find_map(|note| match note {
        Note::Remark { attempt, marker } if attempt == early => marker.stray_since,
        _ => None,
    });
    assert!(
        stray_since.is_some_and(|stray_since| stray_since <= began),
        "{stray_since:?}, {began}: {commands:?}"
    );
}

/// What another tab says that has a token.
fn offered(one: &One, epoch: EpochId) -> PeerMessage {
    let Grant { subject, lifetime, .. } = one.grant();
    let (token, sent) = (AccessToken::new("offered"), one.moment().wall_ms());
    PeerMessage::Offered(Offer { epoch, token, subject, lifetime, age: Millis::ZERO, sent })
}

#[test]
fn the_first_refresh_of_a_session_is_no_retry_of_one_before_a_sign_out() {
    // Otherwise the server takes it for the one that it has rejected, and the user who has just signed in is signed out.
    let mut one = One::signed_in(Config { tells_sign_out: false, ..Config::default() });
    let stored = one.stored();
    let early = one.wants_renewal(1);
    let commands = one.happens_with(stored, Event::LockGranted { attempt: early, contended: false });
    let marker = notes(&commands).into_iter().find_map(|note| match note {
        Note::Mark { marker, .. } => Some(marker),
        _ => None,
    });
    one.happens(Event::Withdrawn { ticket: Ticket(1) });
    one.runs(15_000);
    let marked = Stored { marker, marked: Some(early), ..stored };
    let commands = one.happens_with(marked, Event::SignOutWanted { ticket: Ticket(2), reads_login: false });
    let session = commands.iter().find_map(|command| match command {
        Command::Remember(over) => Some(*over),
        _ => None,
    });
    let outcome = Err(RefreshFailure::Rejected { status: 401 });
    let event = Event::RefreshSettled { attempt: early, outcome, echoes: false };
    let commands = one.happens_with(Stored { session, ..marked }, event);
    assert!(notes(&commands).contains(&Note::Unmark { attempt: early }), "{commands:?}");
    one.runs(1_000);
    let grant = one.grant();
    one.happens_with(Stored { session, ..stored }, Event::SignedIn { ticket: Ticket(3), grant });
    let attempt = one.wants_renewal(4);
    let commands = one.happens_with(one.stored(), Event::LockGranted { attempt, contended: false });
    assert!(commands.contains(&Command::SendRefresh { attempt, id: attempt }), "{commands:?}");
}

/// What is stored again, or changed, in the list of refreshes in flight.
fn lists(commands: &[Command]) -> Vec<(AttemptId, bool)> {
    let listed = |note: Note| match note {
        Note::List(listed) => Some((listed.attempt, listed.gone.is_some())),
        _ => None,
    };
    notes(commands).into_iter().filter_map(listed).collect()
}

#[test]
fn a_refresh_in_flight_is_listed_again_after_the_entries_were_cleared() {
    // Otherwise other tabs count it no more, and send more than two refreshes at once.
    for waited in [1_000, 16_000] {
        let mut one = One::signed_in(Config::default());
        let attempt = one.wants_renewal(1);
        one.happens_with(one.stored(), Event::LockGranted { attempt, contended: false });
        one.happens(Event::Withdrawn { ticket: Ticket(1) });
        one.runs(waited);
        let commands = one.happens(Event::StorageCleared);
        assert_eq!(lists(&commands), [(attempt, false)], "{waited} ms: {commands:?}");
    }
}

#[test]
fn a_page_that_is_back_hears_of_its_refresh_again() {
    // Otherwise other tabs stop counting it too early, and send more than two refreshes at once.
    let mut one = One::signed_in(Config::default());
    let stored = one.stored();
    let attempt = one.wants_renewal(1);
    one.happens_with(stored, Event::LockGranted { attempt, contended: false });
    assert_eq!(lists(&one.happens(Event::Left)), [(attempt, true)]);
    one.now += 1_000;
    let commands = one.happens_with(stored, Event::Woken { was_away: true, is_seen: true });
    assert_eq!(lists(&commands), [(attempt, false)], "{commands:?}");
}

#[test]
fn a_mark_that_is_dated_years_ahead_is_not_passed_on() {
    // Otherwise a broken clock in one tab spreads to all that open later.
    for (ahead, is_passed_on) in [(0, true), (367 * 86_400_000, false)] {
        let mut one = One::signed_in(Config::default());
        let now = one.moment().wall_ms();
        let marker = RefreshMarker {
            id: other(),
            sent: now + ahead,
            state: MarkerState::InFlight,
            companion: None,
            stray_since: None,
            gone: None,
            under: None,
            first: now + ahead,
        };
        let note = Note::Mark { attempt: other(), marker };
        one.hears_notes(vec![note]);
        let hello = Event::PeerSpoke { from: Id::draw(&mut || 99), message: PeerMessage::Hello };
        let commands = one.happens(hello);
        let has_it = |command: &Command| matches!(command, Command::Tell(PeerMessage::Noted(noted)) if noted.notes.contains(&note));
        assert_eq!(commands.iter().any(has_it), is_passed_on, "{ahead} ms: {commands:?}");
    }
}
