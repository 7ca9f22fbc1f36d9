//! One tab: a machine, and who has asked it what.

use std::collections::BTreeMap;

use silent_session::format::ServerClock;
use silent_session::session::{
    AttemptId, Denial, Entropy, EpochId, Event, Reply, Report, Session, Status, Ticket,
};

use super::Seed;
use super::deploy::Deploy;
use super::invariants::Awake;
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
    /// What its tokens prove of the server's clock.
    pub server_clock: ServerClock,
    pub deploy: Deploy,
    pub alive: bool,
    /// Its page is being prerendered: the session has not started yet.
    pub prerenders: bool,
    pub asked: u32,
    /// Every answer, by ticket.
    pub answers: BTreeMap<Ticket, Result<Reply, Denial>>,
    /// Tickets that are out, and what the answer goes to.
    pub open: BTreeMap<Ticket, Purpose>,
    /// Callers that wait, and since when by [`Tab::awake`].
    pub callers: BTreeMap<Ticket, i64>,
    pub awake: Awake,
    /// What has been published, oldest first.
    pub published: Vec<Status>,
    /// The number of the token that was shown last.
    pub number: Option<u32>,
    /// What it has reported, oldest first.
    pub reports: Vec<Report>,
    /// What happens now is a sign-in.
    pub may_begin: bool,
    /// The session that there was when the page began, where it restores nothing and was handed no token since.
    pub left_alone: Option<EpochId>,
    /// Sessions that have ended here.
    pub over: Vec<EpochId>,
    /// A worker: nothing is stored there, and what it sends does not outlive it.
    pub is_worker: bool,
    /// How often the server had refused a refresh when this tab's session began.
    pub rejections: u32,
    /// The turn in which a login function runs.
    pub login_turn: Option<AttemptId>,
    /// Which lock it gets by the one name.
    pub lock_domain: usize,
    /// It runs no more, for now; and what has happened to it meanwhile.
    pub frozen: bool,
    pub inbox: Vec<Event>,
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
    /// A sign-in with an answer, and whose it is.
    SignIn(&'static str),
    /// A token that the page was delivered with.
    Seed,
    /// A sign-in by a cookie that is there already.
    /// Whose cookie has been set for it, if one has.
    CookieSignIn(Option<&'static str>),
    /// A login that is told to begin, and whose it is.
    Login(&'static str),
}

impl Tab {
    pub fn new(deploy: Deploy, seed: u64) -> Self {
        Self {
            session: Session::new(deploy.config.clone(), Seed(seed)),
            server_clock: ServerClock::default(),
            deploy,
            alive: true,
            prerenders: false,
            asked: 0,
            answers: BTreeMap::new(),
            open: BTreeMap::new(),
            callers: BTreeMap::new(),
            awake: Awake::default(),
            published: Vec::new(),
            number: None,
            reports: Vec::new(),
            may_begin: false,
            left_alone: None,
            over: Vec::new(),
            is_worker: false,
            rejections: 0,
            login_turn: None,
            lock_domain: 0,
            frozen: false,
            inbox: Vec::new(),
            timer: None,
        }
    }

    /// Whether it lives, and its timers fire.
    pub fn runs(&self) -> bool {
        self.alive && !self.frozen
    }

    /// The refreshes that it has sent, by the ids under which the server has seen them.
    pub fn sent(&self) -> impl Iterator<Item = AttemptId> {
        self.reports.iter().filter_map(|report| match report {
            Report::RefreshStarted { id } => Some(*id),
            _ => None,
        })
    }

    /// Whether a session may begin with this event, even if the one before has ended.
    pub fn begins_session(&self, event: &Event) -> bool {
        match event {
            Event::SignedIn { .. } | Event::Seeded { .. } | Event::PeerSpoke { .. } => true,
            Event::LoginSettled { ticket, grant, .. } => grant.is_some() && self.open.contains_key(ticket),
            _ => {
                self.open.values().any(|purpose| matches!(purpose, Purpose::CookieSignIn(_) | Purpose::Seed))
            }
        }
    }
}
