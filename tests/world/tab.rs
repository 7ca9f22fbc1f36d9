//! One tab: a machine, and who has asked it what.

use std::collections::BTreeMap;

use silent_session::session::{Config, Denial, EndReason, Entropy, Event, Reply, Session, Status, Ticket};

use super::Seed;
use super::request::Request;

/// Which tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TabId(pub usize);

impl Entropy for Seed {
    fn next_u64(&mut self) -> u64 {
        self.next()
    }
}

#[derive(Debug)]
pub struct Tab {
    pub session: Session<Seed>,
    pub alive: bool,
    pub asked: u32,
    /// Every answer, by ticket.
    pub answers: BTreeMap<Ticket, Result<Reply, Denial>>,
    /// Tickets that are out, and what the answer goes to.
    pub open: BTreeMap<Ticket, Purpose>,
    /// What has been published, oldest first.
    pub published: Vec<Status>,
    /// What happens now is a sign-in.
    pub may_begin: bool,
    /// The server has refused a refresh since the session began.
    pub was_rejected: bool,
    /// When the timer fires.
    pub timer: Option<i64>,
}

/// What an answer goes to.
#[derive(Debug)]
pub enum Purpose {
    /// The test looks at it.
    Test,
    /// A request that goes on with it.
    Request(Request),
    /// A sign-in by a cookie that is there already.
    CookieSignIn,
    /// A login that is told to begin, and whose it is.
    Login(&'static str),
}

impl Tab {
    pub fn new(config: Config, seed: u64) -> Self {
        Self {
            session: Session::new(config, Seed(seed)),
            alive: true,
            asked: 0,
            answers: BTreeMap::new(),
            open: BTreeMap::new(),
            published: Vec::new(),
            may_begin: false,
            was_rejected: false,
            timer: None,
        }
    }

    /// Whether a session may begin with this event, even if the one before has ended.
    pub fn begins_session(&self, event: &Event) -> bool {
        match event {
            Event::SignedIn { .. } => true,
            Event::LoginSettled { ticket, grant } => grant.is_some() && self.open.contains_key(ticket),
            _ => self.open.values().any(|purpose| matches!(purpose, Purpose::CookieSignIn)),
        }
    }

    /// What must hold whenever the status has changed.
    pub fn check_published(&mut self, status: &Status) {
        match status {
            Status::Active { .. } => {
                let was_ended = matches!(self.published.last(), Some(Status::Ended(_)));
                assert!(self.may_begin || !was_ended, "a refresh has resurrected an ended session");
                if !matches!(self.published.last(), Some(Status::Active { .. })) {
                    self.was_rejected = false;
                }
            }
            Status::Ended(EndReason::Rejected | EndReason::None) => {
                assert!(self.was_rejected, "ended without a word of the server");
            }
            Status::Ended(EndReason::SignedOut) | Status::Unknown { .. } | Status::Closed => {}
        }
        assert_ne!(self.published.last(), Some(status), "published without a change");
        self.published.push(status.clone());
    }
}
