//! A session that is over, or closed.

use silent_session::session::{
    AccessToken, Audience, EpochId, Event, Fingerprint, Grant, Note, PeerMessage, SessionEntry, Stored,
    TabId as Id, Ticket,
};

use super::*;

#[test]
fn what_is_asked_of_a_session_that_is_over_is_refused_at_once() {
    for is_closed in [true, false] {
        let mut one = One::signed_in(Config::default());
        let Status::Active { epoch, generation, .. } = one.session.status() else { panic!("signed in") };
        one.happens(if is_closed {
            Event::Closed
        } else {
            Event::SignOutWanted { ticket: Ticket(1), reads_login: false }
        });
        let denial = if is_closed { Denial::Closed } else { Denial::Ended(EndReason::SignedOut) };
        let audience = Audience::new("https://api.test", "/");
        for event in [
            Event::TokenWanted { ticket: Ticket(2), not: None, min_validity: Millis::ZERO },
            Event::RenewalWanted { ticket: Ticket(2) },
            Event::TokenRejected { ticket: Ticket(2), epoch, generation, audience },
        ] {
            let asked = format!("{event:?}");
            let commands = one.happens(event);
            let answer = Command::Answer { ticket: Ticket(2), answer: Err(denial) };
            assert!(commands.contains(&answer), "closed: {is_closed}, {asked}: {commands:?}");
        }
    }
}

#[test]
fn a_closed_session_notes_its_refresh_as_one_of_the_session_that_goes_on_or_of_the_one_before() {
    // What is stored when it settles, by how much later it began than the session that was closed, and whether the cookie may
    // lie over that of another one.
    for (is_over, later, strays) in [
        (false, 0, false),
        (false, -1_000, false),
        (false, 1_000, true),
        (true, 0, false),
        (true, -1_000, false),
        (true, 1_000, false),
    ] {
        let mut one = One::signed_in(Config::default());
        let Status::Active { epoch, .. } = one.session.status() else { panic!("signed in") };
        let attempt = one.wants_renewal(1);
        one.happens(Event::LockGranted { attempt, contended: false });
        one.happens(Event::Closed);
        one.runs(2_000);
        let date = 1_700_000_000_000 + later;
        let other = if later == 0 { epoch } else { EpochId::draw(&mut || 5, date, None) };
        let session = if is_over {
            SessionEntry::Over { until: other, reason: EndReason::SignedOut }
        } else {
            SessionEntry::Begun(Fingerprint { epoch: other, subject: None, person: None })
        };
        let stored = Stored { is_kept: true, session: Some(session), ..Stored::default() };
        let outcome = Ok(Grant { token: AccessToken::new("next"), ..one.grant() });
        let commands = one.happens_with(stored, Event::RefreshSettled { attempt, outcome, echoes: false });
        let case = format!("over: {is_over}, {later}: {commands:?}");
        let has = |which: fn(&Note) -> bool| {
            commands.iter().any(|command| matches!(command, Command::Note(note) if which(note)))
        };
        assert_eq!(has(|note| matches!(note, Note::Remark { .. })), strays, "{case}");
        assert_eq!(has(|note| matches!(note, Note::Unmark { .. })), !strays, "{case}");
        assert_eq!(
            has(|note| matches!(note, Note::Replied(_))),
            !(strays || (is_over && later >= 0)),
            "{case}"
        );
        assert!(commands.contains(&Command::ReleaseLock { attempt }), "{case}");
        assert_eq!(one.session.deadline(one.moment()), None, "{case}");
    }
}

#[test]
fn a_page_that_restores_nothing_tells_nobody_that_a_session_is_over() {
    for is_signed_out in [false, true] {
        let mut one = One::new(Config { restore: false, ..Config::default() });
        let epoch = EpochId::draw(&mut || 5, one.moment().wall_ms() - 5_000, None);
        let session = Some(SessionEntry::Begun(Fingerprint { epoch, subject: None, person: None }));
        let stored = Stored { is_kept: true, session, ..Stored::default() };
        one.happens_with(stored, Event::Started);
        if is_signed_out {
            one.happens_with(stored, Event::SignOutWanted { ticket: Ticket(1), reads_login: false });
        }
        let from = Id::draw(&mut || 99);
        let commands = one.happens(Event::PeerSpoke { from, message: PeerMessage::Hello });
        let says_end =
            commands.iter().any(|command| matches!(command, Command::Tell(PeerMessage::Over { .. })));
        assert_eq!(says_end, is_signed_out, "{commands:?}");
        assert_eq!(commands.contains(&Command::Tell(PeerMessage::Here)), !is_signed_out, "{commands:?}");
    }
}

#[test]
fn a_tab_that_speaks_of_a_session_which_is_over_is_told_so() {
    let mut one = One::signed_in(Config::default());
    let Status::Active { epoch: first, .. } = one.session.status() else { panic!("signed in") };
    let stored = Stored::default();
    one.happens_with(stored, Event::SignOutWanted { ticket: Ticket(1), reads_login: false });
    let grant = one.grant();
    one.happens_with(stored, Event::SignedIn { ticket: Ticket(2), grant });
    let from = Id::draw(&mut || 99);
    let message = PeerMessage::Began(Fingerprint { epoch: first, subject: None, person: None });
    let commands = one.happens(Event::PeerSpoke { from, message });
    let is_end = |command: &Command| matches!(command, Command::Tell(PeerMessage::Over { until, .. }) if *until >= first);
    assert!(commands.iter().any(is_end), "{commands:?}");
}

#[test]
fn a_failure_of_the_session_before_is_not_shown_for_a_later_one() {
    // Otherwise the app shows that the new session cannot be reached, before anything was sent.
    let mut one = One::signed_in(Config::default());
    let attempt = one.wants_renewal(1);
    one.happens(Event::LockGranted { attempt, contended: false });
    let outcome = Err(RefreshFailure::Unavailable { status: Some(503), retry_after: None });
    one.happens(Event::RefreshSettled { attempt, outcome, echoes: false });
    assert!(matches!(one.session.status(), Status::Active { failure: Some(_), .. }));
    let epoch = EpochId::draw(&mut || 5, one.moment().wall_ms() + 1_000, None);
    let message = PeerMessage::Began(Fingerprint { epoch, subject: None, person: None });
    one.happens(Event::PeerSpoke { from: Id::draw(&mut || 99), message });
    let status = one.session.status();
    assert!(matches!(status, Status::Unknown { failure: None, retry_at: None }), "{status:?}");
}

#[test]
fn a_closed_object_releases_the_lock_when_its_page_leaves() {
    // Otherwise the other tabs wait for a refresh of which nobody hears any more.
    let mut one = One::signed_in(Config::default());
    let attempt = one.wants_renewal(1);
    one.happens(Event::LockGranted { attempt, contended: false });
    let commands = one.happens(Event::Closed);
    assert!(!commands.contains(&Command::ReleaseLock { attempt }), "it is still waited for: {commands:?}");
    let commands = one.happens(Event::Left);
    assert!(commands.contains(&Command::ReleaseLock { attempt }), "{commands:?}");
}

#[test]
fn a_closed_object_keeps_no_token_in_memory() {
    // Otherwise whoever can read the memory of the page finds the token of a user who has left.
    let mut session = Session::new(
        Config { restore: false, sign_out_token: true, ..Config::default() },
        (|| 7) as fn() -> u64,
    );
    let one = One::new(Config::default());
    let (now, grant) = (one.moment(), one.grant());
    let read = || Event::StorageRead(Box::default());
    let sign_out = Event::SignOutWanted { ticket: Ticket(1), reads_login: false };
    for event in
        [read(), Event::Started, read(), Event::SignedIn { ticket: Ticket(0), grant }, read(), sign_out]
    {
        let _performed = session.handle(now, event);
    }
    let holds_token = |session: &Session<_>| format!("{session:?}").contains("token: [redacted]");
    assert!(holds_token(&session), "the endpoint requires it");
    let _performed = session.handle(now, Event::Closed);
    assert!(!holds_token(&session), "{session:?}");
}
