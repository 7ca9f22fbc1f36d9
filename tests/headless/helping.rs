//! A page refreshes for a worker that asks it to; the worker is played by hand.

use silent_session::session::{Config, Status};
use wasm_bindgen::UnwrapThrowExt as _;
use wasm_bindgen_test::wasm_bindgen_test;

use super::fake::{FakeServer, Page, until};
use super::others::{Peer, altered, form, form_of_noted, message_2, message_3, number, text};
use super::storage::entry;

fn epoch_of(page: &Page) -> String {
    match page.status() {
        Some(Status::Active { epoch, .. }) => epoch.to_hex(),
        status => panic!("{status:?}"),
    }
}

/// What a worker says that has the token of this page, as old as the page's.
fn wants(page: &Page) -> wasm_bindgen::JsValue {
    altered(&message_2("want"), &format!(r#"{{"epoch":"{}","age":0}}"#, epoch_of(page)))
}

#[wasm_bindgen_test]
async fn a_page_that_is_asked_says_that_it_is_coming_refreshes_and_hands_the_token_over() {
    let (peer, page) = (Peer::of("helps"), Page::active("helps").await);
    let before = page.server.count("/auth/refresh");
    let token = page.token_in_hand();
    peer.say(&wants(&page));
    assert_eq!(form(&peer.hears("coming").await), form(&message_2("coming")));
    until("it has refreshed", || page.token_in_hand() != token).await;
    until("the token is handed over", || Some(text(&peer.last("token"), "token")) == page.token_in_hand())
        .await;
    assert_eq!(page.server.count("/auth/refresh"), before + 1);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_page_that_has_a_better_token_hands_it_over_and_sends_nothing() {
    for (name, asked) in [("better-none", "want, nothing in hand"), ("better-old", "want")] {
        let (peer, page) = (Peer::of(name), Page::active(name).await);
        let (sent, handed) = (page.server.count("/auth/refresh"), peer.count("token"));
        let asked = match asked {
            "want" => altered(&message_2("want"), &format!(r#"{{"epoch":"{}"}}"#, epoch_of(&page))),
            asked => message_2(asked),
        };
        peer.say(&asked);
        until("the token is handed over", || peer.count("token") > handed).await;
        assert_eq!((page.server.count("/auth/refresh"), peer.count("coming")), (sent, 0));
        page.driver.close();
    }
}

#[wasm_bindgen_test]
async fn a_page_that_keeps_its_token_helps_nobody() {
    let config = Config { shares_token: false, ..Config::default() };
    let (peer, page) = (Peer::of("keeps-all"), Page::start("keeps-all", FakeServer::new(), config));
    page.is_active().await;
    peer.say(&wants(&page));
    // Whatever is said to it later is answered later.
    peer.ask().await;
    assert_eq!((page.server.count("/auth/refresh"), peer.count("coming")), (1, 0));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn what_is_no_such_message_is_passed_over() {
    let (peer, page) = (Peer::of("no-want"), Page::active("no-want").await);
    let good = wants(&page);
    peer.ask().await;
    let handed = peer.count("token");
    for spoiled in [
        r#"{"v":1}"#,
        r#"{"v":3}"#,
        r#"{"v":1.5}"#,
        r#"{"v":"2"}"#,
        r#"{"v":null}"#,
        r#"{"kind":"Want"}"#,
        r#"{"kind":"want "}"#,
        r#"{"from":"x"}"#,
        r#"{"from":null}"#,
        r#"{"epoch":"x"}"#,
        r#"{"epoch":""}"#,
        r#"{"epoch":7}"#,
        r#"{"age":-1}"#,
        r#"{"age":null}"#,
        r#"{"age":"0"}"#,
    ] {
        peer.say(&altered(&good, spoiled));
    }
    peer.ask().await;
    assert_eq!((page.server.count("/auth/refresh"), peer.count("coming")), (1, 0));
    // The answer to that hello, and no other.
    assert_eq!(peer.count("token"), handed + 1);
    // The same as it should be.
    peer.say(&altered(&good, r#"{"later":1}"#));
    peer.hears("coming").await;
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_page_that_is_signed_out_says_so() {
    let (peer, page) = (Peer::of("helps-nobody"), Page::active("helps-nobody").await);
    let asked = wants(&page);
    page.driver.sign_out().await.unwrap();
    let (said, sent) = (peer.count("over"), page.server.count("/auth/refresh"));
    peer.say(&asked);
    until("it says so", || peer.count("over") > said).await;
    assert_eq!((page.server.count("/auth/refresh"), peer.count("coming")), (sent, 0));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_page_refreshes_once_for_all_that_ask() {
    let (peer, page) = (Peer::of("helps-all"), Page::active("helps-all").await);
    page.server.hold_refresh();
    let asked = wants(&page);
    let another = altered(&asked, r#"{"from":"57a46e4057a46e4057a46e4057a46e40"}"#);
    for asked in [&asked, &another, &asked] {
        peer.say(asked);
    }
    until("all were told", || peer.count("coming") == 3).await;
    page.server.let_go();
    let handed = peer.count("token");
    until("the token is handed over", || peer.count("token") > handed).await;
    peer.ask().await;
    assert_eq!(page.server.count("/auth/refresh"), 2);
    page.driver.close();
}

const ATTEMPT: &str = "00112233445566778899aabbccddeeff";

/// What a worker notes, in these lines, just now.
fn noted(notes: &str) -> wasm_bindgen::JsValue {
    let now = js_sys::Date::now();
    altered(&message_3("noted"), &format!(r#"{{"sent":{now},"notes":"{notes}"}}"#))
}

// Scenario 126.
#[wasm_bindgen_test]
async fn a_page_writes_down_what_a_worker_notes() {
    let (peer, page) = (Peer::of("notes-down"), Page::active("notes-down").await);
    assert_eq!(peer.count("noted"), 0);
    let now = js_sys::Date::now();
    let marker = format!("{ATTEMPT} {ATTEMPT} {now} out - - -");
    peer.say(&noted(&format!("mark {marker}\\nlist {ATTEMPT} {now} -")));
    until("it is written down", || entry("attempt", "notes-down").as_ref() == Some(&marker)).await;
    assert_eq!(entry("in-flight", "notes-down"), Some(format!("{ATTEMPT} {now} -")));
    // From now on the page says what it notes itself.
    peer.say(&noted(&format!("unmark {ATTEMPT}\\nunlist {ATTEMPT}")));
    until("it is gone", || entry("attempt", "notes-down").is_none()).await;
    assert_eq!(entry("in-flight", "notes-down"), None);
    page.driver.renew().await.unwrap_throw();
    let said = peer.hears("noted").await;
    assert_eq!((form_of_noted(&said), number(&said, "kept")), (form_of_noted(&message_3("noted")), 1.0));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_page_writes_down_nothing_that_was_noted_long_ago_or_is_no_such_message() {
    let (peer, page) = (Peer::of("notes-not"), Page::active("notes-not").await);
    let good = noted(&format!("mark {ATTEMPT} {ATTEMPT} 1700000000000 out - - -"));
    for spoiled in [
        r#"{"v":2}"#,
        r#"{"sent":1700000000000}"#,
        r#"{"sent":"now"}"#,
        r#"{"kept":1}"#,
        r#"{"kept":null}"#,
        r#"{"whole":1}"#,
        r#"{"whole":null}"#,
        r#"{"notes":null}"#,
        r#"{"notes":"marked"}"#,
        r#"{"kind":"note"}"#,
    ] {
        peer.say(&altered(&good, spoiled));
    }
    // Whatever is said to it later is answered later.
    peer.ask().await;
    assert_eq!(entry("attempt", "notes-not"), None);
    page.driver.close();
}
