//! The phases of a session, by the table of the machine's manual: an event for each row.

use std::collections::BTreeSet;

use silent_session::session::{
    EpochId, Event, Fingerprint, InFlight, Offer, PeerMessage, SessionEntry, Stored, TabId as Id, Ticket,
};

use super::super::world::manual::{PHASES, check_phase, name_of, phase_of};
use super::*;

/// A change of phase: an event that is handled while this is stored.
struct Story {
    one: One,
    stored: Stored,
    event: Event,
}

impl One {
    /// A page that has loaded while this was stored.
    fn loaded(stored: Stored) -> Self {
        let mut one = Self::new(Config::default());
        one.happens_with(stored, Event::Started);
        one
    }

    /// The first refresh of a page is on the wire.
    fn restoring(stored: Stored) -> (Self, AttemptId) {
        let mut one = Self::loaded(stored);
        let attempt = one.turn.expect("it restores the session");
        one.happens_with(stored, Event::LockGranted { attempt, contended: false });
        (one, attempt)
    }

    /// Nobody is signed in, and nobody was.
    fn ended() -> Self {
        let mut one = Self::new(Config { restore: false, ..Config::default() });
        one.happens(Event::Started);
        one
    }

    /// An epoch that began so many milliseconds after now.
    fn epoch(&self, ms: i64) -> EpochId {
        EpochId::draw(&mut || 5, self.moment().wall_ms() + ms, None)
    }

    fn story(self, event: Event) -> Story {
        Story { one: self, stored: Stored::default(), event }
    }

    /// Another tab says so.
    fn hears(self, message: PeerMessage) -> Story {
        let from = Id::draw(&mut || 99);
        self.story(Event::PeerSpoke { from, message })
    }

    /// Another tab says that all sessions are over that have begun by now.
    fn hears_end(self, reason: EndReason) -> Story {
        let until = self.epoch(1);
        self.hears(PeerMessage::Over { until, reason })
    }

    /// Another tab says that a session has begun.
    fn hears_begin(self) -> Story {
        let epoch = self.epoch(5);
        self.hears(PeerMessage::Began(Fingerprint { epoch, subject: None, person: None }))
    }
}

/// What is stored of a session that goes on.
fn goes_on() -> Stored {
    let one = One::new(Config::default());
    let session = Some(SessionEntry::Begun(one.session(one.epoch(-5_000))));
    Stored { is_kept: true, session, ..Stored::default() }
}

fn rejected() -> Result<Grant, RefreshFailure> {
    Err(RefreshFailure::Rejected { status: 401 })
}

fn stories() -> Vec<Story> {
    let settles = |(one, attempt): (One, AttemptId), outcome| {
        one.story(Event::RefreshSettled { attempt, outcome, echoes: false })
    };
    let grant = || One::new(Config::default()).grant();
    let signs_in = |one: One| one.story(Event::SignedIn { ticket: Ticket(7), grant: grant() });
    let signs_out = |one: One| one.story(Event::SignOutWanted { ticket: Ticket(7), reads_login: false });
    let active = || One::signed_in(Config::default());
    let replaced = || {
        let over = SessionEntry::Over { until: active().epoch(0), reason: EndReason::Replaced };
        let stored = Stored { is_kept: true, session: Some(over), ..Stored::default() };
        Story { one: One::new(Config::default()), stored, event: Event::Started }
    };
    vec![
        settles(One::restoring(Stored::default()), Ok(grant())),
        settles(One::restoring(Stored::default()), rejected()),
        One::loaded(goes_on()).hears_end(EndReason::Rejected),
        replaced(),
        signs_out(One::loaded(Stored::default())),
        signs_in(active()),
        active().hears_begin(),
        active().hears_end(EndReason::Rejected),
        active().hears_end(EndReason::Replaced),
        signs_out(active()),
        signs_in(One::ended()),
        One::ended().hears_begin(),
        signs_out(One::ended()),
        active().story(Event::Closed),
    ]
}

#[test]
fn each_row_of_the_table_of_phases_happens_and_nothing_else() {
    let mut happened = BTreeSet::new();
    for Story { mut one, stored, event } in stories() {
        let (before, name) = (one.session.status(), name_of(&event));
        one.happens_with(stored, event);
        let after = one.session.status();
        check_phase(&before, &name, &after);
        let without_reason = |phase: String| phase.split('(').next().unwrap_or_default().to_owned();
        let (from, to) = (without_reason(phase_of(&before)), phase_of(&after));
        // The table names no reason for an end that is left, or changed.
        let to = if from == "Ended" { without_reason(to) } else { to };
        happened.insert((if to == "Closed" { "any".into() } else { from }, to));
    }
    let rows: BTreeSet<_> = PHASES.iter().map(|row| (row.from.clone(), row.to.clone())).collect();
    assert_eq!(happened, rows);
}

// Scenario 138.
#[test]
fn a_token_of_another_tab_does_not_tell_whose_cookie_was_set() {
    let mut one = One::new(Config::default());
    one.happens(Event::Started);
    let commands = one.happens(Event::CookieChanged { ticket: Ticket(1) });
    let epoch = commands.iter().find_map(|command| match command {
        Command::Remember(SessionEntry::Begun(begun)) => Some(begun.epoch),
        _ => None,
    });
    let epoch = epoch.expect("the session has begun");
    let Grant { token, subject, lifetime, .. } = one.grant();
    let sent = one.moment().wall_ms();
    let offer = Offer { epoch, token, subject, lifetime, age: Millis::ZERO, sent };
    let from = Id::draw(&mut || 100);
    one.happens(Event::PeerSpoke { from, message: PeerMessage::Offered(offer) });
    assert!(matches!(one.session.status(), Status::Unknown { .. }), "{:?}", one.session.status());
}

/// `signIn()` is said in a page that finds this, and its refresh settles so.
fn reported(stored: &Stored, outcome: impl Fn(&One) -> Result<Grant, RefreshFailure>) -> Status {
    let mut one = One::new(Config::default());
    one.happens_with(*stored, Event::Started);
    one.happens_with(*stored, Event::CookieChanged { ticket: Ticket(1) });
    one.runs(1_000);
    for _ in 0..2 {
        let Some(attempt) = one.turn.take() else { break };
        one.happens_with(*stored, Event::LockGranted { attempt, contended: false });
        let outcome = outcome(&one);
        one.happens_with(*stored, Event::RefreshSettled { attempt, outcome, echoes: false });
    }
    one.session.status()
}

// Scenario 138.
#[test]
fn where_no_cookie_was_set_the_page_of_a_visitor_shows_that_there_was_no_session() {
    let rejected = |_: &One| Err(RefreshFailure::Rejected { status: 401 });
    let status = reported(&Stored { is_kept: true, ..Stored::default() }, rejected);
    assert!(matches!(status, Status::Ended { reason: EndReason::None, .. }), "{status:?}");
}

// Scenario 138.
#[test]
fn after_an_end_by_somebody_elses_cookie_a_refresh_that_is_out_is_for_nobody_known() {
    for is_out in [false, true] {
        let sent = One::new(Config::default()).moment().wall_ms() - 500;
        let until = EpochId::draw(&mut || 5, sent - 1_000, None);
        let session = Some(SessionEntry::Over { until, reason: EndReason::Replaced });
        let listed = InFlight { attempt: other(), sent, gone: None };
        let in_flight = is_out.then_some(listed).into_iter().collect();
        let stored = Stored { is_kept: true, session, in_flight, ..Stored::default() };
        let status = reported(&stored, |one| Ok(one.grant()));
        let is_shown = matches!(status, Status::Active { .. });
        assert_eq!(is_shown, !is_out, "{status:?}");
    }
}
