//! What a session does at one event, exactly: where a scenario of whole tabs would reach it by accident only.

use silent_session::session::{
    AccessToken, AttemptId, Command, Event, Grant, Memo, Moment, PeerMessage, Session, Subject, TabId as Id,
    Ticket,
};

use super::*;

/// A session that draws the numbers from 1 on, at its own time.
struct One {
    session: Session<Box<dyn FnMut() -> u64>>,
    now: i64,
}

impl One {
    fn new(config: Config) -> Self {
        let mut next = 0;
        let entropy: Box<dyn FnMut() -> u64> = Box::new(move || {
            next += 1;
            next
        });
        Self { session: Session::new(config, entropy), now: 0 }
    }

    /// Alice has signed in, and nothing is out.
    fn signed_in(config: Config) -> Self {
        let mut one = Self::new(Config { restore: false, ..config });
        one.happens(Event::Started { memo: Memo::default(), company: false });
        let grant = Grant {
            token: AccessToken::new("alice"),
            received: one.moment(),
            lifetime: Some(Duration::from_secs(900)),
            subject: Some(Subject::new("alice", None)),
        };
        one.happens(Event::SignedIn { ticket: Ticket(0), grant, memo: Memo::default() });
        one
    }

    fn moment(&self) -> Moment {
        Moment::new(1_700_000_000_000 + self.now, self.now)
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
