//! What a page hears of its browser: put away, back again, seen again, storage changed by another tab.

use silent_session::session::{Config, EndReason, Status};
use wasm_bindgen_test::wasm_bindgen_test;

use super::dates::late;
use super::fake::{FakeServer, PAGE, Page, fire, until};
use super::others::{Peer, closed_channels, message};
use super::storage::{entry, write};

const SIGNED_OUT: Option<Status> = Some(Status::Ended { reason: EndReason::SignedOut, elsewhere: true });

#[wasm_bindgen_test]
async fn a_page_that_is_put_away_closes_its_channel_and_asks_when_it_is_back() {
    let (peer, page) = (Peer::of("put-away"), Page::active("put-away").await);
    peer.hears("hello").await;
    fire("window", "pagehide", r#"{"persisted":true}"#);
    peer.hears("bye").await;
    assert!(!page.driver.inspect().has_channel);
    assert_eq!(closed_channels("put-away"), 1);
    assert_eq!(entry("company", "put-away"), None);
    // Not heard.
    peer.say(&message("over, signed out"));
    fire("window", "pageshow", r#"{"persisted":true}"#);
    assert!(page.driver.inspect().has_channel);
    until("it asks what it has missed", || peer.count("hello") == 2).await;
    assert_eq!(entry("company", "put-away").as_deref(), Some("1"));
    peer.ask().await;
    assert!(page.token_in_hand().is_some());
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_page_that_has_just_loaded_does_not_ask_twice() {
    let (peer, page) = (Peer::of("loaded"), Page::active("loaded").await);
    fire("window", "pageshow", r#"{"persisted":false}"#);
    peer.ask().await;
    assert_eq!(peer.count("hello"), 1);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_page_that_was_frozen_asks_when_it_is_resumed() {
    let (peer, page) = (Peer::of("resumed"), Page::active("resumed").await);
    fire("document", "resume", "{}");
    until("it asks what it has missed", || peer.count("hello") == 2).await;
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_sign_out_that_was_missed_is_seen_before_anything_is_sent() {
    let late = late();
    let events = [
        ("window", "focus", "{}"),
        ("window", "pageshow", r#"{"persisted":true}"#),
        ("document", "visibilitychange", r#"{"bubbles":true}"#),
        ("document", "resume", "{}"),
    ];
    for (target, kind, members) in events {
        let name = format!("missed-{kind}");
        let page = Page::active(&name).await;
        write("session", &name, &format!("over {late} signed-out"));
        assert!(page.token_in_hand().is_some());
        fire(target, kind, members);
        assert_eq!(page.status(), SIGNED_OUT, "{kind}");
        assert_eq!(page.server.count(""), 1);
        page.driver.close();
    }
}

#[wasm_bindgen_test]
async fn what_another_tab_writes_down_is_seen_at_once() {
    let late = late();
    let key = format!("silent-session:1:session:stored:{PAGE}/auth/refresh");
    let page = Page::active("stored").await;
    write("session", "stored", &format!("over {late} signed-out"));
    // An entry of somebody else's.
    fire("window", "storage", r#"{"key":"silent-session:1:session:other"}"#);
    assert!(page.token_in_hand().is_some());
    fire("window", "storage", &format!(r#"{{"key":"{key}"}}"#));
    assert_eq!(page.status(), SIGNED_OUT);
    page.driver.close();

    let page = Page::active("stored-all").await;
    write("session", "stored-all", &format!("over {late} signed-out"));
    fire("window", "storage", r#"{"key":null}"#);
    assert_eq!(page.status(), SIGNED_OUT);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_later_session_that_is_written_down_is_restored() {
    let late = late();
    let page = Page::start("stored-begun", FakeServer::new(), Config { restore: false, ..Config::default() });
    let key = format!("silent-session:1:session:stored-begun:{PAGE}/auth/refresh");
    write("session", "stored-begun", &format!("begun {late} -"));
    fire("window", "storage", &format!(r#"{{"key":"{key}"}}"#));
    until("it is restored", || page.token_in_hand().is_some()).await;
    assert!(matches!(page.status(), Some(Status::Active { elsewhere: true, .. })));
    assert_eq!(page.server.count("/auth/refresh"), 1);
    page.driver.close();
}
