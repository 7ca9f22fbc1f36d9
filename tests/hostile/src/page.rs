//! A page with alice signed in, and what must hold whatever it hears.

use silent_session::session::{
    AccessToken, AttemptId, Config, Event, Grant, LockTask, Millis, Moment, Outbox, Request, Session, Status,
    Stored, Subject, Ticket,
};

/// What alice's token is. It is good for a quarter of an hour.
pub(crate) const TOKEN: &str = "alices-token";

/// More to do at once than any event has a reason for.
const MANY: usize = 32;

type Chance = Box<dyn FnMut() -> u64>;

/// A machine and its clock.
pub(crate) struct Page {
    session: Session<Chance>,
    now: i64,
    tickets: u32,
    /// The refresh that is on the wire.
    pub(crate) out: Option<AttemptId>,
    /// What it told the app of a denial, or of a token, since it was last looked at.
    pub(crate) answered: usize,
}

impl Page {
    /// With the session begun.
    pub(crate) fn new() -> Self {
        let mut chance = 0_u64;
        let entropy: Chance = Box::new(move || {
            chance = chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
            chance.wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ (chance >> 31)
        });
        let mut page = Self {
            session: Session::new(Config { restore: false, ..Config::default() }, entropy),
            now: 1_700_000_000_000,
            tickets: 0,
            out: None,
            answered: 0,
        };
        page.happens(Event::Started);
        let (ticket, grant) = (page.ticket(), page.grant());
        page.happens(Event::SignedIn { ticket, grant });
        page
    }

    fn grant(&self) -> Grant {
        Grant {
            token: AccessToken::new(TOKEN),
            received: self.moment(),
            lifetime: Some(Millis::from_secs(900)),
            subject: Some(Subject::new("alice", None)),
        }
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment::new(self.now, self.now - 1_700_000_000_000)
    }

    pub(crate) fn status(&self) -> Status {
        self.session.status()
    }

    /// The app wants the token to be renewed: the refresh is on the wire.
    pub(crate) fn refreshes(&mut self) {
        let ticket = self.ticket();
        self.happens(Event::RenewalWanted { ticket });
    }

    /// Alice signs in, whatever storage holds. Returns whether she is signed in, now and later.
    pub(crate) fn signs_in(&mut self, stored: Stored) -> bool {
        let is_active = |page: &Self| matches!(page.status(), Status::Active { .. });
        let ticket = self.ticket();
        let grant = self.grant();
        self.happens_with(stored, Event::SignedIn { ticket, grant });
        let was_active = is_active(self);
        self.waits(1_000);
        self.happens_with(stored, Event::StorageChanged);
        was_active && is_active(self)
    }

    pub(crate) fn happens(&mut self, event: Event) {
        self.happens_with(Stored::default(), event);
    }

    /// Something happens while this is stored.
    pub(crate) fn happens_with(&mut self, stored: Stored, event: Event) {
        let outbox = self.handle(stored, event);
        self.answered += outbox.replies.len();
        if let Some(Request::Refresh { attempt, .. }) = outbox.app.request {
            self.out = Some(attempt);
        }
        match outbox.lock {
            Some(LockTask::Acquire(attempt)) => {
                self.happens(Event::LockGranted { attempt, contended: false })
            }
            Some(LockTask::ReadAgain(attempt)) => self.happens(Event::LookedAgain { attempt }),
            Some(LockTask::Watch(_) | LockTask::Steal(_)) | None => {}
        }
        self.ticks();
    }

    fn handle(&mut self, stored: Stored, event: Event) -> Outbox {
        let now = self.moment();
        if self.session.needs_storage(&event) {
            let _ = self.session.handle(now, Event::StorageRead(Box::new(stored)));
        }
        let outbox = self.session.handle(now, event);
        let Outbox { writes, messages, releases, replies, app, .. } = &outbox;
        let many = writes.len() + messages.len() + releases.len() + replies.len() + app.reports.len();
        assert!(many <= MANY, "{many} things to do");
        outbox
    }

    /// A tick that is due changes something: else the page would spin.
    fn ticks(&mut self) {
        for _ in 0..8 {
            if self.session.deadline(self.moment()) != Some(Millis::ZERO) {
                return;
            }
            let outbox = self.handle(Stored::default(), Event::Tick);
            if let Some(Request::Refresh { attempt, .. }) = outbox.app.request {
                self.out = Some(attempt);
            }
            if let Some(LockTask::Acquire(attempt)) = outbox.lock {
                let granted = Event::LockGranted { attempt, contended: false };
                let _ = self.handle(Stored::default(), granted);
            }
        }
        assert_ne!(self.session.deadline(self.moment()), Some(Millis::ZERO), "ticks change nothing");
    }

    /// Time passes; nothing else happens.
    pub(crate) fn waits(&mut self, ms: i64) {
        self.now += ms;
        self.happens(Event::Tick);
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }
}
