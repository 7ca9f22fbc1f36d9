//! What becomes of a request of the app, in a page and in a dedicated worker alike, against a fake server.

use js_sys::{Array, Promise};
use silent_session::browser::{FetchFailure, Policy, TokenUse, fetch};
use silent_session::session::Config;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{AbortController, ReferrerPolicy, Request, Response};

use super::fake::{FakeServer, Page, body, changeling, init, with_signal};

/// What `fetch` takes beside the URL.
fn options_of(members: &str) -> JsValue {
    js_sys::JSON::parse(members).unwrap_throw()
}

// Scenarios 13, 57.
#[wasm_bindgen_test]
async fn the_token_goes_along_to_allowed_urls_only() {
    let page = Page::active("allowed").await;
    assert_eq!(page.get("/api/me").await, 200);
    for elsewhere in [
        "/apiary/me",
        "/",
        "/api/..%2fauth",
        "/api/%2e%2e%2fauth",
        "https://app.test.evil.test/api/me",
        "https://app.test:8443/api/me",
        "http://app.test/api/me",
        "/api/../x/api/me",
    ] {
        let before = page.server.count("");
        assert_eq!(page.get(elsewhere).await, 401, "{elsewhere}");
        assert_eq!(page.server.count("") - before, 1, "{elsewhere} was replayed");
        assert!(page.server.member("", before, "authorization").is_undefined(), "{elsewhere}");
    }
    // Native fetch refuses it before anything is sent.
    assert!(page.fetch("https://app.test@evil.test/api/me", JsValue::UNDEFINED).await.is_err());
    assert_eq!(page.get("HTTPS://APP.TEST:443/x/../api/me").await, 200);
}

#[wasm_bindgen_test]
async fn an_object_that_reads_differently_each_time_gets_no_token() {
    let page = Page::active("changeling").await;
    let response = fetch(
        &page.driver,
        Array::of1(&changeling("https://app.test/api/me", "https://evil.test/")),
        Policy::default(),
    );
    assert_eq!(response.await.unwrap_throw().unchecked_into::<Response>().status(), 401);
    assert!(page.server.member("evil.test", 0, "authorization").is_undefined());
    assert_eq!(page.server.count("evil.test"), 1);
}

#[wasm_bindgen_test]
async fn where_a_token_is_required_such_an_object_is_not_sent_at_all() {
    let page = Page::active("required-changeling").await;
    let required = Policy { token: TokenUse::Required, ..Policy::default() };
    for (first, then) in
        [("https://app.test/api/me", "https://evil.test/"), ("https://evil.test/", "/api/me")]
    {
        let response = fetch(&page.driver, Array::of1(&changeling(first, then)), required);
        assert!(matches!(response.await, Err(FetchFailure::NotAllowed)), "{first}");
    }
    assert_eq!((page.server.count("evil.test"), page.server.count("/api/me")), (0, 0));
}

#[wasm_bindgen_test]
async fn urls_that_are_not_allowed_get_the_callers_own_arguments() {
    let page = Page::active("untouched").await;
    let options = init("POST", "x".into(), "{}");
    page.fetch("https://other.test/", options.clone()).await.unwrap_throw();
    let arguments: Array = page.server.member("other.test", 0, "args").unchecked_into();
    assert_eq!(arguments.get(0), "https://other.test/");
    assert!(js_sys::Object::is(&arguments.get(1), &options));
}

// Scenario 2.
#[wasm_bindgen_test]
async fn a_401_costs_one_refresh_and_one_replay() {
    let page = Page::active("replay").await;
    page.server.revoke();
    assert_eq!(page.get("/api/me").await, 200);
    assert_eq!((page.server.count("/api/me"), page.server.count("/auth/refresh")), (2, 2));
}

// Scenario 1.
#[wasm_bindgen_test]
async fn fifty_at_once_cost_one_refresh() {
    let page = std::rc::Rc::new(Page::active("fifty").await);
    page.server.revoke();
    let calls = Array::new();
    for _ in 0..50 {
        let page = page.clone();
        calls.push(&future_to_promise(async move { Ok(page.get("/api/me").await.into()) }));
    }
    let statuses: Array = JsFuture::from(Promise::all(&calls)).await.unwrap_throw().unchecked_into();
    assert!(statuses.iter().all(|status| status == 200));
    assert_eq!(page.server.count("/auth/refresh"), 2);
}

#[wasm_bindgen_test]
async fn a_403_and_the_second_401_reach_the_caller() {
    let page = Page::active("second").await;
    assert_eq!(page.get("/api/forbidden").await, 403);
    assert_eq!(page.server.count("/auth/refresh"), 1);
    let useless = page.server.login("alice");
    page.server.revoke();
    page.server.answer_refresh(200, &useless, "{}");
    assert_eq!(page.get("/api/me").await, 401);
    assert_eq!((page.server.count("/api/me"), page.server.count("/auth/refresh")), (2, 2));
}

// Scenarios 10, 19.
#[wasm_bindgen_test]
async fn bodies_are_replayed_to_the_byte_and_a_stream_is_not() {
    for kind in ["string", "bytes", "blob", "params", "form"] {
        // Each a session of its own: where token after token is rejected early, they are replaced before they are sent.
        let page = Page::active(&format!("bodies-{kind}")).await;
        page.server.revoke();
        let path = format!("/api/{kind}");
        let options = init("POST", body(kind), "{}");
        assert_eq!(page.fetch(&path, options).await.unwrap_throw().status(), 200, "{kind}");
        for member in ["bytes", "content-type", "method"] {
            let (first, second) = (page.text(&path, 0, member), page.text(&path, 1, member));
            // Bytes alone have no content type.
            assert!(first.is_some() || (kind, member) == ("bytes", "content-type"), "{kind} {member}");
            assert_eq!(first, second, "{kind} {member}");
        }
        page.driver.close();
    }
    let page = Page::active("bodies-stream").await;
    page.server.revoke();
    let options = init("POST", body("stream"), "{}");
    let response = page.fetch("/api/stream", options).await.unwrap_throw();
    assert_eq!((response.status(), page.server.count("/api/stream")), (401, 1));
    // What comes next waits for the token that this 401 has asked for.
    let before = page.server.count("/api/next");
    assert_eq!(page.get("/api/next").await, 200);
    assert_eq!(page.server.count("/api/next") - before, 1);
}

// Scenario 20.
#[wasm_bindgen_test]
async fn a_request_object_is_sent_and_replayed_with_all_it_holds() {
    let page = Page::active("request").await;
    page.server.revoke();
    let options = init("PUT", "content".into(), r#"{"X-Mine":"1"}"#);
    let request =
        web_sys::Request::new_with_str_and_init("https://app.test/api/put", options.unchecked_ref())
            .unwrap_throw();
    let response = silent_session::browser::fetch(
        &page.driver,
        Array::of1(&request.clone().unwrap_throw()),
        Policy::default(),
    )
    .await;
    assert_eq!(response.unwrap_throw().unchecked_into::<Response>().status(), 200);
    assert_eq!(page.text("/api/put", 0, "bytes"), page.text("/api/put", 1, "bytes"));
    assert!(
        !request.headers().has("authorization").unwrap_throw(),
        "the caller's own request is not touched"
    );
}

#[wasm_bindgen_test]
async fn a_request_that_is_to_outlive_the_page_does_and_its_replay_does_and_both_keep_their_referrer() {
    let page = Page::active("outlives").await;
    page.server.revoke();
    let options = options_of(
        r#"{"method":"POST","body":"x","keepalive":true,"referrer":"","referrerPolicy":"origin"}"#,
    );
    assert_eq!(page.fetch("/api/beacon", options).await.unwrap_throw().status(), 200);
    assert_eq!(page.server.count("/api/beacon"), 2);
    for index in 0..2 {
        let sent = |name| page.server.member("/api/beacon", index, name);
        let request: Request = sent("request").unchecked_into();
        assert_eq!((sent("keepalive"), sent("bytes")), (JsValue::TRUE, "120".into()));
        assert_eq!((request.referrer(), request.referrer_policy()), ("".into(), ReferrerPolicy::Origin));
        // Said to `fetch` itself: Firefox copies it from no request.
        let again = Array::from(&sent("args")).get(1);
        let said = js_sys::JSON::stringify(&again).unwrap_throw();
        assert_eq!(said, r#"{"keepalive":true,"referrer":"","referrerPolicy":"origin"}"#);
    }
}

#[wasm_bindgen_test]
async fn nothing_is_said_again_of_any_other_request() {
    let page = Page::active("once").await;
    let options = options_of(r#"{"method":"POST","body":"x","referrer":"","referrerPolicy":"origin"}"#);
    page.fetch("/api/once", options).await.unwrap_throw();
    let request: Request = page.server.member("/api/once", 0, "request").unchecked_into();
    assert_eq!((request.referrer(), request.referrer_policy()), ("".into(), ReferrerPolicy::Origin));
    assert_eq!(Array::from(&page.server.member("/api/once", 0, "args")).length(), 1);
    assert_eq!(page.server.member("/api/once", 0, "keepalive"), false);
}

// Scenario 11.
#[wasm_bindgen_test]
async fn an_authorization_of_the_callers_own_is_left_alone_and_so_is_its_401() {
    let page = Page::active("own-authorization").await;
    for headers in [r#"{"Authorization":"Basic eDp5"}"#, r#"[["authorization","Basic eDp5"]]"#] {
        let before = page.server.count("/api/me");
        let response = page.fetch("/api/me", init("GET", JsValue::UNDEFINED, headers)).await;
        assert_eq!(response.unwrap_throw().status(), 401);
        assert_eq!(page.server.count("/api/me") - before, 1);
        assert_eq!(page.text("/api/me", before, "authorization").as_deref(), Some("Basic eDp5"));
    }
    assert_eq!(page.server.count("/auth/refresh"), 1);
    // An iterator can be read once only.
    let before = page.server.count("/api/me");
    let options = JsValue::from(js_sys::Object::new());
    let headers = js_sys::Map::new();
    headers.set(&"Authorization".into(), &"Basic eDp5".into());
    js_sys::Reflect::set(&options, &"headers".into(), &headers.entries()).unwrap_throw();
    page.fetch("/api/me", options).await.unwrap_throw();
    assert_eq!(page.text("/api/me", before, "authorization").as_deref(), Some("Basic eDp5"));
}

#[wasm_bindgen_test]
async fn native_responses_and_errors_are_passed_on_untouched() {
    let page = Page::active("native").await;
    let response = page.fetch("/api/me", JsValue::UNDEFINED).await.unwrap_throw();
    assert!(js_sys::Object::is(&response, &page.server.member("/api/me", 0, "response")));
    let error = js_sys::Object::new();
    page.server.fail_api(&error);
    let thrown = page.fetch("/api/me", JsValue::UNDEFINED).await.unwrap_err();
    assert!(js_sys::Object::is(&thrown, &error));
}

// Scenario 14.
#[wasm_bindgen_test]
async fn the_body_of_a_discarded_401_is_cancelled() {
    let page = Page::active("discarded").await;
    page.server.revoke();
    page.get("/api/me").await;
    let discarded: Response = page.server.member("/api/me", 0, "response").unchecked_into();
    let read = JsFuture::from(discarded.text().unwrap_throw()).await;
    assert!(read.is_err() || read == Ok("".into()), "{read:?}");
}

// Scenario 15.
#[wasm_bindgen_test]
async fn a_signal_ends_its_own_wait_only_and_with_its_own_reason() {
    let server = FakeServer::new();
    server.hold_refresh();
    let page = std::rc::Rc::new(Page::start("signal", server, Config::default()));
    let controller = AbortController::new().unwrap_throw();
    let reason = js_sys::Object::new();
    let aborted = {
        let (page, options) = (page.clone(), with_signal(&controller.signal()));
        future_to_promise(async move { page.fetch("/api/a", options).await.map(Into::into) })
    };
    let patient = {
        let page = page.clone();
        future_to_promise(async move { Ok(page.get("/api/b").await.into()) })
    };
    controller.abort_with_reason(&reason);
    let error = JsFuture::from(aborted).await.unwrap_err();
    assert!(js_sys::Object::is(&error, &reason));
    page.server.let_go();
    assert_eq!(JsFuture::from(patient).await, Ok(200.into()));
    assert_eq!((page.server.count("/api/a"), page.server.count("/auth/refresh")), (0, 1));
}
