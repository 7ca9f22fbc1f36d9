//! What the wasm exports for the package's entry (`src/bindings`).

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Request, Response};

use super::fake::FakeServer;

#[wasm_bindgen(module = "/tests/headless/exports.js")]
extern "C" {
    type Exports;
    fn load() -> Promise;
    #[wasm_bindgen(method, js_name = hasScope)]
    fn has_scope(this: &Exports, scope: &str, value: &str) -> bool;
    #[wasm_bindgen(method, js_name = makeError)]
    fn make_error(this: &Exports, code: &str) -> JsValue;

    fn turn() -> Promise;

    type Core;
    fn start(exports: &Exports, name: &str, fetch: &Function, published: &Array) -> Core;
    #[wasm_bindgen(method)]
    fn fetch(this: &Core, arguments: Array, policy: &Object, nested: bool) -> Promise;
    #[wasm_bindgen(method, js_name = fetchHeld)]
    fn fetch_held(this: &Core, request: &Request, is_stream: bool, policy: &Object) -> Promise;
    #[wasm_bindgen(method, js_name = isBusy)]
    fn is_busy(this: &Core) -> bool;
    #[wasm_bindgen(method, js_name = signIn)]
    fn sign_in(this: &Core, login: &JsValue) -> Promise;
    #[wasm_bindgen(method)]
    fn seed(this: &Core, answer: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = accessToken)]
    fn access_token(this: &Core, not: &JsValue, min_validity: f64, signal: &JsValue, nested: bool)
    -> Promise;
    #[wasm_bindgen(method)]
    fn refresh(this: &Core, params: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = signOut)]
    fn sign_out(this: &Core) -> Promise;
    #[wasm_bindgen(method)]
    fn inspect(this: &Core) -> JsValue;
    #[wasm_bindgen(method)]
    fn close(this: &Core);
}

const UNDEFINED: JsValue = JsValue::UNDEFINED;

async fn exports() -> Exports {
    JsFuture::from(load()).await.unwrap().unchecked_into()
}

fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

fn text(object: &JsValue, name: &str) -> String {
    member(object, name).as_string().unwrap_or_default()
}

/// A session with a server of its own, and all states that it has published.
struct Session {
    server: FakeServer,
    core: Core,
    published: Array,
}

impl Session {
    async fn started(name: &str) -> Self {
        let session = Self::start(name, FakeServer::new()).await;
        JsFuture::from(session.core.access_token(&UNDEFINED, 0.0, &UNDEFINED, false)).await.unwrap();
        session
    }

    async fn start(name: &str, server: FakeServer) -> Self {
        let published = Array::new();
        let core = start(&exports().await, name, &server.fetch(), &published);
        Self { server, core, published }
    }

    fn state(&self) -> JsValue {
        self.published.at(-1)
    }

    async fn token(&self) -> Result<JsValue, JsValue> {
        JsFuture::from(self.core.access_token(&UNDEFINED, 0.0, &UNDEFINED, false)).await
    }

    async fn get(&self, url: &str) -> u16 {
        let response = self.core.fetch(Array::of1(&url.into()), &Object::new(), false);
        JsFuture::from(response).await.unwrap().unchecked_into::<Response>().status()
    }
}

#[wasm_bindgen_test]
async fn a_core_restores_a_session_and_publishes_frozen_states() {
    let session = Session::started("publishes").await;
    let state = session.state();
    assert_eq!(
        (text(&state, "status"), text(&member(&state, "claims"), "sub")),
        ("active".into(), "alice".into())
    );
    assert_eq!(member(&state, "generation"), 1);
    assert!(Object::is_frozen(state.unchecked_ref::<Object>()));
    session.core.close();
    assert!(session.state().is_undefined(), "nothing is known of a session that is closed");
}

#[wasm_bindgen_test]
async fn fetch_carries_the_token_and_a_401_costs_one_refresh_and_one_replay() {
    let session = Session::started("fetches").await;
    session.server.revoke();
    assert_eq!(session.get("https://app.test/api/me").await, 200);
    assert_eq!((session.server.count("/api/me"), session.server.count("/auth/refresh")), (2, 2));
    assert_eq!(session.get("https://other.test/").await, 401);
    assert!(session.server.member("other.test", 0, "authorization").is_undefined());
    session.core.close();
}

#[wasm_bindgen_test]
async fn a_request_that_was_held_is_sent_with_the_token() {
    let session = Session::started("holds").await;
    let request = Request::new_with_str("https://app.test/api/held").unwrap();
    let response = JsFuture::from(session.core.fetch_held(&request, false, &Object::new())).await.unwrap();
    assert_eq!(response.unchecked_into::<Response>().status(), 200);
    session.core.close();
}

#[wasm_bindgen_test]
async fn a_policy_is_read() {
    let session = Session::started("goes-by-policies").await;
    let policy = Object::new();
    Reflect::set(&policy, &"token".into(), &"required".into()).unwrap();
    let response = session.core.fetch(Array::of1(&"https://other.test/".into()), &policy, false);
    let error = JsFuture::from(response).await.unwrap_err();
    assert_eq!(text(&error, "code"), "ERR_TOKEN_NOT_ALLOWED");
    assert_eq!(session.server.count("other.test"), 0);
    session.core.close();
}

#[wasm_bindgen_test]
async fn a_refresh_brings_another_token() {
    let session = Session::started("refreshes").await;
    let first = session.token().await.unwrap();
    JsFuture::from(session.core.refresh(&UNDEFINED)).await.unwrap();
    let second = session.token().await.unwrap();
    assert_ne!(first, second);
    let third = JsFuture::from(session.core.access_token(&second, 0.0, &UNDEFINED, false)).await.unwrap();
    assert_ne!(second, third, "it was asked for another one");
    session.core.close();
}

#[wasm_bindgen_test]
async fn a_sign_in_takes_a_function_an_answer_or_nothing() {
    let session = Session::started("signs-in").await;
    let token = session.server.token();
    let login = Closure::once_into_js(move || JsValue::from(token));
    let mut sessions = vec![text(&session.state(), "session")];
    for login in [login, session.server.token().into(), UNDEFINED] {
        JsFuture::from(session.core.sign_in(&login)).await.unwrap();
        sessions.push(text(&session.state(), "session"));
    }
    assert!(sessions.is_sorted_by(|one, next| one < next), "each is a later session: {sessions:?}");
    session.core.close();
}

#[wasm_bindgen_test]
async fn a_seed_goes_on_with_the_session() {
    let session = Session::started("is-seeded").await;
    let before = text(&session.state(), "session");
    JsFuture::from(session.core.seed(&session.server.token().into())).await.unwrap();
    assert_eq!(text(&session.state(), "session"), before);
    session.core.close();
}

#[wasm_bindgen_test]
async fn a_sign_out_resolves_to_what_the_server_knows_and_calls_reject_after_it() {
    let session = Session::started("signs-out").await;
    assert_eq!(JsFuture::from(session.core.sign_out()).await.unwrap(), "confirmed");
    let error = session.token().await.unwrap_err();
    assert!(error.is_instance_of::<js_sys::Error>());
    assert_eq!(
        (text(&error, "code"), text(&error, "reason")),
        ("ERR_SESSION_ENDED".into(), "signed-out".into())
    );
    session.core.close();
    assert_eq!(text(&session.token().await.unwrap_err(), "code"), "ERR_SESSION_CLOSED");
}

#[wasm_bindgen_test]
async fn it_tells_what_it_does() {
    let server = FakeServer::new();
    server.hold_refresh();
    let session = Session::start("tells", server).await;
    let waits = session.core.access_token(&UNDEFINED, 0.0, &UNDEFINED, false);
    while !session.core.is_busy() {
        JsFuture::from(turn()).await.unwrap();
    }
    assert_eq!(text(&session.core.inspect(), "phase"), "unknown");
    session.server.let_go();
    JsFuture::from(waits).await.unwrap();
    assert!(!session.core.is_busy());
    let report = session.core.inspect();
    assert_eq!(
        (text(&report, "version"), text(&report, "phase")),
        (env!("CARGO_PKG_VERSION").into(), "active".into())
    );
    session.core.close();
}

#[wasm_bindgen_test]
async fn scopes_and_errors_are_exported() {
    let exports = exports().await;
    assert!(exports.has_scope("profile email", "email"));
    assert!(!exports.has_scope("profile email", "mail"));
    let error = exports.make_error("ERR_SESSION_CLOSED");
    assert_eq!(
        (text(&error, "name"), text(&error, "code")),
        ("SessionError".into(), "ERR_SESSION_CLOSED".into())
    );
}
