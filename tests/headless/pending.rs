//! A sign-out that the server has not heard of, as it is written down in a page.

use std::cell::RefCell;
use std::rc::Rc;

use silent_session::browser::Fetcher;
use silent_session::session::{
    Config, Denial, EndReason, Event, Millis, RefreshFailure, SignOutStatus, Status,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::fake::{FakeServer, PAGE, Page, fire, settings, until};
use super::storage::{entry, kinds, write};

const JSON: &str = r#"{"content-type":"application/json"}"#;
const HTML: &str = r#"{"content-type":"text/html"}"#;
/// Earlier.
const EARLY: &str = "018bcfe568003210fedcba9876543210";

/// A session that begins in so many days.
fn begun_in(days: f64) -> String {
    format!("{:012x}00112233445566778899", (js_sys::Date::now() + days * 86_400_000.0) as u64)
}

/// Later than all sessions of the tests.
fn late() -> String {
    begun_in(1.0)
}

fn pending(name: &str) -> Option<String> {
    entry("sign-out", name)
}

/// How often the server has said that it cannot, by what is written down.
fn tries(name: &str) -> Option<u32> {
    pending(name)?.split(' ').nth(2)?.parse().ok()
}

/// A page that has signed out, which the server has answered with this; and what came of it.
async fn signed_out(
    name: &str,
    status: u16,
    body: &str,
    headers: &str,
) -> (Page, Result<SignOutStatus, Denial>) {
    let page = Page::active(name).await;
    page.server.answer_sign_out(status, body, headers);
    let outcome = page.driver.sign_out().await;
    (page, outcome)
}

/// A page whose `fetch` writes down, each time that it is called, whether a sign-out is pending.
fn watched(name: &str) -> (Page, Rc<RefCell<Vec<bool>>>) {
    let server = FakeServer::new();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let (fetch, noted, of) = (server.fetch(), seen.clone(), String::from(name));
    let watch = move |input: JsValue, init: JsValue| {
        noted.borrow_mut().push(pending(&of).is_some());
        fetch.call2(&JsValue::UNDEFINED, &input, &init)
    };
    let watch = Closure::<dyn FnMut(JsValue, JsValue) -> Result<JsValue, JsValue>>::new(watch);
    let mut settings = settings(name, &server, Config::default());
    settings.fetcher = Fetcher::pinned(watch.into_js_value().unchecked_into());
    (Page::open(settings, server), seen)
}

/// What the server was asked, in order.
fn asked(server: &FakeServer) -> Vec<String> {
    let url = |index| server.member("/auth/", index, "url").as_string().unwrap();
    (0..server.count("/auth/")).map(|index| url(index).replace(&format!("{PAGE}/auth/"), "")).collect()
}

/// Whether a session was ever shown.
fn was_shown(page: &Page) -> bool {
    page.published.borrow().iter().any(|status| matches!(status, Status::Active { .. }))
}

/// Whether it is taken for an end elsewhere depends on which is heard of first: what is written down, or what is done here.
async fn has_ended(page: &Page) {
    let is_over = |status: &Status| matches!(status, Status::Ended { reason: EndReason::SignedOut, .. });
    until("it has ended", || page.status().as_ref().is_some_and(is_over)).await;
}

#[wasm_bindgen_test]
async fn it_is_written_down_and_is_no_secret() {
    let page = Page::active("pending-form").await;
    let Some(Status::Active { epoch, .. }) = page.status() else { panic!("{:?}", page.status()) };
    page.server.answer_sign_out(500, "{}", JSON);
    let now = js_sys::Date::now();
    assert_eq!(page.driver.sign_out().await, Ok(SignOutStatus::Pending));
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
async fn it_is_written_down_before_anything_is_sent_and_removed_when_the_server_knows() {
    let (page, seen) = watched("pending-first");
    page.is_active().await;
    page.driver.sign_out().await.unwrap();
    assert_eq!(asked(&page.server), ["refresh", "logout"]);
    assert_eq!((&**seen.borrow(), pending("pending-first")), (&[false, true][..], None));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn what_says_nothing_of_it_is_none_of_its_ends() {
    let unavailable = |status| RefreshFailure::Unavailable { status, retry_after: None };
    // Not by itself, before the test is over.
    let hour = Some(Millis::from_secs(3_600));
    let busy = RefreshFailure::Unavailable { status: Some(503), retry_after: hour };
    for (name, status, headers, failure, counted) in [
        ("pending-500", 500, JSON, unavailable(Some(500)), 1),
        ("pending-503", 503, r#"{"retry-after":"3600"}"#, busy, 1),
        ("pending-403", 403, JSON, RefreshFailure::Rejected { status: 403 }, 1),
        ("pending-portal", 403, HTML, RefreshFailure::Foreign { status: 403 }, 1),
        ("pending-offline", 0, JSON, unavailable(None), 0),
    ] {
        let (page, outcome) = signed_out(name, status, "{}", headers).await;
        assert_eq!(outcome, Ok(SignOutStatus::Pending), "{name}");
        let progress = page.driver.inspect().sign_out.unwrap();
        assert_eq!(progress.failure.map(|failed| failed.failure), Some(failure), "{name}");
        assert_eq!(tries(name), Some(counted), "{name}");
        // And is tried again when the network is back.
        fire("window", "online", "{}");
        until("the server has heard of it", || pending(name).is_none()).await;
        assert_eq!(page.server.count("/auth/logout"), 2, "{name}");
        page.driver.close();
    }
}

#[wasm_bindgen_test]
async fn each_time_that_the_server_cannot_counts_and_each_time_that_it_is_not_reached_does_not() {
    let (page, _) = signed_out("pending-tries", 500, "{}", JSON).await;
    let first = pending("pending-tries").unwrap();
    page.server.answer_sign_out(503, "", "{}");
    page.server.answer_sign_out(0, "", "{}");
    for (tried, counted) in [(2, 2), (3, 2)] {
        fire("window", "online", "{}");
        until("it has been tried", || page.server.count("/auth/logout") == tried).await;
        until("that is written down", || tries("pending-tries") == Some(counted)).await;
    }
    // What else is written stays as it was.
    let others = |entry: &str| {
        entry
            .split(' ')
            .enumerate()
            .filter(|part| part.0 != 2)
            .map(|part| part.1.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(others(&pending("pending-tries").unwrap()), others(&first));
    fire("window", "online", "{}");
    until("the server has heard of it", || pending("pending-tries").is_none()).await;
    assert_eq!(page.server.count("/auth/logout"), 4);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn the_next_page_finishes_it_before_it_shows_anything() {
    let (page, _) = signed_out("pending-next", 0, "", "{}").await;
    page.driver.close();
    let next = Page::start("pending-next", FakeServer::new(), Config::default());
    has_ended(&next).await;
    assert!(!was_shown(&next));
    // One refresh, to see whose session there is.
    assert_eq!(
        (asked(&next.server), pending("pending-next")),
        (vec!["refresh".into(), "logout".into()], None)
    );
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
async fn what_cannot_be_read_is_taken_for_absent() {
    let late = late();
    let now = js_sys::Date::now();
    let junk = [
        "",
        " ",
        "junk",
        &late,
        "{\"until\":1}",
        &format!("{late} {now} 0"),
        &format!("{late} {now} 0 -"),
        &format!("{late} {now} 0 - x"),
        &format!("{late} {now} 0 x -"),
        &format!("{late} {now} 0 - 0123456789abcdef"),
        &format!("{late} {now} 0 {late} 0123456789abcdef0"),
        &format!("{late} {now} -1 - -"),
        &format!("{late} {now} many - -"),
        &format!("{late} soon 0 - -"),
        &format!("{late}  {now} 0 - -"),
        &format!("x {now} 0 - -"),
    ];
    for (index, written) in junk.into_iter().enumerate() {
        let name = format!("pending-junk-{index}");
        write("sign-out", &name, written);
        let page = Page::start(&name, FakeServer::new(), Config::default());
        page.is_active().await;
        assert_eq!(asked(&page.server), ["refresh"], "{written}");
        // Where it lay, the next one is written.
        page.server.answer_sign_out(500, "{}", JSON);
        page.driver.sign_out().await.unwrap();
        assert_eq!(tries(&name), Some(1), "{written}");
        page.driver.close();
    }
}

#[wasm_bindgen_test]
async fn one_that_a_session_has_begun_after_is_removed() {
    let name = "pending-void-since";
    write("session", name, &format!("begun {} -", begun_in(-1.0)));
    write("sign-out", name, &format!("{EARLY} {} 0 - -", js_sys::Date::now()));
    let page = Page::start(name, FakeServer::new(), Config::default());
    page.is_active().await;
    assert_eq!((asked(&page.server), pending(name)), (vec!["refresh".into()], None));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn one_that_is_given_up_is_local_until_the_next_sign_in() {
    let now = js_sys::Date::now();
    let months_ago = now - 61.0 * 86_400_000.0;
    for (name, written) in [
        ("pending-void-old", format!("{EARLY} {months_ago} 0 - -")),
        ("pending-void-tried", format!("{EARLY} {now} 20 - -")),
    ] {
        write("sign-out", name, &written);
        let page = Page::start(name, FakeServer::new(), Config::default());
        has_ended(&page).await;
        fire("window", "online", "{}");
        assert_eq!((asked(&page.server), tries(name)), (vec![], Some(20)), "{name}");
        let progress = page.driver.inspect().sign_out.unwrap();
        assert_eq!(progress.status, SignOutStatus::GivenUp, "{name}");
        page.driver.sign_in_by_cookie().await.unwrap();
        assert_eq!((page.token_in_hand().is_some(), pending(name)), (true, None), "{name}");
        page.driver.close();
    }
}

#[wasm_bindgen_test]
async fn where_the_server_is_told_of_no_sign_out_it_is_passed_over() {
    let late = late();
    let written = format!("{late} {} 0 - -", js_sys::Date::now());
    write("sign-out", "pending-local", &written);
    let server = FakeServer::new();
    let mut settings = self::settings("pending-local", &server, Config::default());
    settings.sign_out = None;
    let page = Page::open(settings, server);
    page.is_active().await;
    assert_eq!(page.driver.sign_out().await, Ok(SignOutStatus::Local));
    assert_eq!((asked(&page.server), pending("pending-local")), (vec!["refresh".into()], Some(written)));
    page.driver.close();
    // It holds in the next page, which sends nothing.
    let server = FakeServer::new();
    let mut settings = self::settings("pending-local", &server, Config::default());
    settings.sign_out = None;
    let next = Page::open(settings, server);
    has_ended(&next).await;
    assert_eq!(asked(&next.server), [""; 0]);
    next.driver.close();
}

#[wasm_bindgen_test]
async fn that_of_another_name_is_left_alone() {
    let late = late();
    let written = format!("{late} {} 0 - -", js_sys::Date::now());
    write("sign-out", "pending-other", &written);
    let page = Page::active("pending-mine").await;
    page.driver.sign_out().await.unwrap();
    fire("window", "online", "{}");
    assert_eq!((page.server.count("/auth/logout"), pending("pending-other")), (1, Some(written)));
    assert_eq!((kinds("pending-other"), pending("pending-mine")), (vec!["sign-out".into()], None));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn where_nobody_knows_whose_it_was_it_is_sent_as_it_is() {
    let late = late();
    write("sign-out", "pending-unknown", &format!("{late} {} 0 - -", js_sys::Date::now()));
    let page = Page::start("pending-unknown", FakeServer::new(), Config::default());
    let waits =
        page.driver.token(|ticket| Event::TokenWanted { ticket, not: None, min_validity: Millis::ZERO });
    assert_eq!(waits.await, Err(Denial::Ended(EndReason::SignedOut)));
    assert_eq!((page.server.count("/auth/refresh"), page.server.count("/auth/logout")), (0, 1));
    assert!(page.text("/auth/logout", 0, "url").unwrap().starts_with(PAGE));
    page.driver.close();
}
