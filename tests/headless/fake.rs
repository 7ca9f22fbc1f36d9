//! Binds the fake server of `fake.js`, and starts sessions against it.
#![allow(dead_code, unreachable_pub, reason = "each test program uses a part of it")]

use std::cell::RefCell;
use std::panic;
use std::rc::Rc;
use std::sync::Once;

use js_sys::{Array, Function};
use silent_session::browser::{
    Driver, Ends, Fetcher, Identity, Policy, Rejection, Reporter, Settings, Targets, TokenPlace, Way, fetch,
};
use silent_session::format::Attachment;
use silent_session::session::{Config, Credential, Denial, Event, Millis, Status};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

pub const PAGE: &str = "https://app.test";

#[wasm_bindgen(module = "/tests/headless/fake.js")]
extern "C" {
    #[derive(Clone)]
    pub type FakeServer;
    #[wasm_bindgen(constructor)]
    pub fn new() -> FakeServer;
    #[wasm_bindgen(method, getter)]
    pub fn fetch(this: &FakeServer) -> Function;
    #[wasm_bindgen(method, setter)]
    pub fn set_lifetime(this: &FakeServer, seconds: f64);
    #[wasm_bindgen(method)]
    pub fn token(this: &FakeServer) -> String;
    #[wasm_bindgen(method)]
    pub fn login(this: &FakeServer, sub: &str) -> String;
    #[wasm_bindgen(method)]
    pub fn revoke(this: &FakeServer);
    #[wasm_bindgen(method, js_name = answerRefresh)]
    pub fn answer_refresh(this: &FakeServer, status: u16, body: &str, headers: &str);
    #[wasm_bindgen(method, js_name = holdRefresh)]
    pub fn hold_refresh(this: &FakeServer);
    #[wasm_bindgen(method, js_name = letGo)]
    pub fn let_go(this: &FakeServer);
    #[wasm_bindgen(method, js_name = failRefresh)]
    pub fn fail_refresh(this: &FakeServer);
    #[wasm_bindgen(method, js_name = answerSignOut)]
    pub fn answer_sign_out(this: &FakeServer, status: u16, body: &str, headers: &str);
    #[wasm_bindgen(method, js_name = failApi)]
    pub fn fail_api(this: &FakeServer, error: &JsValue);
    #[wasm_bindgen(method)]
    pub fn count(this: &FakeServer, part: &str) -> usize;
    #[wasm_bindgen(method)]
    pub fn member(this: &FakeServer, part: &str, index: usize, name: &str) -> JsValue;

    /// Resolves after a turn of the event loop.
    pub fn turn() -> js_sys::Promise;
    /// Milliseconds, by a clock that no test stops.
    pub fn now() -> f64;
    /// Sets the clock forward that was stopped, if one was.
    #[wasm_bindgen(js_name = letPass)]
    fn let_pass(ms: f64);
    /// Lets whatever clock was stopped go on.
    #[wasm_bindgen(js_name = goOn)]
    pub fn go_on();
    pub fn stored() -> String;
    #[wasm_bindgen(js_name = overtakeRead)]
    pub fn overtake_read(key: &str, value: &str);
    pub fn body(kind: &str) -> JsValue;
    pub fn changeling(first: &str, then: &str) -> JsValue;
    pub fn init(method: &str, body: JsValue, headers: &str) -> JsValue;
    /// Has the window, or the document, hear an event.
    pub fn fire(target: &str, kind: &str, members: &str);
    #[wasm_bindgen(js_name = withSignal)]
    pub fn with_signal(signal: &JsValue) -> JsValue;
}

impl FakeServer {
    /// One that does not answer the first refresh before it is let go.
    pub fn holding() -> Self {
        let server = Self::new();
        server.hold_refresh();
        server
    }
}

/// Those of a session of this name, with a lock of its own.
pub fn settings(name: &str, server: &FakeServer, config: Config) -> Settings {
    Settings {
        refresh_url: format!("{PAGE}/auth/refresh"),
        auth_origin: format!("{PAGE}/{name}"),
        refresh: Way::post(format!("{PAGE}/auth/refresh")),
        sign_out: Some(Way::post(format!("{PAGE}/auth/logout"))),
        attempt_header: Some("X-Requested-With".into()),
        csrf: None,
        ends: Ends::default(),
        companion_cookie: None,
        name: name.into(),
        targets: Targets::new([format!("{PAGE}/api")]),
        attachment: Attachment::default(),
        rejection: Rejection::default(),
        fetcher: Fetcher::pinned(server.fetch()),
        token_place: TokenPlace::default(),
        identity: Identity::default(),
        reporter: Reporter::default(),
        config,
    }
}

/// A session against a fake server, and all that it has published.
pub struct Page {
    pub server: FakeServer,
    pub driver: Driver,
    pub published: Rc<RefCell<Vec<Status>>>,
}

impl Page {
    /// Starts a session of this name, which begins with whatever the server answers to the first refresh.
    pub fn start(name: &str, server: FakeServer, config: Config) -> Self {
        let settings = settings(name, &server, config);
        Self::open(settings, server)
    }

    /// The same, with the lock of this auth origin.
    pub fn start_at(auth_origin: &str, name: &str, server: FakeServer, config: Config) -> Self {
        let settings = Settings { auth_origin: auth_origin.into(), ..settings(name, &server, config) };
        Self::open(settings, server)
    }

    /// The same, with these settings.
    pub fn open(settings: Settings, server: FakeServer) -> Self {
        go_on_after_a_failure();
        let published = Rc::new(RefCell::new(Vec::new()));
        let shown = published.clone();
        let driver = Driver::start(settings, move |_, status| shown.borrow_mut().push(status));
        Self { server, driver, published }
    }

    /// The same, once it is active.
    pub async fn active(name: &str) -> Self {
        let page = Self::start(name, FakeServer::new(), Config::default());
        // A worker waits so long for what other tabs have noted.
        let_pass(100.0);
        assert!(page.driver.renew().await.is_ok());
        page
    }

    /// What was published first, as soon as it is.
    pub async fn first(&self) -> Status {
        until("something is published", || !self.published.borrow().is_empty()).await;
        self.published.borrow()[0].clone()
    }

    /// Waits until so many refreshes were sent.
    pub async fn has_sent(&self, number: usize) {
        until("a refresh is sent", || self.server.count("/auth/refresh") >= number).await;
    }

    /// The page goes away, as the browser tells it; its refresh goes on.
    pub fn leave(&self) {
        fire("window", "pagehide", r#"{"persisted":false}"#);
        self.driver.close();
    }

    /// Waits until there is a session.
    pub async fn is_active(&self) {
        until("the session is active", || self.token_in_hand().is_some()).await;
    }

    /// What was published last.
    pub fn status(&self) -> Option<Status> {
        self.published.borrow().last().cloned()
    }

    /// The token that was shown last, while there is a session.
    pub fn token_in_hand(&self) -> Option<String> {
        match self.status() {
            Some(Status::Active { grant, .. }) => Some(grant.token.reveal().into()),
            _ => None,
        }
    }

    /// `session.accessToken()`.
    pub async fn token(&self) -> Result<Credential, Denial> {
        let wanted = |ticket| Event::TokenWanted { ticket, not: None, min_validity: Millis::ZERO };
        self.driver.token(wanted).await
    }

    /// `session.fetch`.
    pub async fn fetch(&self, path: &str, init: JsValue) -> Result<web_sys::Response, JsValue> {
        self.fetch_with(Policy::default(), path, init).await
    }

    /// `session.fetchWith(policy)`.
    pub async fn fetch_with(
        &self,
        policy: Policy,
        path: &str,
        init: JsValue,
    ) -> Result<web_sys::Response, JsValue> {
        let url = if path.starts_with('/') { format!("{PAGE}{path}") } else { path.into() };
        let arguments =
            if init.is_undefined() { Array::of1(&url.into()) } else { Array::of2(&url.into(), &init) };
        match fetch(&self.driver, arguments, policy).await {
            Ok(response) => Ok(response.unchecked_into()),
            Err(silent_session::browser::FetchFailure::Native(error)) => Err(error),
            Err(failure) => panic!("{failure:?}"),
        }
    }

    /// The status of a GET.
    pub async fn get(&self, path: &str) -> u16 {
        self.fetch(path, JsValue::UNDEFINED).await.expect_throw("a response").status()
    }

    pub fn text(&self, part: &str, index: usize, name: &str) -> Option<String> {
        self.server.member(part, index, name).as_string()
    }
}

/// Nothing is dropped when a test fails: it would leave its clocks stopped, and the next one waiting for ever.
fn go_on_after_a_failure() {
    static HOOK: Once = Once::new();
    // After a failure it is too late: the thread counts as panicking from then on.
    if !std::thread::panicking() {
        HOOK.call_once(|| {
            let before = panic::take_hook();
            panic::set_hook(Box::new(move |failure| {
                go_on();
                before(failure);
            }));
        });
    }
}

/// Waits until it is so. What is not after some seconds never will be.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = now();
    while !is_so() {
        assert!(now() - began < PATIENCE, "waited in vain until {what}");
        JsFuture::from(turn()).await.unwrap_throw();
    }
}

/// In milliseconds.
pub const PATIENCE: f64 = 10_000.0;
