//! The main job against the reference auth server, in a page and in a dedicated worker alike.

use js_sys::{Array, Function, Promise, Reflect};
use silent_session::browser::{
    Driver, Ends, Fetcher, Identity, Policy, Rejection, Reporter, Settings, SignInFailure, Targets,
    TokenPlace, Way, fetch, sign_in,
};
use silent_session::format::Attachment;
use silent_session::session::{Config, Denial, EndReason, EpochId, Event, Millis, Status};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Request, Response};

/// Where `cargo xtask test` has started it.
const SERVER: &str = match option_env!("SILENT_SESSION_SERVER") {
    Some(origin) => origin,
    None => "http://127.0.0.1:4181",
};

async fn send(method: &str, path: &str, body: &str) -> Response {
    let options = super::fake::init(
        method,
        if body.is_empty() { JsValue::UNDEFINED } else { body.into() },
        r#"{"content-type":"application/json"}"#,
    );
    let request =
        Request::new_with_str_and_init(&format!("{SERVER}{path}"), options.unchecked_ref()).unwrap_throw();
    let credentials = web_sys::RequestInit::new();
    Reflect::set(&credentials, &"credentials".into(), &"include".into()).unwrap_throw();
    let request = Request::new_with_request_and_init(&request, &credentials);
    let send: Function = Reflect::get(&js_sys::global(), &"fetch".into()).unwrap_throw().unchecked_into();
    let response = send.call1(&JsValue::UNDEFINED, &request.unwrap_throw()).unwrap_throw();
    JsFuture::from(Promise::from(response)).await.unwrap_throw().unchecked_into()
}

async fn counter(name: &str) -> f64 {
    let counters = send("GET", "/test/counters", "").await;
    let counters = JsFuture::from(counters.json().unwrap_throw()).await.unwrap_throw();
    Reflect::get(&counters, &name.into()).unwrap_throw().as_f64().unwrap_throw()
}

async fn order(path: &str, body: &str) {
    assert!(send("POST", path, body).await.ok(), "{path}");
}

struct Page {
    driver: Driver,
    published: Rc<RefCell<Vec<Status>>>,
}

impl Page {
    fn open(config: Config) -> Self {
        let published = Rc::new(RefCell::new(Vec::new()));
        let shown = published.clone();
        let settings = Settings {
            refresh_url: format!("{SERVER}/auth/refresh"),
            auth_origin: SERVER.into(),
            refresh: Way::post(format!("{SERVER}/auth/refresh")),
            sign_out: Some(Way::post(format!("{SERVER}/auth/logout"))),
            attempt_header: Some("X-Requested-With".into()),
            csrf: None,
            ends: Ends::default(),
            companion_cookie: Some("refresh_stamp".into()),
            name: "story".into(),
            targets: Targets::new([format!("{SERVER}/api")]),
            attachment: Attachment::default(),
            rejection: Rejection::default(),
            fetcher: Fetcher::default(),
            token_place: TokenPlace::default(),
            identity: Identity::default(),
            reporter: Reporter::default(),
            config,
        };
        let driver = Driver::start(settings, move |_, status| shown.borrow_mut().push(status));
        Self { driver, published }
    }

    /// Opened on a browser without a session, and signed in.
    async fn signed_in(user: &'static str) -> Self {
        assert!(send("POST", "/auth/logout", "").await.ok());
        order("/test/reset", "").await;
        let page = Self::open(Config::default());
        page.sign_in(user).await.unwrap_throw();
        page
    }

    async fn sign_in(&self, user: &'static str) -> Result<(), SignInFailure> {
        let body = match user {
            "alice" => r#"{"user":"alice","password":"wonderland"}"#,
            "bob" => r#"{"user":"bob","password":"builder"}"#,
            "carol" => r#"{"user":"carol","password":"looking-glass"}"#,
            _ => r#"{"user":"nobody","password":"nothing"}"#,
        };
        sign_in(&self.driver, move || async move { Ok(send("POST", "/auth/login", body).await.into()) }).await
    }

    async fn get(&self, path: &str) -> u16 {
        let url = JsValue::from(format!("{SERVER}{path}"));
        let response = fetch(&self.driver, Array::of1(&url), Policy::default()).await;
        response.ok().expect_throw("a response").unchecked_into::<Response>().status()
    }

    fn epoch(&self) -> Option<EpochId> {
        match self.published.borrow().last() {
            Some(Status::Active { epoch, .. }) => Some(*epoch),
            _ => None,
        }
    }
}

async fn get_at_once(page: &Rc<Page>, path: &'static str, number: usize) -> Vec<JsValue> {
    let calls = Array::new();
    for _ in 0..number {
        let page = page.clone();
        calls.push(&future_to_promise(async move { Ok(page.get(path).await.into()) }));
    }
    let statuses: Array = JsFuture::from(Promise::all(&calls)).await.unwrap_throw().unchecked_into();
    statuses.iter().collect()
}

#[wasm_bindgen_test]
async fn fifty_calls_after_a_revocation_cost_one_refresh() {
    let page = Rc::new(Page::signed_in("alice").await);
    assert_eq!(page.get("/api/me").await, 200);
    order("/test/revoke-access", "").await;
    let before = counter("refreshes").await;
    assert_eq!(get_at_once(&page, "/api/me", 50).await, vec![JsValue::from(200); 50]);
    assert_eq!(counter("refreshes").await - before, 1.0);
    assert_eq!(counter("reuse_detected").await, 0.0);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_lapsed_token_is_renewed_before_the_call() {
    order("/test/reset", "").await;
    order("/test/lifetime", r#"{"access_seconds":2}"#).await;
    assert!(send("POST", "/auth/logout", "").await.ok());
    let page = Page::open(Config { refresh_ahead: false, ..Config::default() });
    page.sign_in("alice").await.unwrap_throw();
    let token =
        page.driver.token(|ticket| Event::TokenWanted { ticket, not: None, min_validity: Millis::ZERO });
    let token = token.await.unwrap_throw();
    // The server's clock moves on, not ours: what we hold has lapsed there.
    order("/test/clock", r#"{"offset_seconds":60}"#).await;
    let before = counter("refreshes").await;
    assert_eq!(page.get("/api/me").await, 200);
    assert_eq!(counter("refreshes").await - before, 1.0);
    let renewed =
        page.driver.token(|ticket| Event::TokenWanted { ticket, not: None, min_validity: Millis::ZERO });
    assert_ne!(renewed.await.unwrap_throw().token, token.token);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn another_page_of_the_browser_restores_the_session() {
    let first = Page::signed_in("alice").await;
    first.driver.close();
    let second = Page::open(Config::default());
    assert_eq!(second.get("/api/admin").await, 200);
    assert!(second.epoch().is_some());
    assert_eq!(counter("reuse_detected").await, 0.0);
    second.driver.close();
}

// Scenario 8.
#[wasm_bindgen_test]
async fn a_403_refreshes_nothing() {
    let page = Page::signed_in("bob").await;
    let before = counter("refreshes").await;
    assert_eq!(page.get("/api/admin").await, 403);
    assert_eq!(counter("refreshes").await - before, 0.0);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_refused_login_and_a_second_factor_change_nothing() {
    order("/test/reset", "").await;
    assert!(send("POST", "/auth/logout", "").await.ok());
    let page = Page::open(Config::default());
    assert_eq!(page.driver.renew().await, Err(Denial::Ended(EndReason::None)));
    let SignInFailure::Refused(response) = page.sign_in("nobody").await.unwrap_err() else { panic!() };
    let body = response.unchecked_into::<Response>().json().unwrap_throw();
    let body = JsFuture::from(body).await.unwrap_throw();
    assert_eq!(Reflect::get(&body, &"error".into()), Ok("invalid_credentials".into()));
    let SignInFailure::Incomplete(_, body) = page.sign_in("carol").await.unwrap_err() else { panic!() };
    assert_eq!(Reflect::get(&body, &"second_factor".into()), Ok("code".into()));
    assert_eq!(*page.published.borrow(), [Status::Ended { reason: EndReason::None, elsewhere: false }]);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_sign_out_reaches_the_server_and_takes_the_cookie_along() {
    let page = Page::signed_in("alice").await;
    page.driver.sign_out().await.unwrap_throw();
    assert_eq!(counter("logouts").await, 1.0);
    assert_eq!(page.get("/api/me").await, 401);
    page.driver.close();
    let next = Page::open(Config::default());
    let refused = next.driver.renew().await;
    assert!(matches!(refused, Err(Denial::Ended(EndReason::None))), "{refused:?}");
    next.driver.close();
}

#[wasm_bindgen_test]
async fn a_connection_that_is_reset_does_not_end_the_session() {
    let page = Page::signed_in("alice").await;
    // Twice: on a reused connection the browser sends it again by itself.
    order("/test/faults", r#"{"refresh":{"reset":"before","times":2}}"#).await;
    page.driver.renew().await.unwrap_throw();
    assert_eq!(page.get("/api/me").await, 200);
    assert!(page.driver.native_error().is_some_and(|error| error.is_instance_of::<js_sys::TypeError>()));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn an_answer_that_is_lost_after_the_rotation_does_not_end_the_session() {
    let page = Page::signed_in("alice").await;
    // The browser's own second try, and the first of ours after it.
    order("/test/faults", r#"{"refresh":{"reset":"after","times":3}}"#).await;
    page.driver.renew().await.unwrap_throw();
    assert_eq!(page.get("/api/me").await, 200);
    assert_eq!(counter("reuse_detected").await, 0.0);
    assert!(counter("replayed").await >= 1.0);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_family_that_is_revoked_ends_the_session() {
    let page = Page::signed_in("alice").await;
    order("/test/revoke-all", "").await;
    assert_eq!(page.get("/api/me").await, 401);
    assert_eq!(
        page.published.borrow().last(),
        Some(&Status::Ended { reason: EndReason::Rejected, elsewhere: false })
    );
    page.driver.close();
}
