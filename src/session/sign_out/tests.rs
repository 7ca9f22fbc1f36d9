use super::*;
use crate::session::id::AttemptId;
use crate::session::storage::stored::{Fingerprint, SessionEntry};

const NOW: Moment = Moment::new(1_700_000_000_000, 0);
const DAY: i64 = 86_400_000;

fn epoch(ms: i64) -> EpochId {
    EpochId::draw(&mut || 7, NOW.wall_ms() + ms, None)
}

fn later(ms: i64) -> Moment {
    Moment::new(NOW.wall_ms() + ms, ms)
}

fn entry(tries: u32) -> PendingSignOut {
    let session = Some(Fingerprint { epoch: epoch(-5), subject: Some(1), person: Some(2) });
    PendingSignOut { until: epoch(0), session, asked: NOW.wall_ms(), tries, not_before: None }
}

fn grant(subject: &str, sid: &str) -> Grant {
    Grant {
        token: AccessToken::new("t"),
        received: NOW,
        lifetime: Some(Millis::from_secs(60)),
        subject: Some(Subject::new(subject, Some(sid))),
    }
}

/// Returns a pursuit after a number of attempts.
fn pursuing(tries: u32) -> SignOut {
    let mut sign_out = SignOut::default();
    sign_out.ask(entry(tries), Some(grant("alice", "1")), &mut Outbox::default());
    sign_out
}

fn failed(failure: RefreshFailure) -> SignOutFailure {
    SignOutFailure { attempt: AttemptId::from_words([0, 1]), failure, in_refresh: false }
}

const UNAVAILABLE: RefreshFailure = RefreshFailure::Unavailable { status: Some(503), retry_after: None };

fn status(sign_out: &SignOut) -> Option<(SignOutStatus, u32)> {
    sign_out.progress().map(|progress| (progress.status, progress.tries))
}

#[test]
fn attempts_that_reach_the_server_count_and_the_twentieth_is_the_last() {
    for (tries, failure, expected) in [
        (0, UNAVAILABLE, (SignOutStatus::Pending, 1)),
        (0, RefreshFailure::TimedOut, (SignOutStatus::Pending, 1)),
        (0, RefreshFailure::Offline, (SignOutStatus::Pending, 0)),
        (18, UNAVAILABLE, (SignOutStatus::Pending, 19)),
        (19, UNAVAILABLE, (SignOutStatus::GivenUp, 20)),
        (19, RefreshFailure::Offline, (SignOutStatus::Pending, 19)),
    ] {
        let (mut sign_out, mut outbox) = (pursuing(tries), Outbox::default());
        sign_out.fail(failed(failure), NOW, &mut || 7, &mut outbox);
        assert_eq!(status(&sign_out), Some(expected), "{tries}, {failure:?}");
        let is_pending = expected.0 == SignOutStatus::Pending;
        assert_eq!(sign_out.pause(NOW).is_some(), is_pending, "{tries}, {failure:?}");
        assert_eq!(sign_out.step(), if is_pending { Step::Try } else { Step::Show });
        assert_eq!(sign_out.token(NOW).is_some(), is_pending, "it is not tried any more");
        let [Report::SignOutSettled { status, tries, failure: Some(reported) }] = outbox.app.reports[..]
        else {
            panic!("{outbox:?}");
        };
        assert_eq!((status, tries, reported.failure), (expected.0, expected.1, failure));
        let is_stored = outbox.writes.contains(&Write::SignOut(PendingSignOut { tries, ..entry(0) }));
        assert_eq!(is_stored, failure != RefreshFailure::Offline);
    }
}

#[test]
fn after_sixty_days_it_is_given_up() {
    for (days, gives_up) in [(60, false), (61, true)] {
        let mut sign_out = pursuing(3);
        sign_out.fail(failed(RefreshFailure::Offline), later(days * DAY), &mut || 7, &mut Outbox::default());
        assert_eq!(sign_out.step() == Step::Show, gives_up, "{days} days");
        let (mut found, stored) =
            (SignOut::default(), Stored { sign_out: Some(entry(3)), ..Stored::default() });
        let read = found.read(&stored, later(days * DAY), &mut || 7, &mut Outbox::default());
        assert_eq!((read, found.step() == Step::Show), (Found::Pending(epoch(0)), gives_up), "{days} days");
    }
}

#[test]
fn a_word_of_the_server_confirms_the_sessions_that_it_was_told_of() {
    for (told, is_done) in
        [(Some(epoch(0)), true), (Some(epoch(9)), true), (Some(epoch(-1)), false), (None, false)]
    {
        for is_ended in [true, false] {
            let (mut sign_out, mut outbox) = (pursuing(3), Outbox::default());
            assert_eq!(sign_out.confirm(told, is_ended, &mut outbox), is_done, "{told:?}");
            let expected = match (is_done, is_ended) {
                (true, true) => Some((SignOutStatus::Confirmed, 0)),
                (true, false) => None,
                (false, _) => Some((SignOutStatus::Pending, 3)),
            };
            assert_eq!(
                (status(&sign_out), sign_out.is_confirmed()),
                (expected, is_done && is_ended),
                "{told:?}"
            );
            assert_eq!(
                outbox.writes,
                if is_done { vec![Write::ClearSignOut { until: epoch(0) }] } else { vec![] }
            );
            assert_eq!(outbox.app.reports.len(), usize::from(is_done));
        }
    }
    assert!(SignOut::default().confirm(None, true, &mut Outbox::default()), "nothing was pending");
}

#[test]
fn what_is_stored_counts() {
    let session =
        |ms| Some(SessionEntry::Begun(Fingerprint { epoch: epoch(ms), subject: None, person: None }));
    for (mine, stored, session, found, tries, is_paused) in [
        (None, None, None, Found::Nothing, None, false),
        (None, Some(2), None, Found::Pending(epoch(0)), Some(2), false),
        (Some(2), Some(2), None, Found::Pending(epoch(0)), Some(2), false),
        (Some(2), Some(3), None, Found::Pending(epoch(0)), Some(3), true),
        (Some(3), Some(2), None, Found::Pending(epoch(0)), Some(2), false),
        (Some(2), None, None, Found::Cleared, Some(2), false),
        (Some(2), None, session(9), Found::Nothing, None, false),
        (Some(2), Some(2), session(9), Found::Nothing, None, false),
        (Some(2), Some(2), session(-9), Found::Pending(epoch(0)), Some(2), false),
    ] {
        let mut sign_out = mine.map_or_else(SignOut::default, pursuing);
        let entries = Stored { sign_out: stored.map(entry), session, ..Stored::default() };
        let read = sign_out.read(&entries, NOW, &mut || 7, &mut Outbox::default());
        let case = format!("{mine:?}, {stored:?}, {session:?}");
        assert_eq!((read, sign_out.pending().map(|pending| pending.tries)), (found, tries), "{case}");
        assert_eq!(sign_out.pause(NOW).is_some(), is_paused, "{case}");
    }
    let entries = Stored { sign_out: Some(entry(3)), ..Stored::default() };
    for (ms, is_same) in [(-1, false), (0, true)] {
        let (mut known, ending) = (SignOut::default(), Some(grant("alice", "1")));
        known.ask(PendingSignOut { until: epoch(ms), ..entry(1) }, ending, &mut Outbox::default());
        known.read(&entries, NOW, &mut || 7, &mut Outbox::default());
        let of_it = (known.pause(NOW).is_some(), known.token(NOW).is_some());
        assert_eq!(of_it, (is_same, is_same), "that was another sign-out: {ms} ms");
    }
}

#[test]
fn a_refresh_goes_first_where_somebody_may_have_signed_in_or_a_token_is_required() {
    let known = PendingSignOut {
        session: Some(Fingerprint { epoch: epoch(-5), subject: Some(1), person: Some(2) }),
        ..entry(0)
    };
    let unknown = PendingSignOut { session: None, ..known };
    for (pending, is_sure, needs_token, ms, expected) in [
        (known, true, false, 0, false),
        (known, true, false, 4_999, false),
        (known, true, false, 5_000, true),
        (known, false, false, 0, true),
        (unknown, false, false, 9_000, false),
        (unknown, false, true, 0, false),
        (unknown, false, true, 60_000, true),
    ] {
        let mut sign_out = SignOut::default();
        sign_out.ask(pending, Some(grant("alice", "1")), &mut Outbox::default());
        assert_eq!(
            sign_out.must_compare(is_sure, needs_token, later(ms)),
            expected,
            "{is_sure}, {needs_token}, {ms}"
        );
    }
    assert!(!SignOut::default().must_compare(false, false, NOW));
    let mut dropped = pursuing(0);
    dropped.drop_token();
    assert!(dropped.must_compare(true, true, NOW));
    dropped.keep_token(grant("alice", "1"));
    assert!(!dropped.must_compare(true, true, NOW));
}

#[test]
fn another_sid_is_unclear_once_and_a_new_sign_in_if_it_stays() {
    let mut sign_out = SignOut::default();
    let session = Some(Fingerprint::of(epoch(-5), &grant("alice", "1")));
    sign_out.ask(PendingSignOut { session, ..entry(0) }, None, &mut Outbox::default());
    assert_eq!(sign_out.owner_of(&grant("alice", "1")), Owner::Pending);
    assert_eq!(sign_out.owner_of(&grant("bob", "1")), Owner::Other);
    assert_eq!(sign_out.owner_of(&grant("alice", "2")), Owner::Unclear);
    sign_out.compare_again(grant("alice", "2"));
    assert_eq!(sign_out.owner_of(&grant("alice", "2")), Owner::Other);
    assert_eq!(
        sign_out.owner_of(&grant("alice", "3")),
        Owner::Pending,
        "the server draws a sid for each token"
    );
    sign_out.ask_again(&mut Outbox::default());
    assert_eq!(sign_out.owner_of(&grant("alice", "2")), Owner::Unclear, "it is asked for anew");
    assert_eq!(SignOut::default().owner_of(&grant("alice", "1")), Owner::Other, "nothing is pending");
}

#[test]
fn a_session_that_begins_leaves_nothing_of_it() {
    let (mut sign_out, mut outbox) = (pursuing(3), Outbox::default());
    sign_out.fail(failed(UNAVAILABLE), NOW, &mut || 7, &mut Outbox::default());
    sign_out.reset(&mut outbox);
    assert_eq!(outbox.writes, [Write::ClearSignOut { until: epoch(0) }]);
    assert_eq!((sign_out.progress(), sign_out.pause(NOW), sign_out.step()), (None, None, Step::Rest));
    sign_out.keep_local();
    assert_eq!(status(&sign_out), Some((SignOutStatus::Local, 0)));
    sign_out.reset(&mut Outbox::default());
    assert_eq!(status(&sign_out), None);
    sign_out.resume(&mut outbox);
    assert_eq!(outbox.writes.len(), 1, "there is nothing to store");
}

#[test]
fn a_login_puts_it_off_in_all_tabs_until_it_has_failed_or_took_too_long() {
    let mut outbox = Outbox::default();
    let mut here = pursuing(3);
    here.put_off(NOW, &mut outbox);
    let stored = Stored { sign_out: here.pending(), ..Stored::default() };
    assert_eq!(std::mem::take(&mut outbox.writes), [Write::SignOut(here.pending().unwrap())]);
    let mut elsewhere = SignOut::default();
    let read = elsewhere.read(&stored, NOW, &mut || 7, &mut Outbox::default());
    assert_eq!((read, elsewhere.step()), (Found::Pending(epoch(0)), Step::Try));
    let left = Millis::from_secs(600);
    assert_eq!([here.pause(NOW), elsewhere.pause(NOW)], [Some(left); 2]);
    assert_eq!(elsewhere.pause(later(1_000)), Some(left - Millis::new(1_000)));
    assert_eq!(elsewhere.pause(later(600_000)), None);
    // A clock that was set back, or a forged entry.
    assert_eq!(elsewhere.pause(later(-1)), None);
    assert!(elsewhere.must_compare(true, false, NOW), "the login may have succeeded");
    assert!(!pursuing(3).must_compare(true, false, NOW));
    here.resume(&mut outbox);
    assert_eq!((outbox.writes, here.pause(NOW)), (vec![Write::SignOut(entry(3))], None));
    SignOut::default().put_off(NOW, &mut Outbox::default());
}

#[test]
fn the_stored_session_tells_that_it_was_abandoned() {
    let (mut sign_out, mut outbox, until) = (pursuing(3), Outbox::default(), epoch(0));
    sign_out.abandon(&mut outbox);
    assert_eq!(sign_out.step(), Step::Rest);
    let abandoned = Write::Session(SessionEntry::Abandoned { until });
    assert_eq!(outbox.writes, [abandoned, Write::ClearSignOut { until }]);
    outbox.writes.clear();
    sign_out.abandon(&mut outbox);
    assert_eq!(outbox.writes, [], "nothing is pending");
}

#[test]
fn a_sign_out_does_not_show_why_an_earlier_one_has_failed() {
    // Otherwise the app reports a failure before anything was sent.
    let mut sign_out = pursuing(19);
    sign_out.fail(failed(UNAVAILABLE), NOW, &mut || 7, &mut Outbox::default());
    let shown = |sign_out: &SignOut| sign_out.progress().and_then(|progress| progress.failure);
    assert_eq!((sign_out.step(), shown(&sign_out)), (Step::Show, Some(failed(UNAVAILABLE))));
    sign_out.ask(entry(0), None, &mut Outbox::default());
    assert_eq!((sign_out.step(), shown(&sign_out)), (Step::Try, None));
}
