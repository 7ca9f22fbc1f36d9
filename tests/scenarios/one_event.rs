//! What a session does at one event, exactly: where a scenario of whole tabs would reach it by accident only.

use silent_session::session::{
    AccessToken, AttemptId, Audience, Begun, Command, Delay, EpochId, Event, Grant, InFlight, InFlightList,
    Memo, Moment, Note, Offer, PeerMessage, PendingSignOut, Remembered, Report, Session, Standing, Subject,
    TabId as Id, Ticket, Unsettled,
};

use super::*;

/// A session that draws the numbers from 1 on, at its own time.
struct One {
    session: Session<Box<dyn FnMut() -> u64>>,
    now: i64,
    /// By how much the wall clock was set.
    set: i64,
    /// The turn that was asked for last.
    turn: Option<AttemptId>,
}

impl One {
    fn new(config: Config) -> Self {
        let mut next = 0;
        let entropy: Box<dyn FnMut() -> u64> = Box::new(move || {
            next += 1;
            next
        });
        Self { session: Session::new(config, entropy), now: 0, set: 0, turn: None }
    }

    /// Alice has signed in, and nothing is out.
    fn signed_in(config: Config) -> Self {
        let mut one = Self::new(Config { restore: false, ..config });
        one.happens(Event::Started { memo: Memo::default(), company: false });
        let grant = one.grant();
        one.happens(Event::SignedIn { ticket: Ticket(0), grant, memo: Memo::default() });
        one
    }

    /// A token of alice's that has just come.
    fn grant(&self) -> Grant {
        Grant {
            token: AccessToken::new("alice"),
            received: self.moment(),
            lifetime: Some(Duration::from_secs(900)),
            subject: Some(Subject::new("alice", None)),
        }
    }

    fn moment(&self) -> Moment {
        Moment::new(1_700_000_000_000 + self.now + self.set, self.now)
    }

    fn happens(&mut self, event: Event) -> Vec<Command> {
        let now = self.moment();
        let commands = self.session.handle(now, event);
        for command in &commands {
            if let Command::AcquireLock { attempt } = command {
                self.turn = Some(*attempt);
            }
        }
        commands
    }

    /// Lets time pass, with a tick at each moment that the session asks for. Returns what it did.
    fn runs(&mut self, ms: i64) -> Vec<Command> {
        let end = self.now + ms;
        let mut commands = Vec::new();
        for _ in 0..10_000 {
            let next = self.session.deadline(self.moment()).map(|delay| self.now + delay.as_millis() as i64);
            let Some(next) = next.filter(|next| *next <= end) else { break };
            self.now = next;
            commands.extend(self.happens(Event::Tick));
        }
        self.now = end;
        commands
    }

    /// Asks for a renewal. Returns the turn in which it is to be had.
    fn wants_renewal(&mut self, ticket: u32) -> AttemptId {
        self.happens(Event::RenewalWanted { ticket: Ticket(ticket) });
        self.turn.expect("it asks for the lock")
    }
}

fn steals(commands: &[Command]) -> bool {
    commands.iter().any(|command| matches!(command, Command::StealLock { .. }))
}

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
    one.happens(Event::LockGranted { attempt, contended: false, memo: Memo::default() });
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
        let commands = one.happens(Event::Woken { memo: Memo::default(), was_away, is_seen: true });
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
        let age = Duration::from_millis(age);
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
fn what_is_asked_of_a_session_that_is_over_is_refused_at_once() {
    for is_closed in [true, false] {
        let mut one = One::signed_in(Config::default());
        let Status::Active { epoch, generation, .. } = one.session.status() else { panic!("signed in") };
        one.happens(if is_closed {
            Event::Closed
        } else {
            Event::SignOutWanted { ticket: Ticket(1), memo: Memo::default(), reads_login: false }
        });
        let denial = if is_closed { Denial::Closed } else { Denial::Ended(EndReason::SignedOut) };
        let audience = Audience::new("https://api.test", "/");
        for event in [
            Event::TokenWanted { ticket: Ticket(2), not: None, min_validity: Duration::ZERO },
            Event::RenewalWanted { ticket: Ticket(2) },
            Event::TokenRejected { ticket: Ticket(2), epoch, generation, audience },
        ] {
            let asked = format!("{event:?}");
            let commands = one.happens(event);
            let answer = Command::Answer { ticket: Ticket(2), answer: Err(denial) };
            assert!(commands.contains(&answer), "closed: {is_closed}, {asked}: {commands:?}");
        }
    }
}

#[test]
fn a_message_that_is_heard_right_after_the_clock_was_set_back_may_have_lain_there_for_so_long() {
    for (later, is_doubted) in [(0, true), (999, true), (1_000, false)] {
        let mut one = One::new(Config::default());
        one.happens(Event::Started { memo: Memo::default(), company: false });
        let grant = one.grant();
        let from = Id::draw(&mut || 99);
        let offer = |sent: i64| {
            let epoch = EpochId::draw(&mut || 5, 1_700_000_000_000, None);
            let Grant { token, subject, lifetime, .. } = grant.clone();
            PeerMessage::Offered(Offer { epoch, token, subject, lifetime, age: Duration::ZERO, sent })
        };
        // The wall clock stands still for a minute.
        (one.now, one.set) = (one.now + 60_000, -60_000);
        one.happens(Event::Tick);
        one.now += later;
        let message = offer(one.moment().wall_ms());
        one.happens(Event::PeerSpoke { from, message });
        let Status::Active { grant, .. } = one.session.status() else { panic!("handed over") };
        let age = one.moment().since(grant.received);
        assert_eq!(age, Duration::from_secs(if is_doubted { 60 } else { 0 }), "{later} ms");
    }
}

#[test]
fn a_page_that_begins_with_a_sign_out_pursues_it_unless_it_was_given_up() {
    for (tries, is_given_up) in [(0, false), (19, false), (20, true), (25, true)] {
        let mut one = One::new(Config::default());
        let until = EpochId::draw(&mut || 5, one.moment().wall_ms() - 5_000, None);
        let asked = one.moment().wall_ms() - 5_000;
        let memo = Memo {
            is_kept: true,
            session: Some(Remembered::Over { until, reason: EndReason::SignedOut }),
            sign_out: Some(PendingSignOut { until, session: None, asked, tries }),
            ..Memo::default()
        };
        let commands = one.happens(Event::Started { memo, company: false });
        let asks = commands.iter().any(|command| matches!(command, Command::AcquireLock { .. }));
        assert_eq!(asks, !is_given_up, "{tries}: {commands:?}");
        let progress = one.session.sign_out_progress().expect("there is one");
        let expected = if is_given_up { SignOutStatus::GivenUp } else { SignOutStatus::Pending };
        assert_eq!((progress.status, progress.tries), (expected, tries));
        let is_ended = matches!(one.session.status(), Status::Ended { reason: EndReason::SignedOut, .. });
        assert_eq!(is_ended, is_given_up, "{tries}: {:?}", one.session.status());
    }
}

#[test]
fn a_sign_out_is_not_confirmed_while_another_tab_has_a_refresh_out() {
    // Of a page that has gone, and where nobody else is there, it counts as long as its reply is likely.
    for (has_sibling, is_out, status) in [
        (true, true, SignOutStatus::Pending),
        (false, true, SignOutStatus::Confirmed),
        (true, false, SignOutStatus::Confirmed),
    ] {
        let mut one = One::signed_in(Config::default());
        one.runs(60_000);
        if has_sibling {
            one.happens(Event::PeerSpoke { from: Id::draw(&mut || 99), message: PeerMessage::Here });
        }
        let other =
            InFlight { attempt: AttemptId::draw(&mut || 77), sent: one.moment().wall_ms(), gone: None };
        let in_flight = if is_out { InFlightList::default().with(other) } else { InFlightList::default() };
        let Status::Active { epoch, grant, .. } = one.session.status() else { panic!("signed in") };
        let digest = grant.subject.map(|subject| subject.digest(epoch));
        let session = Some(Remembered::Begun(Begun { epoch, subject: digest, person: digest }));
        let memo = Memo { is_kept: true, session, in_flight, ..Memo::default() };
        let commands = one.happens(Event::SignOutWanted { ticket: Ticket(1), memo, reads_login: false });
        let (attempt, pending) = asked_for_sign_out(&commands);
        let memo = Memo { sign_out: Some(pending), session: None, ..memo };
        let session = Some(Remembered::Over { until: pending.until, reason: EndReason::SignedOut });
        let commands =
            one.happens(Event::LockGranted { attempt, contended: false, memo: Memo { session, ..memo } });
        assert!(
            commands.iter().any(|command| matches!(command, Command::SendSignOut { .. })),
            "{commands:?}"
        );
        let commands = one.happens(Event::SignOutSettled { attempt, outcome: Ok(()) });
        let answer = Command::Answer { ticket: Ticket(1), answer: Ok(Reply::SignedOut(status)) };
        assert!(commands.contains(&answer), "sibling: {has_sibling}, out: {is_out}: {commands:?}");
    }
}

/// The turn in which a sign-out is to be had, and what was written down of it.
fn asked_for_sign_out(commands: &[Command]) -> (AttemptId, PendingSignOut) {
    let attempt = commands.iter().find_map(|command| match command {
        Command::AcquireLock { attempt } => Some(*attempt),
        _ => None,
    });
    let pending = commands.iter().find_map(|command| match command {
        Command::RememberSignOut(pending) => Some(*pending),
        _ => None,
    });
    attempt.zip(pending).expect("it asks for the lock, and writes it down")
}

/// A refresh has been sent in this turn.
fn sends(commands: &[Command]) -> bool {
    commands.iter().any(|command| matches!(command, Command::SendRefresh { .. }))
}

/// What a turn waits for, and for how long.
fn deferred(commands: &[Command]) -> Option<(Delay, Duration)> {
    commands.iter().find_map(|command| match command {
        Command::Report(Report::Deferred { why, wait }) => Some((*why, *wait)),
        _ => None,
    })
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
        let digest = grant.subject.as_ref().map(|subject| subject.digest(epoch));
        let session = Some(Remembered::Begun(Begun { epoch, subject: digest, person: digest }));
        let memo = if is_kept { Memo { is_kept, session, ..Memo::default() } } else { Memo::default() };
        if has_sent {
            let attempt = one.wants_renewal(1);
            one.happens(Event::LockGranted { attempt, contended: false, memo });
            let outcome = Err(RefreshFailure::Unavailable { status: Some(503), retry_after: None });
            one.happens(Event::RefreshSettled { attempt, outcome, echoes: false, memo });
            one.happens(Event::Withdrawn { ticket: Ticket(1) });
        }
        let event = if would_do {
            Event::TokenWanted { ticket: Ticket(2), not: Some(grant.token), min_validity: Duration::ZERO }
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
        let commands = one.happens(Event::LockGranted { attempt, contended, memo });
        let case = format!("{would_do}, {contended}, {is_kept}, {has_sent}: {commands:?}");
        assert_eq!(commands.contains(&Command::Tell(PeerMessage::Hello)), contended, "{case}");
        let tabs = Some((Delay::Tabs, Duration::from_millis(100)));
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
            min_validity: Duration::ZERO,
        });
        let sent = one.moment().wall_ms() - age;
        let id = AttemptId::draw(&mut || 55);
        let marker = Unsettled {
            id,
            sent,
            standing: Standing::Out,
            companion: None,
            astray: None,
            gone: Some(sent),
            under: Some(epoch),
            first: sent,
        };
        let digest = grant.subject.as_ref().map(|subject| subject.digest(epoch));
        let session = Some(Remembered::Begun(Begun { epoch, subject: digest, person: digest }));
        let memo =
            Memo { is_kept: true, session, unsettled: Some(marker), marked: Some(id), ..Memo::default() };
        let attempt = one.turn.expect("it asks for the lock");
        let commands = one.happens(Event::LockGranted { attempt, contended: true, memo });
        assert_eq!(deferred(&commands), Some((why, Duration::from_millis(wait))), "{age}: {commands:?}");
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
        let memo = Memo::default();
        one.happens(Event::LockGranted { attempt, contended: false, memo });
        let sent = one.now;
        one.now += took;
        let received = one.moment();
        let grant = Grant { received, lifetime: Some(Duration::from_secs(lifetime)), ..one.grant() };
        let outcome = Ok(Grant { token: AccessToken::new("next"), ..grant });
        one.happens(Event::RefreshSettled { attempt, outcome, echoes: false, memo });
        let Status::Active { grant, .. } = one.session.status() else { panic!("signed in") };
        let age = one.moment().since(grant.received);
        let expected = if is_as_asked { one.now - sent } else { 0 };
        assert_eq!(age, Duration::from_millis(expected as u64), "{took} ms, {lifetime} s");
    }
}

#[test]
fn a_closed_session_notes_its_refresh_as_one_of_the_session_that_goes_on_or_of_the_one_before() {
    // What is stored when it settles, by how much later it began than the session that was closed, and whether the cookie may
    // lie over that of another one.
    for (is_over, later, strays) in [
        (false, 0, false),
        (false, -1_000, false),
        (false, 1_000, true),
        (true, 0, false),
        (true, -1_000, false),
        (true, 1_000, false),
    ] {
        let mut one = One::signed_in(Config::default());
        let Status::Active { epoch, .. } = one.session.status() else { panic!("signed in") };
        let attempt = one.wants_renewal(1);
        one.happens(Event::LockGranted { attempt, contended: false, memo: Memo::default() });
        one.happens(Event::Closed);
        one.runs(2_000);
        let date = 1_700_000_000_000 + later;
        let other = if later == 0 { epoch } else { EpochId::draw(&mut || 5, date, None) };
        let session = if is_over {
            Remembered::Over { until: other, reason: EndReason::SignedOut }
        } else {
            Remembered::Begun(Begun { epoch: other, subject: None, person: None })
        };
        let memo = Memo { is_kept: true, session: Some(session), ..Memo::default() };
        let outcome = Ok(Grant { token: AccessToken::new("next"), ..one.grant() });
        let commands = one.happens(Event::RefreshSettled { attempt, outcome, echoes: false, memo });
        let case = format!("over: {is_over}, {later}: {commands:?}");
        let has = |which: fn(&Note) -> bool| {
            commands.iter().any(|command| matches!(command, Command::Note(note) if which(note)))
        };
        assert_eq!(has(|note| matches!(note, Note::Remark { .. })), strays, "{case}");
        assert_eq!(has(|note| matches!(note, Note::Unmark { .. })), !strays, "{case}");
        assert_eq!(
            has(|note| matches!(note, Note::Answered(_))),
            !strays && !(is_over && later >= 0),
            "{case}"
        );
        assert!(commands.contains(&Command::ReleaseLock { attempt }), "{case}");
        assert_eq!(one.session.deadline(one.moment()), None, "{case}");
    }
}
