//! What becomes of a marker, case by case.

use super::*;
use crate::session::memo::Remembered;
use crate::session::status::EndReason;

const TIMEOUT: Duration = Duration::from_secs(15);
const LONGEST: i64 = LONGEST_IN_FLIGHT.as_millis() as i64;
const KNOWN: i64 = RECOGNISED.as_millis() as i64;
const ALL: [Standing; 4] = [Standing::Out, Standing::Lost, Standing::Overtaken, Standing::Astray];
const FATES: [Fate; 3] = [Fate::Accepted, Fate::Rejected, Fate::Lost];

fn at(ms: i64) -> Moment {
    Moment::new(1_000_000 + ms, ms)
}

fn id(number: u64) -> AttemptId {
    AttemptId::draw(&mut || number)
}

fn epoch(ms: i64) -> EpochId {
    EpochId::draw(&mut || 7, 1_000_000 + ms, None)
}

/// The marker of a refresh with the number 1, sent at zero.
fn marker(standing: Standing) -> Unsettled {
    let sent = at(0).wall_ms();
    Unsettled {
        id: id(1),
        sent,
        standing,
        companion: None,
        astray: None,
        gone: None,
        under: None,
        first: sent,
    }
}

fn sent(number: u64, began: i64) -> Sent {
    Sent { attempt: id(100 + number), id: id(number), under: None, number: 1, began: at(began) }
}

/// One that this tab has sent itself, at zero.
fn own(standing: Standing) -> Markers {
    Markers { newest: Some(marker(standing)), written_in: Some(id(101)), ..Markers::default() }
}

/// One of another page.
fn read(standing: Standing) -> Markers {
    Markers { is_read: true, ..own(standing) }
}

/// A retry under the same id, sent 20 s after the first, which may still be answered.
fn retried() -> Markers {
    let retry = Unsettled { sent: at(20_000).wall_ms(), ..marker(Standing::Out) };
    Markers { newest: Some(retry), before: Some(marker(Standing::Out)), ..own(Standing::Out) }
}

/// Nothing else is out.
fn nobody() -> Others<'static> {
    Others { late: &[], listed: InFlightList::default(), timeout: TIMEOUT }
}

fn stored(unsettled: Option<Unsettled>, marked: Option<AttemptId>) -> Memo {
    Memo { is_kept: true, unsettled, marked, ..Memo::default() }
}

fn standing(markers: &Markers) -> Option<(Standing, i64)> {
    markers.newest.map(|marker| (marker.standing, marker.sent - at(0).wall_ms()))
}

/// Each draws a number that no other has.
fn entropy() -> impl Entropy {
    let mut next = 1_000;
    move || {
        next += 1;
        next
    }
}

#[test]
fn a_marker_that_has_gone_is_settled_unless_it_is_of_this_tab_and_nobody_else_can_know() {
    let session = Some(Remembered::Over { until: epoch(0), reason: EndReason::SignedOut });
    for standing in ALL {
        for is_read in [true, false] {
            for is_kept in [true, false] {
                for session in [None, session] {
                    let mut markers = if is_read { read(standing) } else { own(standing) };
                    markers.read(at(0), &Memo { is_kept, session, ..Memo::default() });
                    let is_retried = standing == Standing::Lost && is_kept && session.is_some();
                    let case = format!("{standing:?}, read: {is_read}, kept: {is_kept}, {session:?}");
                    assert_eq!(markers.newest.is_none(), is_read || is_retried, "{case}");
                }
            }
        }
    }
}

#[test]
fn a_page_that_has_not_said_when_it_went_went_before_the_first_look() {
    let gone = |markers: &Markers| markers.newest.and_then(|marker| marker.gone);
    let found = marker(Standing::Out);
    let mut other = Markers::default();
    other.read(at(3_000), &stored(Some(found), Some(id(9))));
    other.read(at(5_000), &stored(Some(found), Some(id(9))));
    assert_eq!(gone(&other), Some(at(3_000).wall_ms()));
    other.read(at(6_000), &stored(Some(Unsettled { gone: Some(7), ..found }), Some(id(9))));
    assert_eq!(gone(&other), Some(7));
    let mut mine = own(Standing::Out);
    mine.read(at(3_000), &stored(Some(found), Some(id(101))));
    assert_eq!((gone(&mine), mine.own_turn()), (None, Some(id(101))));
    mine.storage_cleared();
    mine.read(at(3_000), &stored(Some(Unsettled { sent: 5, ..found }), Some(id(9))));
    assert_eq!((gone(&mine), mine.own_turn()), (Some(at(3_000).wall_ms()), None));
    mine.storage_cleared();
    assert_eq!(mine.own_turn(), Some(id(101)));
}

#[test]
fn a_rejection_counts_until_another_tab_marks_a_refresh() {
    for (marked, counts) in [(None, true), (Some(id(101)), true), (Some(id(102)), false)] {
        let mut markers = own(Standing::Out);
        markers.note_rejection(Some(id(1)));
        markers.read(at(0), &stored(Some(marker(Standing::Out)), marked));
        assert_eq!(markers.is_rejected(), counts, "{marked:?}");
        markers.forget_rejection();
        assert!(!markers.is_rejected());
    }
}

#[test]
fn the_companion_tells_that_the_cookie_has_come() {
    let [one, other] = ["a", "b"].map(|value| Some(Companion::of(value)));
    for standing in ALL {
        for now in [one, other, None] {
            let found = Unsettled { companion: one, ..marker(standing) };
            let mut markers = Markers::default();
            markers.read(at(0), &Memo { companion: now, ..stored(Some(found), Some(id(9))) });
            let expected = if standing == Standing::Out && now == other { Standing::Lost } else { standing };
            assert_eq!(markers.newest.map(|marker| marker.standing), Some(expected), "{standing:?}, {now:?}");
            let (next, _) = markers.mark(id(2), None, at(1), &mut entropy());
            assert_eq!(next.companion, now);
        }
    }
}

#[test]
fn an_orphan_is_waited_for_by_how_it_stands_what_comes_next_and_what_the_server_does() {
    let ms = |ms: u64| Duration::from_millis(ms);
    for rotation in [Rotation::None, Rotation::Replays, Rotation::Refuses, Rotation::Revokes] {
        let habits = Habits { rotation, pace: None, timeout: TIMEOUT };
        for (standing, next, age, left) in [
            // Its page went at once: two seconds.
            (Standing::Out, Next::Refresh, 500, if rotation == Rotation::Revokes { 1_500 } else { 0 }),
            (Standing::Out, Next::Login, 500, 1_500),
            (Standing::Out, Next::SignOut, 500, 14_500),
            (Standing::Out, Next::SignOut, 16_000, 0),
            (Standing::Overtaken, Next::Refresh, 500, 0),
            (Standing::Overtaken, Next::Login, 500, 14_500),
            (Standing::Overtaken, Next::SignOut, 500, 14_500),
            (Standing::Lost, Next::SignOut, 500, 0),
            (Standing::Astray, Next::SignOut, 500, 0),
        ] {
            let mut markers = read(standing);
            markers.newest = markers.newest.map(|marker| Unsettled { gone: Some(marker.sent), ..marker });
            let expected = if rotation == Rotation::None { 0 } else { left };
            let wait = markers.orphan_wait(next, habits, at(age));
            assert_eq!(wait, ms(expected), "{rotation:?}, {standing:?}, {next:?}, {age}");
        }
    }
    assert_eq!(Markers::default().orphan_wait(Next::SignOut, REVOKES, at(0)), Duration::ZERO);
}

const REVOKES: Habits = Habits { rotation: Rotation::Revokes, pace: None, timeout: TIMEOUT };

#[test]
fn one_that_was_overtaken_is_repeated_while_the_server_recognises_it_and_waited_for_after_that() {
    for (first, waits) in [(KNOWN - 1, false), (KNOWN, true), (KNOWN + 1, true)] {
        // The last try of it has just been sent.
        let now = at(first);
        let mut markers = own(Standing::Overtaken);
        let newest =
            Unsettled { sent: now.wall_ms(), gone: Some(now.wall_ms()), ..marker(Standing::Overtaken) };
        markers.newest = Some(newest);
        assert_eq!(!markers.orphan_wait(Next::Refresh, REVOKES, now).is_zero(), waits, "{first}");
        let (next, _) = markers.mark(id(2), None, now, &mut entropy());
        assert_eq!(next.id == id(1), !waits, "{first}");
    }
}

#[test]
fn the_next_refresh_has_the_id_of_the_one_before_while_that_may_bring_its_cookie() {
    for standing in ALL {
        for (age, is_young) in [(KNOWN - 1, true), (KNOWN, false)] {
            let mut markers = own(standing);
            let (next, retried) = markers.mark(id(2), None, at(age), &mut entropy());
            let is_open = matches!(standing, Standing::Out | Standing::Lost);
            let is_same = is_open || (standing == Standing::Overtaken && is_young);
            let case = format!("{standing:?}, {age} ms");
            assert_eq!(next.id, if is_same { id(1) } else { id(2) }, "{case}");
            assert_eq!(next.first, if is_same { at(0).wall_ms() } else { at(age).wall_ms() }, "{case}");
            assert_eq!(
                (next.sent, next.standing, next.gone),
                (at(age).wall_ms(), Standing::Out, None),
                "{case}"
            );
            assert_eq!(retried.is_some(), is_open, "{case}");
            let is_kept = is_same && standing != Standing::Lost;
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
        let newest = newest.map(|number| Unsettled { id: id(number), ..marker(Standing::Out) });
        let mut markers = Markers { newest, ..Markers::default() };
        if let Some(number) = rejected {
            markers.note_rejection(number.map(id));
            // The first of those in a row counts.
            markers.note_rejection(Some(id(8)));
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
    for (standing, astray, session, under, expected) in [
        // What was lost before the session began brings no cookie.
        (Standing::Lost, None, Some(5), Some(-9), Some(5)),
        (Standing::Lost, None, Some(-5), Some(-9), Some(-9)),
        (Standing::Lost, None, Some(0), Some(-9), Some(0)),
        (Standing::Lost, Some(0), Some(5), Some(-9), Some(-9)),
        (Standing::Lost, None, None, Some(-9), None),
        (Standing::Out, None, Some(5), Some(-9), Some(-9)),
        (Standing::Out, None, Some(5), None, None),
        (Standing::Overtaken, Some(0), Some(5), Some(-9), Some(-9)),
        (Standing::Astray, Some(0), Some(5), Some(-9), Some(-9)),
    ] {
        let mut markers = own(standing);
        let astray = astray.map(|ms| at(ms).wall_ms() - 7);
        let newest = Unsettled { astray, under: under.map(epoch), ..marker(standing) };
        markers.newest = Some(newest);
        let (next, _) = markers.mark(id(2), session.map(epoch), at(1), &mut entropy());
        let case = format!("{standing:?}, {astray:?}, {session:?}, {under:?}");
        assert_eq!(next.under, expected.map(epoch), "{case}");
        assert_eq!(next.astray, astray.or(newest.is_open().then_some(newest.sent)), "{case}");
    }
    let (first, _) = Markers::default().mark(id(2), Some(epoch(3)), at(1), &mut entropy());
    assert_eq!((first.id, first.under, first.astray), (id(2), Some(epoch(3)), None));
}

#[test]
fn what_is_known_after_the_newest_has_settled_follows_from_the_one_before() {
    // How the one before stands, what became of its retry, whether that was rejected before, and what is left.
    for (before, fate, is_rejected, left) in [
        (None, Fate::Accepted, false, None),
        (None, Fate::Rejected, false, None),
        (None, Fate::Lost, false, Some((Standing::Lost, 20_000))),
        (Some(Standing::Out), Fate::Accepted, false, Some((Standing::Overtaken, 0))),
        (Some(Standing::Out), Fate::Accepted, true, None),
        (Some(Standing::Out), Fate::Rejected, false, Some((Standing::Out, 0))),
        (Some(Standing::Out), Fate::Lost, false, Some((Standing::Out, 0))),
        (Some(Standing::Overtaken), Fate::Accepted, false, Some((Standing::Overtaken, 0))),
        (Some(Standing::Overtaken), Fate::Rejected, false, None),
        (Some(Standing::Overtaken), Fate::Lost, false, Some((Standing::Out, 0))),
    ] {
        let mut markers = Markers { before: before.map(marker), ..retried() };
        if is_rejected {
            markers.note_rejection(Some(id(1)));
        }
        let out = [sent(1, 0)];
        markers.newest_settled(fate, Others { late: &out, ..nobody() }, at(20_500));
        assert_eq!(standing(&markers), left, "{before:?}, {fate:?}, rejected: {is_rejected}");
        assert_eq!(markers.before, None);
        let astray = markers.newest.and_then(|marker| marker.astray);
        let is_overtaken = matches!(left, Some((Standing::Overtaken, _)));
        assert_eq!(astray, is_overtaken.then_some(at(0).wall_ms()), "{before:?}, {fate:?}");
        let note = markers.note(id(5));
        assert_eq!(matches!(note, Note::Unmark { .. }), left.is_none(), "{note:?}");
    }
}

#[test]
fn one_that_was_overtaken_remembers_the_first_that_may_lie_over_a_session() {
    let before = Unsettled { astray: Some(77), ..marker(Standing::Out) };
    let mut markers = Markers { before: Some(before), ..retried() };
    let out = [sent(1, 0)];
    markers.newest_settled(Fate::Accepted, Others { late: &out, ..nobody() }, at(20_500));
    assert_eq!(markers.newest.and_then(|marker| marker.astray), Some(77));
}

#[test]
fn a_lost_confirmation_is_retried_under_its_own_id() {
    let mut markers = retried();
    markers.newest = markers.newest.map(|marker| Unsettled { id: id(2), ..marker });
    let out = [sent(1, 0)];
    markers.newest_settled(Fate::Lost, Others { late: &out, ..nobody() }, at(20_500));
    assert_eq!(markers.newest.map(|marker| (marker.id, marker.standing)), Some((id(2), Standing::Lost)));
}

#[test]
fn the_one_before_counts_while_somebody_hears_of_it_or_its_reply_is_likely() {
    let listed = |sent: i64, gone: Option<i64>| {
        let entry = InFlight { attempt: id(101), sent: at(sent).wall_ms(), gone };
        InFlightList::default().with(entry)
    };
    let none = InFlightList::default();
    let cases: [(&[Sent], InFlightList, Fate, i64, bool); 16] = [
        // This tab hears of it, for two minutes.
        (&[sent(1, 0)], none, Fate::Rejected, 16_000, true),
        (&[sent(1, 0)], none, Fate::Rejected, LONGEST - 1, true),
        (&[sent(1, 0)], none, Fate::Rejected, LONGEST, false),
        (&[sent(2, 0)], none, Fate::Rejected, 16_000, false),
        // Another tab does.
        (&[], listed(0, None), Fate::Rejected, LONGEST - 1, true),
        (&[], listed(0, None), Fate::Rejected, LONGEST, false),
        (&[], listed(1, None), Fate::Rejected, 16_000, false),
        (&[], listed(0, Some(5)), Fate::Rejected, 16_000, false),
        // Nobody does: for as long as its reply is likely, or its id is recognised.
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
        let is_left = standing(&markers).is_some_and(|(_, sent)| sent == 0);
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
        assert_ne!(standing(&markers).map(|(_, sent)| sent), Some(0), "{fate:?}");
    }
    assert_eq!(own(Standing::Out).probe_pause(TIMEOUT, now), None);
}

#[test]
fn a_probe_follows_a_rejection_while_a_cookie_may_come() {
    for standing in ALL {
        for (age, is_coming) in [(8_000, true), (14_999, true), (15_000, false)] {
            let pause = own(standing).probe_pause(TIMEOUT, at(age));
            let expected =
                (standing == Standing::Out && is_coming).then(|| Duration::from_millis(age as u64 / 4));
            assert_eq!(pause, expected, "{standing:?}, {age}");
        }
    }
    assert_eq!(Markers::default().probe_pause(TIMEOUT, at(0)), None);
}

#[test]
fn what_is_known_after_a_late_reply_follows_from_what_else_is_out() {
    let (first, retry) = (sent(1, 0), sent(1, 20_000));
    // How the marker of the retry stands, which of them is late, with what fate, which else is out, and what is left.
    type Case<'a> = (Standing, Sent, Fate, &'a [Sent], Option<(Standing, i64)>);
    let cases: [Case<'_>; 12] = [
        // Not what is marked: that stays.
        (Standing::Out, first, Fate::Accepted, &[], Some((Standing::Out, 20_000))),
        (Standing::Out, sent(3, 20_000), Fate::Accepted, &[], Some((Standing::Out, 20_000))),
        (Standing::Out, retry, Fate::Accepted, &[first], Some((Standing::Overtaken, 0))),
        (Standing::Out, retry, Fate::Rejected, &[first], Some((Standing::Out, 0))),
        (Standing::Out, retry, Fate::Lost, &[first], Some((Standing::Out, 0))),
        (Standing::Lost, retry, Fate::Accepted, &[first], None),
        (Standing::Lost, retry, Fate::Rejected, &[], None),
        (Standing::Lost, retry, Fate::Lost, &[], Some((Standing::Lost, 20_000))),
        (Standing::Overtaken, retry, Fate::Accepted, &[], None),
        (Standing::Overtaken, retry, Fate::Lost, &[], None),
        (Standing::Overtaken, retry, Fate::Lost, &[sent(2, 5)], None),
        (Standing::Overtaken, retry, Fate::Accepted, &[sent(1, 40_000)], Some((Standing::Overtaken, 40_000))),
    ];
    for (as_marked, late, fate, out, left) in cases {
        let mut markers = retried();
        markers.newest = markers.newest.map(|marker| Unsettled { standing: as_marked, ..marker });
        let is_it = markers.late_settled(late, fate, Others { late: out, ..nobody() }, at(30_000));
        let case = format!("{as_marked:?}, {late:?}, {fate:?}, {out:?}");
        assert_eq!(standing(&markers), left, "{case}");
        assert_eq!(is_it, late == retry, "{case}");
    }
    // Whether this one has rotated, nobody knows: what was overtaken is so no more.
    let mut markers = Markers { before: Some(marker(Standing::Overtaken)), ..retried() };
    markers.late_settled(retry, Fate::Lost, Others { late: &[first], ..nobody() }, at(30_000));
    assert_eq!(standing(&markers), Some((Standing::Out, 0)));
    // Accepted after a rejection, it was sent with the cookie of the one before.
    let mut markers = retried();
    markers.note_rejection(Some(id(1)));
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
                (true, _) => Some((Standing::Overtaken, 0)),
                (false, Fate::Lost) => Some((Standing::Lost, 20_000)),
                (false, _) => None,
            };
            let left = left.map(|marker| (marker.standing, marker.sent - at(0).wall_ms()));
            assert_eq!(left, expected, "{fate:?}, {is_likely}");
        }
    }
}

#[test]
fn a_page_that_goes_says_so_of_its_own_refresh_that_is_out() {
    for standing in ALL {
        let note = own(standing).mark_gone(at(5));
        let unsettled = Unsettled { gone: Some(at(5).wall_ms()), ..marker(standing) };
        let expected = (standing == Standing::Out).then_some(Note::Remark { attempt: id(101), unsettled });
        assert_eq!(note, expected, "{standing:?}");
        assert_eq!(read(standing).mark_gone(at(5)), None);
    }
    assert_eq!(Markers::default().mark_gone(at(5)), None);
    let mut twice = own(Standing::Out);
    twice.mark_gone(at(5));
    twice.mark_gone(at(9));
    assert_eq!(twice.newest.and_then(|marker| marker.gone), Some(at(5).wall_ms()));
}
