//! The companion of the refresh cookie, in a page: a readable cookie that changes with each rotation. It ends the wait
//! for an orphan. In the marker it is a digest, for it may be a secret of its own.

use js_sys::Reflect;
use silent_session::session::{Companion, Config};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::fake::{FakeServer, Page, now, settings, until};
use super::storage::{entry, write};

/// FNV-1a of 64 bits of "a", as its authors give it.
const DIGEST_OF_A: &str = "af63dc4c8601ec8c";

fn document() -> JsValue {
    Reflect::get(&js_sys::global(), &"document".into()).unwrap()
}

/// Sets a cookie of this page, until it is dropped.
struct Cookie(String);

impl Cookie {
    fn new(name: &str, value: &str) -> Self {
        let cookie = Self(name.into());
        cookie.set(value);
        cookie
    }

    fn set(&self, value: &str) {
        Reflect::set(&document(), &"cookie".into(), &format!("{}={value}", self.0).into()).unwrap();
    }
}

impl Drop for Cookie {
    fn drop(&mut self) {
        self.set("; Max-Age=0");
    }
}

/// A page of this name, which looks at the cookie of that name too.
fn start(name: &str, server: FakeServer) -> Page {
    let mut settings = settings(name, &server, Config::default());
    settings.companion_cookie = Some(name.into());
    Page::open(settings, server)
}

fn digest(name: &str) -> Option<String> {
    entry("attempt", name)?.split(' ').nth(4).map(Into::into)
}

/// What a page leaves that goes away while its refresh is on the wire: when it was sent, in milliseconds since 1970.
/// The one before took so long.
async fn orphan(name: &str, took: &str) -> f64 {
    write("answered", name, &["0 ", took].concat());
    let page = start(name, FakeServer::holding());
    page.has_sent(1).await;
    page.leave();
    let marker = entry("attempt", name).unwrap();
    marker.split(' ').nth(2).unwrap().parse().unwrap()
}

#[wasm_bindgen_test]
async fn the_marker_tells_it_by_a_digest() {
    let of = |value| format!("{:016x}", Companion::of(value).0);
    assert_eq!(of("a"), DIGEST_OF_A);
    for (index, (value, expected)) in [
        (Some("a"), DIGEST_OF_A),
        (Some("secret"), &*of("secret")),
        // As it was written.
        (Some("b=c%20"), &*of("b=c%20")),
        (Some(""), &*of("")),
        (None, "-"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("companion-{index}");
        // Their names only begin, or end, the same.
        let (longer, other) = (format!("{name}-x"), format!("x-{name}"));
        let _cookies = [Cookie::new(&longer, "x"), Cookie::new(&other, "x")];
        let _cookie = value.map(|value| Cookie::new(&name, value));
        let page = start(&name, FakeServer::holding());
        page.has_sent(1).await;
        assert_eq!(digest(&name).as_deref(), Some(expected), "{value:?}");
        page.leave();
    }
}

#[wasm_bindgen_test]
async fn a_page_that_was_told_of_none_looks_at_none() {
    let _cookie = Cookie::new("companion-untold", "a");
    let page = Page::start("companion-untold", FakeServer::holding(), Config::default());
    page.has_sent(1).await;
    assert_eq!(digest("companion-untold").as_deref(), Some("-"));
    page.leave();
}

#[wasm_bindgen_test]
async fn the_wait_for_an_orphan_ends_soon_after_it_has_changed() {
    let cookie = Cookie::new("companion-comes", "a");
    orphan("companion-comes", "4000").await;
    let next = start("companion-comes", FakeServer::new());
    let began = now();
    until("some time has passed", || now() - began > 300.0).await;
    assert_eq!(next.server.count(""), 0);
    cookie.set("b");
    next.is_active().await;
    assert!(now() - began < 3_000.0, "{} ms", now() - began);
    next.driver.close();
}

#[wasm_bindgen_test]
async fn where_it_has_changed_already_there_is_no_wait() {
    let cookie = Cookie::new("companion-there", "a");
    let sent = orphan("companion-there", "4000").await;
    cookie.set("b");
    let next = start("companion-there", FakeServer::new());
    next.is_active().await;
    assert!(js_sys::Date::now() - sent < 3_000.0);
    next.driver.close();
}

#[wasm_bindgen_test]
async fn the_wait_lasts_its_bound_where_nothing_tells_that_it_has_changed() {
    let mut orphans = Vec::new();
    for name in ["companion-same", "companion-gone", "companion-new", "companion-of-old"] {
        let cookie = (name != "companion-new").then(|| Cookie::new(name, "a"));
        let sent = orphan(name, "500").await;
        let changed = match name {
            "companion-same" => cookie,
            "companion-gone" => None,
            // There was none when the refresh was sent.
            "companion-new" => Some(Cookie::new(name, "b")),
            // Markers of the first version have four parts.
            _ => {
                let marker = entry("attempt", name).unwrap();
                write("attempt", name, &marker.split(' ').take(4).collect::<Vec<_>>().join(" "));
                cookie.inspect(|cookie| cookie.set("b"))
            }
        };
        orphans.push((name, sent, changed));
    }
    // All have gone: the window tells every page of it.
    let open = |(name, sent, changed)| (name, sent, changed, start(name, FakeServer::new()));
    let pages: Vec<_> = orphans.into_iter().map(open).collect();
    // Two seconds, which is longer than twice what the last one took.
    let first = pages[0].1;
    until("most of the wait is over", || js_sys::Date::now() - first > 1_800.0).await;
    for (name, .., next) in &pages {
        assert_eq!(next.server.count(""), 0, "{name}");
    }
    for (.., next) in pages {
        next.is_active().await;
        assert!(js_sys::Date::now() - first < 5_000.0);
        next.driver.close();
    }
}

#[wasm_bindgen_test]
async fn a_marker_of_the_first_version_is_read() {
    let name = "companion-four";
    let cookie = Cookie::new(name, "a");
    orphan(name, "500").await;
    let marker = entry("attempt", name).unwrap();
    let parts: Vec<&str> = marker.split(' ').take(4).collect();
    write("attempt", name, &parts.join(" "));
    let next = start(name, FakeServer::new());
    next.is_active().await;
    assert_eq!(next.text("/auth/refresh", 0, "x-requested-with").as_deref(), Some(parts[1]));
    drop(cookie);
    next.driver.close();
}
