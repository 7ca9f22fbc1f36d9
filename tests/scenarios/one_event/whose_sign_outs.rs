//! For whose session a sign-out is, and what is looked at before it is sent.

use silent_session::session::PendingSignOut;

use super::sign_outs::{asked_for_sign_out, tells_server};
use super::*;

#[test]
fn where_somebody_else_is_found_for_a_sign_out_that_session_is_shown() {
    // Whether another tab has told meanwhile of the session that is found.
    for is_told in [false, true] {
        let mut one = One::new(Config::default());
        let asked = one.moment().wall_ms() - 5_000;
        let alices = EpochId::draw(&mut || 5, asked - 50_000, None);
        let session = Some(Fingerprint { epoch: alices, subject: Some(1), person: Some(1) });
        let until = EpochId::last(asked, Some(alices));
        let sign_out = Some(PendingSignOut { until, session, asked, tries: 0, not_before: None });
        let session = Some(SessionEntry::Over { until, reason: EndReason::SignedOut });
        let stored = Stored { is_kept: true, session, sign_out, ..Stored::default() };
        one.happens_with(stored, Event::Started);
        let attempt = one.turn.expect("it pursues it");
        assert!(sends(&one.happens_with(stored, Event::LockGranted { attempt, contended: false })));
        let bobs = EpochId::draw(&mut || 5, asked + 1_000, Some(until));
        let begun = SessionEntry::Begun(one.session(bobs));
        let stored = if is_told { Stored { session: Some(begun), sign_out: None, ..stored } } else { stored };
        let outcome = Ok(one.grant());
        one.happens_with(stored, Event::RefreshSettled { attempt, outcome, echoes: false });
        match one.session.status() {
            Status::Active { epoch, .. } => assert_eq!(epoch == bobs, is_told, "told: {is_told}"),
            status => assert!(is_told, "{status:?}"),
        }
    }
}

#[test]
fn a_sign_out_is_for_the_session_of_the_token_and_not_for_what_is_stored_of_the_same_session() {
    let mut one = One::signed_in(Config::default());
    let Status::Active { epoch, .. } = one.session.status() else { panic!("signed in") };
    let ours = one.session(epoch);
    // The entry of a token with another `sid`, before this one.
    let earlier = SessionEntry::Begun(Fingerprint { subject: Some(1), ..ours });
    let stored = Stored { session: Some(earlier), ..one.stored() };
    let commands = one.happens_with(stored, Event::SignOutWanted { ticket: Ticket(1), reads_login: false });
    assert_eq!(asked_for_sign_out(&commands).1.session, Some(ours));
}

/// A page that begins with a sign-out of alice: a refresh goes first, and is on the wire.
fn comparing() -> (One, AttemptId, Stored) {
    let mut one = One::new(Config::default());
    let asked = one.moment().wall_ms() - 50_000;
    let session = one.session(EpochId::draw(&mut || 5, asked - 50_000, None));
    let until = EpochId::last(asked, Some(session.epoch));
    let sign_out = Some(PendingSignOut { until, session: Some(session), asked, tries: 0, not_before: None });
    let over = SessionEntry::Over { until, reason: EndReason::SignedOut };
    let stored = Stored { is_kept: true, session: Some(over), sign_out, ..Stored::default() };
    one.happens_with(stored, Event::Started);
    let attempt = one.turn.take().expect("it pursues it");
    assert!(sends(&one.happens_with(stored, Event::LockGranted { attempt, contended: false })));
    (one, attempt, stored)
}

#[test]
fn a_page_that_leaves_while_it_looks_whose_session_there_is_sends_no_sign_out_before_it_is_back() {
    // If it kept the lock until it is back, it would sign out somebody who signs in meanwhile in another tab.
    for leaves in [true, false] {
        let (mut one, attempt, stored) = comparing();
        if leaves {
            let commands = one.happens(Event::Left);
            assert!(commands.contains(&Command::ReleaseLock { attempt }), "{commands:?}");
        }
        let outcome = Ok(one.grant());
        let commands = one.happens_with(stored, Event::RefreshSettled { attempt, outcome, echoes: false });
        assert_eq!(tells_server(&commands), !leaves, "{commands:?}");
        one.happens_with(stored, Event::Woken { was_away: leaves, is_seen: true });
        assert_eq!(one.turn.is_some(), leaves, "it is tried again");
    }
}

#[test]
fn a_sign_out_is_for_nobody_known_where_an_earlier_refresh_may_have_brought_another_cookie() {
    for (age, is_known) in [(None, true), (Some(-1_000), true), (Some(1_000), false)] {
        let mut one = One::signed_in(Config::default());
        let stored = one.stored();
        // So long before the session began.
        let marker = age.map(|age| one.orphan(other(), age, None));
        one.now += 1;
        let event = Event::SignOutWanted { ticket: Ticket(1), reads_login: false };
        let commands = one.happens_with(Stored { marker, ..stored }, event);
        let pending = commands.iter().find_map(|command| match command {
            Command::RememberSignOut(pending) => Some(*pending),
            _ => None,
        });
        assert_eq!(pending.expect("it is stored").session.is_some(), is_known, "{age:?}");
    }
}
