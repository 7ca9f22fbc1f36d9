//! Owns the machine: carries events in, performs commands, keeps the one timer.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::time::Duration;

use futures_channel::oneshot;
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::clock;
use super::fetcher::Fetcher;
use super::lock::{self, Granted, Lock};
use super::memory::Memory;
use super::origin::Targets;
use super::page::Page;
use super::random::Random;
use super::refresh::Endpoint;
use super::sign_out;
use super::timer;
use crate::session::{
    AttemptId, Command, Config, Credential, Denial, Event, Grant, Reply, Session, Status, Ticket,
};

type Answer = Result<Reply, Denial>;
type Publish = Rc<dyn Fn(&Driver, Status)>;
type Login = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = Option<Grant>>>>>;

/// What a driver needs to know of the world, beside the machine's [`Config`].
#[derive(Clone, Debug)]
pub struct Settings {
    /// The refresh endpoint: an absolute URL.
    pub refresh_url: String,
    /// The origin of that URL: names the lock.
    pub auth_origin: String,
    /// The sign-out endpoint: an absolute URL. Without one, a sign-out is local.
    pub sign_out_url: Option<String>,
    /// Which header carries the attempt id.
    pub attempt_header: String,
    /// Tells several sessions of one page apart.
    pub name: String,
    /// Where the access token may go.
    pub targets: Targets,
    /// What to send with.
    pub fetcher: Fetcher,
    /// The machine's own settings.
    pub config: Config,
}

/// One session in one page. Cheap to clone; [`Driver::close`] ends it.
#[derive(Clone)]
pub struct Driver(Rc<Inner>);

struct Inner {
    machine: RefCell<Session<Random>>,
    /// What has happened and was not handled yet.
    events: RefCell<VecDeque<Event>>,
    running: Cell<bool>,
    /// Who waits for an answer.
    waiting: RefCell<Vec<(Ticket, oneshot::Sender<Answer>)>>,
    logins: RefCell<Vec<(Ticket, Login)>>,
    tickets: Cell<u32>,
    /// How often the user wanted out.
    sign_outs: Cell<u32>,
    /// The one timer: when the machine wants a tick.
    timer: RefCell<Option<Timeout>>,
    lock: RefCell<Option<(AttemptId, Lock)>>,
    page: RefCell<Option<Page>>,
    lock_name: String,
    memory: Memory,
    refresh: Endpoint,
    sign_out: Option<Endpoint>,
    targets: Targets,
    /// Why the last request of ours was not answered: the native error.
    native_error: RefCell<Option<JsValue>>,
    /// Nothing once it is closed: it may hold whatever holds us.
    publish: RefCell<Option<Publish>>,
}

impl Driver {
    /// A session that begins at once. `publish` is called with each new status; no borrow is alive then.
    pub fn start(settings: Settings, publish: impl Fn(&Driver, Status) + 'static) -> Self {
        let endpoint = |url: String| Endpoint {
            url,
            attempt_header: settings.attempt_header.clone(),
            fetcher: settings.fetcher.clone(),
        };
        let config = Config { tells_sign_out: settings.sign_out_url.is_some(), ..settings.config };
        let driver = Self(Rc::new(Inner {
            machine: RefCell::new(Session::new(config, Random)),
            events: RefCell::default(),
            running: Cell::new(false),
            waiting: RefCell::default(),
            logins: RefCell::default(),
            tickets: Cell::new(0),
            sign_outs: Cell::new(0),
            timer: RefCell::default(),
            lock: RefCell::default(),
            page: RefCell::default(),
            lock_name: lock::name_for(&settings.auth_origin),
            memory: Memory::new(&settings.name, &settings.refresh_url),
            refresh: endpoint(settings.refresh_url),
            sign_out: settings.sign_out_url.map(endpoint),
            targets: settings.targets,
            native_error: RefCell::default(),
            publish: RefCell::new(Some(Rc::new(publish))),
        }));
        let weak = driver.weak();
        driver.0.page.replace(Some(Page::listen(move |event| weak.dispatch(event))));
        driver.dispatch(Event::Started);
        driver
    }

    /// A token, or why there is none. `not` and `min_validity` as in [`Event::TokenWanted`].
    pub async fn token(&self, event: impl FnOnce(Ticket) -> Event) -> Result<Credential, Denial> {
        match self.ask(event).await? {
            Reply::Token(credential) => Ok(credential),
            Reply::Done => Err(Denial::Closed),
        }
    }

    /// Renews the token, with a refresh that begins after now.
    pub async fn renew(&self) -> Result<(), Denial> {
        self.ask(|ticket| Event::RenewalWanted { ticket }).await.map(drop)
    }

    /// Begins the session whose cookie somebody else has set.
    pub async fn sign_in_by_cookie(&self) -> Result<(), Denial> {
        self.ask(|ticket| Event::CookieChanged { ticket }).await.map(drop)
    }

    /// Begins the session that a login of somebody else's has brought.
    pub async fn signed_in(&self, grant: Grant) -> Result<(), Denial> {
        self.ask(|ticket| Event::SignedIn { ticket, grant }).await.map(drop)
    }

    /// Runs `login` where nothing else of ours is on the wire, and begins the session that it brings.
    pub async fn sign_in<F>(&self, login: impl FnOnce() -> F + 'static) -> Result<(), Denial>
    where
        F: Future<Output = Option<Grant>> + 'static,
    {
        let ticket = self.new_ticket();
        self.0.logins.borrow_mut().push((ticket, Box::new(move || Box::pin(login()))));
        self.ask_with(ticket, Event::SignInWanted { ticket }).await.map(drop)
    }

    /// Ends the session here at once, then tells the server.
    pub async fn sign_out(&self) -> Result<(), Denial> {
        self.0.sign_outs.set(self.0.sign_outs.get().wrapping_add(1));
        self.ask(|ticket| Event::SignOutWanted { ticket }).await.map(drop)
    }

    /// How often the user wanted out: a sign-in that began before the last time is void.
    pub(crate) fn sign_outs(&self) -> u32 {
        self.0.sign_outs.get()
    }

    /// Releases everything. Idempotent.
    pub fn close(&self) {
        self.dispatch(Event::Closed);
        self.0.page.take();
        self.0.timer.take();
        self.0.logins.take();
        let publish = self.0.publish.take();
        drop(publish);
    }

    /// Why the last request of ours was not answered: the native error.
    pub fn native_error(&self) -> Option<JsValue> {
        self.0.native_error.borrow().clone()
    }

    /// Where the token may go.
    pub(crate) fn targets(&self) -> &Targets {
        &self.0.targets
    }

    /// What to send with.
    pub(crate) fn fetcher(&self) -> &Fetcher {
        &self.0.refresh.fetcher
    }

    /// Says what happened, where nobody waits for an answer.
    pub(crate) fn tell(&self, event: Event) {
        self.dispatch(event);
    }

    /// Asks, where what the question causes is wanted and nobody waits for the answer.
    pub(crate) fn ask_for_nobody(&self, event: impl FnOnce(Ticket) -> Event) {
        self.dispatch(event(self.new_ticket()));
    }

    /// Asks, and waits for the answer. Dropping the future withdraws the question.
    async fn ask(&self, event: impl FnOnce(Ticket) -> Event) -> Answer {
        let ticket = self.new_ticket();
        self.ask_with(ticket, event(ticket)).await
    }

    async fn ask_with(&self, ticket: Ticket, event: Event) -> Answer {
        let (sender, receiver) = oneshot::channel();
        self.0.waiting.borrow_mut().push((ticket, sender));
        self.dispatch(event);
        let question = Question { driver: self, ticket };
        let answer = receiver.await.unwrap_or(Err(Denial::Closed));
        std::mem::forget(question);
        answer
    }

    fn new_ticket(&self) -> Ticket {
        let ticket = self.0.tickets.get();
        self.0.tickets.set(ticket.wrapping_add(1));
        Ticket(ticket)
    }

    fn weak(&self) -> WeakDriver {
        WeakDriver(Rc::downgrade(&self.0))
    }

    /// Queues what happened; handles the queue unless that is going on already.
    fn dispatch(&self, event: Event) {
        self.0.events.borrow_mut().push_back(event);
        if self.0.running.replace(true) {
            return;
        }
        loop {
            let Some(event) = self.0.events.borrow_mut().pop_front() else { break };
            let commands = self.0.machine.borrow_mut().handle(clock::now(), event);
            for command in commands {
                self.perform(command);
            }
        }
        self.0.running.set(false);
        self.arm();
    }

    fn perform(&self, command: Command) {
        match command {
            Command::AcquireLock { attempt } => self.hold(attempt, Lock::request),
            Command::StealLock { attempt } => self.hold(attempt, Lock::steal),
            Command::ReleaseLock { attempt } => {
                // Dropped after the borrow: releasing runs JavaScript.
                let lock = self.0.lock.borrow_mut().take_if(|(held, _)| *held == attempt);
                drop(lock);
            }
            Command::SendRefresh { attempt, id } => self.send_refresh(attempt, id),
            Command::SendSignOut { attempt } => self.send_sign_out(attempt),
            Command::RunLogin { ticket } => self.run_login(ticket),
            Command::Answer { ticket, answer } => {
                let mut waiting = self.0.waiting.borrow_mut();
                if let Some(index) = waiting.iter().position(|(asked, _)| *asked == ticket) {
                    // An error means that the caller has gone.
                    let _ = waiting.swap_remove(index).1.send(answer);
                }
            }
            Command::Publish => {
                let status = self.0.machine.borrow().status();
                let publish = self.0.publish.borrow().clone();
                if let Some(publish) = publish {
                    publish(self, status);
                }
            }
            Command::Remember(remembered) => self.0.memory.keep(remembered),
        }
    }

    fn hold(&self, attempt: AttemptId, ask: impl FnOnce(&str, Granted) -> Lock) {
        let weak = self.weak();
        let lock = ask(&self.0.lock_name, Rc::new(move || weak.dispatch(Event::LockGranted { attempt })));
        // What was asked for before is withdrawn: after the borrow, for that runs JavaScript.
        let before = self.0.lock.replace(Some((attempt, lock)));
        drop(before);
    }

    fn send_refresh(&self, attempt: AttemptId, id: AttemptId) {
        let driver = self.clone();
        spawn_local(async move {
            let outcome = driver.0.refresh.refresh(id).await.map_err(|(failure, native)| {
                driver.0.native_error.replace(native);
                failure
            });
            let remembered = driver.0.memory.recall();
            driver.dispatch(Event::RefreshSettled { attempt, outcome, remembered });
        });
    }

    fn send_sign_out(&self, attempt: AttemptId) {
        let driver = self.clone();
        spawn_local(async move {
            let outcome = match &driver.0.sign_out {
                Some(endpoint) => sign_out::tell(endpoint, attempt).await,
                None => Ok(()),
            };
            driver.dispatch(Event::SignOutSettled { attempt, outcome });
        });
    }

    fn run_login(&self, ticket: Ticket) {
        let login = {
            let mut logins = self.0.logins.borrow_mut();
            logins.iter().position(|(waiting, _)| *waiting == ticket).map(|index| logins.swap_remove(index).1)
        };
        let Some(login) = login else { return };
        let driver = self.clone();
        spawn_local(async move {
            let grant = login().await;
            driver.dispatch(Event::LoginSettled { ticket, grant });
        });
    }

    fn arm(&self) {
        let delay: Option<Duration> = self.0.machine.borrow().deadline(clock::now());
        let timer = delay.map(|delay| {
            let weak = self.weak();
            timer::after(delay, move || weak.dispatch(Event::Tick))
        });
        let previous = self.0.timer.replace(timer);
        drop(previous);
    }
}

/// What callbacks hold, so that a session that nobody holds any more goes away.
#[derive(Clone)]
struct WeakDriver(Weak<Inner>);

impl WeakDriver {
    fn dispatch(&self, event: Event) {
        if let Some(inner) = self.0.upgrade() {
            Driver(inner).dispatch(event);
        }
    }
}

/// A question that is out: withdrawn when its future is dropped.
struct Question<'a> {
    driver: &'a Driver,
    ticket: Ticket,
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.driver.0.waiting.borrow_mut().retain(|(ticket, _)| *ticket != self.ticket);
        self.driver.dispatch(Event::Withdrawn { ticket: self.ticket });
    }
}
