//! Refreshes, sign-ins and all that the shell sends by itself, in a page and in a dedicated worker alike.

use js_sys::{Array, Object, Reflect};
use silent_session::browser::{SignInFailure, sign_in, sign_in_with};
use silent_session::session::{Config, Denial, EndReason, Event, Millis, RefreshFailure, Status};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Request, Response};

use super::fake::{FakeServer, Page, turn};

/// What was given to `fetch` in the n-th call of this endpoint, beside the request.
fn told_again(page: &Page, path: &str, index: usize) -> Object {
    let arguments = Array::from(&page.server.member(path, index, "args"));
    assert_eq!(arguments.length(), 2);
    arguments.get(1).unchecked_into()
}

// Scenario 57.
#[wasm_bindgen_test]
async fn a_refresh_and_a_sign_out_are_sent_with_cookies_outlive_their_page_and_follow_no_redirect() {
    let page = Page::active("refresh").await;
    page.driver.sign_out().await.unwrap_throw();
    for (path, redirect) in [("/auth/refresh", "error"), ("/auth/logout", "manual")] {
        let sent = |name| page.server.member(path, 0, name);
        assert_eq!(sent("method"), "POST");
        assert_eq!(sent("credentials"), "include");
        assert_eq!(sent("cache"), "no-store");
        assert_eq!(sent("redirect"), redirect);
        assert_eq!(sent("keepalive"), true);
        // Said to `fetch` itself: Firefox copies it from no request. And no signal: an aborted refresh has lost its cookie.
        let again = told_again(&page, path, 0);
        assert_eq!(Reflect::get(&again, &"keepalive".into()), Ok(JsValue::TRUE));
        let said: Vec<_> = Object::keys(&again).iter().filter_map(|name| name.as_string()).collect();
        assert_eq!(said, ["keepalive", "referrer", "referrerPolicy"]);
        assert_eq!(sent("bytes"), "");
        assert!(sent("authorization").is_undefined() && sent("content-type").is_undefined());
        assert_eq!(sent("x-requested-with").as_string().map(|id| id.len()), Some(32));
    }
}

// Scenario 66.
#[wasm_bindgen_test]
async fn a_refresh_that_is_given_up_on_is_not_aborted() {
    let config = Config { timeout: Millis::new(100), ..Config::default() };
    let page = Page::start("given-up", FakeServer::holding(), config);
    let Status::Unknown { failure, .. } = page.first().await else { panic!("{:?}", page.status()) };
    assert_eq!(failure, Some(RefreshFailure::TimedOut));
    page.driver.sign_out().await.unwrap_throw();
    page.driver.close();
    let request: Request = page.server.member("/auth/refresh", 0, "request").unchecked_into();
    assert!(!request.signal().aborted());
    page.server.let_go();
}

// Scenarios 52, 65.
#[wasm_bindgen_test]
async fn every_attempt_has_an_id_of_its_own() {
    let page = Page::active("attempts").await;
    page.driver.renew().await.unwrap_throw();
    assert_ne!(
        page.text("/auth/refresh", 0, "x-requested-with"),
        page.text("/auth/refresh", 1, "x-requested-with")
    );
}

// Scenarios 7, 54.
#[wasm_bindgen_test]
async fn what_the_refresh_endpoint_answers_is_told_apart() {
    let html = r#"{"headers":0,"content-type":"text/html; charset=utf-8"}"#.replace(r#""headers":0,"#, "");
    let basic = r#"{"www-authenticate":"Basic realm=\"proxy\""}"#;
    let unavailable = |status| RefreshFailure::Unavailable { status: Some(status), retry_after: None };
    let after = |status, seconds| RefreshFailure::Unavailable {
        status: Some(status),
        retry_after: Some(Millis::from_secs(seconds)),
    };
    let cases = [
        (403, "<html>", &*html, RefreshFailure::Foreign { status: 403 }),
        (401, "", basic, RefreshFailure::Foreign { status: 401 }),
        (200, "<html>", &*html, RefreshFailure::Foreign { status: 200 }),
        (500, "{}", "{}", unavailable(500)),
        (404, "{}", "{}", unavailable(404)),
        (503, "", r#"{"retry-after":"7"}"#, after(503, 7)),
        (
            429,
            "",
            r#"{"retry-after":"Wed, 21 Oct 2015 07:28:07 GMT","date":"Wed, 21 Oct 2015 07:28:00 GMT"}"#,
            after(429, 7),
        ),
        (503, "", r#"{"retry-after":"soon"}"#, unavailable(503)),
        (200, "", "{}", RefreshFailure::Malformed(silent_session::session::TokenFault::Missing)),
        (200, "[]", "{}", RefreshFailure::Malformed(silent_session::session::TokenFault::Missing)),
        (
            200,
            r#"{"access_token":7}"#,
            "{}",
            RefreshFailure::Malformed(silent_session::session::TokenFault::Missing),
        ),
        (
            200,
            r#"{"access_token":"opaque"}"#,
            "{}",
            RefreshFailure::Malformed(silent_session::session::TokenFault::NoLifetime),
        ),
        (
            200,
            r#"{"access_token":"opaque","expires_in":"0"}"#,
            "{}",
            RefreshFailure::Malformed(silent_session::session::TokenFault::Expired),
        ),
    ];
    for (index, (status, text, headers, expected)) in cases.into_iter().enumerate() {
        let server = FakeServer::new();
        server.answer_refresh(status, text, headers);
        let page = Page::start(&format!("answers-{index}"), server, Config::default());
        let first = page.first().await;
        let Status::Unknown { failure, retry_at } = first else { panic!("{index}: {first:?}") };
        assert_eq!(failure, Some(expected), "case {index}");
        assert!(retry_at.is_some());
        page.driver.close();
    }
}

#[wasm_bindgen_test]
async fn an_opaque_token_with_a_lifetime_works() {
    let server = FakeServer::new();
    server.answer_refresh(200, r#"{"access_token":"opaque","expires_in":"60"}"#, "{}");
    let page = Page::start("opaque", server, Config::default());
    page.get("/api/me").await;
    assert_eq!(page.text("/api/me", 0, "authorization").as_deref(), Some("Bearer opaque"));
}

#[wasm_bindgen_test]
async fn without_a_session_requests_go_out_without_a_token() {
    let server = FakeServer::new();
    server.answer_refresh(401, "{}", r#"{"content-type":"application/json"}"#);
    let page = Page::start("none", server, Config::default());
    assert_eq!(page.get("/api/me").await, 401);
    assert_eq!((page.server.count("/api/me"), page.server.count("/auth/refresh")), (1, 1));
    assert!(page.server.member("/api/me", 0, "authorization").is_undefined());
    assert_eq!(*page.published.borrow(), [Status::Ended { reason: EndReason::None, elsewhere: false }]);
}

#[wasm_bindgen_test]
async fn a_login_in_any_form_begins_a_session() {
    let server = FakeServer::new();
    server.answer_refresh(401, "{}", "{}");
    let page = Page::start("forms", server, Config::default());
    assert_eq!(page.driver.renew().await, Err(Denial::Ended(EndReason::None)));
    let json = |page: &Page| js_sys::JSON::parse(&page.server.login("alice")).unwrap_throw();
    let response = |page: &Page| {
        JsValue::from(Response::new_with_opt_str(Some(&page.server.login("alice"))).unwrap_throw())
    };
    let answers = [json(&page), response(&page), page.server.token().into()];
    for answer in answers {
        let before = page.published.borrow().len();
        sign_in_with(&page.driver, answer.clone()).await.unwrap_throw();
        assert_eq!(page.published.borrow().len(), before + 1);
    }
    let answer = response(&page);
    sign_in(&page.driver, move || async { Ok(answer) }).await.unwrap_throw();
    assert_eq!(page.get("/api/me").await, 200);
    let sessions: std::collections::BTreeSet<_> = page
        .published
        .borrow()
        .iter()
        .filter_map(|status| if let Status::Active { epoch, .. } = status { Some(*epoch) } else { None })
        .collect();
    assert_eq!(sessions.len(), 4, "each sign-in is a session of its own");
}

#[wasm_bindgen_test]
async fn a_login_that_brings_no_token_says_why_and_changes_nothing() {
    let page = Page::active("refused").await;
    let before = page.published.borrow().len();
    let refused = web_sys::ResponseInit::new();
    refused.set_status(401);
    let refused = Response::new_with_opt_str_and_init(Some("no"), &refused).unwrap_throw();
    let failure = sign_in_with(&page.driver, refused.clone().unwrap_throw().into()).await.unwrap_err();
    assert!(matches!(failure, SignInFailure::Refused(_)));
    let login = refused.clone().unwrap_throw();
    let failure = sign_in(&page.driver, move || async move { Ok(login.into()) }).await.unwrap_err();
    let SignInFailure::Refused(response) = failure else { panic!("{failure:?}") };
    assert!(!response.unchecked_into::<Response>().body_used());

    let wants_code = Response::new_with_opt_str(Some(r#"{"second_factor":"code"}"#)).unwrap_throw();
    let failure = sign_in(&page.driver, move || async move { Ok(wants_code.into()) }).await.unwrap_err();
    let SignInFailure::Incomplete(_, answer) = failure else { panic!("{failure:?}") };
    assert_eq!(Reflect::get(&answer, &"second_factor".into()), Ok("code".into()));

    let thrown = Object::new();
    let error = JsValue::from(thrown.clone());
    let failure = sign_in(&page.driver, move || async move { Err(error) }).await.unwrap_err();
    let SignInFailure::Thrown(error) = failure else { panic!("{failure:?}") };
    assert!(Object::is(&error, &thrown));

    assert_eq!(page.published.borrow().len(), before);
    assert_eq!(page.get("/api/me").await, 200);
}

#[wasm_bindgen_test]
async fn a_sign_out_while_a_login_is_read_wins() {
    let page = std::rc::Rc::new(Page::active("late-login").await);
    let login = Response::new_with_opt_str(Some(&page.server.login("alice"))).unwrap_throw();
    let signing_in = sign_in_with(&page.driver, login.into());
    let signing_out = {
        let page = page.clone();
        future_to_promise(async move {
            let _ = page.driver.sign_out().await;
            Ok(JsValue::UNDEFINED)
        })
    };
    let denied = signing_in.await;
    JsFuture::from(signing_out).await.unwrap_throw();
    assert!(matches!(denied, Err(SignInFailure::Denied(Denial::Ended(EndReason::SignedOut)))), "{denied:?}");
    assert_eq!(
        page.published.borrow().last(),
        Some(&Status::Ended { reason: EndReason::SignedOut, elsewhere: false })
    );
}

// Scenario 87.
#[wasm_bindgen_test]
async fn access_token_not_costs_a_refresh_only_for_the_token_in_hand() {
    let page = Page::active("not").await;
    let wanted = |not: Option<&str>| {
        let not = not.map(silent_session::session::AccessToken::new);
        page.driver.token(|ticket| Event::TokenWanted { ticket, not, min_validity: Millis::ZERO })
    };
    let first = wanted(None).await.unwrap_throw();
    let second = wanted(Some(first.token.reveal())).await.unwrap_throw();
    assert_ne!(first.token, second.token);
    assert_eq!(wanted(Some(first.token.reveal())).await, Ok(second));
    assert_eq!(page.server.count("/auth/refresh"), 2);
}

#[wasm_bindgen_test]
async fn a_short_lived_token_is_renewed_by_the_timer() {
    let server = FakeServer::new();
    server.set_lifetime(1.5);
    let page = Page::start("timer", server, Config::default());
    // Nobody asks for anything: the timer alone brings the third token.
    while page.server.count("/auth/refresh") < 3 {
        JsFuture::from(turn()).await.unwrap_throw();
    }
    page.driver.close();
}

#[wasm_bindgen_test]
async fn close_answers_all_that_wait_and_sends_nothing_more() {
    let server = FakeServer::new();
    server.hold_refresh();
    let page = std::rc::Rc::new(Page::start("close", server, Config::default()));
    let waiting = {
        let page = page.clone();
        future_to_promise(async move {
            assert_eq!(page.driver.renew().await, Err(Denial::Closed));
            Ok(JsValue::UNDEFINED)
        })
    };
    page.driver.close();
    page.driver.close();
    JsFuture::from(waiting).await.unwrap_throw();
    assert_eq!(page.driver.renew().await, Err(Denial::Closed));
    assert!(page.server.count("/auth/refresh") <= 1);
}

// Scenario 80.
#[wasm_bindgen_test]
async fn two_sessions_on_one_auth_origin_take_turns_at_the_wire() {
    let (one, two) = (FakeServer::new(), FakeServer::new());
    one.hold_refresh();
    let one = Page::start("turns", one, Config::default());
    let two = Page::start("turns", two, Config::default());
    // The first holds the lock; the second has not sent anything after many turns of the event loop.
    for _ in 0..50 {
        JsFuture::from(turn()).await.unwrap_throw();
    }
    assert_eq!(two.server.count("/auth/refresh"), 0);
    one.server.let_go();
    two.driver.renew().await.unwrap_throw();
    assert!(two.server.count("/auth/refresh") >= 1);
}

#[wasm_bindgen_test]
async fn nothing_that_prints_holds_a_token() {
    let page = Page::active("prints").await;
    let token = page.server.token();
    sign_in_with(&page.driver, token.clone().into()).await.unwrap_throw();
    let printed = format!("{:?}", page.published.borrow());
    assert!(printed.contains("[redacted]") && !printed.contains(&token[token.len() / 2..]));
}
