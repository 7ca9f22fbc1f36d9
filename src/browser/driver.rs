//! Owns the machine: carries events in, performs outboxes, keeps the one timer.

mod alarm;
mod inspection;
mod outbox;
mod questions;
mod settings;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};

use futures_channel::oneshot;
use wasm_bindgen::JsValue;
use web_sys::RequestRedirect;

use super::answer::Reader;
use super::channel::Channel;
use super::clock;
use super::endpoint::{Endpoint, Way};
use super::fetch::Rejection;
use super::fetcher::Fetcher;
use super::listener::Listener;
use super::lock::{self, Lock};
use super::memory::Memory;
use super::origin::Targets;
use super::page::{self, Page, PageEvent};
use super::random::Random;
use super::reporter::Reporter;
use crate::format::Attachment;
use crate::session::{
    AttemptId, Config, Credential, Denial, Event, Grant, Millis, Progress, Reply, Report, Session, Status,
    Ticket, TicketQueue,
};

use alarm::Alarm;
pub use inspection::Inspection;
pub use settings::Settings;

type Answer = Result<Reply, Denial>;
type Publish = Rc<dyn Fn(&Driver, Status)>;
type Login = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = Option<Grant>>>>>;

/// One session in one page. Cheap to clone; [`Driver::close`] ends it.
#[derive(Clone)]
pub struct Driver(Rc<Inner>);

struct Inner {
    machine: RefCell<Session<Random>>,
    /// What has happened and was not handled yet.
    events: RefCell<VecDeque<Event>>,
    running: Cell<bool>,
    /// Who waits for an answer.
    waiting: RefCell<TicketQueue<oneshot::Sender<Answer>>>,
    logins: RefCell<Vec<(Ticket, Login)>>,
    tickets: Cell<u32>,
    /// Who waits for the first answer, whatever it says. Dropped when it is there.
    curious: RefCell<Vec<oneshot::Sender<()>>>,
    /// How often the user wanted out.
    sign_outs: Cell<u32>,
    /// A login has brought the session, and nothing has shown yet that its cookie was kept.
    is_cookie_untried: Cell<bool>,
    /// The one timer: when the machine wants a tick.
    alarm: RefCell<Option<Alarm>>,
    lock: RefCell<Option<(AttemptId, Lock)>>,
    page: RefCell<Option<Page>>,
    /// Of a page that is being prerendered.
    activation: RefCell<Option<Listener>>,
    /// Closed while the page is put away: a message would throw it out of the back/forward cache.
    channel: RefCell<Option<Channel>>,
    name: String,
    patience: Millis,
    lock_name: String,
    memory: Memory,
    refresh_url: String,
    auth_origin: String,
    refresh: Endpoint,
    sign_out: Option<Endpoint>,
    /// What the next refresh is to be asked with, until one has succeeded.
    params: RefCell<JsValue>,
    targets: Targets,
    attachment: Attachment,
    rejection: Rejection,
    reader: Reader,
    /// The app has been told that a token does not say whose it is.
    has_warned: Cell<bool>,
    /// Nobody once it is closed: it may hold whatever holds us.
    reporter: RefCell<Reporter>,
    /// Why the last refresh was not answered: the native error.
    native_error: RefCell<Option<JsValue>>,
    /// The native error of the last request of a turn, and of which turn.
    cause: RefCell<Option<(AttemptId, JsValue)>>,
    /// The same of the last sign-out that was not confirmed.
    sign_out_cause: RefCell<Option<(AttemptId, JsValue)>>,
    /// How many logins are being read whose cookie has come already.
    logins_read: Cell<u32>,
    /// Nothing once it is closed: it may hold whatever holds us.
    publish: RefCell<Option<Publish>>,
}

impl Driver {
    /// A session that begins at once. `publish` is called with each new status; no borrow is alive then.
    pub fn start(settings: Settings, publish: impl Fn(&Driver, Status) + 'static) -> Self {
        let endpoint = |way: Way, redirect| Endpoint {
            way,
            redirect,
            attempt_header: settings.attempt_header.clone(),
            csrf: settings.csrf.clone(),
            ends: settings.ends.clone(),
            fetcher: settings.fetcher.clone(),
            skew: Cell::default(),
            echoes: Cell::default(),
        };
        let config = Config {
            tells_sign_out: settings.sign_out.is_some(),
            sign_out_token: settings.config.sign_out_token && settings.sign_out.is_some(),
            defers: page::document().is_none(),
            ..settings.config
        };
        let driver = Self(Rc::new(Inner {
            machine: RefCell::new(Session::new(config, Random)),
            events: RefCell::default(),
            running: Cell::new(false),
            waiting: RefCell::default(),
            logins: RefCell::default(),
            tickets: Cell::new(0),
            curious: RefCell::default(),
            sign_outs: Cell::new(0),
            is_cookie_untried: Cell::new(false),
            alarm: RefCell::default(),
            lock: RefCell::default(),
            page: RefCell::default(),
            activation: RefCell::default(),
            channel: RefCell::default(),
            lock_name: lock::name_for(&settings.auth_origin),
            memory: Memory::new(
                &settings.name,
                &settings.auth_origin,
                &settings.refresh_url,
                settings.companion_cookie,
            ),
            name: settings.name,
            patience: settings.config.patience,
            refresh: endpoint(settings.refresh, RequestRedirect::Error),
            // Many redirect after a sign-out: that is seen, and not followed.
            sign_out: settings.sign_out.map(|way| endpoint(way, RequestRedirect::Manual)),
            refresh_url: settings.refresh_url,
            auth_origin: settings.auth_origin,
            params: RefCell::new(JsValue::UNDEFINED),
            targets: settings.targets,
            attachment: settings.attachment,
            rejection: settings.rejection,
            reader: Reader {
                place: settings.token_place,
                identity: settings.identity,
                clock: Rc::default(),
                is_unidentified: Rc::default(),
            },
            has_warned: Cell::new(false),
            reporter: RefCell::new(settings.reporter),
            native_error: RefCell::default(),
            cause: RefCell::default(),
            sign_out_cause: RefCell::default(),
            logins_read: Cell::new(0),
            publish: RefCell::new(Some(Rc::new(publish))),
        }));
        let weak = driver.weak();
        driver.0.page.replace(Some(Page::listen(move |told| weak.with(|driver| driver.page_told(told)))));
        let weak = driver.weak();
        let listener = page::when_activated(move || weak.with(Driver::begin));
        driver.0.activation.replace(listener);
        driver
    }

    fn begin(&self) {
        self.open_channel();
        if page::is_hidden_now() {
            self.dispatch(Event::Hidden);
        }
        self.dispatch(Event::Started);
    }

    /// Releases everything. Idempotent. A refresh that is out goes on until it has settled, or has taken too long.
    pub fn close(&self) {
        self.dispatch(Event::Closed);
        self.0.activation.take();
        self.0.logins.take();
        self.0.curious.take();
        let heard_by = (self.0.publish.take(), self.0.reporter.take());
        drop(heard_by);
        self.let_go();
    }

    /// Whether nobody hears of the session any more.
    fn is_closed(&self) -> bool {
        self.0.publish.borrow().is_none()
    }

    /// Stops listening once a closed session has nothing on the wire.
    fn let_go(&self) {
        if self.is_closed() && self.0.machine.borrow().progress() == Progress::Idle {
            self.0.page.take();
            self.0.channel.take();
            self.0.alarm.take();
        }
    }

    /// The headers that a refresh is sent with and that a CORS preflight asks leave for, where it goes to another origin.
    pub fn request_headers(&self) -> Option<String> {
        let is_foreign = page::origin().is_some_and(|origin| origin != self.0.auth_origin);
        self.0.refresh.own_headers().filter(|names| is_foreign && !names.is_empty())
    }

    /// Whether refreshes are sent by a function of the app.
    pub fn refreshes_by_function(&self) -> bool {
        self.0.refresh.is_function()
    }

    /// Whether the server has refused the first refresh after a sign-in: the cookie may not have been kept, or not be sent.
    pub fn misses_cookie(&self) -> bool {
        self.0.is_cookie_untried.get()
    }

    /// Why the last refresh was not answered: the native error.
    pub fn native_error(&self) -> Option<JsValue> {
        self.0.native_error.borrow().clone()
    }

    /// What the header of a request would be now.
    pub(crate) fn authorization(&self) -> Option<String> {
        match self.0.machine.borrow().status() {
            Status::Active { grant, .. } => Some(self.0.attachment.value(&grant.token)),
            _ => None,
        }
    }

    /// A token that needs no waiting for, and that nothing is caused by taking.
    pub(crate) fn in_hand(&self) -> Option<Credential> {
        self.0.machine.borrow().in_hand(clock::now())
    }

    /// Whether it is known if there is a session.
    pub(crate) fn is_known(&self) -> bool {
        !matches!(self.0.machine.borrow().status(), Status::Unknown { .. })
    }

    /// Why there is no token, where waiting does not help.
    pub(crate) fn denial(&self) -> Option<Denial> {
        match self.0.machine.borrow().status() {
            Status::Ended { reason, .. } => Some(Denial::Ended(reason)),
            Status::Closed => Some(Denial::Closed),
            Status::Unknown { .. } | Status::Active { .. } => None,
        }
    }

    /// How long a call waits.
    pub(crate) fn patience(&self) -> Millis {
        self.0.patience
    }

    /// Where the token may go.
    pub(crate) fn targets(&self) -> &Targets {
        &self.0.targets
    }

    /// How the token goes there.
    pub(crate) fn attachment(&self) -> &Attachment {
        &self.0.attachment
    }

    /// Which answers say that it is no good.
    pub(crate) fn rejection(&self) -> &Rejection {
        &self.0.rejection
    }

    /// How answers are read.
    pub(crate) fn reader(&self) -> &Reader {
        &self.0.reader
    }

    /// What to send with.
    pub(crate) fn fetcher(&self) -> &Fetcher {
        &self.0.refresh.fetcher
    }

    /// Says what happened, where nobody waits for an answer.
    pub(crate) fn tell(&self, event: Event) {
        self.dispatch(event);
    }

    fn open_channel(&self) {
        let weak = self.weak();
        let heard = move |from, message| weak.dispatch(Event::PeerSpoke { from, message });
        self.0.channel.replace(Channel::open(&self.0.name, &self.0.refresh_url, heard));
    }

    fn page_told(&self, told: PageEvent) {
        match told {
            PageEvent::Online => self.dispatch(Event::CameOnline),
            PageEvent::Seen => self.dispatch(Event::Woken { was_away: false, is_seen: true }),
            PageEvent::Hidden => self.dispatch(Event::Hidden),
            PageEvent::PutAway => {
                self.dispatch(Event::Left);
                self.0.channel.take();
            }
            PageEvent::Back => {
                self.open_channel();
                let is_seen = !page::is_hidden_now();
                self.dispatch(Event::Woken { was_away: true, is_seen });
            }
            PageEvent::Stored(None) => {
                self.dispatch(Event::StorageChanged);
                self.dispatch(Event::StorageCleared);
            }
            PageEvent::Stored(key) if self.0.memory.is_about(key.as_deref()) => {
                self.dispatch(Event::StorageChanged);
            }
            PageEvent::Stored(_) => {}
        }
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
            if event.needs_storage() {
                self.handle(Event::StorageRead(Box::new(self.0.memory.recall())));
            }
            self.handle(event);
        }
        self.0.running.set(false);
        self.arm();
        self.let_go();
        if self.0.reader.is_unidentified.get() && !self.0.has_warned.replace(true) {
            self.0.reader.identity.warn_missing();
            let reporter = self.0.reporter.borrow().clone();
            reporter.tell(Report::IdentityMissing, None);
        }
    }

    fn handle(&self, event: Event) {
        let outbox = self.0.machine.borrow_mut().handle(clock::now(), event);
        self.perform(outbox);
    }
}

/// What callbacks hold, so that a session that nobody holds any more goes away.
#[derive(Clone)]
struct WeakDriver(Weak<Inner>);

impl WeakDriver {
    fn with(&self, call: impl FnOnce(&Driver)) {
        if let Some(inner) = self.0.upgrade() {
            call(&Driver(inner));
        }
    }

    fn dispatch(&self, event: Event) {
        self.with(|driver| driver.dispatch(event));
    }
}
