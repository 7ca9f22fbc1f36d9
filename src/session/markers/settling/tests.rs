//! The marker after its refresh has settled, case by case.

use super::*;
use crate::session::markers::tests::*;
use crate::session::storage::note::Note;

#[test]
fn what_is_known_after_the_newest_has_settled_follows_from_the_one_before() {
    // The state of the one before, the fate of its retry, whether that was rejected before, and the
    // expected marker.
    for (before, fate, is_rejected, left) in [
        (None, Fate::Accepted, false, None),
        (None, Fate::Rejected, false, None),
        (None, Fate::Lost, false, Some((MarkerState::Lost, 20_000))),
        (Some(MarkerState::InFlight), Fate::Accepted, false, Some((MarkerState::Superseded, 0))),
        (Some(MarkerState::InFlight), Fate::Accepted, true, None),
        (Some(MarkerState::InFlight), Fate::Rejected, false, Some((MarkerState::InFlight, 0))),
        (Some(MarkerState::InFlight), Fate::Lost, false, Some((MarkerState::InFlight, 0))),
        (Some(MarkerState::Superseded), Fate::Accepted, false, Some((MarkerState::Superseded, 0))),
        (Some(MarkerState::Superseded), Fate::Rejected, false, None),
        (Some(MarkerState::Superseded), Fate::Lost, false, Some((MarkerState::InFlight, 0))),
    ] {
        let mut markers = Markers { before: before.map(marker), ..retried() };
        if is_rejected {
            markers.note_rejection(Some(id(1)), at(0));
        }
        let out = [sent(1, 0)];
        markers.newest_settled(fate, Others { late: &out, ..nobody() }, at(20_500));
        assert_eq!(state(&markers), left, "{before:?}, {fate:?}, rejected: {is_rejected}");
        assert_eq!(markers.before, None);
        let stray_since = markers.newest.and_then(|marker| marker.stray_since);
        let is_overtaken = matches!(left, Some((MarkerState::Superseded, _)));
        assert_eq!(stray_since, is_overtaken.then_some(at(0).wall_ms()), "{before:?}, {fate:?}");
        let note = markers.note(id(5));
        assert_eq!(matches!(note, Note::Unmark { .. }), left.is_none(), "{note:?}");
    }
}

#[test]
fn one_that_was_overtaken_remembers_the_first_that_may_lie_over_a_session() {
    let before = RefreshMarker { stray_since: Some(77), ..marker(MarkerState::InFlight) };
    let mut markers = Markers { before: Some(before), ..retried() };
    let out = [sent(1, 0)];
    markers.newest_settled(Fate::Accepted, Others { late: &out, ..nobody() }, at(20_500));
    assert_eq!(markers.newest.and_then(|marker| marker.stray_since), Some(77));
}

#[test]
fn a_lost_confirmation_is_retried_under_its_own_id() {
    let mut markers = retried();
    markers.newest = markers.newest.map(|marker| RefreshMarker { id: id(2), ..marker });
    let out = [sent(1, 0)];
    markers.newest_settled(Fate::Lost, Others { late: &out, ..nobody() }, at(20_500));
    assert_eq!(markers.newest.map(|marker| (marker.id, marker.state)), Some((id(2), MarkerState::Lost)));
}

#[test]
fn the_one_before_counts_while_somebody_hears_of_it_or_its_reply_is_likely() {
    let listed = |sent: i64, gone: Option<i64>| {
        let entry = InFlight { attempt: id(101), sent: at(sent).wall_ms(), gone };
        InFlightList::default().with(entry)
    };
    let none = InFlightList::default();
    let cases: [(&[SentRefresh], InFlightList, Fate, i64, bool); 16] = [
        // This tab notices when it settles, for two minutes.
        (&[sent(1, 0)], none, Fate::Rejected, 16_000, true),
        (&[sent(1, 0)], none, Fate::Rejected, LONGEST - 1, true),
        (&[sent(1, 0)], none, Fate::Rejected, LONGEST, false),
        (&[sent(2, 0)], none, Fate::Rejected, 16_000, false),
        // Another tab notices.
        (&[], listed(0, None), Fate::Rejected, LONGEST - 1, true),
        (&[], listed(0, None), Fate::Rejected, LONGEST, false),
        (&[], listed(1, None), Fate::Rejected, 16_000, false),
        (&[], listed(0, Some(5)), Fate::Rejected, 16_000, false),
        // No tab notices: it counts while its reply is likely, or its id is recognised.
        (&[], none, Fate::Rejected, 14_999, true),
        (&[], none, Fate::Rejected, 15_000, false),
        (&[], none, Fate::Lost, 14_999, true),
        (&[], none, Fate::Lost, 15_000, false),
        (&[], none, Fate::Accepted, 15_000, true),
        (&[], none, Fate::Accepted, KNOWN - 1, true),
        (&[], none, Fate::Accepted, KNOWN, false),
        (&[], none, Fate::Rejected, 0, true),
    ];
    for (late, listed, fate, age, counts) in cases {
        let mut markers = retried();
        let others = Others { late, listed, timeout: TIMEOUT };
        markers.newest_settled(fate, others, at(age));
        let is_left = state(&markers).is_some_and(|(_, sent)| sent == 0);
        assert_eq!(is_left, counts, "{late:?}, {listed:?}, {fate:?}, {age}");
    }
}

#[test]
fn one_that_is_dated_ahead_says_nothing_of_its_age() {
    // The clock was set back by an hour.
    let now = at(-3_600_000);
    for fate in FATES {
        let mut markers = retried();
        markers.newest_settled(fate, nobody(), now);
        assert_ne!(state(&markers).map(|(_, sent)| sent), Some(0), "{fate:?}");
    }
    assert_eq!(own(MarkerState::InFlight).probe_pause(TIMEOUT, now), None);
}

#[test]
fn a_probe_follows_a_rejection_while_a_cookie_may_come() {
    for state in ALL {
        for (age, is_coming) in [(8_000, true), (14_999, true), (15_000, false)] {
            let pause = own(state).probe_pause(TIMEOUT, at(age));
            let expected = (state == MarkerState::InFlight && is_coming).then(|| Millis::new(age as u64 / 4));
            assert_eq!(pause, expected, "{state:?}, {age}");
        }
    }
    assert_eq!(Markers::default().probe_pause(TIMEOUT, at(0)), None);
}

#[test]
fn what_is_known_after_a_late_reply_follows_from_what_else_is_out() {
    let (first, retry) = (sent(1, 0), sent(1, 20_000));
    // The state of the retry's marker, the late refresh and its fate, the others in flight, and the
    // expected marker.
    type Case<'a> = (MarkerState, SentRefresh, Fate, &'a [SentRefresh], Option<(MarkerState, i64)>);
    let cases: [Case<'_>; 12] = [
        // A refresh that is not marked leaves the marker unchanged.
        (MarkerState::InFlight, first, Fate::Accepted, &[], Some((MarkerState::InFlight, 20_000))),
        (MarkerState::InFlight, sent(3, 20_000), Fate::Accepted, &[], Some((MarkerState::InFlight, 20_000))),
        (MarkerState::InFlight, retry, Fate::Accepted, &[first], Some((MarkerState::Superseded, 0))),
        (MarkerState::InFlight, retry, Fate::Rejected, &[first], Some((MarkerState::InFlight, 0))),
        (MarkerState::InFlight, retry, Fate::Lost, &[first], Some((MarkerState::InFlight, 0))),
        (MarkerState::Lost, retry, Fate::Accepted, &[first], None),
        (MarkerState::Lost, retry, Fate::Rejected, &[], None),
        (MarkerState::Lost, retry, Fate::Lost, &[], Some((MarkerState::Lost, 20_000))),
        (MarkerState::Superseded, retry, Fate::Accepted, &[], None),
        (MarkerState::Superseded, retry, Fate::Lost, &[], None),
        (MarkerState::Superseded, retry, Fate::Lost, &[sent(2, 5)], None),
        (
            MarkerState::Superseded,
            retry,
            Fate::Accepted,
            &[sent(1, 40_000)],
            Some((MarkerState::Superseded, 40_000)),
        ),
    ];
    for (as_marked, late, fate, out, left) in cases {
        let mut markers = retried();
        markers.newest = markers.newest.map(|marker| RefreshMarker { state: as_marked, ..marker });
        let is_it = markers.late_settled(late, fate, Others { late: out, ..nobody() }, at(30_000));
        let case = format!("{as_marked:?}, {late:?}, {fate:?}, {out:?}");
        assert_eq!(state(&markers), left, "{case}");
        assert_eq!(is_it, late == retry, "{case}");
    }
    // The retry may have rotated the cookie, so the one before is no longer superseded.
    let mut markers = Markers { before: Some(marker(MarkerState::Superseded)), ..retried() };
    markers.late_settled(retry, Fate::Lost, Others { late: &[first], ..nobody() }, at(30_000));
    assert_eq!(state(&markers), Some((MarkerState::InFlight, 0)));
    // Accepted after a rejection, it was sent with the cookie of the one before.
    let mut markers = retried();
    markers.note_rejection(Some(id(1)), at(0));
    markers.late_settled(retry, Fate::Accepted, Others { late: &[first], ..nobody() }, at(30_000));
    assert_eq!(markers.newest, None);
}

#[test]
fn a_retry_whose_predecessor_has_been_answered_is_alone() {
    let mut markers = retried();
    assert!(!markers.late_settled(sent(1, 0), Fate::Rejected, nobody(), at(21_000)));
    assert_eq!(markers.before, None);
    let mut others = retried();
    others.late_settled(sent(2, 0), Fate::Rejected, nobody(), at(21_000));
    others.late_settled(sent(1, 1), Fate::Rejected, nobody(), at(21_000));
    assert!(others.before.is_some());
}

#[test]
fn of_one_of_an_earlier_session_is_left_the_one_before_or_that_it_is_lost() {
    for fate in FATES {
        for is_likely in [true, false] {
            let now = at(if is_likely { 10_000 } else { KNOWN });
            let left = retried().inert_settled(sent(1, 20_000), fate, nobody(), now);
            let expected = match (is_likely, fate) {
                (true, _) => Some((MarkerState::Superseded, 0)),
                (false, Fate::Lost) => Some((MarkerState::Lost, 20_000)),
                (false, _) => None,
            };
            let left = left.map(|marker| (marker.state, marker.sent - at(0).wall_ms()));
            assert_eq!(left, expected, "{fate:?}, {is_likely}");
        }
    }
}

#[test]
fn a_page_that_goes_says_so_of_its_own_refresh_that_is_out() {
    for state in ALL {
        let note = own(state).mark_gone(at(5));
        let marker = RefreshMarker { gone: Some(at(5).wall_ms()), ..marker(state) };
        let expected = (state == MarkerState::InFlight).then_some(Note::Remark { attempt: id(101), marker });
        assert_eq!(note, expected, "{state:?}");
        assert_eq!(read(state).mark_gone(at(5)), None);
    }
    assert_eq!(Markers::default().mark_gone(at(5)), None);
    let mut twice = own(MarkerState::InFlight);
    twice.mark_gone(at(5));
    twice.mark_gone(at(9));
    assert_eq!(twice.newest.and_then(|marker| marker.gone), Some(at(5).wall_ms()));
}
