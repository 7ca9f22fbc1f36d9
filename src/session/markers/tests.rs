//! The reading of markers, and the marking of the next refresh, case by case.

use super::*;
use crate::session::end_reason::EndReason;
use crate::session::markers::in_flight::{InFlightList, LONGEST_IN_FLIGHT};
use crate::session::markers::settling::{Fate, Others};
use crate::session::storage::stored::SessionEntry;
use crate::session::turn::SentRefresh;

pub(super) const TIMEOUT: Millis = Millis::from_secs(15);
pub(super) const LONGEST: i64 = LONGEST_IN_FLIGHT.get() as i64;
pub(super) const KNOWN: i64 = RECOGNISED.get() as i64;
pub(super) const ALL: [MarkerState; 4] =
    [MarkerState::InFlight, MarkerState::Lost, MarkerState::Superseded, MarkerState::Stray];
pub(super) const FATES: [Fate; 3] = [Fate::Accepted, Fate::Rejected, Fate::Lost];

pub(super) fn at(ms: i64) -> Moment {
    Moment::new(1_000_000 + ms, ms)
}

pub(super) fn id(number: u64) -> AttemptId {
    AttemptId::draw(&mut || number)
}

pub(super) fn epoch(ms: i64) -> EpochId {
    EpochId::draw(&mut || 7, 1_000_000 + ms, None)
}

/// Returns the marker of a refresh with the id 1, sent at zero.
pub(super) fn marker(state: MarkerState) -> RefreshMarker {
    let sent = at(0).wall_ms();
    RefreshMarker {
        id: id(1),
        sent,
        state,
        companion: None,
        stray_since: None,
        gone: None,
        under: None,
        first: sent,
    }
}

pub(super) fn sent(number: u64, began: i64) -> SentRefresh {
    SentRefresh {
        attempt: id(100 + number),
        id: id(number),
        under: None,
        number: 1,
        began: at(began),
        login: None,
    }
}

/// Returns the markers of a tab that has sent the refresh itself, at zero.
pub(super) fn own(state: MarkerState) -> Markers {
    Markers { newest: Some(marker(state)), written_in: Some(id(101)), ..Markers::default() }
}

/// Returns the markers of a tab that has read the one of another page.
pub(super) fn read(state: MarkerState) -> Markers {
    Markers { is_read: true, ..own(state) }
}

/// Returns the markers of a retry under the same id, sent 20 s after the first refresh, which may
/// still settle.
pub(super) fn retried() -> Markers {
    let retry = RefreshMarker { sent: at(20_000).wall_ms(), ..marker(MarkerState::InFlight) };
    Markers { newest: Some(retry), before: Some(marker(MarkerState::InFlight)), ..own(MarkerState::InFlight) }
}

/// Returns no other refresh in flight.
pub(super) fn nobody() -> Others<'static> {
    Others { late: &[], listed: InFlightList::default(), timeout: TIMEOUT }
}

pub(super) fn stored(marker: Option<RefreshMarker>, marked: Option<AttemptId>) -> Stored {
    Stored { is_kept: true, marker, marked, ..Stored::default() }
}

pub(super) fn state(markers: &Markers) -> Option<(MarkerState, i64)> {
    markers.newest.map(|marker| (marker.state, marker.sent - at(0).wall_ms()))
}

/// Returns an entropy that draws each number once.
pub(super) fn entropy() -> impl Entropy {
    let mut next = 1_000;
    move || {
        next += 1;
        next
    }
}

#[test]
fn a_marker_that_has_gone_is_settled_unless_it_is_of_this_tab_and_nobody_else_can_know() {
    let session = Some(SessionEntry::Over { until: epoch(0), reason: EndReason::SignedOut });
    for state in ALL {
        for is_read in [true, false] {
            for is_kept in [true, false] {
                for session in [None, session] {
                    let mut markers = if is_read { read(state) } else { own(state) };
                    markers.read(at(0), &Stored { is_kept, session, ..Stored::default() });
                    let is_retried = state == MarkerState::Lost && is_kept && session.is_some();
                    let case = format!("{state:?}, read: {is_read}, kept: {is_kept}, {session:?}");
                    assert_eq!(markers.newest.is_none(), is_read || is_retried, "{case}");
                }
            }
        }
    }
}

#[test]
fn a_page_that_has_not_said_when_it_went_went_before_the_first_look() {
    let gone = |markers: &Markers| markers.newest.and_then(|marker| marker.gone);
    let found = marker(MarkerState::InFlight);
    let mut other = Markers::default();
    other.read(at(3_000), &stored(Some(found), Some(id(9))));
    other.read(at(5_000), &stored(Some(found), Some(id(9))));
    assert_eq!(gone(&other), Some(at(3_000).wall_ms()));
    other.read(at(6_000), &stored(Some(RefreshMarker { gone: Some(7), ..found }), Some(id(9))));
    assert_eq!(gone(&other), Some(7));
    let mut mine = own(MarkerState::InFlight);
    mine.read(at(3_000), &stored(Some(found), Some(id(101))));
    assert_eq!((gone(&mine), mine.own_turn()), (None, Some(id(101))));
    mine.storage_cleared();
    mine.read(at(3_000), &stored(Some(RefreshMarker { sent: 5, ..found }), Some(id(9))));
    assert_eq!((gone(&mine), mine.own_turn()), (Some(at(3_000).wall_ms()), None));
    mine.storage_cleared();
    assert_eq!(mine.own_turn(), Some(id(101)));
}

#[test]
fn a_rejection_counts_until_another_tab_marks_a_refresh() {
    for (marked, counts) in [(None, true), (Some(id(101)), true), (Some(id(102)), false)] {
        let mut markers = own(MarkerState::InFlight);
        markers.note_rejection(Some(id(1)), at(0));
        markers.read(at(0), &stored(Some(marker(MarkerState::InFlight)), marked));
        assert_eq!(markers.is_rejected(), counts, "{marked:?}");
        markers.forget_rejection();
        assert!(!markers.is_rejected());
    }
}

// Scenario 142.
#[test]
fn refreshes_of_other_tabs_put_three_rejections_in_a_row_in_doubt_and_no_more() {
    let mut markers = own(MarkerState::InFlight);
    for _ in 0..2 {
        for counts in [false, false, false, true, true] {
            markers.note_rejection(Some(id(1)), at(0));
            markers.read(at(0), &stored(Some(marker(MarkerState::InFlight)), Some(id(102))));
            assert_eq!(markers.is_rejected(), counts);
        }
        markers.forget_rejection();
    }
}

// Scenario 142.
#[test]
fn a_refresh_that_was_sent_after_a_rejection_is_no_reason_to_probe() {
    for (rejected, is_reason) in [(None, true), (Some(-1), false), (Some(0), true), (Some(1), true)] {
        let mut markers = own(MarkerState::InFlight);
        rejected.into_iter().for_each(|ms| markers.note_rejection(None, at(ms)));
        let pause = markers.probe_pause(Millis::from_secs(10), at(1_000));
        assert_eq!(pause.is_some(), is_reason, "{rejected:?}");
    }
}

#[test]
fn the_companion_tells_that_the_cookie_has_come() {
    let [one, other] = ["a", "b"].map(|value| Some(Companion::of(value)));
    for state in ALL {
        for now in [one, other, None] {
            let found = RefreshMarker { companion: one, ..marker(state) };
            let mut markers = Markers::default();
            markers.read(at(0), &Stored { companion: now, ..stored(Some(found), Some(id(9))) });
            let expected =
                if state == MarkerState::InFlight && now == other { MarkerState::Lost } else { state };
            assert_eq!(markers.newest.map(|marker| marker.state), Some(expected), "{state:?}, {now:?}");
            let (next, _) = markers.mark(id(2), None, at(1), &mut entropy());
            assert_eq!(next.companion, now);
        }
    }
}

#[test]
fn an_orphan_is_waited_for_by_how_it_stands_what_comes_next_and_what_the_server_does() {
    let ms = |ms: u64| Millis::new(ms);
    for rotation in [Rotation::None, Rotation::Replays, Rotation::Refuses, Rotation::Revokes] {
        let habits = Habits { rotation, pace: None, timeout: TIMEOUT };
        for (state, next, age, left) in [
            // Its page left at once: two seconds.
            (
                MarkerState::InFlight,
                Next::Refresh,
                500,
                if rotation == Rotation::Revokes { 1_500 } else { 0 },
            ),
            (MarkerState::InFlight, Next::Login, 500, 1_500),
            (MarkerState::InFlight, Next::SignOut, 500, 14_500),
            (MarkerState::InFlight, Next::SignOut, 16_000, 0),
            (MarkerState::Superseded, Next::Refresh, 500, 0),
            (MarkerState::Superseded, Next::Login, 500, 14_500),
            (MarkerState::Superseded, Next::SignOut, 500, 14_500),
            (MarkerState::Lost, Next::SignOut, 500, 0),
            (MarkerState::Stray, Next::SignOut, 500, 0),
        ] {
            let mut markers = read(state);
            markers.newest = markers.newest.map(|marker| RefreshMarker { gone: Some(marker.sent), ..marker });
            let expected = if rotation == Rotation::None { 0 } else { left };
            let wait = markers.orphan_wait(next, habits, at(age));
            assert_eq!(wait, ms(expected), "{rotation:?}, {state:?}, {next:?}, {age}");
        }
    }
    assert_eq!(Markers::default().orphan_wait(Next::SignOut, REVOKES, at(0)), Millis::ZERO);
}

const REVOKES: Habits = Habits { rotation: Rotation::Revokes, pace: None, timeout: TIMEOUT };

#[test]
fn one_that_was_overtaken_is_repeated_while_the_server_recognises_it_and_waited_for_after_that() {
    for (first, waits) in [(KNOWN - 1, false), (KNOWN, true), (KNOWN + 1, true)] {
        // Its last retry has just been sent.
        let now = at(first);
        let mut markers = own(MarkerState::Superseded);
        let newest = RefreshMarker {
            sent: now.wall_ms(),
            gone: Some(now.wall_ms()),
            ..marker(MarkerState::Superseded)
        };
        markers.newest = Some(newest);
        assert_eq!(!markers.orphan_wait(Next::Refresh, REVOKES, now).is_zero(), waits, "{first}");
        let (next, _) = markers.mark(id(2), None, now, &mut entropy());
        assert_eq!(next.id == id(1), !waits, "{first}");
    }
}

#[test]
fn the_next_refresh_has_the_id_of_the_one_before_while_that_may_bring_its_cookie() {
    for state in ALL {
        for (age, is_young) in [(KNOWN - 1, true), (KNOWN, false)] {
            let mut markers = own(state);
            let (next, retried) = markers.mark(id(2), None, at(age), &mut entropy());
            let is_open = matches!(state, MarkerState::InFlight | MarkerState::Lost);
            let is_same = is_open || (state == MarkerState::Superseded && is_young);
            let case = format!("{state:?}, {age} ms");
            assert_eq!(next.id, if is_same { id(1) } else { id(2) }, "{case}");
            assert_eq!(next.first, if is_same { at(0).wall_ms() } else { at(age).wall_ms() }, "{case}");
            assert_eq!(
                (next.sent, next.state, next.gone),
                (at(age).wall_ms(), MarkerState::InFlight, None),
                "{case}"
            );
            assert_eq!(retried.is_some(), is_open, "{case}");
            let is_kept = is_same && state != MarkerState::Lost;
            assert_eq!(markers.before.is_some(), is_kept, "{case}");
            assert_eq!((markers.newest, markers.own_turn()), (Some(next), Some(id(2))), "{case}");
        }
    }
}

#[test]
fn what_was_rejected_is_not_asked_once_more_under_the_same_id() {
    for (rejected, newest, expected) in [
        (None, None, Some(2)),
        (None, Some(1), Some(1)),
        (Some(Some(1)), None, None),
        (Some(Some(1)), Some(1), None),
        (Some(Some(3)), Some(1), Some(1)),
        (Some(None), Some(1), Some(1)),
        (Some(None), None, None),
    ] {
        let newest = newest.map(|number| RefreshMarker { id: id(number), ..marker(MarkerState::InFlight) });
        let mut markers = Markers { newest, ..Markers::default() };
        if let Some(number) = rejected {
            markers.note_rejection(number.map(id), at(0));
            // The first of those in a row counts.
            markers.note_rejection(Some(id(8)), at(0));
        }
        let (next, _) = markers.mark(id(2), None, at(1), &mut entropy());
        match expected {
            Some(number) => assert_eq!(next.id, id(number), "{rejected:?}, {newest:?}"),
            None => assert!(![1, 2, 3, 8].map(id).contains(&next.id), "{rejected:?}, {newest:?}"),
        }
    }
}

#[test]
fn a_retry_carries_on_what_may_lie_over_a_session_and_under_which_the_first_was_sent() {
    for (state, stray_since, session, under, expected) in [
        // A refresh that was lost before the session began brings no cookie.
        (MarkerState::Lost, None, Some(5), Some(-9), Some(5)),
        (MarkerState::Lost, None, Some(-5), Some(-9), Some(-9)),
        (MarkerState::Lost, None, Some(0), Some(-9), Some(0)),
        (MarkerState::Lost, Some(0), Some(5), Some(-9), Some(-9)),
        (MarkerState::Lost, None, None, Some(-9), None),
        (MarkerState::InFlight, None, Some(5), Some(-9), Some(-9)),
        (MarkerState::InFlight, None, Some(5), None, None),
        (MarkerState::Superseded, Some(0), Some(5), Some(-9), Some(-9)),
        (MarkerState::Stray, Some(0), Some(5), Some(-9), Some(-9)),
    ] {
        let mut markers = own(state);
        let stray_since = stray_since.map(|ms| at(ms).wall_ms() - 7);
        let newest = RefreshMarker { stray_since, under: under.map(epoch), ..marker(state) };
        markers.newest = Some(newest);
        let (next, _) = markers.mark(id(2), session.map(epoch), at(1), &mut entropy());
        let case = format!("{state:?}, {stray_since:?}, {session:?}, {under:?}");
        assert_eq!(next.under, expected.map(epoch), "{case}");
        assert_eq!(next.stray_since, stray_since.or(newest.is_open().then_some(newest.sent)), "{case}");
    }
    let (first, _) = Markers::default().mark(id(2), Some(epoch(3)), at(1), &mut entropy());
    assert_eq!((first.id, first.under, first.stray_since), (id(2), Some(epoch(3)), None));
}
