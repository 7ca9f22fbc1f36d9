//! A worker leaves its refreshes to a page; the page is played by hand.

use silent_session::session::{Config, Status};
use wasm_bindgen_test::wasm_bindgen_test;

use super::fake::{FakeServer, Page, now, until};
use super::others::{Peer, altered, form, form_of_noted, jwt, message, message_2, message_3, number, text};

#[wasm_bindgen_test]
async fn a_worker_asks_before_it_refreshes_and_takes_what_a_page_brings() {
    let peer = Peer::of("defers");
    let page = Page::start("defers", FakeServer::new(), Config::default());
    peer.hears("hello").await;
    peer.say(&message("here"));
    assert_eq!(form(&peer.hears("want").await), form(&message_2("want, nothing in hand")));
    peer.say(&message_2("coming"));
    let began = now();
    // Longer than it waits for somebody to say so.
    until("some time has passed", || now() - began > 300.0).await;
    assert_eq!(page.server.count(""), 0);
    peer.say(&message("token"));
    page.is_active().await;
    assert_eq!(page.server.count(""), 0);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_worker_whom_nobody_helps_refreshes_itself() {
    let peer = Peer::of("defers-in-vain");
    let page = Page::start("defers-in-vain", FakeServer::new(), Config::default());
    peer.hears("hello").await;
    peer.say(&message("here"));
    peer.hears("want").await;
    let began = now();
    page.is_active().await;
    assert!(now() - began < 2_000.0, "{} ms", now() - began);
    assert_eq!((page.server.count("/auth/refresh"), peer.count("want")), (1, 1));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_worker_that_is_alone_asks_nobody() {
    let peer = Peer::of("defers-to-none");
    let page = Page::start("defers-to-none", FakeServer::new(), Config::default());
    page.is_active().await;
    assert_eq!(peer.count("want"), 0);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_worker_says_which_token_it_has_and_goes_on_with_the_one_that_it_is_given() {
    let peer = Peer::of("defers-ahead");
    let server = FakeServer::new();
    server.set_lifetime(1.5);
    let page = Page::start("defers-ahead", server, Config::default());
    page.is_active().await;
    let Some(Status::Active { epoch, .. }) = page.status() else { panic!("{:?}", page.status()) };
    // It hears of a page before the next refresh is due.
    peer.say(&message("here"));
    let said = peer.hears("want").await;
    assert_eq!((form(&said), text(&said, "epoch")), (form(&message_2("want")), epoch.to_hex()));
    assert!((500.0..5_000.0).contains(&number(&said, "age")), "{}", number(&said, "age"));
    peer.say(&message_2("coming"));
    let brought = jwt(r#"{"sub":"alice"}"#);
    let members = format!(
        r#"{{"epoch":"{}","token":"{brought}","sent":{},"age":0}}"#,
        epoch.to_hex(),
        js_sys::Date::now()
    );
    peer.say(&altered(&message("token"), &members));
    until("it goes on with it", || page.token_in_hand().as_ref() == Some(&brought)).await;
    assert_eq!((page.server.count("/auth/refresh"), peer.count("want")), (1, 1));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_word_of_another_version_keeps_no_worker_waiting() {
    let peer = Peer::of("defers-to-junk");
    let page = Page::start("defers-to-junk", FakeServer::new(), Config::default());
    peer.hears("hello").await;
    peer.say(&message("here"));
    peer.hears("want").await;
    for spoiled in [r#"{"v":1}"#, r#"{"v":3}"#, r#"{"v":"2"}"#, r#"{"kind":"Coming"}"#, r#"{"from":"x"}"#] {
        peer.say(&altered(&message_2("coming"), spoiled));
    }
    let began = now();
    page.is_active().await;
    assert!(now() - began < 2_000.0, "{} ms", now() - began);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_worker_helps_no_other() {
    let (peer, page) = (Peer::of("defers-all"), Page::active("defers-all").await);
    let Some(Status::Active { epoch, .. }) = page.status() else { panic!("{:?}", page.status()) };
    // A page with a token as old as that says that it is coming.
    peer.say(&altered(&message_2("want"), &format!(r#"{{"epoch":"{}","age":0}}"#, epoch.to_hex())));
    peer.ask().await;
    assert_eq!((peer.count("coming"), page.server.count("/auth/refresh")), (0, 1));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_worker_that_keeps_its_token_asks_nobody() {
    let peer = Peer::of("defers-not");
    let page =
        Page::start("defers-not", FakeServer::new(), Config { shares_token: false, ..Config::default() });
    peer.hears("hello").await;
    peer.say(&message("here"));
    page.is_active().await;
    assert_eq!((page.server.count("/auth/refresh"), peer.count("want")), (1, 0));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_worker_says_what_it_notes_for_it_keeps_nothing() {
    let peer = Peer::of("notes-all");
    let server = FakeServer::new();
    server.hold_refresh();
    let page = Page::start("notes-all", server, Config { shares_token: false, ..Config::default() });
    let lines = || text(&peer.last("noted"), "notes").lines().count();
    until("it has marked its refresh", || peer.count("noted") > 0 && lines() > 0).await;
    let said = peer.last("noted");
    assert_eq!((form_of_noted(&said), number(&said, "kept")), (form_of_noted(&message_3("noted")), 0.0));
    let words = text(&said, "notes").replace('\n', " ");
    let kinds = words.split(' ').filter(|word| ["mark", "list"].contains(word)).count();
    assert_eq!(kinds, 2, "{words}");
    page.server.let_go();
    page.is_active().await;
    until("it is settled", || text(&peer.last("noted"), "notes").contains("unmark")).await;
    page.driver.close();
}
