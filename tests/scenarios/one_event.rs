//! What a session does at one event, exactly: where a scenario of whole tabs would reach it by accident only.

use silent_session::session::{
    AccessToken, AttemptId, Audience, Command, EpochId, Event, Grant, Memo, Moment, Offer, PeerMessage,
    Session, Subject, TabId as Id, Ticket,
};

use super::*;

/// A session that draws the numbers from 1 on, at its own time.
struct One {
    session: Session<Box<dyn FnMut() -> u64>>,
    now: i64,
    /// By how much the wall clock was set.
    set: i64,
}

impl One {
    fn new(config: Config) -> Self {
        let mut next = 0;
        let entropy: Box<dyn FnMut() -> u64> = Box::new(move || {
            next += 1;
            next
        });
        Self { session: Session::new(config, entropy), now: 0, set: 0 }
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
        self.session.handle(now, event)
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
        let commands = self.happens(Event::RenewalWanted { ticket: Ticket(ticket) });
        let asked = |command: &Command| match command {
            Command::AcquireLock { attempt } => Some(*attempt),
            _ => None,
        };
        commands.iter().find_map(asked).expect("it asks for the lock")
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
