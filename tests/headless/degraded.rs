//! Browsers without Web Locks or BroadcastChannel, in a page and in a dedicated worker alike.

use js_sys::Reflect;
use silent_session::browser::sign_in_with;
use silent_session::session::{Config, Denial, EndReason, Millis};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use super::fake::{FakeServer, PAGE, Page, turn, until};
use super::web_locks::{OtherLock, RefusedPage, Spy, Taken};

/// A session that waits in the line of this name.
fn start(line: &str, name: &str, server: FakeServer, config: Config) -> Page {
    Page::start_at(&format!("{PAGE}/{line}"), &format!("{line}-{name}"), server, config)
}

/// Long enough for whatever does not wait.
async fn many_turns() {
    for _ in 0..50 {
        JsFuture::from(turn()).await.unwrap();
    }
}

// Scenario 48.
#[wasm_bindgen_test]
async fn without_web_locks_the_sessions_of_a_page_take_turns() {
    let _no_locks = Taken::new("navigator", "locks");
    let one = start("line", "1", FakeServer::holding(), Config::default());
    one.has_sent(1).await;
    let [two, three, four] =
        ["2", "3", "4"].map(|name| start("line", name, FakeServer::new(), Config::default()));
    let elsewhere = start("other-line", "1", FakeServer::new(), Config::default());
    elsewhere.is_active().await;
    many_turns().await;
    assert!([&two, &three, &four].iter().all(|page| page.server.count("") == 0));
    assert!(!one.driver.inspect().shares_lock);
    // Who goes while it waits leaves no gap.
    two.driver.close();
    drop(three);
    one.server.let_go();
    four.is_active().await;
    assert!(one.token_in_hand().is_some());
    assert_eq!(two.server.count(""), 0);
    // The line is free again.
    one.driver.renew().await.unwrap();
}

#[wasm_bindgen_test]
async fn without_web_locks_the_next_one_waits_no_longer_than_the_timeout() {
    let _no_locks = Taken::new("navigator", "locks");
    let config = Config { timeout: Millis::new(200), ..Config::default() };
    let one = start("timeout", "1", FakeServer::holding(), config);
    one.has_sent(1).await;
    let two = start("timeout", "2", FakeServer::new(), Config::default());
    two.is_active().await;
    assert!(one.token_in_hand().is_none());
    // The answer that comes late is welcome.
    one.server.let_go();
    one.is_active().await;
}

#[wasm_bindgen_test]
async fn without_web_locks_one_session_of_a_page_is_refreshed_once() {
    let _no_locks = Taken::new("navigator", "locks");
    let page = Page::start("alone", FakeServer::new(), Config::default());
    page.is_active().await;
    page.server.revoke();
    assert_eq!(page.get("/api/me").await, 200);
    assert_eq!(page.server.count("/auth/refresh"), 2);
    sign_in_with(&page.driver, page.server.token().into()).await.unwrap();
    page.driver.sign_out().await.unwrap();
    assert_eq!(page.driver.renew().await, Err(Denial::Ended(EndReason::SignedOut)));
}

#[wasm_bindgen_test]
async fn web_locks_that_come_back_are_used_again() {
    let no_locks = Taken::new("navigator", "locks");
    let page = Page::active("locks-back").await;
    drop(no_locks);
    let spy = Spy::new();
    page.driver.renew().await.unwrap();
    assert_eq!(spy.asked(), format!("silent-session:{PAGE}/locks-back ifAvailable"));
    assert!(page.driver.inspect().shares_lock);
}

// Scenario 82.
#[wasm_bindgen_test]
async fn where_web_locks_refuse_the_sessions_of_a_page_take_turns() {
    // Held by somebody else, which nobody there can know.
    let _holder = OtherLock::here(&format!("silent-session:{PAGE}")).holds().await;
    let page = RefusedPage::open().await;
    let (one, two) = (FakeServer::holding(), FakeServer::new());
    let first = page.start("refused-1", &one);
    until("the first has sent", || one.count("/auth/refresh") == 1).await;
    let second = page.start("refused-2", &two);
    many_turns().await;
    assert_eq!(two.count(""), 0);
    let lock = Reflect::get(&second.inspect(), &"lock".into()).unwrap();
    assert_eq!(lock, JsValue::from("page"));
    one.let_go();
    until("the second has sent", || two.count("/auth/refresh") == 1).await;
    JsFuture::from(first.refresh()).await.unwrap();
    // It was asked once, and is not asked again.
    assert_eq!(page.refusals(), 1);
    first.close();
    second.close();
}

// Scenario 35.
#[wasm_bindgen_test]
async fn without_broadcast_channel_a_session_works_alone() {
    let no_channel = Taken::new("", "BroadcastChannel");
    let page = Page::active("mute").await;
    drop(no_channel);
    let inspection = page.driver.inspect();
    assert!(!inspection.has_channel && inspection.shares_lock && inspection.tabs.is_empty());
    page.server.revoke();
    assert_eq!(page.get("/api/me").await, 200);
    sign_in_with(&page.driver, page.server.token().into()).await.unwrap();
    page.driver.sign_out().await.unwrap();
    assert_eq!(page.server.count("/auth/logout"), 1);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn without_broadcast_channel_tabs_refresh_one_after_the_other() {
    let _no_channel = Taken::new("", "BroadcastChannel");
    let one = Page::start("mute-turns", FakeServer::holding(), Config::default());
    one.has_sent(1).await;
    let two = Page::start("mute-turns", FakeServer::new(), Config::default());
    many_turns().await;
    assert_eq!(two.server.count(""), 0);
    one.server.let_go();
    two.is_active().await;
    assert!(one.token_in_hand().is_some());
    assert_eq!((one.server.count("/auth/refresh"), two.server.count("/auth/refresh")), (1, 1));
}
