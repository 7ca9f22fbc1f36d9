//! What a Rust front end uses in place of the JavaScript surface.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Array;
use silent_session::browser::{
    Driver, Ends, Fetcher, Identity, Policy, Rejection, Reporter, Settings, Targets, TokenPlace, Way, fetch,
    sign_in_with,
};
use silent_session::format::Attachment;
use silent_session::session::{Config, Denial, EndReason, Status};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Response;

use super::fake::FakeServer;

const REFRESH: &str = "https://app.test/auth/refresh";

fn settings(name: &str, server: &FakeServer) -> Settings {
    Settings {
        refresh_url: REFRESH.into(),
        auth_origin: format!("https://app.test/{name}"),
        refresh: Way::post(REFRESH.into()),
        sign_out: Some(Way::post("https://app.test/auth/logout".into())),
        attempt_header: Some("X-Requested-With".into()),
        csrf: None,
        ends: Ends::default(),
        companion_cookie: None,
        name: name.into(),
        targets: Targets::new(["https://app.test/api".into()]),
        attachment: Attachment::default(),
        rejection: Rejection::default(),
        fetcher: Fetcher::pinned(server.fetch()),
        token_place: TokenPlace::default(),
        identity: Identity::default(),
        reporter: Reporter::default(),
        config: Config::default(),
    }
}

#[wasm_bindgen_test]
async fn a_driver_follows_a_session_from_its_restore_to_a_sign_out() {
    let server = FakeServer::new();
    let published = Rc::new(RefCell::new(Vec::new()));
    let shown = published.clone();
    let driver = Driver::start(settings("driver", &server), move |_, status| shown.borrow_mut().push(status));
    driver.renew().await.unwrap();
    let url = JsValue::from("https://app.test/api/me");
    let response = fetch(&driver, Array::of1(&url), Policy::default()).await.unwrap();
    assert_eq!(response.unchecked_into::<Response>().status(), 200);
    sign_in_with(&driver, server.token().into()).await.unwrap();
    driver.sign_out().await.unwrap();
    let ended = Status::Ended { reason: EndReason::SignedOut, elsewhere: false };
    assert_eq!(published.borrow().last(), Some(&ended));
    assert_eq!(driver.renew().await, Err(Denial::Ended(EndReason::SignedOut)));
    driver.close();
    assert_eq!(published.borrow().last(), Some(&Status::Closed));
}

#[wasm_bindgen_test]
async fn nothing_that_prints_holds_a_token() {
    let server = FakeServer::new();
    let published = Rc::new(RefCell::new(Vec::new()));
    let shown = published.clone();
    let driver = Driver::start(settings("prints", &server), move |_, status| shown.borrow_mut().push(status));
    let token = server.token();
    sign_in_with(&driver, token.clone().into()).await.unwrap();
    let printed = format!("{:?}", published.borrow());
    assert!(printed.contains("[redacted]") && !printed.contains(&token[token.len() / 2..]));
    driver.close();
}
