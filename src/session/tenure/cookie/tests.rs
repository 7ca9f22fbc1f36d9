//! Doubts about the cookie, case by case.

use super::*;
use crate::session::token::{AccessToken, Subject};

fn at(ms: i64) -> Moment {
    Moment::new(1_000_000 + ms, ms)
}

fn id(number: u64) -> AttemptId {
    AttemptId::draw(&mut || number)
}

fn epoch(ms: i64) -> EpochId {
    EpochId::draw(&mut || 7, 1_000_000 + ms, None)
}

/// Returns a token of this user; an opaque one if the name is empty.
fn token_of(user: &str) -> Grant {
    Grant {
        token: AccessToken::new(user),
        received: at(0),
        lifetime: None,
        subject: (!user.is_empty()).then(|| Subject::new(user, None)),
    }
}

fn session_of(user: &str, began: i64) -> Fingerprint {
    Fingerprint::of(epoch(began), &token_of(user))
}

fn sent(number: u64, began: i64) -> SentRefresh {
    SentRefresh {
        attempt: id(number),
        id: id(100 + number),
        under: Some(epoch(-900)),
        number: 1,
        began: at(began),
        login: None,
    }
}

fn listed(number: u64, sent: i64) -> InFlightList {
    InFlightList::default().with(InFlight { attempt: id(number), sent: at(sent).wall_ms(), gone: None })
}

fn set(after: u32, ours: &[SentRefresh], elsewhere: bool) -> Cookie {
    let mut cookie = Cookie::default();
    cookie.has_been_set(
        after,
        at(0),
        &Before { ours, elsewhere, session: Some(session_of("alice", 0)), ended: None },
    );
    cookie
}

#[test]
fn a_cookie_that_was_set_is_shown_by_a_refresh_that_was_sent_after_it() {
    let cookie = set(3, &[], false);
    assert_eq!([2, 3, 4].map(|number| cookie.is_shown_by(number)), [false, false, true]);
    assert!(cookie.has_changed() && !Cookie::default().has_changed());
    assert!(!Cookie::default().is_shown_by(1));
}

#[test]
fn the_cookie_of_the_session_before_may_lie_over_it_where_a_refresh_was_out() {
    let (one, two) = ([sent(1, 0)], [sent(1, 0), sent(2, 0)]);
    for (ours, elsewhere, is_overlaid, ends_with_the_first) in [
        (&[][..], false, false, false),
        (&[][..], true, true, false),
        (&one[..], false, true, true),
        (&one[..], true, true, false),
        (&two[..], false, true, false),
    ] {
        let case = format!("{} of ours, elsewhere: {elsewhere}", ours.len());
        let mut cookie = set(3, ours, elsewhere);
        assert_eq!(cookie.is_overlaid(&token_of("alice")), is_overlaid, "{case}");
        assert!(!cookie.is_overlaid(&token_of("bob")), "{case}");
        cookie.is_not_brought(id(9));
        assert_eq!(cookie.is_overlaid(&token_of("alice")), is_overlaid, "{case}");
        cookie.is_not_brought(id(1));
        assert_eq!(cookie.is_overlaid(&token_of("alice")), is_overlaid && !ends_with_the_first, "{case}");
    }
    let mut nobody = Cookie::default();
    nobody.has_been_set(3, at(0), &Before { ours: &one, elsewhere: true, session: None, ended: None });
    assert!(!nobody.is_overlaid(&token_of("alice")));
}

#[test]
fn the_session_before_does_not_lie_over_it_where_the_earlier_refresh_has_found_another_one_of_the_person() {
    let with_sid = |sid: &str| Grant { subject: Some(Subject::new("alice", Some(sid))), ..token_of("alice") };
    let before = Some(Fingerprint::of(epoch(0), &with_sid("before")));
    for (found, grant, is_overlaid) in [
        (None, "new", true),
        (Some("before"), "before", true),
        (Some("new"), "new", false),
        // The server does not keep `sid`.
        (Some("one"), "other", true),
    ] {
        let mut cookie = Cookie::default();
        let out = [sent(1, 0)];
        cookie.has_been_set(3, at(0), &Before { ours: &out, elsewhere: false, session: before, ended: None });
        found.into_iter().for_each(|sid| cookie.is_found(&with_sid(sid)));
        assert_eq!(cookie.is_overlaid(&with_sid(grant)), is_overlaid, "{found:?}, {grant}");
    }
    let mut cookie = set(3, &[sent(1, 0)], false);
    cookie.is_found(&token_of("alice"));
    assert!(cookie.is_overlaid(&token_of("alice")), "without a `sid` nothing tells them apart");
}

#[test]
fn the_same_report_is_one_that_follows_within_half_a_second_and_before_a_refresh() {
    let cookie = set(3, &[], false);
    for (number, later, is_same) in
        [(3, 0, true), (3, 499, true), (3, 500, false), (2, 0, false), (4, 0, false)]
    {
        assert_eq!(cookie.has_just_changed(number, at(later)), is_same, "{number}, {later}");
    }
    assert!(!Cookie::default().has_just_changed(0, at(0)));
}

#[test]
fn what_the_app_has_said_holds_until_a_refresh_that_was_sent_after_it() {
    for (number, holds) in [(2, true), (3, true), (4, false)] {
        let mut cookie = set(3, &[sent(1, 0)], false);
        cookie.keep_signed_out(Some(session_of("alice", 0)));
        (cookie.signed_in_here, cookie.strayed, cookie.must_verify, cookie.marked) =
            (true, true, true, Some(id(1)));
        cookie.is_known(number);
        let alice = token_of("alice");
        let current = (cookie.has_changed(), cookie.is_overlaid(&alice), cookie.is_signed_out_person(&alice));
        assert_eq!(current, (holds, holds, holds), "{number}");
        assert_eq!((cookie.must_verify, cookie.strayed), (false, false), "{number}");
        assert_eq!((cookie.signed_in_here, cookie.marked), (true, Some(id(1))), "{number}");
        assert!(!cookie.is_signed_out_person(&token_of("bob")));
    }
    let mut unset = Cookie::default();
    unset.keep_signed_out(Some(session_of("alice", 0)));
    unset.is_known(1);
    assert!(!unset.is_signed_out_person(&token_of("alice")));
}

#[test]
fn a_reply_of_an_earlier_session_casts_doubt_where_it_may_bring_a_cookie() {
    use crate::session::error::TokenFault;
    let malformed = Err(RefreshFailure::Malformed(TokenFault::Missing));
    for (outcome, brings) in [
        (Ok(()), true),
        (malformed, true),
        (Err(RefreshFailure::Rejected { status: 401 }), false),
        (Err(RefreshFailure::Offline), false),
    ] {
        for (goes_on, signed_in_here) in [(true, true), (true, false), (false, true), (false, false)] {
            for (must_verify, strayed) in [(true, true), (false, false)] {
                let mut cookie = Cookie { signed_in_here, must_verify, strayed, ..Cookie::default() };
                cookie.earlier_settled(outcome, goes_on);
                let case = format!("{outcome:?}, goes on: {goes_on}, signed in here: {signed_in_here}");
                assert_eq!(cookie.must_verify, must_verify || (brings && goes_on), "{case}");
                assert_eq!(cookie.strayed, strayed || (brings && signed_in_here), "{case}");
            }
        }
    }
}

#[test]
fn somebody_else_replaces_who_has_signed_in_where_an_earlier_refresh_may_have_brought_a_cookie() {
    let known = session_of("bob", 0);
    let marker = |sent_at: i64| Some(sent(1, sent_at).marker_in(MarkerState::InFlight));
    let none = InFlightList::default();
    for (cookie, marker, listed, is_replaced) in [
        (Cookie::default(), None, none, false),
        (Cookie { strayed: true, ..Cookie::default() }, None, none, true),
        (Cookie { must_verify: true, ..Cookie::default() }, None, none, true),
        (Cookie { signed_in_here: true, ..Cookie::default() }, None, none, false),
        (Cookie::default(), marker(-1), none, true),
        // The clock may have been set back a little in between.
        (Cookie::default(), marker(JUMP as i64), none, true),
        (Cookie::default(), marker(JUMP as i64 + 1), none, false),
        (Cookie::default(), None, listed(5, 0), true),
        (Cookie::default(), None, listed(5, 1), false),
    ] {
        let case = format!("{cookie:?}, {marker:?}, {listed:?}");
        assert_eq!(cookie.is_replaced(known, &token_of("alice"), marker, &listed), is_replaced, "{case}");
        assert!(!cookie.is_replaced(known, &token_of("bob"), marker, &listed), "{case}");
    }
}

#[test]
fn of_an_opaque_token_nobody_can_tell_whose_it_is() {
    let known = session_of("", 0);
    let marker = |sent_at: i64| sent(1, sent_at).marker_in(MarkerState::InFlight);
    let nobodys = RefreshMarker { under: None, ..marker(-1) };
    for (cookie, marker, is_replaced) in [
        (Cookie::default(), None, false),
        (Cookie { strayed: true, ..Cookie::default() }, None, true),
        (Cookie { must_verify: true, ..Cookie::default() }, None, false),
        (Cookie::default(), Some(marker(0)), true),
        (Cookie::default(), Some(marker(1)), false),
        (Cookie::default(), Some(nobodys), false),
    ] {
        let case = format!("{cookie:?}, {marker:?}");
        assert_eq!(cookie.is_replaced(known, &token_of(""), marker, &listed(5, -1)), is_replaced, "{case}");
    }
}

#[test]
fn a_refresh_that_was_sent_before_a_session_is_marked_as_astray() {
    let (earlier, later) = (sent(1, 0), sent(2, 1));
    let none = InFlightList::default();
    for (signed_in_here, ours, others, marked) in [
        (false, &[][..], none, None),
        (false, &[earlier][..], none, Some(1)),
        (false, &[later][..], none, None),
        // Whatever the clocks show.
        (true, &[later][..], none, Some(2)),
        (false, &[later, earlier][..], none, Some(1)),
        (false, &[][..], listed(3, 0), Some(3)),
        (false, &[][..], listed(3, 1), None),
        (true, &[][..], listed(3, 1), None),
        (false, &[][..], listed(3, -120_000), None),
        (false, &[][..], listed(3, -119_000), Some(3)),
        (false, &[earlier][..], listed(3, 0), Some(1)),
    ] {
        let mut cookie = Cookie { signed_in_here, ..Cookie::default() };
        let note = cookie.mark_stray(epoch(0), ours, &others, at(0));
        let case = format!("{signed_in_here}, {ours:?}, {others:?}");
        assert_eq!(note.as_ref().and_then(Note::attempt), marked.map(id), "{case}");
        assert_eq!(cookie.marked, marked.map(id), "{case}");
        if let Some(Note::Remark { marker, .. }) = note {
            assert_eq!((marker.state, marker.under), (MarkerState::Stray, None), "{case}");
            assert!(marker.stray_since.is_some_and(|stray_since| epoch(0).is_after(stray_since)), "{case}");
        }
        // When the page leaves, the note names the session in which its own refresh was sent.
        let own = cookie.mark_own_stray(ours, Some(epoch(0)));
        let is_own = marked.is_some_and(|number| number != 3);
        assert_eq!(own.as_ref().and_then(Note::attempt), marked.filter(|_| is_own).map(id), "{case}");
        if let Some(Note::Remark { marker, .. }) = own {
            assert_eq!((marker.state, marker.under), (MarkerState::Stray, Some(epoch(-900))), "{case}");
        }
    }
    assert_eq!(Cookie::default().mark_own_stray(&[earlier], Some(epoch(0))), None);
}

#[test]
fn a_session_that_began_here_is_after_what_was_sent_before_it_whatever_the_clocks_say() {
    for (signed_in_here, session, stray_since) in
        [(true, Some(-5), -5), (true, Some(5), 0), (true, None, 0), (false, Some(-5), 0)]
    {
        let cookie = Cookie { signed_in_here, ..Cookie::default() };
        let marker = cookie.stray_marker(&sent(1, 0), session.map(epoch));
        assert_eq!(marker.stray_since, Some(at(stray_since).wall_ms()), "{signed_in_here}, {session:?}");
    }
}

#[test]
fn nothing_of_it_concerns_the_next_session() {
    let mut cookie = set(3, &[sent(1, 0)], true);
    (cookie.must_verify, cookie.strayed, cookie.signed_in_here) = (true, true, true);
    cookie.forget();
    assert!(!cookie.must_verify && !cookie.strayed && !cookie.signed_in_here && !cookie.has_changed());
}
