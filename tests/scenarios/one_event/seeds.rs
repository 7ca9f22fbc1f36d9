//! A token that the page was delivered with.

use silent_session::session::{
    EpochId, Event, Fingerprint, PeerMessage, PendingSignOut, SessionEntry, Stored, TabId as Id, Ticket,
};

use super::*;

/// The session of alice that is stored.
fn alices(one: &One) -> Fingerprint {
    let epoch = EpochId::draw(&mut || 5, one.moment().wall_ms() - 5_000, None);
    one.session(epoch)
}

fn seeded(one: &mut One, stored: Stored) -> Vec<Command> {
    let grant = one.grant();
    one.happens_with(stored, Event::Seeded { ticket: Ticket(9), grant })
}

#[test]
fn the_other_tabs_are_asked_where_only_they_know_of_a_session() {
    // Whether the page has started, whether the browser keeps anything, whether a session is known here.
    for (started, is_kept, is_known) in
        [(true, false, false), (true, true, false), (true, false, true), (false, false, false)]
    {
        let mut one = One::new(Config { restore: false, ..Config::default() });
        let stored = Stored { is_kept, ..Stored::default() };
        if started {
            one.happens_with(stored, Event::Started);
            one.happens(Event::PeerSpoke { from: Id::draw(&mut || 99), message: PeerMessage::Here });
        }
        if is_known {
            let grant = one.grant();
            one.happens_with(stored, Event::SignedIn { ticket: Ticket(1), grant });
        }
        let asks = seeded(&mut one, stored).contains(&Command::Tell(PeerMessage::Hello));
        assert_eq!(asks, started && !is_kept && !is_known, "{started}, {is_kept}, {is_known}");
    }
}

#[test]
fn a_page_that_restores_nothing_goes_on_with_the_session_that_is_stored() {
    for is_stored in [true, false] {
        let mut one = One::new(Config { restore: false, ..Config::default() });
        let begun = alices(&one);
        let session = Some(SessionEntry::Begun(begun)).filter(|_| is_stored);
        let stored = Stored { is_kept: true, session, ..Stored::default() };
        one.happens_with(stored, Event::Started);
        seeded(&mut one, stored);
        let Status::Active { epoch, elsewhere, .. } = one.session.status() else { panic!("it is shown") };
        assert_eq!((epoch == begun.epoch, elsewhere), (is_stored, false));
    }
}

#[test]
fn a_seed_of_a_session_that_was_signed_out_in_another_tab_is_refused() {
    for restore in [true, false] {
        let config = Config { restore, tells_sign_out: false, ..Config::default() };
        let mut one = One::new(config);
        let begun = alices(&one);
        let until = EpochId::last(one.moment().wall_ms() - 1_000, Some(begun.epoch));
        let session = Some(SessionEntry::Begun(begun));
        let stored = Stored { is_kept: true, session, ..Stored::default() };
        one.happens_with(stored, Event::Started);
        let session = Some(SessionEntry::Over { until, reason: EndReason::SignedOut });
        let commands = seeded(&mut one, Stored { session, ..stored });
        let refused = Command::Answer { ticket: Ticket(9), answer: Err(Denial::Ended(EndReason::SignedOut)) };
        assert!(commands.contains(&refused), "{restore}: {commands:?}");
        assert!(!matches!(one.session.status(), Status::Active { .. }), "{restore}");
    }
}

#[test]
fn a_seed_after_a_sign_out_waits_for_a_refresh_whatever_has_become_of_the_sign_out() {
    for is_abandoned in [true, false] {
        let mut one = One::new(Config::default());
        let until = EpochId::last(one.moment().wall_ms() - 1_000, None);
        let over = SessionEntry::Over { until, reason: EndReason::SignedOut };
        let session = Some(if is_abandoned { SessionEntry::Abandoned { until } } else { over });
        let stored = Stored { is_kept: true, session, ..Stored::default() };
        one.happens_with(stored, Event::Started);
        let commands = seeded(&mut one, stored);
        assert!(!matches!(one.session.status(), Status::Active { .. }), "{is_abandoned}: {commands:?}");
    }
}

#[test]
fn while_a_sign_out_is_pending_only_the_seed_of_another_person_is_taken() {
    for (is_alices, tries) in [(true, 0), (true, 20), (false, 0), (false, 20)] {
        let mut one = One::new(Config::default());
        let mut session = alices(&one);
        if !is_alices {
            session = Fingerprint { subject: Some(1), person: Some(1), ..session };
        }
        let asked = one.moment().wall_ms() - 1_000;
        let until = EpochId::last(asked, Some(session.epoch));
        let over = SessionEntry::Over { until, reason: EndReason::SignedOut };
        let sign_out = Some(PendingSignOut { until, session: Some(session), asked, tries, not_before: None });
        let stored = Stored { is_kept: true, session: Some(over), sign_out, ..Stored::default() };
        one.happens_with(stored, Event::Started);
        let commands = seeded(&mut one, stored);
        let refused = Command::Answer { ticket: Ticket(9), answer: Err(Denial::Ended(EndReason::SignedOut)) };
        assert_eq!(commands.contains(&refused), is_alices, "{is_alices}, {tries}: {commands:?}");
    }
}

#[test]
fn a_seed_after_an_end_leaves_nothing_of_the_session_before() {
    let mut one = One::new(Config { tells_sign_out: false, ..Config::default() });
    one.happens(Event::Started);
    let attempt = one.turn.expect("it restores");
    one.happens(Event::LockGranted { attempt, contended: false });
    let outcome = Err(RefreshFailure::Rejected { status: 401 });
    one.happens(Event::RefreshSettled { attempt, outcome, echoes: false });
    assert!(matches!(one.session.status(), Status::Ended { .. }));
    seeded(&mut one, Stored::default());
    // It has asked the others whether they know of a session.
    let commands = one.runs(100);
    let forgets = commands.iter().any(|command| matches!(command, Command::ForgetSignOut { .. }));
    assert!(forgets, "{commands:?}");
    assert!(matches!(one.session.status(), Status::Active { .. }));
}

#[test]
fn a_call_that_is_withdrawn_is_not_answered_where_a_seed_was_handed_over_before_it() {
    // What is called after the seed, while a refresh tells whose session it is.
    let calls: [fn(Ticket) -> Event; 2] = [
        |ticket| Event::TokenWanted { ticket, not: None, min_validity: Millis::ZERO },
        |ticket| Event::RenewalWanted { ticket },
    ];
    for call in calls {
        let mut one = One::new(Config::default());
        let bobs = Fingerprint { subject: Some(1), person: Some(1), ..alices(&one) };
        let session = Some(SessionEntry::Begun(bobs));
        let stored = Stored { is_kept: true, session, ..Stored::default() };
        seeded(&mut one, stored);
        one.happens(call(Ticket(10)));
        one.happens_with(stored, Event::Started);
        one.happens(Event::Withdrawn { ticket: Ticket(10) });
        let answered: Vec<_> = one
            .runs(120_000)
            .into_iter()
            .filter_map(|command| match command {
                Command::Answer { ticket, .. } => Some(ticket),
                _ => None,
            })
            .collect();
        assert_eq!(answered, [Ticket(9)]);
    }
}

#[test]
fn a_page_that_has_a_seed_only_refreshes_for_a_worker() {
    // A seed is never sent to another tab. Otherwise the worker receives neither a token nor the promise of one.
    let mut one = One::new(Config { restore: false, ..Config::default() });
    let session = Some(SessionEntry::Begun(alices(&one)));
    let stored = Stored { is_kept: true, session, ..Stored::default() };
    one.happens_with(stored, Event::Started);
    seeded(&mut one, stored);
    assert!(matches!(one.session.status(), Status::Active { .. }));
    one.turn = None;
    let message = PeerMessage::Wanted { epoch: None, age: Millis::ZERO };
    let commands = one.happens(Event::PeerSpoke { from: Id::draw(&mut || 99), message });
    assert!(commands.contains(&Command::Tell(PeerMessage::Coming)), "{commands:?}");
    assert!(one.turn.is_some(), "{commands:?}");
}
