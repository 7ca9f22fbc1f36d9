//! The marker of a refresh that is on the wire: it outlives its page, in a page.

use silent_session::session::{Config, EndReason, Millis, RefreshFailure, Status};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use super::fake::{FakeServer, Page, fire, turn, until};
use super::storage::{entry, write};

/// The attempt id that went along with the n-th refresh, as soon as it was sent.
async fn sent(page: &Page, index: usize) -> String {
    until("a refresh is sent", || page.server.count("/auth/refresh") > index).await;
    page.text("/auth/refresh", index, "x-requested-with").unwrap()
}

fn marker(name: &str) -> Option<String> {
    entry("attempt", name)
}

#[wasm_bindgen_test]
async fn a_marker_is_there_while_a_refresh_is_on_the_wire_and_no_longer() {
    let page = Page::start("marked", FakeServer::holding(), Config::default());
    let id = sent(&page, 0).await;
    let marker_now = marker("marked").unwrap();
    let parts: Vec<&str> = marker_now.split(' ').collect();
    let [attempt, sent_id, when, standing, companion, astray, gone] = parts[..] else {
        panic!("{marker_now}")
    };
    let is_id =
        |id: &str| id.len() == 32 && id.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    assert!(
        is_id(attempt) && sent_id == id && standing == "out" && [companion, astray, gone] == ["-"; 3],
        "{marker_now}"
    );
    let age = js_sys::Date::now() - when.parse::<f64>().unwrap();
    assert!((0.0..10_000.0).contains(&age), "{marker_now}");
    page.server.let_go();
    page.is_active().await;
    assert_eq!(marker("marked"), None);
}

#[wasm_bindgen_test]
async fn a_refusal_removes_the_marker_too() {
    let server = FakeServer::new();
    for _ in 0..2 {
        server.answer_refresh(401, "{}", r#"{"content-type":"application/json"}"#);
    }
    let page = Page::start("marked-refused", server, Config::default());
    assert_eq!(page.first().await, Status::Ended { reason: EndReason::None, elsewhere: false });
    assert_eq!(marker("marked-refused"), None);
}

// Scenario 65.
#[wasm_bindgen_test]
async fn after_a_page_that_went_away_in_a_refresh_the_next_one_sends_the_same_id() {
    let orphan = Page::start("orphan", FakeServer::holding(), Config::default());
    let id = sent(&orphan, 0).await;
    orphan.leave();
    assert!(marker("orphan").unwrap().contains(&id));
    let timeout = Millis::from_secs(3);
    let next = Page::start("orphan", FakeServer::new(), Config { timeout, ..Config::default() });
    assert_eq!(sent(&next, 0).await, id);
    next.is_active().await;
    // The orphan's own reply, with the same cookie, may still come: nothing is rotated that it could overwrite.
    assert!(marker("orphan").unwrap().contains(" overtaken - "));
    next.driver.renew().await.unwrap();
    assert_eq!(sent(&next, 1).await, id);
    assert!(marker("orphan").unwrap().contains(" overtaken - "));
    next.driver.close();
}

#[wasm_bindgen_test]
async fn an_object_that_was_closed_is_followed_until_its_refresh_has_settled() {
    let closed = Page::start("closed-in-refresh", FakeServer::holding(), Config::default());
    let id = sent(&closed, 0).await;
    closed.driver.close();
    // What React's StrictMode does.
    let next = Page::start("closed-in-refresh", FakeServer::new(), Config::default());
    JsFuture::from(turn()).await.unwrap();
    assert!(marker("closed-in-refresh").unwrap().contains(&id), "it is not said to have gone");
    assert_eq!(next.server.count("/auth/refresh"), 0, "it waits for the lock");
    closed.server.let_go();
    next.is_active().await;
    assert_ne!(sent(&next, 0).await, id, "the one before is settled");
    assert_eq!(marker("closed-in-refresh"), None);
    next.driver.close();
}

#[wasm_bindgen_test]
async fn the_marker_of_a_page_that_was_killed_is_enough() {
    let id = "0123456789abcdef0123456789abcdef";
    write("attempt", "killed-page", &format!("{} {id} 1700000000000 out", "f".repeat(32)));
    let next = Page::start("killed-page", FakeServer::new(), Config::default());
    assert_eq!(sent(&next, 0).await, id);
    next.is_active().await;
    assert_eq!(marker("killed-page"), None);
    next.driver.close();
}

#[wasm_bindgen_test]
async fn whoever_takes_the_lock_from_a_frozen_tab_sends_its_id() {
    let frozen = Page::start("thawed", FakeServer::holding(), Config::default());
    let id = sent(&frozen, 0).await;
    let short = Millis::new(200);
    let config = Config { timeout: short, lock_timeout: short, ..Config::default() };
    let next = Page::start("thawed", FakeServer::new(), config);
    assert_eq!(sent(&next, 0).await, id);
    next.is_active().await;
    // The frozen one has heard of it, and its own answer is as old as its question.
    frozen.is_active().await;
    let token = next.token_in_hand();
    assert_eq!(frozen.token_in_hand(), token);
    frozen.server.let_go();
    [frozen, next].iter().for_each(|page| page.driver.close());
}

#[wasm_bindgen_test]
async fn a_late_reply_leaves_the_marker_of_a_later_attempt_alone() {
    let short = Config { timeout: Millis::new(200), shares_token: false, ..Config::default() };
    let one = Page::start("own-marker", FakeServer::holding(), short);
    let id = sent(&one, 0).await;
    // It gives up, and the next one has its turn.
    let timeout = Millis::from_secs(3);
    let config = Config { timeout, shares_token: false, ..Config::default() };
    let two = Page::start("own-marker", FakeServer::holding(), config);
    assert_eq!(sent(&two, 0).await, id);
    let of_two = marker("own-marker");
    one.server.let_go();
    one.is_active().await;
    assert_eq!(marker("own-marker"), of_two);
    two.server.let_go();
    two.is_active().await;
    // This tab does not know that the reply before its own has come.
    assert!(marker("own-marker").unwrap().contains(" overtaken - "));
    [one, two].iter().for_each(|page| page.driver.close());
}

#[wasm_bindgen_test]
async fn as_long_as_nobody_knows_what_became_of_a_refresh_its_id_is_sent_again() {
    let server = FakeServer::new();
    server.fail_refresh();
    server.answer_refresh(503, "", "{}");
    server.answer_refresh(200, "<html>", r#"{"content-type":"text/html"}"#);
    let page = Page::start("again", server, Config::default());
    let id = sent(&page, 0).await;
    for index in 1..4 {
        let failed = |page: &Page| {
            // When the network is back, it says once more that it failed, and no time.
            let failed =
                |status: &&Status| matches!(status, Status::Unknown { failure: Some(_), retry_at: Some(_) });
            page.published.borrow().iter().filter(failed).count()
        };
        until("it has failed", || failed(&page) == index).await;
        assert!(marker("again").unwrap().contains(&id));
        // No pause: the network is back.
        fire("window", "online", "{}");
        assert_eq!(sent(&page, index).await, id);
    }
    page.is_active().await;
    assert_eq!(marker("again"), None);
    let unavailable = RefreshFailure::Unavailable { status: Some(503), retry_after: None };
    let is_it =
        |status: &Status| matches!(status, Status::Unknown { failure, .. } if *failure == Some(unavailable));
    assert!(page.published.borrow().iter().any(is_it));
    page.driver.close();
}
