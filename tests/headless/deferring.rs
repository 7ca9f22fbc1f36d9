//! A worker leaves its refreshes to a page; the page is played by hand.

use silent_session::session::Config;
use wasm_bindgen_test::wasm_bindgen_test;

use super::fake::{FakeServer, Page, now, until};
use super::others::{Peer, form, message, message_2};

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
