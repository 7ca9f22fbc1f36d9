//! A sign-out that the server has not heard of, as it is written down in a page.

use silent_session::session::{Config, Denial, EndReason, Event, RefreshFailure, Status};
use wasm_bindgen_test::wasm_bindgen_test;

use super::fake::{FakeServer, PAGE, Page, fire, settings, until};
use super::storage::{entry, write};

const JSON: &str = r#"{"content-type":"application/json"}"#;
const HTML: &str = r#"{"content-type":"text/html"}"#;
/// Later than all sessions of the tests.
const LATE: &str = "03bb2cc3d80000112233445566778899";

fn pending(name: &str) -> Option<String> {
    entry("sign-out", name)
}

/// How often the server has said that it cannot, by what is written down.
fn tries(name: &str) -> Option<u32> {
    pending(name)?.split(' ').nth(2)?.parse().ok()
}

/// A page that has signed out, which the server has answered with this; and what came of it.
async fn signed_out(name: &str, status: u16, body: &str, headers: &str) -> (Page, Result<(), Denial>) {
    let page = Page::active(name).await;
    page.server.answer_sign_out(status, body, headers);
    let outcome = page.driver.sign_out().await;
    (page, outcome)
}

/// Whether a session was ever shown.
fn was_shown(page: &Page) -> bool {
    page.published.borrow().iter().any(|status| matches!(status, Status::Active { .. }))
}

async fn has_ended(page: &Page) {
    let ended = Status::Ended { reason: EndReason::SignedOut, elsewhere: false };
    until("it has ended", || page.status() == Some(ended.clone())).await;
}

#[wasm_bindgen_test]
async fn it_is_written_down_and_is_no_secret() {
    let page = Page::active("pending-form").await;
    let Some(Status::Active { epoch, .. }) = page.status() else { panic!("{:?}", page.status()) };
    page.server.answer_sign_out(500, "{}", JSON);
    let now = js_sys::Date::now();
    page.driver.sign_out().await.unwrap_err();
    let written = pending("pending-form").unwrap();
    let parts: Vec<&str> = written.split(' ').collect();
    let [until, asked, tries, session, subject] = parts[..] else { panic!("{written}") };
    let is_hex =
        |text: &str, length| text.len() == length && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    assert!(is_hex(until, 32) && until > &*epoch.to_hex() && is_hex(subject, 16), "{written}");
    assert!((0.0..10_000.0).contains(&(asked.parse::<f64>().unwrap() - now)), "{written}");
    assert_eq!((tries, session), ("1", &*epoch.to_hex()));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn what_says_that_there_is_no_such_session_is_as_good_as_done() {
    for status in [200, 400, 401, 403, 404] {
        let name = format!("pending-done-{status}");
        let (page, outcome) = signed_out(&name, status, "{}", JSON).await;
        assert_eq!((outcome, pending(&name)), (Ok(()), None), "{status}");
        page.driver.close();
    }
}

#[wasm_bindgen_test]
async fn what_says_nothing_of_it_is_none_of_its_ends() {
    let unavailable = |status| RefreshFailure::Unavailable { status, retry_after: None };
    for (name, status, headers, failure, counted) in [
        ("pending-500", 500, JSON, unavailable(Some(500)), 1),
        ("pending-portal", 403, HTML, RefreshFailure::Foreign { status: 403 }, 1),
        ("pending-offline", 0, JSON, unavailable(None), 0),
    ] {
        let (page, outcome) = signed_out(name, status, "{}", headers).await;
        assert_eq!(outcome, Err(Denial::SignOutUnconfirmed(failure)), "{name}");
        assert_eq!(tries(name), Some(counted), "{name}");
        // And is tried again when the network is back.
        fire("window", "online", "{}");
        until("the server has heard of it", || pending(name).is_none()).await;
        assert_eq!(page.server.count("/auth/logout"), 2, "{name}");
        page.driver.close();
    }
}

#[wasm_bindgen_test]
async fn the_next_page_finishes_it_before_it_shows_anything() {
    let (page, _) = signed_out("pending-next", 0, "", "{}").await;
    page.driver.close();
    let next = Page::start("pending-next", page.server.clone(), Config::default());
    has_ended(&next).await;
    assert!(!was_shown(&next));
    assert_eq!((next.server.count("/auth/logout"), pending("pending-next")), (2, None));
    next.driver.close();
}

#[wasm_bindgen_test]
async fn somebody_else_who_has_signed_in_meanwhile_stays_signed_in() {
    let (page, _) = signed_out("pending-bob", 0, "", "{}").await;
    page.driver.close();
    let server = page.server.clone();
    server.answer_refresh(200, &server.login("bob"), JSON);
    let next = Page::start("pending-bob", server, Config::default());
    next.is_active().await;
    assert_eq!((next.server.count("/auth/logout"), pending("pending-bob")), (1, None));
    next.driver.close();
}

#[wasm_bindgen_test]
async fn a_sign_in_ends_the_matter() {
    let (page, _) = signed_out("pending-again", 0, "", "{}").await;
    let token = page.server.token();
    let watched = page.driver.clone();
    let seen = std::rc::Rc::new(std::cell::RefCell::new(None));
    let noted = seen.clone();
    silent_session::browser::sign_in(&watched, move || async move {
        noted.replace(Some(pending("pending-again")));
        Ok(token.into())
    })
    .await
    .unwrap();
    assert_eq!(seen.take(), Some(None), "it is gone before the login is sent");
    fire("window", "online", "{}");
    assert!(page.driver.renew().await.is_ok());
    assert_eq!(page.server.count("/auth/logout"), 1);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_login_that_fails_puts_it_back() {
    let (page, _) = signed_out("pending-back", 0, "", "{}").await;
    page.server.answer_sign_out(0, "", "{}");
    let failed =
        silent_session::browser::sign_in(&page.driver, || async { Err("wrong password".into()) }).await;
    assert!(failed.is_err());
    assert!(pending("pending-back").is_some());
    page.driver.close();
}

#[wasm_bindgen_test]
async fn what_cannot_be_read_and_what_cannot_be_told_is_passed_over() {
    for (name, written, has_endpoint) in [
        ("pending-junk", "junk", true),
        ("pending-short", &*format!("{LATE} 1700000000000 0 -"), true),
        ("pending-old", &*format!("{LATE} 1000 0 - -"), true),
        ("pending-local", &*format!("{LATE} {} 0 - -", js_sys::Date::now()), false),
    ] {
        write("sign-out", name, written);
        let server = FakeServer::new();
        let mut of_page = settings(name, &server, Config::default());
        of_page.sign_out_url = of_page.sign_out_url.filter(|_| has_endpoint);
        let page = Page::open(of_page, server);
        page.is_active().await;
        assert_eq!(page.server.count("/auth/logout"), 0, "{name}");
        page.driver.close();
    }
}

#[wasm_bindgen_test]
async fn where_nobody_knows_whose_it_was_it_is_sent_as_it_is() {
    write("sign-out", "pending-unknown", &format!("{LATE} {} 0 - -", js_sys::Date::now()));
    let page = Page::start("pending-unknown", FakeServer::new(), Config::default());
    let waits = page.driver.token(|ticket| Event::TokenWanted {
        ticket,
        not: None,
        min_validity: std::time::Duration::ZERO,
    });
    assert_eq!(waits.await, Err(Denial::Ended(EndReason::SignedOut)));
    assert_eq!((page.server.count("/auth/refresh"), page.server.count("/auth/logout")), (0, 1));
    assert!(page.text("/auth/logout", 0, "url").unwrap().starts_with(PAGE));
    page.driver.close();
}
