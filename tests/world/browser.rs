//! The browser: tabs, one cookie, one lock, one network.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use silent_session::session::{
    AttemptId, Config, EpochId, Event, LONGEST_IN_FLIGHT, Millis, Moment, Status, Stored, Ticket,
};

use super::Seed;
use super::channel::Channel;
use super::command::Command;
use super::deploy::Deploy;
use super::issued::Tells;
use super::lock::LockManager;
use super::manual;
use super::network::Arrival;
use super::replies::Replies;
use super::request::Outcome;
use super::server::{Cookie, Server};
use super::storage::Storage;
use super::tab::{Purpose, Tab, TabId};

/// The whole world. Times in milliseconds.
pub struct World {
    pub server: Server,
    pub tabs: Vec<Tab>,
    pub config: Config,
    /// The deploys that tabs are of, in turn; where there are none, tabs are of the newest version and have [`World::config`].
    pub deploys: Vec<Deploy>,
    /// Milliseconds that each way of the network takes at least.
    pub latency: i64,
    /// Up to how many more: one way in ten takes any part of that, the others a tenth of it at the most.
    pub tail: i64,
    /// How long the auth server takes to reply to a refresh.
    pub replies: Replies,
    pub outcomes: HashMap<usize, Outcome>,
    /// The most writers of the cookie that were on the wire at once.
    pub most_writers: usize,
    /// Refreshes that are out and unanswered: whose, which, and since when.
    pub(super) unanswered: Vec<(TabId, AttemptId, i64)>,
    /// The most of them that were out at once, of tabs that hear of them, and none of them for longer than two minutes.
    pub most_unanswered: usize,
    /// The newest cookie.
    pub cookie: Option<Cookie>,
    pub storage: Storage,
    pub channel: Channel,
    pub locks: LockManager,
    /// After site data was cleared, pages that come get another lock by the same name (Chromium does so).
    pub(super) later_locks: Vec<LockManager>,
    pub offline: bool,
    pub(super) now: i64,
    /// Our wall clock minus the true time; our monotonic clock minus the true time.
    pub(super) wall_error: i64,
    pub(super) monotonic_error: i64,
    /// When the wall clock was last set.
    pub(super) wall_set: i64,
    /// For whom a token was issued, how long it lives, and by how much the clocks were wrong then.
    pub(super) issued: HashMap<String, (TabId, Millis, i64, i64)>,
    pub(super) seed: Seed,
    pub(super) order: u64,
    pub(super) arrivals: BinaryHeap<Reverse<(i64, u64)>>,
    pub(super) arriving: HashMap<u64, Arrival>,
    pub(super) writers: Vec<(TabId, AttemptId)>,
    /// How often the server has refused a refresh.
    pub(super) rejections: u32,
    /// How often a tab has found somebody else's cookie in the place of its session's.
    pub(super) replacements: u32,
    pub(super) requests: usize,
    /// Who has signed in last, and the session of that. Nobody after a sign-out, or where only a refresh knows.
    pub signed_in_last: Option<(&'static str, EpochId)>,
    pub(super) failing_logins: Vec<Ticket>,
    /// Sign-outs that were called confirmed while the session of the cookie went on.
    pub false_confirmations: Vec<(TabId, Ticket)>,
    /// What passes between it and its machines, as it prints; nothing by default.
    pub overheard: Option<String>,
}

impl World {
    /// A world with one tab, which has not started yet.
    pub fn new(config: Config, seed: u64) -> Self {
        Self::empty(config, Vec::new(), seed)
    }

    /// The same with tabs of these deploys, in turn.
    pub fn of(deploys: Vec<Deploy>, seed: u64) -> Self {
        Self::empty(Config::default(), deploys, seed)
    }

    fn empty(config: Config, deploys: Vec<Deploy>, seed: u64) -> Self {
        let server = Server::new(Millis::from_secs(900));
        let mut world = Self {
            server,
            tabs: Vec::new(),
            config,
            deploys,
            latency: 20,
            tail: 0,
            replies: Replies::default(),
            issued: HashMap::new(),
            outcomes: HashMap::new(),
            most_writers: 0,
            unanswered: Vec::new(),
            most_unanswered: 0,
            cookie: None,
            storage: Storage::default(),
            channel: Channel::default(),
            locks: LockManager::default(),
            later_locks: Vec::new(),
            offline: false,
            now: 1_700_000_000_000,
            wall_error: 0,
            monotonic_error: -1_700_000_000_000,
            wall_set: 0,
            seed: Seed(seed),
            order: 0,
            arrivals: BinaryHeap::new(),
            arriving: HashMap::new(),
            writers: Vec::new(),
            rejections: 0,
            replacements: 0,
            requests: 0,
            signed_in_last: None,
            failing_logins: Vec::new(),
            false_confirmations: Vec::new(),
            overheard: None,
        };
        world.open_tab();
        world
    }

    /// The world after a user has signed in.
    pub fn signed_in(config: Config, seed: u64) -> Self {
        Self::signed_in_at(Tells::default(), config, seed)
    }

    /// The same at a server whose tokens tell so much.
    pub fn signed_in_at(tells: Tells, config: Config, seed: u64) -> Self {
        let mut world = Self::new(config, seed);
        world.server.tells = tells;
        world.let_alice_in();
        world
    }

    /// The only tab starts, and alice signs in there.
    pub fn let_alice_in(&mut self) {
        self.start();
        self.run(1_000);
        self.sign_in(TabId(0), "alice");
        self.run(1_000);
    }

    pub fn moment(&self) -> Moment {
        Moment::new(self.now + self.wall_error, self.now + self.monotonic_error)
    }

    /// The wall clock jumps.
    pub fn step_wall_clock(&mut self, by: i64) {
        self.wall_error += by;
        self.wall_set = self.now;
    }

    /// Whether the wall clock was set.
    pub fn is_clock_set(&self) -> bool {
        self.wall_set != 0
    }

    /// The machine sleeps: nothing runs, and the monotonic clock may stand still.
    pub fn sleep(&mut self, ms: i64, monotonic_stops: bool) {
        self.now += ms;
        if monotonic_stops {
            self.monotonic_error -= ms;
        }
        for index in 0..self.tabs.len() {
            self.tabs[index].awake.sleep(ms);
            self.happen(TabId(index), Event::Tick);
        }
    }

    pub fn go_online(&mut self) {
        self.offline = false;
        for index in 0..self.tabs.len() {
            self.happen(TabId(index), Event::CameOnline);
        }
    }

    pub fn status(&self, tab: TabId) -> Status {
        self.tabs[tab.0].session.status()
    }

    pub fn is_active(&self, tab: TabId) -> bool {
        matches!(self.status(tab), Status::Active { .. })
    }

    /// Whether something that writes the cookie is on the wire.
    pub fn is_writing(&self) -> bool {
        !self.writers.is_empty()
            || self.arriving.values().any(|arrival| {
                matches!(
                    arrival,
                    Arrival::RefreshAtServer { .. }
                        | Arrival::RefreshAnswer { .. }
                        | Arrival::SignOutAtServer { .. }
                        | Arrival::SignOutAnswer { .. }
                )
            })
    }

    /// Whether the network still has something of this attempt.
    pub(super) fn is_out(&self, attempt: AttemptId) -> bool {
        self.arriving.values().any(|arrival| match arrival {
            Arrival::RefreshAtServer { attempt: its, .. } | Arrival::RefreshAnswer { attempt: its, .. } => {
                *its == attempt
            }
            _ => false,
        })
    }

    /// A refresh is sent.
    pub(super) fn note_sent(&mut self, tab: TabId, attempt: AttemptId) {
        self.unanswered.push((tab, attempt, self.now));
        let is_out = |(tab, _, since): &&(TabId, AttemptId, i64)| {
            let hears = self.tabs[tab.0].alive && self.status(*tab) != Status::Closed;
            hears && self.now - since < LONGEST_IN_FLIGHT.get() as i64
        };
        self.most_unanswered = self.most_unanswered.max(self.unanswered.iter().filter(is_out).count());
    }

    /// When a refresh of this tab was sent that is out; no clock is set meanwhile.
    pub fn out_since(&self, tab: TabId) -> Option<i64> {
        self.unanswered.iter().find(|(its, ..)| *its == tab).map(|(.., since)| *since)
    }

    /// Something of this tab's holds the lock and will never give it back.
    pub fn freeze_lock(&mut self, tab: TabId) {
        let attempt = AttemptId::draw(&mut self.seed);
        self.locks.ask(tab, attempt);
        assert_eq!(self.locks.grant(), Some((tab, attempt, false)));
    }

    /// Whether nobody has the lock or waits for it.
    pub fn is_lock_free(&self) -> bool {
        self.locks.is_free()
    }

    /// Lets time pass.
    pub fn run(&mut self, ms: i64) {
        let end = self.now.saturating_add(ms);
        while let Some(at) = self.next_at().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.step();
        }
        self.now = end;
    }

    fn next_at(&self) -> Option<i64> {
        let arrival = self.arrivals.peek().map(|Reverse((at, _))| *at);
        let timers = self.tabs.iter().filter(|tab| tab.runs()).filter_map(|tab| tab.timer);
        arrival.into_iter().chain(timers).min()
    }

    fn step(&mut self) {
        if let Some(Reverse((at, order))) = self.arrivals.peek().copied()
            && at <= self.now
        {
            self.arrivals.pop();
            if let Some(arrival) = self.arriving.remove(&order) {
                self.arrive(arrival);
            }
            return;
        }
        for index in 0..self.tabs.len() {
            if self.tabs[index].runs() && self.tabs[index].timer.is_some_and(|at| at <= self.now) {
                self.happen(TabId(index), Event::Tick);
                let again = self.tabs[index].session.deadline(self.moment());
                assert_ne!(again, Some(Millis::ZERO), "a tick that changes nothing would spin");
            }
        }
    }

    pub(super) fn later(&mut self, delay: i64, arrival: Arrival) {
        self.order += 1;
        self.arrivals.push(Reverse((self.now + delay, self.order)));
        self.arriving.insert(self.order, arrival);
    }

    pub(super) fn ask(
        &mut self,
        tab: TabId,
        purpose: Purpose,
        event: impl FnOnce(Ticket) -> Event,
    ) -> Ticket {
        let ticket = Ticket(self.tabs[tab.0].asked);
        self.tabs[tab.0].asked += 1;
        self.tabs[tab.0].open.insert(ticket, purpose);
        let event = event(ticket);
        self.begin_to_wait(tab, ticket, &event);
        self.happen(tab, event);
        ticket
    }

    pub(super) fn happen(&mut self, tab: TabId, event: Event) {
        if !self.tabs[tab.0].alive {
            return;
        }
        if self.tabs[tab.0].frozen {
            return self.tabs[tab.0].inbox.push(event);
        }
        let now = self.moment();
        let mut event = event;
        if let Event::RefreshSettled { outcome: Ok(grant), .. } = &mut event {
            // However long the reply has lain there.
            grant.received = now;
        }
        if self.tabs[tab.0].session.needs_storage(&event) {
            let found = self.found_by(tab);
            let outbox = self.tabs[tab.0].session.handle(now, Event::StorageRead(Box::new(found)));
            Command::all(outbox).into_iter().for_each(|command| self.perform(tab, command));
        }
        self.tabs[tab.0].may_begin = self.tabs[tab.0].begins_session(&event);
        let is_turn = matches!(event, Event::LockGranted { .. } | Event::LookedAgain { .. });
        if let Some(overheard) = &mut self.overheard {
            overheard.push_str(&format!("{event:?}"));
        }
        let name = manual::name_of(&event);
        let session = &mut self.tabs[tab.0].session;
        let (before, stage) = (session.status(), session.progress());
        let commands = Command::all(session.handle(now, event));
        manual::check_phase(&before, &name, &session.status());
        manual::check_stage(stage, &name, session.progress());
        let is_shown = session.status() == before || commands.contains(&Command::Publish);
        assert!(is_shown, "the app does not see what has become of {before:?}: {commands:?}");
        if let Some(overheard) = &mut self.overheard {
            overheard.push_str(&format!("{commands:?}"));
        }
        let publishes = commands.contains(&Command::Publish);
        let releases = commands.iter().any(|command| matches!(command, Command::ReleaseLock { .. }));
        assert!(!is_turn || !publishes || releases, "code of the app's runs under the lock: {commands:?}");
        for command in commands {
            self.perform(tab, command);
        }
        self.arm(tab);
    }

    /// Sets the one timer, as the driver does after each event.
    fn arm(&mut self, tab: TabId) {
        let delay = self.tabs[tab.0].session.deadline(self.moment());
        self.tabs[tab.0].timer = delay.map(|delay| self.now.saturating_add(delay.signed()));
    }
}
