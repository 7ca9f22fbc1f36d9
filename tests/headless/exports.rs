//! The exports of the wasm: the class `Core`, with a shell that only records.

use js_sys::{JSON, Object, Promise};
// Its exports are what is tested.
use silent_session as _;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(module = "/tests/headless/exports.js")]
extern "C" {
    type Exports;
    fn load() -> Promise;

    fn monotonic() -> f64;

    #[wasm_bindgen(js_name = tokenOf)]
    fn token_of(number: u32) -> String;

    type Shell;
    #[wasm_bindgen(static_method_of = Shell)]
    fn start(exports: &Exports, flags: u32) -> Shell;
    #[wasm_bindgen(method, getter)]
    fn core(this: &Shell) -> Core;
    #[wasm_bindgen(method)]
    fn bring(this: &Shell, token: &str);
    #[wasm_bindgen(method)]
    fn fault(this: &Shell, token: &str, lifetime: f64) -> Option<String>;
    #[wasm_bindgen(method)]
    fn last(this: &Shell, name: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    fn count(this: &Shell, name: &str) -> usize;
    #[wasm_bindgen(method, js_name = lastRequest)]
    fn last_request(this: &Shell) -> String;
    #[wasm_bindgen(method, getter)]
    fn armed(this: &Shell) -> u32;

    type Core;
    #[wasm_bindgen(method)]
    fn happened(this: &Core, what: &str, ticket: u32);
    #[wasm_bindgen(method, js_name = wantToken)]
    fn want_token(this: &Core, ticket: u32, not: &str, min_validity: f64);
    #[wasm_bindgen(method, js_name = tokenNumber)]
    fn token_number(this: &Core, wall: f64, monotonic: f64, uses: bool) -> u32;
    #[wasm_bindgen(method)]
    fn token(this: &Core) -> Object;
    #[wasm_bindgen(method)]
    fn judged(this: &Core, how: &str, ticket: u32, epoch: &str, generation: u32, origin: &str, path: &str);
    #[wasm_bindgen(method, js_name = wantsMore)]
    fn wants_more(this: &Core, challenges: &str, scheme: &str) -> bool;
    #[wasm_bindgen(method)]
    fn claims(this: &Core, token: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    fn heard(this: &Core, message: &JsValue);
    #[wasm_bindgen(method)]
    fn inspect(this: &Core) -> Object;
}

/// The flags of `Core::new`: refresh ahead, restore, share the token, tell sign-outs.
const FLAGS: u32 = 0b001_1011;

async fn start() -> Shell {
    let exports = JsFuture::from(load()).await.unwrap().unchecked_into();
    Shell::start(&exports, FLAGS)
}

/// Returns a session that was restored with the first token.
async fn restored() -> Shell {
    let shell = start().await;
    // The other tabs are asked first, and nobody replies.
    while shell.count("sent") == 0 {
        pause().await;
    }
    shell.bring(&token_of(1));
    shell
}

async fn pause() {
    let mut wait = |resolve: js_sys::Function, _| {
        let global = js_sys::global();
        let set_timeout = js_sys::Reflect::get(&global, &"setTimeout".into()).unwrap();
        set_timeout.unchecked_into::<js_sys::Function>().call2(&global, &resolve, &10.into()).unwrap();
    };
    JsFuture::from(Promise::new(&mut wait)).await.unwrap();
}

fn member(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &name.into()).unwrap()
}

fn parsed(json: Option<String>) -> JsValue {
    JSON::parse(&json.unwrap()).unwrap()
}

fn number(shell: &Shell, uses: bool) -> u32 {
    shell.core().token_number(js_sys::Date::now(), monotonic(), uses)
}

#[wasm_bindgen_test]
async fn a_refresh_is_a_request_of_the_browser_with_the_options_of_the_shell() {
    let shell = restored().await;
    let sent = r#"["https://app.test/auth/refresh","PUT","include","no-store","manual","application/json"]"#;
    assert_eq!(shell.last_request(), sent);
}

#[wasm_bindgen_test]
async fn a_token_is_published_with_its_claims_and_arms_the_timer() {
    let shell = restored().await;
    let state = parsed(shell.last("published"));
    assert_eq!(member(&state, "status"), "active");
    let claims = JSON::parse(&member(&state, "claims").as_string().unwrap()).unwrap();
    assert_eq!(member(&claims, "sub"), "alice");
    assert!(shell.armed() > 0);
}

#[wasm_bindgen_test]
async fn a_caller_is_granted_the_token_or_another_one() {
    let shell = restored().await;
    shell.core().want_token(7, "", 0.0);
    let granted = parsed(shell.last("answers"));
    assert_eq!((member(&granted, "0"), member(&granted, "1")), ("grant".into(), 7.into()));
    assert_eq!(member(&granted, "2"), token_of(1));
    shell.core().want_token(8, &token_of(1), 0.0);
    shell.bring(&token_of(2));
    assert_eq!(member(&parsed(shell.last("answers")), "2"), token_of(2));
}

#[wasm_bindgen_test]
async fn a_token_has_a_number_that_changes_with_it() {
    let shell = start().await;
    assert_eq!((number(&shell, true), number(&shell, false)), (0, 0));
    let shell = restored().await;
    let first = number(&shell, true);
    assert!(first > 0);
    assert_eq!(number(&shell, true), first);
    assert_eq!(member(&shell.core().token(), "token"), token_of(1));
    shell.core().happened("refresh", 9);
    shell.bring(&token_of(2));
    assert!(number(&shell, true) > first);
}

#[wasm_bindgen_test]
async fn a_rejected_token_costs_a_refresh() {
    let shell = restored().await;
    let token = shell.core().token();
    let epoch = member(&token, "epoch").as_string().unwrap();
    shell.core().judged("accepted", 0, &epoch, 1, "https://app.test", "/api");
    shell.core().judged("rejected", 5, &epoch, 1, "https://app.test", "/api");
    assert_eq!(shell.count("sent"), 2);
}

#[wasm_bindgen_test]
async fn a_sign_out_is_sent_and_ends_the_session() {
    let shell = restored().await;
    shell.core().happened("sign-out", 3);
    assert_eq!(member(&parsed(shell.last("sent")), "endpoint"), "signOut");
    assert_eq!(member(&parsed(shell.last("published")), "reason"), "signed-out");
}

#[wasm_bindgen_test]
async fn tokens_of_no_use_are_told_by_their_fault() {
    let shell = start().await;
    assert_eq!(shell.fault("opaque", f64::NAN).as_deref(), Some("ERR_TOKEN_MALFORMED"));
    assert_eq!(shell.fault("opaque", -1.0).as_deref(), Some("ERR_TOKEN_EXPIRED"));
    assert_eq!(shell.fault("opaque", 60.0), None);
    assert_eq!(shell.core().claims("opaque"), None);
}

#[wasm_bindgen_test]
async fn tabs_are_told_and_heard() {
    let shell = start().await;
    assert_eq!(member(&parsed(shell.last("posted")), "kind"), "hello");
    let before = shell.count("posted");
    shell
        .core()
        .heard(&parsed(Some(r#"{"v":1,"from":"0123456789abcdef0123456789abcdef","kind":"hello"}"#.into())));
    assert!(shell.count("posted") > before);
}

#[wasm_bindgen_test]
async fn a_challenge_that_no_refresh_cures_is_told() {
    let core = start().await.core();
    assert!(core.wants_more("Bearer error=\"insufficient_scope\"", "Bearer"));
    assert!(!core.wants_more("Bearer", "Bearer"));
}

#[wasm_bindgen_test]
async fn an_inspection_has_no_token_and_a_closed_core_rests() {
    let shell = restored().await;
    let inspected = JSON::stringify(&shell.core().inspect()).unwrap();
    assert!(inspected.includes(env!("CARGO_PKG_VERSION"), 0));
    assert!(!inspected.includes(&token_of(1), 0));
    shell.core().happened("closed", 0);
    assert_eq!(member(&parsed(shell.last("answers")), "0"), "rest");
}
