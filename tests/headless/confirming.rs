//! What confirms a sign-out, and what it fails with.

use silent_session::session::{Config, RefreshFailure, SignOutProgress, SignOutStatus};
use wasm_bindgen_test::wasm_bindgen_test;

use super::fake::{FakeServer, Page, fire, until};
use super::storage::entry;

const JSON: &str = r#"{"content-type":"application/json"}"#;
const HTML: &str = r#"{"content-type":"text/html"}"#;

// Scenario 89.
#[wasm_bindgen_test]
async fn a_2xx_confirms_it_unless_it_is_html() {
    let untyped = "{}";
    for (index, (status, body, headers, confirms)) in [
        (200, "{}", JSON, true),
        (201, "", untyped, true),
        (202, "signed out", r#"{"content-type":"text/plain"}"#, true),
        (200, "", untyped, true),
        (200, "<html>", HTML, false),
        (200, "{}", r#"{"content-type":"Application/XHTML+XML; charset=utf-8"}"#, false),
        (200, " \n<!doctype html>", r#"{"content-type":""}"#, false),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("confirming-2xx-{index}");
        let page = Page::active(&name).await;
        page.server.answer_sign_out(status, body, headers);
        let outcome = page.driver.sign_out().await;
        let status = if confirms { SignOutStatus::Confirmed } else { SignOutStatus::Pending };
        assert_eq!((outcome, entry("sign-out", &name).is_none()), (Ok(status), confirms), "{index}");
        page.driver.close();
    }
}

#[wasm_bindgen_test]
async fn a_refusal_is_confirmed_by_a_refresh_that_is_refused_twice() {
    for status in [400, 401, 403, 404, 410, 422] {
        for refusals in [0, 1, 2] {
            let name = format!("confirming-refused-{status}-{refusals}");
            let page = Page::active(&name).await;
            page.server.answer_sign_out(status, "{}", JSON);
            (0..refusals).for_each(|_| page.server.answer_refresh(401, "{}", JSON));
            let outcome = page.driver.sign_out().await;
            let status = if refusals == 2 { SignOutStatus::Confirmed } else { SignOutStatus::Pending };
            let sent = (page.server.count("/auth/logout"), page.server.count("/auth/refresh"));
            let is_forgotten = entry("sign-out", &name).is_none();
            assert_eq!((outcome, is_forgotten), (Ok(status), refusals == 2), "{name} {sent:?}");
            page.driver.close();
        }
    }
}

#[wasm_bindgen_test]
async fn the_token_of_the_ending_session_goes_along_where_it_is_required() {
    for is_required in [false, true] {
        let name = format!("confirming-token-{is_required}");
        let config = Config { sign_out_token: is_required, ..Config::default() };
        let page = Page::start(&name, FakeServer::new(), config);
        page.is_active().await;
        let token = page.token_in_hand().filter(|_| is_required);
        assert_eq!(page.driver.sign_out().await, Ok(SignOutStatus::Confirmed));
        let carried = page.text("/auth/logout", 0, "authorization");
        assert_eq!(carried, token.map(|token| format!("Bearer {token}")));
        page.driver.close();
    }
}

/// A refresh has failed before, with an error of its own.
#[wasm_bindgen_test]
async fn what_it_failed_with_is_its_own() {
    let page = Page::active("confirming-cause").await;
    page.server.fail_refresh();
    let _ = page.driver.renew().await;
    assert!(page.driver.native_error().is_some());
    page.server.answer_sign_out(500, "{}", JSON);
    page.driver.sign_out().await.unwrap();
    let inspection = page.driver.inspect();
    let failed = |progress: SignOutProgress| progress.failure.map(|failure| failure.failure);
    let unavailable = RefreshFailure::Unavailable { status: Some(500), retry_after: None };
    assert_eq!(inspection.sign_out.and_then(failed), Some(unavailable));
    assert!(inspection.sign_out_cause.is_none());
    page.server.answer_sign_out(0, "", "{}");
    fire("window", "online", "{}");
    until("it has been tried", || page.server.count("/auth/logout") == 2).await;
    until("that is told", || page.driver.inspect().sign_out_cause.is_some()).await;
    page.driver.close();
}
