//! One tab with a session, and as much of a browser as the measurements need: the lock is free, and
//! nothing is stored. This file alone knows the machine's API.

use silent_session::session::{
    AccessToken, AttemptId, Config, Entropy, EpochId, Event, Grant, LockTask, Millis, Moment, Offer,
    PeerMessage, RefreshFailure, Request, Session, Status, TabId, Ticket,
};

/// When the page was loaded: milliseconds since 1970.
const START: i64 = 1_700_000_000_000;

/// The lifetime of a token.
const LIFETIME: Millis = Millis::from_secs(900);

/// The length of a token in bytes.
const TOKEN: usize = 600;

/// What a call waits for.
#[derive(Clone, Copy, Debug)]
pub enum Wait {
    /// Any valid token.
    Token,
    /// A refresh that is sent after the call.
    Refresh,
}

/// Numbers that are the same in each run (SplitMix64).
#[derive(Debug)]
struct Numbers(u64);

impl Entropy for Numbers {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// One tab with a session.
#[derive(Debug)]
pub struct Tab {
    session: Box<Session<Numbers>>,
    /// Milliseconds since the page was loaded.
    ms: i64,
    /// The refresh that was sent last.
    refresh: Option<AttemptId>,
    /// The number of calls so far.
    calls: u32,
    /// The number of calls that were served or failed.
    settled: u32,
    /// The tab that was heard of last when this one was made.
    sibling: u32,
}

impl Tab {
    /// Returns a session before its start.
    #[expect(clippy::new_without_default, reason = "no tab is the usual one")]
    pub fn new() -> Self {
        let session = Box::new(Session::new(Config::default(), Numbers(1)));
        Self { session, ms: 0, refresh: None, calls: 0, settled: 0, sibling: 0 }
    }

    /// Returns a tab whose first refresh is on the wire.
    pub fn refreshing() -> Self {
        let mut tab = Self::new();
        tab.handle(Event::Started);
        assert!(tab.refresh.is_some());
        tab
    }

    /// Returns a tab that holds a token.
    pub fn signed_in() -> Self {
        let mut tab = Self::refreshing();
        tab.receive_token();
        tab
    }

    /// Returns a tab whose refresh is on the wire, with so many calls that wait for it.
    pub fn with_waiting(calls: u32, wait: Wait) -> Self {
        let mut tab = Self::refreshing();
        for _ in 0..calls {
            tab.call(wait);
        }
        if matches!(wait, Wait::Refresh) {
            // That refresh was sent before the calls, so they wait for the next one.
            tab.receive_token();
        }
        assert!(tab.refresh.is_some() && tab.settled == 0);
        tab
    }

    /// Returns a tab that holds a token and has heard of so many others.
    pub fn with_siblings(siblings: u32) -> Self {
        let mut tab = Self::signed_in();
        for number in 0..siblings {
            tab.hear(number, PeerMessage::Here);
            tab.sibling = number;
        }
        tab
    }

    /// A call asks for a token or a refresh. Returns its number.
    pub fn call(&mut self, wait: Wait) -> u32 {
        let ticket = Ticket(self.calls);
        self.calls += 1;
        self.handle(match wait {
            Wait::Token => Event::TokenWanted { ticket, not: None, min_validity: Millis::ZERO },
            Wait::Refresh => Event::RenewalWanted { ticket },
        });
        ticket.0
    }

    /// A call is aborted while it waits.
    pub fn abort(&mut self, call: u32) {
        self.handle(Event::Withdrawn { ticket: Ticket(call) });
    }

    /// The refresh brings a token.
    pub fn receive_token(&mut self) {
        let token = AccessToken::new(&"t".repeat(TOKEN));
        let grant = Grant { token, received: self.now(), lifetime: Some(LIFETIME), subject: None };
        self.settle_refresh(Ok(grant));
    }

    /// The refresh fails, as there is no network.
    pub fn lose_refresh(&mut self) {
        self.settle_refresh(Err(RefreshFailure::Offline));
    }

    /// The timer fires, and nothing is due.
    pub fn fire_timer(&mut self) {
        self.handle(Event::Tick);
    }

    /// A new tab opens, another one replies to it, and the new one closes: three messages.
    pub fn hear_visitor(&mut self) {
        const VISITOR: u32 = u32::MAX;
        self.hear(VISITOR, PeerMessage::Hello);
        self.hear_same_token();
        self.hear(VISITOR, PeerMessage::Bye);
    }

    /// Another tab offers the token that this one holds: one message.
    pub fn hear_same_token(&mut self) {
        let (epoch, grant) = self.held();
        self.hear(self.sibling, PeerMessage::Offered(self.offer(epoch, grant.token)));
    }

    /// Another tab offers a token that is a second younger: one message.
    pub fn hear_new_token(&mut self, token: &str) {
        self.ms += 1_000;
        let (epoch, _) = self.held();
        self.hear(self.sibling, PeerMessage::Offered(self.offer(epoch, AccessToken::new(token))));
    }

    /// Another tab closes and opens again: two messages.
    pub fn hear_reopened(&mut self) {
        self.hear(self.sibling, PeerMessage::Bye);
        self.hear(self.sibling, PeerMessage::Here);
    }

    /// The number of calls that were served or failed.
    pub fn settled(&self) -> u32 {
        self.settled
    }

    /// The number of other tabs that this one remembers.
    pub fn siblings(&self) -> usize {
        self.session.tabs().1.len()
    }

    fn held(&self) -> (EpochId, Grant) {
        match self.session.status() {
            Status::Active { epoch, grant, .. } => (epoch, grant),
            other => unreachable!("the tab is signed in, not {other:?}"),
        }
    }

    fn offer(&self, epoch: EpochId, token: AccessToken) -> Offer {
        let sent = self.now().wall_ms();
        Offer { epoch, token, subject: None, lifetime: Some(LIFETIME), age: Millis::ZERO, sent }
    }

    fn hear(&mut self, number: u32, message: PeerMessage) {
        let from = TabId::draw(&mut Numbers(number.into()));
        self.handle(Event::PeerSpoke { from, message });
    }

    fn settle_refresh(&mut self, outcome: Result<Grant, RefreshFailure>) {
        if let Some(attempt) = self.refresh.take() {
            self.handle(Event::RefreshSettled { attempt, outcome, echoes: false });
        }
    }

    fn now(&self) -> Moment {
        Moment::new(START + self.ms, self.ms)
    }

    /// Hands over one event and asks for the next deadline, as the driver does. The lock is granted
    /// at once.
    fn handle(&mut self, event: Event) {
        let now = self.now();
        let mut next = Some(event);
        while let Some(event) = next.take() {
            if event.needs_storage() {
                let _ = self.session.handle(now, Event::StorageRead(Box::default()));
            }
            let outbox = self.session.handle(now, event);
            if let Some(LockTask::Acquire(attempt)) = outbox.lock {
                next = Some(Event::LockGranted { attempt, contended: false });
            }
            if let Some(Request::Refresh { attempt, .. }) = outbox.app.request {
                self.refresh = Some(attempt);
            }
            self.settled += outbox.replies.len() as u32;
        }
        std::hint::black_box(self.session.deadline(now));
    }
}
