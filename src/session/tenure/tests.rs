use super::*;
use crate::session::config::Config;
use crate::session::id::{AttemptId, Ticket};
use crate::session::tenure::seed::Seed;
use crate::session::token::{AccessToken, Subject};

const NOW: Moment = Moment::new(1_700_000_000_000, 0);

fn epoch(ms: i64) -> EpochId {
    EpochId::draw(&mut || 7, NOW.wall_ms() + ms, None)
}

fn grant(person: &str) -> Grant {
    Grant {
        token: AccessToken::new(person),
        received: NOW,
        lifetime: Some(Millis::from_secs(900)),
        subject: Some(Subject::new(person, None)),
    }
}

fn active(epoch: EpochId, person: &str) -> Phase {
    let (config, grant) = (Config::default(), grant(person));
    Phase::Active(Box::new(CurrentToken::new(epoch, grant, false, None, Millis::ZERO, &config, &mut || 0)))
}

fn unknown(restoring: Option<Fingerprint>) -> Phase {
    Phase::Unknown { restoring, elsewhere: false }
}

fn ended() -> Phase {
    Phase::Ended { reason: EndReason::None, elsewhere: false }
}

fn tenure(phase: Phase) -> Tenure {
    Tenure { phase, ..Tenure::new(true, false) }
}

fn alice(ms: i64) -> Fingerprint {
    Fingerprint::of(epoch(ms), &grant("alice"))
}

#[test]
fn a_page_restores_a_session_or_has_none() {
    assert!(Tenure::new(true, false).is_unknown());
    assert!(Tenure::new(false, false).is_ended() && Tenure::new(false, true).has_none);
}

#[test]
fn each_phase_tells_whose_session_it_is() {
    let known = alice(0);
    for (phase, goes_on, session, its_epoch) in [
        (unknown(None), true, None, None),
        (unknown(Some(known)), true, Some(known), Some(known.epoch)),
        (active(known.epoch, "alice"), true, Some(known), Some(known.epoch)),
        (ended(), false, None, None),
        (Phase::Closed { session: Some(known.epoch) }, false, None, Some(known.epoch)),
    ] {
        let mut tenure = tenure(phase);
        let case = format!("{:?}", tenure.phase);
        assert_eq!((tenure.session(), tenure.epoch()), (session, its_epoch), "{case}");
        let is = [tenure.is_unknown(), tenure.token().is_some(), tenure.is_ended(), tenure.is_closed()];
        assert_eq!(is.iter().filter(|is| **is).count(), 1, "{case}");
        assert_eq!(tenure.in_hand(NOW).is_some(), tenure.token().is_some(), "{case}");
        // A late cookie is no matter where there is no session.
        tenure.doubt_cookie_after(Ok(()));
        assert_eq!(tenure.cookie.must_verify, goes_on, "{case}");
        assert!(tenure.next_epoch(NOW, &mut || 0) > epoch(-1), "{case}");
        assert!(Some(tenure.next_epoch(NOW, &mut || 0)) > its_epoch, "{case}");
    }
}

#[test]
fn a_used_token_is_ready_unless_it_was_refused_and_its_successor_comes() {
    for (used, refused, is_replaced, is_ready) in [
        (true, false, false, true),
        (true, false, true, true),
        (true, true, false, true),
        (true, true, true, false),
        (false, false, false, false),
        (false, true, true, false),
    ] {
        let mut tenure = tenure(active(epoch(0), "alice"));
        let Phase::Active(current) = &mut tenure.phase else { panic!("{used}") };
        (current.used, current.refused) = (used, refused);
        let case = format!("{used} {refused} {is_replaced}");
        assert_eq!(tenure.ready(NOW, is_replaced).is_some(), is_ready, "{case}");
    }
}

#[test]
fn an_expired_token_is_not_in_hand() {
    let tenure = tenure(active(epoch(0), "alice"));
    let later = |secs: i64| Moment::new(NOW.wall_ms() + 1_000 * secs, 1_000 * secs);
    assert!(tenure.in_hand(later(800)).is_some() && tenure.in_hand(later(900)).is_none());
}

#[test]
fn what_is_over_stays_over_and_what_begins_is_later() {
    let mut tenure = tenure(ended());
    assert_eq!((tenure.ended(), tenure.latest_epoch()), (None, None));
    tenure.note_end(epoch(5), EndReason::Rejected);
    tenure.note_end(epoch(3), EndReason::SignedOut);
    assert_eq!(tenure.ended(), Some((epoch(5), EndReason::Rejected)), "the later end counts");
    assert_eq!(tenure.end_of(epoch(5)), tenure.ended());
    assert_eq!((tenure.end_of(epoch(4)), tenure.end_of(epoch(6))), (tenure.ended(), None));
    assert_eq!(tenure.latest_epoch(), Some(epoch(5)));
    tenure.see(Some(SessionEntry::Begun(alice(9))));
    tenure.see(Some(SessionEntry::Begun(alice(7))));
    tenure.see(None);
    assert_eq!(tenure.latest_epoch(), Some(epoch(9)));
    assert!(tenure.next_epoch(NOW, &mut || 0) > epoch(9));
    tenure.forget_start();
    assert!(tenure.ended().is_some(), "it is no start");
    tenure.note_end(epoch(20), EndReason::None);
    tenure.forget_start();
    assert_eq!(tenure.ended(), None);
}

#[test]
fn another_tab_ends_the_sessions_that_had_begun() {
    // Where the page began at the time 0: the phase, up to when sessions are over, the reason, whether
    // entries are kept, whether that is long ago.
    for (phase, until, reason, is_kept, is_old, ends) in [
        (active(epoch(5), "alice"), 5, EndReason::SignedOut, true, false, true),
        (active(epoch(5), "alice"), 4, EndReason::SignedOut, true, false, false),
        (active(epoch(5), "alice"), 5, EndReason::Rejected, true, false, true),
        (unknown(Some(alice(5))), 5, EndReason::Rejected, true, false, true),
        (unknown(None), 5, EndReason::SignedOut, true, false, true),
        (unknown(None), -5, EndReason::SignedOut, true, false, false),
        (unknown(None), 5, EndReason::Rejected, true, false, false),
        (unknown(None), -5, EndReason::SignedOut, false, false, true),
        (unknown(None), -5, EndReason::SignedOut, false, true, false),
        (unknown(None), 5, EndReason::Rejected, false, false, false),
        (ended(), 5, EndReason::SignedOut, true, false, false),
    ] {
        let mut tenure = tenure(phase);
        tenure.start(NOW, None);
        let case = format!("{:?}, {until}, {reason:?}, {is_kept}, {is_old}", tenure.phase);
        assert_eq!(tenure.ended_by(epoch(until), reason, is_kept, is_old), ends, "{case}");
    }
}

#[test]
fn a_refreshed_token_belongs_to_the_session_of_its_person() {
    let listed = InFlightList::default();
    let stray = Some(RefreshMarker::stray(AttemptId::from_words([0, 1]), NOW.wall_ms() - 60_000));
    let stored = |ms| Some(SessionEntry::Begun(alice(ms)));
    for (phase, person, stored, marker, expected) in [
        (unknown(Some(alice(1))), "alice", None, None, Some(epoch(1))),
        (unknown(None), "alice", stored(2), None, Some(epoch(2))),
        (unknown(Some(alice(3))), "alice", stored(2), None, Some(epoch(3))),
        (active(epoch(4), "alice"), "alice", None, None, Some(epoch(4))),
        (active(epoch(4), "bob"), "alice", stored(6), None, Some(epoch(6))),
        (active(epoch(4), "bob"), "alice", stored(2), None, None),
        (unknown(None), "alice", None, None, None),
        (unknown(None), "alice", None, stray, None),
    ] {
        let tenure = tenure(phase);
        let grant = grant(person);
        let found = Evidence { grant: &grant, marker, listed: &listed };
        let wait = Millis::from_secs(15);
        let its = tenure.epoch_of(found, stored, NOW, wait, &mut || 7);
        let case = format!("{:?}, {person}, {stored:?}", tenure.phase);
        match expected {
            Some(expected) => assert_eq!(its, expected, "{case}"),
            // A session that nobody has reported: later than the one that is known, else before every
            // refresh that may be in flight.
            None if tenure.epoch().is_some() => assert!(Some(its) > tenure.epoch(), "{case}"),
            None if marker.is_some() => assert_eq!(its.date(), NOW.wall_ms() - 60_001, "{case}"),
            None => assert_eq!(its.date(), NOW.wall_ms() - 15_000, "{case}"),
        }
    }
}

#[test]
fn a_session_that_nobody_has_reported_is_later_than_what_was_over_when_it_was_asked_for() {
    let (listed, grant) = (InFlightList::default(), grant("alice"));
    let found = Evidence { grant: &grant, marker: None, listed: &listed };
    let mut tenure = tenure(unknown(None));
    tenure.note_end(epoch(5), EndReason::Rejected);
    tenure.note_sent();
    tenure.note_end(epoch(900_000), EndReason::SignedOut);
    let its = tenure.epoch_of(found, None, NOW, Millis::ZERO, &mut || 7);
    assert!(its > epoch(5) && its < epoch(900_000));
}

#[test]
fn a_seed_is_outdated_once_somebody_else_may_have_signed_in() {
    let seed = Seed { ticket: Ticket(1), grant: grant("alice"), handed: NOW, latest: Some(epoch(-9)) };
    let bob = |ms| Fingerprint::of(epoch(ms), &grant("bob"));
    let nobody_known = |ms| Fingerprint { subject: None, person: None, ..alice(ms) };
    for (known, is_outdated) in [
        (None, false),
        (Some(alice(5)), false),
        (Some(bob(5)), true),
        (Some(nobody_known(5)), true),
        (Some(bob(-5)), false),
        (Some(bob(-9)), false),
    ] {
        assert_eq!(seed.is_outdated(known), is_outdated, "{known:?}");
    }
}
