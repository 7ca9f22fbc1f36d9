//! The turns of a session: the lock, whom it asks, what it waits for, and how old a token is.

use silent_session::session::{
    AccessToken, AttemptId, Delay, EpochId, Event, Grant, Offer, Pace, PeerMessage, RefreshReply,
    SessionEntry, Stored, TabId as Id, Ticket,
};

use super::*;

#[test]
fn a_queue_that_has_moved_is_waited_in_once_more_and_only_there() {
    let other = AttemptId::draw(&mut || 77);
    // Steals after 30 to 37.5 s, unless the queue moves: the waits are jittered.
    for (own, waits) in [(true, true), (false, false)] {
        let mut one = One::signed_in(Config::default());
        let attempt = one.wants_renewal(1);
        one.runs(29_000);
        one.happens(Event::LockMoved { attempt: if own { attempt } else { other } });
        assert_eq!(steals(&one.runs(9_000)), !waits, "own: {own}");
    }
    // Once it has the lock, what the others do there is nothing to it: its refresh takes too long all the same.
    let mut one = One::signed_in(Config::default());
    let attempt = one.wants_renewal(1);
    one.happens(Event::LockGranted { attempt, contended: false });
    one.happens(Event::LockMoved { attempt });
    let commands = one.runs(15_000);
    assert!(commands.contains(&Command::ReleaseLock { attempt }), "{commands:?}");
}

#[test]
fn a_page_that_was_away_asks_the_others_what_they_have() {
    for (leaves, was_away, asks) in
        [(false, false, false), (false, true, true), (true, false, true), (true, true, true)]
    {
        let mut one = One::signed_in(Config::default());
        if leaves {
            one.happens(Event::Left);
        }
        let commands = one.happens(Event::Woken { was_away, is_seen: true });
        let case = format!("leaves: {leaves}, was away: {was_away}");
        assert_eq!(commands.contains(&Command::Tell(PeerMessage::Hello)), asks, "{case}");
        assert_eq!(commands.contains(&Command::ExpectCompany(true)), asks, "{case}");
    }
}

#[test]
fn a_worker_is_handed_a_token_that_came_later_than_its_own_and_no_other() {
    let worker = Id::draw(&mut || 99);
    for (age, hands_over) in [(3_000, false), (4_000, false), (4_001, true), (9_000, true)] {
        let mut one = One::signed_in(Config::default());
        let Status::Active { epoch, .. } = one.session.status() else { panic!("signed in") };
        one.runs(3_000);
        let age = Millis::new(age);
        let commands = one.happens(Event::PeerSpoke {
            from: worker,
            message: PeerMessage::Wanted { epoch: Some(epoch), age },
        });
        let offers = commands.iter().any(|command| matches!(command, Command::Tell(PeerMessage::Offered(_))));
        assert_eq!(offers, hands_over, "{age:?}: {commands:?}");
        assert_eq!(commands.contains(&Command::Tell(PeerMessage::Coming)), !hands_over, "{age:?}");
    }
}

#[test]
fn a_message_that_is_heard_right_after_the_clock_was_set_back_may_have_lain_there_for_so_long() {
    for (later, is_doubted) in [(0, true), (999, true), (1_000, false)] {
        let mut one = One::new(Config::default());
        one.happens(Event::Started);
        let grant = one.grant();
        let from = Id::draw(&mut || 99);
        let offer = |sent: i64| {
            let epoch = EpochId::draw(&mut || 5, 1_700_000_000_000, None);
            let Grant { token, subject, lifetime, .. } = grant.clone();
            PeerMessage::Offered(Offer { epoch, token, subject, lifetime, age: Millis::ZERO, sent })
        };
        // The wall clock stands still for a minute.
        (one.now, one.set) = (one.now + 60_000, -60_000);
        one.happens(Event::Tick);
        one.now += later;
        let message = offer(one.moment().wall_ms());
        one.happens(Event::PeerSpoke { from, message });
        let Status::Active { grant, .. } = one.session.status() else { panic!("handed over") };
        let age = one.moment().since(grant.received);
        assert_eq!(age, Millis::from_secs(if is_doubted { 60 } else { 0 }), "{later} ms");
    }
}

#[test]
fn the_others_are_asked_before_a_refresh_where_one_of_them_may_have_a_token() {
    // Whether a token would do, whether the lock had to be waited for, whether the browser keeps anything, whether this tab has
    // sent one before.
    for (would_do, contended, is_kept, has_sent, waits) in [
        (true, true, true, false, true),
        (true, true, true, true, true),
        (true, false, true, false, false),
        (false, true, true, false, false),
        // They may know which refreshes are out.
        (false, true, false, false, true),
        (false, true, false, true, false),
    ] {
        let mut one = One::signed_in(Config::default());
        one.happens(Event::PeerSpoke { from: Id::draw(&mut || 99), message: PeerMessage::Here });
        let Status::Active { epoch, grant, .. } = one.session.status() else { panic!("signed in") };
        let session = Some(SessionEntry::Begun(one.session(epoch)));
        let stored =
            if is_kept { Stored { is_kept, session, ..Stored::default() } } else { Stored::default() };
        if has_sent {
            let attempt = one.wants_renewal(1);
            one.happens_with(stored, Event::LockGranted { attempt, contended: false });
            let outcome = Err(RefreshFailure::Unavailable { status: Some(503), retry_after: None });
            one.happens_with(stored, Event::RefreshSettled { attempt, outcome, echoes: false });
            one.happens(Event::Withdrawn { ticket: Ticket(1) });
        }
        let event = if would_do {
            Event::TokenWanted { ticket: Ticket(2), not: Some(grant.token), min_validity: Millis::ZERO }
        } else {
            Event::RenewalWanted { ticket: Ticket(2) }
        };
        one.turn = None;
        one.happens(event);
        // After a failure there is a pause.
        while one.turn.is_none() {
            one.runs(100);
        }
        let attempt = one.turn.expect("it asks for the lock");
        let commands = one.happens_with(stored, Event::LockGranted { attempt, contended });
        let case = format!("{would_do}, {contended}, {is_kept}, {has_sent}: {commands:?}");
        assert_eq!(commands.contains(&Command::Tell(PeerMessage::Hello)), contended, "{case}");
        let tabs = Some((Delay::Tabs, Millis::new(100)));
        assert_eq!((deferred(&commands), sends(&commands)), (tabs.filter(|_| waits), !waits), "{case}");
    }
}

#[test]
fn a_wait_is_for_an_orphan_unless_the_other_tabs_take_longer() {
    for (age, why, wait) in [
        (1_800, Delay::Orphan, 200),
        (1_900, Delay::Orphan, 100),
        (1_901, Delay::Tabs, 100),
        (5_000, Delay::Tabs, 100),
    ] {
        let mut one = One::signed_in(Config::default());
        one.happens(Event::PeerSpoke { from: Id::draw(&mut || 99), message: PeerMessage::Here });
        let Status::Active { epoch, grant, .. } = one.session.status() else { panic!("signed in") };
        one.happens(Event::TokenWanted {
            ticket: Ticket(2),
            not: Some(grant.token.clone()),
            min_validity: Millis::ZERO,
        });
        let id = AttemptId::draw(&mut || 55);
        let marker = one.orphan(id, age, Some(epoch));
        let session = Some(SessionEntry::Begun(one.session(epoch)));
        let stored =
            Stored { is_kept: true, session, marker: Some(marker), marked: Some(id), ..Stored::default() };
        let attempt = one.turn.expect("it asks for the lock");
        let commands = one.happens_with(stored, Event::LockGranted { attempt, contended: true });
        assert_eq!(deferred(&commands), Some((why, Millis::new(wait))), "{age}: {commands:?}");
    }
}

#[test]
fn a_token_whose_reply_took_long_is_as_old_as_the_question() {
    for (took, lifetime, is_as_asked) in [
        (2_000, 900, false),
        (2_001, 900, true),
        // From a server that is slower than its tokens live one takes what one gets; not where the page may have been frozen.
        (20_000, 20, false),
        (30_000, 20, false),
        (30_001, 20, true),
    ] {
        let mut one = One::signed_in(Config::default());
        let attempt = one.wants_renewal(1);
        let stored = Stored::default();
        one.happens_with(stored, Event::LockGranted { attempt, contended: false });
        let sent = one.now;
        one.now += took;
        let received = one.moment();
        let grant = Grant { received, lifetime: Some(Millis::from_secs(lifetime)), ..one.grant() };
        let outcome = Ok(Grant { token: AccessToken::new("next"), ..grant });
        one.happens_with(stored, Event::RefreshSettled { attempt, outcome, echoes: false });
        let Status::Active { grant, .. } = one.session.status() else { panic!("signed in") };
        let age = one.moment().since(grant.received);
        let expected = if is_as_asked { one.now - sent } else { 0 };
        assert_eq!(age, Millis::new(expected as u64), "{took} ms, {lifetime} s");
    }
}

#[test]
fn only_the_turn_that_looks_goes_on_when_it_has_looked() {
    let stored = Stored::default();
    let mut one = One::signed_in(Config::default());
    let attempt = one.wants_renewal(1);
    // It has not got the lock yet.
    assert!(!sends(&one.happens_with(stored, Event::LookedAgain { attempt })));
    one.happens(Event::PeerSpoke { from: Id::draw(&mut || 99), message: PeerMessage::Here });
    let commands = one.happens_with(stored, Event::LockGranted { attempt, contended: true });
    assert!(deferred(&commands).is_some() && !sends(&commands), "{commands:?}");
    assert!(!sends(&one.happens_with(stored, Event::LookedAgain { attempt })), "it waits");
    let commands = one.runs(100);
    assert!(commands.contains(&Command::LookAgain { attempt }), "{commands:?}");
    let other = AttemptId::draw(&mut || 77);
    assert!(!sends(&one.happens_with(stored, Event::LookedAgain { attempt: other })));
    assert!(sends(&one.happens_with(stored, Event::LookedAgain { attempt })));
}

#[test]
fn a_turn_that_waits_gives_the_lock_back_before_listeners_hear_of_a_token() {
    let mut one = One::signed_in(Config::default());
    let from = Id::draw(&mut || 99);
    one.happens(Event::PeerSpoke { from, message: PeerMessage::Here });
    let attempt = one.wants_renewal(1);
    one.happens(Event::LockGranted { attempt, contended: true });
    let Status::Active { epoch, .. } = one.session.status() else { panic!("signed in") };
    one.now += 50;
    let Grant { subject, lifetime, .. } = one.grant();
    let (token, sent) = (AccessToken::new("newer"), one.moment().wall_ms());
    let offer = Offer { epoch, token, subject, lifetime, age: Millis::ZERO, sent };
    let commands = one.happens(Event::PeerSpoke { from, message: PeerMessage::Offered(offer) });
    assert!(commands.contains(&Command::Publish), "{commands:?}");
    assert!(commands.contains(&Command::ReleaseLock { attempt }), "{commands:?}");
}

#[test]
fn a_late_reply_is_older_than_a_token_that_another_tab_has_handed_over_since() {
    // The refresh has taken too long, or is still on the wire: then its reply is the newer one.
    for (is_late, shown) in [(true, "handed over"), (false, "own")] {
        let mut one = One::signed_in(Config::default());
        let attempt = one.wants_renewal(1);
        one.happens(Event::LockGranted { attempt, contended: false });
        one.runs(if is_late { 15_000 } else { 1_000 });
        let Status::Active { epoch, .. } = one.session.status() else { panic!("signed in") };
        let Grant { subject, lifetime, .. } = one.grant();
        let (token, sent) = (AccessToken::new("handed over"), one.moment().wall_ms());
        let offer = Offer { epoch, token, subject, lifetime, age: Millis::ZERO, sent };
        let message = PeerMessage::Offered(offer);
        one.happens(Event::PeerSpoke { from: Id::draw(&mut || 99), message });
        one.runs(100);
        let outcome = Ok(Grant { token: AccessToken::new("own"), ..one.grant() });
        one.happens(Event::RefreshSettled { attempt, outcome, echoes: false });
        let Status::Active { grant, .. } = one.session.status() else { panic!("signed in") };
        assert_eq!(grant.token.reveal(), shown, "late: {is_late}");
    }
}

#[test]
fn a_tab_that_has_had_no_time_to_hand_its_token_over_is_given_some() {
    // When another tab has heard, and whether it is asked then.
    for (ago, waits) in [(200, true), (9_000, false)] {
        let mut one = One::signed_in(Config::default());
        one.runs(20_000);
        let Status::Active { epoch, grant, .. } = one.session.status() else { panic!("signed in") };
        let session = Some(SessionEntry::Begun(one.session(epoch)));
        let took = Millis::new(40);
        let at = one.moment().wall_ms() - ago;
        let answered =
            Some(RefreshReply { at, took, pace: Pace { slowest: took, usual: took }, echoes: false });
        let stored = Stored { is_kept: true, session, answered, ..Stored::default() };
        one.happens(Event::TokenWanted {
            ticket: Ticket(2),
            not: Some(grant.token),
            min_validity: Millis::ZERO,
        });
        let attempt = one.turn.expect("it asks for the lock");
        let commands = one.happens_with(stored, Event::LockGranted { attempt, contended: false });
        assert_eq!(commands.contains(&Command::Tell(PeerMessage::Hello)), waits, "{ago} ms: {commands:?}");
    }
}

#[test]
fn a_page_that_is_loaded_hidden_does_not_refresh_ahead_of_the_expiry() {
    for is_hidden in [true, false] {
        let mut one = One::new(Config::default());
        if is_hidden {
            one.happens(Event::Hidden);
        }
        one.happens(Event::Started);
        let attempt = one.turn.expect("it restores the session");
        one.happens(Event::LockGranted { attempt, contended: false });
        let outcome = Ok(one.grant());
        one.happens(Event::RefreshSettled { attempt, outcome, echoes: false });
        let Status::Active { refresh_at, .. } = one.session.status() else { panic!("restored") };
        assert_eq!(refresh_at.is_none(), is_hidden, "hidden: {is_hidden}");
    }
}

#[test]
fn once_the_network_is_back_no_date_is_shown_that_has_passed() {
    // Otherwise the app says until the next reply that it tries again at a time that was minutes ago.
    let mut one = One::new(Config::default());
    one.happens(Event::Started);
    let attempt = one.turn.expect("it restores the session");
    one.happens(Event::LockGranted { attempt, contended: false });
    one.hears_of_idle_refreshes(8);
    let outcome = Err(RefreshFailure::Offline);
    one.happens(Event::RefreshSettled { attempt, outcome, echoes: false });
    assert!(matches!(one.session.status(), Status::Unknown { retry_at: Some(_), .. }));
    // The machine sleeps.
    one.now += 1_000_000;
    one.happens(Event::CameOnline);
    let status = one.session.status();
    assert!(matches!(status, Status::Unknown { failure: Some(_), retry_at: None }), "{status:?}");
}

#[test]
fn an_orphan_is_waited_for_once_although_its_retry_was_rejected_and_the_clock_was_set_back() {
    // Otherwise a page load takes longer, for a cookie that was waited for in vain.
    let mut one = One::signed_in(Config::default());
    let id = AttemptId::draw(&mut || 55);
    let stored = one.stored();
    let marker = one.orphan(id, 1_000, stored.session.map(|session| session.epoch()));
    let stored = Stored { marker: Some(marker), marked: Some(id), ..stored };
    let attempt = one.wants_renewal(1);
    let commands = one.happens_with(stored, Event::LockGranted { attempt, contended: false });
    assert_eq!(deferred(&commands), Some((Delay::Orphan, Millis::new(1_000))));
    one.runs(1_000);
    assert!(sends(&one.happens_with(stored, Event::LookedAgain { attempt })));
    let outcome = Err(RefreshFailure::Rejected { status: 401 });
    let commands = one.happens_with(stored, Event::RefreshSettled { attempt, outcome, echoes: false });
    assert_eq!(deferred(&commands), Some((Delay::Confirmation, Millis::new(500))));
    one.set = -1_000;
    one.runs(500);
    let commands = one.happens_with(stored, Event::LookedAgain { attempt });
    assert!(sends(&commands), "{commands:?}");
}
