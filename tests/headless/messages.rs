//! What tabs say to each other, held to `messages-v1.json`, in a page and in a dedicated worker alike.

use js_sys::Object;
use silent_session::browser::sign_in_with;
use silent_session::session::{Config, EndReason, EpochId, Millis, Status, Subject};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::clock::Stopped;
use super::fake::{FakeServer, Page, until};
use super::others::{Peer, altered, form, frozen_message, jwt, message, message_3, messages, number, text};

/// A session that restores nothing: it is over until a sign-in.
fn ended(name: &str) -> Page {
    Page::start(name, FakeServer::new(), Config { restore: false, ..Config::default() })
}

#[wasm_bindgen_test]
async fn a_session_says_hello_here_and_bye_as_the_first_version() {
    let peer = Peer::of("says-hello");
    let page = ended("says-hello");
    assert_eq!(form(&peer.hears("hello").await), form(&message("hello")));
    peer.ask().await;
    assert_eq!(form(&peer.hears("here").await), form(&message("here")));
    page.driver.close();
    assert_eq!(form(&peer.hears("bye").await), form(&message("bye")));
    let own = page.driver.inspect().tab;
    assert!(["hello", "here", "bye"].iter().all(|kind| text(&peer.last(kind), "from") == own));
}

#[wasm_bindgen_test]
async fn a_session_hands_its_token_over_as_the_first_version() {
    let peer = Peer::of("says-token");
    let page = ended("says-token");
    let token = page.server.token();
    sign_in_with(&page.driver, token.clone().into()).await.unwrap_throw();
    let said = peer.hears("token").await;
    assert_eq!(form(&said), form(&message("token")));
    let Some(Status::Active { epoch, .. }) = page.status() else { panic!("{:?}", page.status()) };
    assert_eq!((text(&said, "token"), text(&said, "epoch")), (token, epoch.to_hex()));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_token_of_unknown_lifetime_is_handed_over_as_by_the_first_version() {
    let peer = Peer::of("says-unknown");
    let page = ended("says-unknown");
    sign_in_with(&page.driver, jwt(r#"{"sub":"alice"}"#).into()).await.unwrap_throw();
    assert_eq!(form(&peer.hears("token").await), form(&message("token, lifetime unknown")));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn times_are_said_in_milliseconds_and_since_1970() {
    let clock = Stopped::now();
    let peer = Peer::of("says-times");
    let page = ended("says-times");
    sign_in_with(&page.driver, page.server.token().into()).await.unwrap_throw();
    peer.hears("token").await;
    clock.advance(60_000.0);
    peer.ask().await;
    let said = peer.last("token");
    assert_eq!((number(&said, "lifetime"), number(&said, "age")), (900_000.0, 60_000.0));
    assert_eq!(number(&said, "sent"), js_sys::Date::now());
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_session_that_keeps_its_token_says_began_as_the_first_version() {
    let config = Config { restore: false, shares_token: false, ..Config::default() };
    let (peer, page) = (Peer::of("says-began"), Page::start("says-began", FakeServer::new(), config.clone()));
    sign_in_with(&page.driver, page.server.token().into()).await.unwrap_throw();
    let said = peer.hears("began").await;
    assert_eq!(form(&said), form(&message("began")));
    let epoch = EpochId::parse(&text(&said, "epoch")).unwrap_throw();
    assert_eq!(text(&said, "subject"), format!("{:016x}", Subject::new("alice", None).digest(epoch)));
    page.driver.close();

    let (peer, page) = (Peer::of("says-whose"), Page::start("says-whose", FakeServer::new(), config));
    let opaque = js_sys::JSON::parse(r#"{"access_token":"opaque","expires_in":900}"#).unwrap_throw();
    sign_in_with(&page.driver, opaque).await.unwrap_throw();
    assert_eq!(form(&peer.hears("began").await), form(&message("began, subject unknown")));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn the_digest_of_the_first_version_is_that_of_today() {
    let began = frozen_message("began");
    let epoch = EpochId::parse(&text(&began, "epoch")).unwrap_throw();
    assert_eq!(text(&began, "subject"), format!("{:016x}", Subject::new("alice", None).digest(epoch)));
}

#[wasm_bindgen_test]
async fn a_refresh_without_a_token_is_told_to_the_tabs_that_are_there_as_by_the_third_version() {
    let peer = Peer::of("says-tried");
    let server = FakeServer::new();
    server.answer_refresh(503, "", "{}");
    server.hold_refresh();
    let page = Page::start("says-tried", server, Config::default());
    peer.hears("hello").await;
    peer.ask().await;
    page.server.let_go();
    assert_eq!(form(&peer.hears("tried").await), form(&message_3("tried")));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn the_end_of_a_session_is_said_as_by_the_first_version() {
    let peer = Peer::of("says-over");
    let page = Page::active("says-over").await;
    page.driver.sign_out().await.unwrap_throw();
    let said = peer.hears("over").await;
    assert_eq!(form(&said), form(&message("over, signed out")));
    // Also to who asks later.
    peer.ask().await;
    assert_eq!(peer.count("over"), 2);
    assert_eq!(form(&peer.last("over")), form(&said));
    page.driver.close();

    let peer = Peer::of("says-rejected");
    let page = Page::active("says-rejected").await;
    for _ in 0..2 {
        page.server.answer_refresh(401, "{}", r#"{"content-type":"application/json"}"#);
    }
    page.driver.renew().await.unwrap_err();
    assert_eq!(form(&peer.hears("over").await), form(&message("over, rejected")));
    page.driver.close();
}

/// Has a session read all messages, each changed in some way by which it stays the same message.
async fn each_is_understood(name: &str, changed: impl Fn(&JsValue) -> JsValue) {
    let said = |what: &str| changed(&message(what));
    let from = text(&message("here"), "from");

    let (peer, page) = (Peer::of(&format!("{name}-1")), ended(&format!("{name}-1")));
    peer.say(&said("hello"));
    peer.hears("here").await;
    assert_eq!(page.driver.inspect().tabs, [&*from]);
    peer.say(&said("bye"));
    until("the tab is forgotten", || page.driver.inspect().tabs.is_empty()).await;
    peer.say(&said("here"));
    until("the tab is there", || page.driver.inspect().tabs == [&*from]).await;
    assert_eq!(page.published.borrow().len(), 0);
    page.driver.close();

    for (number, token) in ["token", "token, lifetime unknown"].into_iter().enumerate() {
        let name = format!("{name}-token-{number}");
        let (peer, page) = (Peer::of(&name), ended(&name));
        peer.say(&said(token));
        let Status::Active { epoch, grant, elsewhere, .. } = page.first().await else { panic!("{token}") };
        assert!(elsewhere);
        assert_eq!(Some(epoch), EpochId::parse(&text(&message(token), "epoch")));
        assert_eq!(grant.lifetime, (token == "token").then_some(Millis::from_secs(900)));
        assert_eq!(page.token().await.unwrap_throw().token.reveal(), text(&message(token), "token"));
        assert_eq!(page.server.count(""), 0);
        page.driver.close();
    }

    for (number, began) in ["began", "began, subject unknown"].into_iter().enumerate() {
        let name = format!("{name}-began-{number}");
        let (peer, page) = (Peer::of(&name), ended(&name));
        peer.say(&said(began));
        page.is_active().await;
        let Some(Status::Active { epoch, elsewhere, .. }) = page.status() else { panic!("{began}") };
        // The token that a refresh has brought is alice's: hers is that session, and a later one the other.
        let theirs = EpochId::parse(&text(&message(began), "epoch")).unwrap_throw();
        assert!(elsewhere && (epoch == theirs) == (began == "began") && epoch >= theirs, "{began}");
        assert_eq!(page.server.count("/auth/refresh"), 1);
        page.driver.close();
    }

    let ends = [("over, signed out", EndReason::SignedOut), ("over, rejected", EndReason::Rejected)];
    for (over, reason) in ends {
        let name = format!("{name}-{}", reason.as_str());
        let (peer, page) = (Peer::of(&name), Page::active(&name).await);
        peer.say(&said(over));
        let expected = Some(Status::Ended { reason, elsewhere: true });
        until("the session is over", || page.status() == expected).await;
        page.driver.close();
    }
}

// Scenario 81.
#[wasm_bindgen_test]
async fn each_message_of_the_first_version_is_understood() {
    each_is_understood("understood", JsValue::clone).await;
}

#[wasm_bindgen_test]
async fn a_message_with_members_of_a_later_version_is_understood() {
    let later = r#"{"scope":["a"],"tokens":{"a":1},"to":null,"kind2":"bye","version":2}"#;
    each_is_understood("understood-later", |message| altered(message, later)).await;
}

#[wasm_bindgen_test]
async fn the_age_of_a_token_and_the_way_of_its_message_are_counted() {
    let clock = Stopped::now();
    let (peer, page) = (Peer::of("ages"), ended("ages"));
    let now = js_sys::Date::now();
    let sent = format!(r#"{{"age":20000,"sent":{}}}"#, now - 1_500.0);
    peer.say(&altered(&message("token"), &sent));
    let Status::Active { grant, .. } = page.first().await else { panic!("no session") };
    assert_eq!(grant.received.wall_ms() as f64, now - 21_500.0);
    drop(clock);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn the_fixture_has_every_kind() {
    let kinds: std::collections::BTreeSet<String> =
        Object::values(&messages()).iter().map(|message| text(&message, "kind")).collect();
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    assert_eq!(kinds, ["began", "bye", "hello", "here", "over", "token"]);
}
