//! What a session does at one event, exactly: where a scenario of whole tabs would reach it by accident only.

mod blocked;
mod over;
mod phases;
mod refreshes;
mod requests;
mod seeds;
mod sign_outs;
mod stages;
mod turns;
mod unkept;
mod whose_sign_outs;

use silent_session::session::{
    AccessToken, AttemptId, Budget, Charge, Delay, EpochId, Event, Fingerprint, Grant, MarkerState, Moment,
    Note, Noted, PeerMessage, RefreshMarker, Report, Session, SessionEntry, Stored, Subject, Ticket,
};

use super::*;

/// A session at its own time.
pub(super) struct One {
    pub(super) session: Session<Box<dyn FnMut() -> u64>>,
    pub(super) now: i64,
    /// By how much the wall clock was set.
    pub(super) set: i64,
    /// The turn that was asked for last.
    pub(super) turn: Option<AttemptId>,
}

impl One {
    /// One that waits as short as can be.
    pub(super) fn new(config: Config) -> Self {
        Self::drawing(config, 0)
    }

    /// One that draws the numbers after this one: large ones are long waits.
    pub(super) fn drawing(config: Config, mut next: u64) -> Self {
        let entropy: Box<dyn FnMut() -> u64> = Box::new(move || {
            next += 1;
            next
        });
        Self { session: Session::new(config, entropy), now: 0, set: 0, turn: None }
    }

    /// Alice has signed in, and nothing is out.
    pub(super) fn signed_in(config: Config) -> Self {
        let mut one = Self::new(Config { restore: false, ..config });
        one.happens(Event::Started);
        let grant = one.grant();
        one.happens(Event::SignedIn { ticket: Ticket(0), grant });
        one
    }

    /// A token of alice's that has just come.
    pub(super) fn grant(&self) -> Grant {
        Grant {
            token: AccessToken::new("alice"),
            received: self.moment(),
            lifetime: Some(Millis::from_secs(900)),
            subject: Some(Subject::new("alice", None)),
        }
    }

    /// A session of alice's that began so.
    pub(super) fn session(&self, epoch: EpochId) -> Fingerprint {
        let subject = self.grant().subject.expect("it says whose it is");
        Fingerprint {
            epoch,
            subject: Some(subject.digest(epoch)),
            person: Some(subject.person_digest(epoch)),
        }
    }

    /// What the browser keeps of the session that goes on.
    pub(super) fn stored(&self) -> Stored {
        let Status::Active { epoch, .. } = self.session.status() else { panic!("signed in") };
        let session = Some(SessionEntry::Begun(self.session(epoch)));
        Stored { is_kept: true, session, ..Stored::default() }
    }

    /// The marker of a refresh that a page has sent so many milliseconds ago, before it went.
    pub(super) fn orphan(&self, id: AttemptId, age: i64, under: Option<EpochId>) -> RefreshMarker {
        let sent = self.moment().wall_ms() - age;
        RefreshMarker {
            id,
            sent,
            state: MarkerState::InFlight,
            companion: None,
            stray_since: None,
            gone: Some(sent),
            under,
            first: sent,
        }
    }

    pub(super) fn moment(&self) -> Moment {
        Moment::new(1_700_000_000_000 + self.now + self.set, self.now)
    }

    /// Something happens, and nothing is stored.
    pub(super) fn happens(&mut self, event: Event) -> Vec<Command> {
        self.happens_with(Stored::default(), event)
    }

    /// Another tab without storage has sent so many refreshes that no caller wanted.
    pub(super) fn hears_of_idle_refreshes(&mut self, count: usize) {
        self.hears_of_refreshes(Budget::Idle, count);
    }

    /// Another tab without storage has sent so many refreshes out of a budget.
    pub(super) fn hears_of_refreshes(&mut self, budget: Budget, count: usize) {
        let note = Note::Charged(Charge { budget, at: self.moment().wall_ms(), ms: 200_000 });
        self.hears_notes(vec![note; count]);
    }

    /// Another tab without storage sends its notes.
    pub(super) fn hears_notes(&mut self, notes: Vec<Note>) -> Vec<Command> {
        let noted = Noted { is_kept: false, is_whole: false, sent: self.moment().wall_ms(), notes };
        let from = silent_session::session::TabId::draw(&mut || 100);
        self.happens(Event::PeerSpoke { from, message: PeerMessage::Noted(noted) })
    }

    /// Something happens while this is stored.
    pub(super) fn happens_with(&mut self, stored: Stored, event: Event) -> Vec<Command> {
        let now = self.moment();
        let mut commands = Vec::new();
        if self.session.needs_storage(&event) {
            commands.extend(Command::all(self.session.handle(now, Event::StorageRead(Box::new(stored)))));
        }
        commands.extend(Command::all(self.session.handle(now, event)));
        for command in &commands {
            if let Command::AcquireLock { attempt } = command {
                self.turn = Some(*attempt);
            }
        }
        commands
    }

    /// Lets time pass, with a tick at each moment that the session asks for. Returns what it did.
    pub(super) fn runs(&mut self, ms: i64) -> Vec<Command> {
        let end = self.now + ms;
        let mut commands = Vec::new();
        for _ in 0..10_000 {
            let next = self.session.deadline(self.moment()).map(|delay| self.now + delay.get() as i64);
            let Some(next) = next.filter(|next| *next <= end) else { break };
            self.now = next;
            commands.extend(self.happens(Event::Tick));
        }
        self.now = end;
        commands
    }

    /// Asks for a renewal. Returns the turn in which it is to be had.
    pub(super) fn wants_renewal(&mut self, ticket: u32) -> AttemptId {
        self.happens(Event::RenewalWanted { ticket: Ticket(ticket) });
        self.turn.expect("it asks for the lock")
    }
}

pub(super) fn steals(commands: &[Command]) -> bool {
    commands.iter().any(|command| matches!(command, Command::StealLock { .. }))
}

/// A refresh has been sent in this turn.
pub(super) fn sends(commands: &[Command]) -> bool {
    commands.iter().any(|command| matches!(command, Command::SendRefresh { .. }))
}

/// What a turn waits for, and for how long.
pub(super) fn deferred(commands: &[Command]) -> Option<(Delay, Millis)> {
    commands.iter().find_map(|command| match command {
        Command::Report(Report::Deferred { why, wait }) => Some((*why, *wait)),
        _ => None,
    })
}

/// A turn of another page.
pub(super) fn other() -> AttemptId {
    AttemptId::draw(&mut || 77)
}
