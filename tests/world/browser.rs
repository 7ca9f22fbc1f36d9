//! The browser: tabs, one cookie, one lock, one network.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::Duration;

use silent_session::session::{
    AccessToken, AttemptId, Audience, Command, Config, Denial, Event, Grant, Moment, RefreshFailure,
    Remembered, Reply, Status, Subject, Ticket,
};

use super::Seed;
use super::request::{Outcome, Request, Sent};
use super::server::{Cookie, Fault, Issued, Server, failure_of};
use super::tab::{Purpose, Tab, TabId};

/// What reaches whom, some time later.
#[derive(Debug)]
enum Arrival {
    RefreshAtServer { tab: TabId, attempt: AttemptId, cookie: Option<Cookie>, fault: Option<Fault> },
    RefreshAnswer { tab: TabId, attempt: AttemptId, outcome: Result<(Issued, Cookie), RefreshFailure> },
    SignOutAtServer { tab: TabId, attempt: AttemptId, cookie: Option<Cookie> },
    SignOutAnswer { tab: TabId, attempt: AttemptId, outcome: Result<(), RefreshFailure> },
    LoginAtServer { tab: TabId, ticket: Ticket, user: &'static str },
    LoginAnswer { tab: TabId, ticket: Ticket, issued: Issued, cookie: Cookie },
    ApiAtServer { tab: TabId, sent: Sent },
    ApiAnswer { tab: TabId, sent: Sent, status: u16 },
    Lock { tab: TabId, attempt: AttemptId },
}

/// The whole world. Times in milliseconds.
pub struct World {
    pub server: Server,
    pub tabs: Vec<Tab>,
    pub config: Config,
    /// Milliseconds that each way of the network takes.
    pub latency: i64,
    pub outcomes: HashMap<usize, Outcome>,
    /// The most writers of the cookie that were on the wire at once.
    pub most_writers: usize,
    /// The newest cookie.
    pub cookie: Option<Cookie>,
    /// What localStorage holds.
    pub remembered: Option<Remembered>,
    pub offline: bool,
    now: i64,
    /// Our wall clock minus the true time; our monotonic clock minus the true time.
    wall_error: i64,
    monotonic_error: i64,
    seed: Seed,
    order: u64,
    arrivals: BinaryHeap<Reverse<(i64, u64)>>,
    arriving: HashMap<u64, Arrival>,
    lock: Option<(TabId, AttemptId)>,
    lock_queue: VecDeque<(TabId, AttemptId)>,
    writers: Vec<(TabId, AttemptId)>,
    requests: usize,
    failing_logins: Vec<Ticket>,
}

impl World {
    /// A world with one tab, which has not started yet.
    pub fn new(config: Config, seed: u64) -> Self {
        let server = Server::new(Duration::from_secs(900));
        let mut world = Self {
            server,
            tabs: Vec::new(),
            config,
            latency: 20,
            outcomes: HashMap::new(),
            most_writers: 0,
            cookie: None,
            remembered: None,
            offline: false,
            now: 1_700_000_000_000,
            wall_error: 0,
            monotonic_error: -1_700_000_000_000,
            seed: Seed(seed),
            order: 0,
            arrivals: BinaryHeap::new(),
            arriving: HashMap::new(),
            lock: None,
            lock_queue: VecDeque::new(),
            writers: Vec::new(),
            requests: 0,
            failing_logins: Vec::new(),
        };
        world.open_tab();
        world
    }

    /// The world after a user has signed in.
    pub fn signed_in(config: Config, seed: u64) -> Self {
        let mut world = Self::new(config, seed);
        world.start();
        world.run(1_000);
        world.sign_in(TabId(0), "alice");
        world.run(1_000);
        world
    }

    pub fn open_tab(&mut self) -> TabId {
        let seed = self.seed.next();
        self.tabs.push(Tab::new(self.config.clone(), seed));
        TabId(self.tabs.len() - 1)
    }

    /// The page has loaded.
    pub fn start(&mut self) {
        self.happen(TabId(self.tabs.len() - 1), Event::Started);
    }

    /// The page goes away: its lock is free at once, its answers reach nobody.
    pub fn kill_tab(&mut self, tab: TabId) {
        self.tabs[tab.0].alive = false;
        self.lock_queue.retain(|(waiting, _)| *waiting != tab);
        self.writers.retain(|(writer, _)| *writer != tab);
        if self.lock.is_some_and(|(holder, _)| holder == tab) {
            self.lock = None;
            self.grant_lock();
        }
    }

    /// Reloads the page: another machine, the same browser.
    pub fn reload(&mut self, tab: TabId) -> TabId {
        self.kill_tab(tab);
        let tab = self.open_tab();
        self.start();
        tab
    }

    pub fn moment(&self) -> Moment {
        Moment::new(self.now + self.wall_error, self.now + self.monotonic_error)
    }

    /// The wall clock jumps.
    pub fn step_wall_clock(&mut self, by: i64) {
        self.wall_error += by;
    }

    /// The machine sleeps: nothing runs, and the monotonic clock may stand still.
    pub fn sleep(&mut self, ms: i64, monotonic_stops: bool) {
        self.now += ms;
        if monotonic_stops {
            self.monotonic_error -= ms;
        }
        for index in 0..self.tabs.len() {
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
                matches!(arrival, Arrival::RefreshAtServer { .. } | Arrival::RefreshAnswer { .. })
            })
    }

    pub fn sign_in(&mut self, tab: TabId, user: &'static str) -> Ticket {
        self.ask(tab, Purpose::Login(user), |ticket| Event::SignInWanted { ticket })
    }

    /// A login that nobody ordered: the app's own fetch, already answered.
    pub fn signed_in_elsewhere(&mut self, tab: TabId, user: &'static str) -> Ticket {
        let (issued, cookie) = self.server.login(user, self.now);
        self.cookie = Some(cookie);
        let grant = self.grant(&issued);
        self.ask(tab, Purpose::Test, |ticket| Event::SignedIn { ticket, grant })
    }

    /// A redirect has set a cookie; the app says `signIn()`.
    pub fn sign_in_by_cookie(&mut self, tab: TabId, user: &'static str) -> Ticket {
        self.cookie = Some(self.server.login(user, self.now).1);
        self.ask(tab, Purpose::CookieSignIn, |ticket| Event::CookieChanged { ticket })
    }

    /// A login that is refused, or wants a second factor.
    pub fn fail_login(&mut self, tab: TabId) -> Ticket {
        let ticket = self.ask(tab, Purpose::Login("nobody"), |ticket| Event::SignInWanted { ticket });
        self.failing_logins.push(ticket);
        ticket
    }

    /// The app says `signIn()`, and no cookie has been set.
    pub fn ask_cookie_sign_in(&mut self, tab: TabId) -> Ticket {
        self.ask(tab, Purpose::CookieSignIn, |ticket| Event::CookieChanged { ticket })
    }

    /// Something of this tab's holds the lock and will never give it back.
    pub fn freeze_lock(&mut self, tab: TabId) {
        assert_eq!(self.lock, None);
        self.lock = Some((tab, AttemptId::draw(&mut self.seed)));
    }

    pub fn sign_out(&mut self, tab: TabId) -> Ticket {
        self.ask(tab, Purpose::Test, |ticket| Event::SignOutWanted { ticket })
    }

    pub fn renew(&mut self, tab: TabId) -> Ticket {
        self.ask(tab, Purpose::Test, |ticket| Event::RenewalWanted { ticket })
    }

    pub fn access_token(&mut self, tab: TabId, not: Option<&str>, min_validity: u64) -> Ticket {
        let not = not.map(AccessToken::new);
        let min_validity = Duration::from_secs(min_validity);
        self.ask(tab, Purpose::Test, |ticket| Event::TokenWanted { ticket, not, min_validity })
    }

    /// The app calls the API. Its outcome will be in [`World::outcomes`] by the number returned.
    pub fn fetch(&mut self, tab: TabId) -> usize {
        self.fetch_from(tab, "https://api.test")
    }

    /// The same, at an API of its own.
    pub fn fetch_from(&mut self, tab: TabId, api: &'static str) -> usize {
        self.requests += 1;
        let user = match self.status(tab) {
            Status::Active { grant, .. } => Some(self.server.user_of(grant.token.reveal())),
            _ => None,
        };
        let request = Request { id: self.requests, api, user, is_replay: false };
        self.ask(tab, Purpose::Request(request), |ticket| Event::TokenWanted {
            ticket,
            not: None,
            min_validity: Duration::ZERO,
        });
        self.requests
    }

    pub fn answer(&self, tab: TabId, ticket: Ticket) -> Option<&Result<Reply, Denial>> {
        self.tabs[tab.0].answers.get(&ticket)
    }

    pub fn close(&mut self, tab: TabId) {
        self.happen(tab, Event::Closed);
    }

    pub fn withdraw(&mut self, tab: TabId, ticket: Ticket) {
        self.tabs[tab.0].open.remove(&ticket);
        self.happen(tab, Event::Withdrawn { ticket });
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
        let timers = self.tabs.iter().filter(|tab| tab.alive).filter_map(|tab| tab.timer);
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
            if self.tabs[index].alive && self.tabs[index].timer.is_some_and(|at| at <= self.now) {
                self.happen(TabId(index), Event::Tick);
                let again = self.tabs[index].session.deadline(self.moment());
                assert_ne!(again, Some(Duration::ZERO), "a tick that changes nothing would spin");
            }
        }
    }

    fn later(&mut self, delay: i64, arrival: Arrival) {
        self.order += 1;
        self.arrivals.push(Reverse((self.now + delay, self.order)));
        self.arriving.insert(self.order, arrival);
    }

    fn ask(&mut self, tab: TabId, purpose: Purpose, event: impl FnOnce(Ticket) -> Event) -> Ticket {
        let ticket = Ticket(self.tabs[tab.0].asked);
        self.tabs[tab.0].asked += 1;
        self.tabs[tab.0].open.insert(ticket, purpose);
        self.happen(tab, event(ticket));
        ticket
    }

    fn happen(&mut self, tab: TabId, event: Event) {
        if !self.tabs[tab.0].alive {
            return;
        }
        let now = self.moment();
        self.tabs[tab.0].may_begin = self.tabs[tab.0].begins_session(&event);
        let commands = self.tabs[tab.0].session.handle(now, event);
        for command in commands {
            self.perform(tab, command);
        }
        self.arm(tab);
    }

    /// Sets the one timer, as the driver does after each event.
    fn arm(&mut self, tab: TabId) {
        let delay = self.tabs[tab.0].session.deadline(self.moment());
        self.tabs[tab.0].timer =
            delay.map(|delay| self.now.saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX)));
    }

    fn perform(&mut self, tab: TabId, command: Command) {
        match command {
            Command::AcquireLock { attempt } => {
                self.lock_queue.push_back((tab, attempt));
                self.grant_lock();
            }
            Command::StealLock { attempt } => {
                self.lock_queue.retain(|waiting| *waiting != (tab, attempt));
                self.lock = Some((tab, attempt));
                self.later(0, Arrival::Lock { tab, attempt });
            }
            Command::ReleaseLock { attempt } => {
                self.lock_queue.retain(|waiting| *waiting != (tab, attempt));
                self.writers.retain(|writer| *writer != (tab, attempt));
                if self.lock == Some((tab, attempt)) {
                    self.lock = None;
                    self.grant_lock();
                }
            }
            Command::SendRefresh { attempt } => {
                self.on_the_wire(tab, attempt);
                let fault = if self.offline { Some(Fault::Reset) } else { self.server.next_fault() };
                let cookie = self.cookie;
                if fault != Some(Fault::Silence) {
                    self.later(self.latency, Arrival::RefreshAtServer { tab, attempt, cookie, fault });
                }
            }
            Command::SendSignOut { attempt } => {
                self.on_the_wire(tab, attempt);
                if self.offline {
                    let outcome = Err(RefreshFailure::Unavailable { status: None, retry_after: None });
                    return self.later(self.latency, Arrival::SignOutAnswer { tab, attempt, outcome });
                }
                let cookie = self.cookie;
                self.later(self.latency, Arrival::SignOutAtServer { tab, attempt, cookie });
            }
            Command::RunLogin { ticket } => {
                let Some(Purpose::Login(user)) = self.tabs[tab.0].open.get(&ticket) else {
                    panic!("told to run a login that nobody asked for: {ticket:?}");
                };
                let user = *user;
                if let Some((_, attempt)) = self.lock.filter(|(holder, _)| *holder == tab) {
                    self.on_the_wire(tab, attempt);
                }
                self.later(self.latency, Arrival::LoginAtServer { tab, ticket, user });
            }
            Command::Answer { ticket, answer } => self.answered(tab, ticket, answer),
            Command::Publish => {
                let status = self.tabs[tab.0].session.status();
                self.tabs[tab.0].check_published(&status);
            }
            Command::Remember(remembered) => self.remembered = remembered,
        }
    }

    fn on_the_wire(&mut self, tab: TabId, attempt: AttemptId) {
        self.writers.push((tab, attempt));
        self.most_writers = self.most_writers.max(self.writers.len());
    }

    fn grant_lock(&mut self) {
        if self.lock.is_none()
            && let Some((tab, attempt)) = self.lock_queue.pop_front()
        {
            self.lock = Some((tab, attempt));
            self.later(0, Arrival::Lock { tab, attempt });
        }
    }

    fn answered(&mut self, tab: TabId, ticket: Ticket, answer: Result<Reply, Denial>) {
        let before = self.tabs[tab.0].answers.insert(ticket, answer.clone());
        assert_eq!(before, None, "{ticket:?} was answered twice");
        match (self.tabs[tab.0].open.remove(&ticket), answer) {
            (Some(Purpose::Request(request)), Ok(Reply::Token(credential))) => {
                let whose = self.server.user_of(credential.token.reveal());
                assert!(
                    request.user.is_none_or(|user| user == whose),
                    "a request of {:?} with a token of {whose}",
                    request.user
                );
                let sent = Sent { request, credential: Some(credential) };
                self.later(self.latency, Arrival::ApiAtServer { tab, sent });
            }
            (Some(Purpose::Request(request)), Err(denial)) => match denial {
                Denial::Ended(_) if !request.is_replay => {
                    let sent = Sent { request, credential: None };
                    self.later(self.latency, Arrival::ApiAtServer { tab, sent });
                }
                Denial::Ended(_) | Denial::Changed | Denial::Refused { .. } | Denial::Closed
                    if request.is_replay =>
                {
                    self.outcomes.insert(request.id, Outcome::Status(401));
                }
                denial => {
                    self.outcomes.insert(request.id, Outcome::Denied(denial));
                }
            },
            (None, _) => panic!("{ticket:?} was answered, and nobody had asked"),
            _ => {}
        }
    }

    fn arrive(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::RefreshAtServer { tab, attempt, cookie, fault } => {
                let delay = if let Some(Fault::Slow(ms)) = fault { ms } else { 0 };
                let outcome = match fault.and_then(failure_of) {
                    Some(failure) => Err(failure),
                    None => self.server.refresh(cookie, self.now),
                };
                self.later(self.latency + delay, Arrival::RefreshAnswer { tab, attempt, outcome });
            }
            Arrival::RefreshAnswer { tab, attempt, outcome } => {
                if let Ok((_, cookie)) = &outcome {
                    self.cookie = Some(*cookie);
                }
                self.tabs[tab.0].was_rejected |= matches!(outcome, Err(RefreshFailure::Rejected { .. }));
                let outcome = outcome.map(|(issued, _)| self.grant(&issued));
                let remembered = self.remembered;
                self.happen(tab, Event::RefreshSettled { attempt, outcome, remembered });
            }
            Arrival::SignOutAtServer { tab, attempt, cookie } => {
                self.server.sign_out(cookie);
                self.later(self.latency, Arrival::SignOutAnswer { tab, attempt, outcome: Ok(()) });
            }
            Arrival::SignOutAnswer { tab, attempt, outcome } => {
                if outcome.is_ok() {
                    self.cookie = None;
                }
                self.happen(tab, Event::SignOutSettled { attempt, outcome });
            }
            Arrival::LoginAtServer { tab, ticket, user } => {
                if self.failing_logins.contains(&ticket) {
                    return self.happen(tab, Event::LoginSettled { ticket, grant: None });
                }
                let (issued, cookie) = self.server.login(user, self.now);
                self.later(self.latency, Arrival::LoginAnswer { tab, ticket, issued, cookie });
            }
            Arrival::LoginAnswer { tab, ticket, issued, cookie } => {
                self.cookie = Some(cookie);
                let grant = Some(self.grant(&issued));
                self.happen(tab, Event::LoginSettled { ticket, grant });
            }
            Arrival::ApiAtServer { tab, sent } => {
                let token = sent.credential.as_ref().map(|credential| credential.token.reveal());
                let status = self.server.api(sent.request.api, token, self.now);
                self.later(self.latency, Arrival::ApiAnswer { tab, sent, status });
            }
            Arrival::ApiAnswer { tab, sent, status } => self.api_answered(tab, sent, status),
            Arrival::Lock { tab, attempt } => self.happen(tab, Event::LockGranted { attempt }),
        }
    }

    fn api_answered(&mut self, tab: TabId, sent: Sent, status: u16) {
        let Sent { request, credential } = sent;
        let audience = Audience::new(request.api);
        let Some(credential) = credential else {
            self.outcomes.insert(request.id, Outcome::Status(status));
            return;
        };
        let (epoch, generation) = (credential.epoch, credential.generation);
        if status != 401 {
            self.outcomes.insert(request.id, Outcome::Status(status));
            self.happen(tab, Event::TokenAccepted { epoch, generation, audience });
        } else if request.is_replay {
            self.outcomes.insert(request.id, Outcome::Status(401));
            self.happen(tab, Event::ReplayRejected { audience });
        } else {
            let purpose = Purpose::Request(Request { is_replay: true, ..request });
            self.ask(tab, purpose, |ticket| Event::TokenRejected { ticket, epoch, generation, audience });
        }
    }

    fn grant(&self, issued: &Issued) -> Grant {
        Grant {
            token: AccessToken::new(&issued.token),
            received: self.moment(),
            lifetime: Some(issued.lifetime),
            subject: Some(Subject::new(issued.user, None)),
        }
    }
}
