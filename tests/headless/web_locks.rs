//! Web Locks by hand.
#![allow(dead_code, unreachable_pub, reason = "each test program uses a part of it")]

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::fake::{FakeServer, PAGE, PATIENCE, now, turn, until};

#[wasm_bindgen(module = "/tests/headless/others.js")]
extern "C" {
    pub type OtherLock;
    #[wasm_bindgen(js_name = lockHere)]
    fn lock_here(name: &str) -> OtherLock;
    #[wasm_bindgen(js_name = lockElsewhere)]
    fn lock_elsewhere(name: &str) -> OtherLock;
    #[wasm_bindgen(method, getter)]
    pub fn state(this: &OtherLock) -> String;
    #[wasm_bindgen(method, js_name = letGo)]
    pub fn let_go(this: &OtherLock);
    #[wasm_bindgen(method)]
    pub fn kill(this: &OtherLock);

    fn count(what: &str, name: &str) -> Promise;

    #[wasm_bindgen(js_name = Spy)]
    type JsSpy;
    #[wasm_bindgen(constructor, js_class = Spy)]
    fn new() -> JsSpy;
    #[wasm_bindgen(method, getter)]
    fn looks(this: &JsSpy) -> u32;
    #[wasm_bindgen(method)]
    fn asked(this: &JsSpy) -> String;
    #[wasm_bindgen(method, js_name = goHome)]
    fn go_home(this: &JsSpy);

    #[wasm_bindgen(js_name = Taken)]
    type JsTaken;
    #[wasm_bindgen(constructor, js_class = Taken)]
    fn new(owner: &str, name: &str, is_broken: bool) -> JsTaken;
    #[wasm_bindgen(method, js_name = giveBack)]
    fn give_back(this: &JsTaken);

    #[wasm_bindgen(js_name = RefusedPage)]
    type JsRefusedPage;
    #[wasm_bindgen(static_method_of = JsRefusedPage, js_class = RefusedPage)]
    fn open() -> Promise;
    #[wasm_bindgen(method, getter)]
    fn refusals(this: &JsRefusedPage) -> u32;
    #[wasm_bindgen(method)]
    fn start(this: &JsRefusedPage, options: &str, fetch: &Function) -> ForeignSession;
    #[wasm_bindgen(method)]
    fn leave(this: &JsRefusedPage);

    /// A session as the package's entry sees it.
    pub type ForeignSession;
    #[wasm_bindgen(method)]
    pub fn inspect(this: &ForeignSession) -> JsValue;
    #[wasm_bindgen(method)]
    pub fn refresh(this: &ForeignSession) -> Promise;
    #[wasm_bindgen(method)]
    pub fn close(this: &ForeignSession);
}

impl OtherLock {
    /// Asked for in this page.
    pub fn here(name: &str) -> Self {
        lock_here(name)
    }

    /// Asked for in a worker: to Web Locks another client, as another tab is.
    pub fn elsewhere(name: &str) -> Self {
        lock_elsewhere(name)
    }

    /// Waits until it is held.
    pub async fn holds(self) -> Self {
        until("the lock is held", || self.state() == "holds").await;
        self
    }
}

/// Sees what is asked of the lock manager, while it lives.
pub struct Spy(JsSpy);

impl Spy {
    pub fn new() -> Self {
        Self(JsSpy::new())
    }

    /// The requests: name and options of each.
    pub fn asked(&self) -> String {
        self.0.asked()
    }

    /// How many looks at who holds what have been answered.
    pub fn looks(&self) -> u32 {
        self.0.looks()
    }
}

impl Drop for Spy {
    fn drop(&mut self) {
        self.0.go_home();
    }
}

/// A member of a global object, or (of `""`) a global, that is not there while this lives.
pub struct Taken(JsTaken);

impl Taken {
    pub fn new(owner: &str, name: &str) -> Self {
        Self(JsTaken::new(owner, name, false))
    }

    /// It throws when it is looked at.
    pub fn broken(owner: &str, name: &str) -> Self {
        Self(JsTaken::new(owner, name, true))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

/// A page whose Web Locks are there and refuse, for as long as this lives.
pub struct RefusedPage(JsRefusedPage);

impl RefusedPage {
    pub async fn open() -> Self {
        Self(JsFuture::from(JsRefusedPage::open()).await.unwrap_throw().unchecked_into())
    }

    /// How often a lock was refused.
    pub fn refusals(&self) -> u32 {
        self.0.refusals()
    }

    /// Starts a session.
    pub fn start(&self, name: &str, server: &FakeServer) -> ForeignSession {
        let options = format!(
            r#"{{"name":"{name}","refresh":"{PAGE}/auth/refresh","refreshBy":{{"url":"{PAGE}/auth/refresh","init":{{}},"headers":[]}},
                "authOrigin":"{PAGE}","attemptHeader":"X-Attempt","sendTokenTo":[]}}"#
        );
        self.0.start(&options, &server.fetch())
    }
}

impl Drop for RefusedPage {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// Waits until so many hold the lock of this name, and so many wait for it.
pub async fn until_locks(name: &str, held: f64, pending: f64) {
    let began = now();
    loop {
        let mut found = [0.0; 2];
        for (count_of, what) in found.iter_mut().zip(["held", "pending"]) {
            *count_of = JsFuture::from(count(what, name)).await.unwrap_throw().as_f64().unwrap_throw();
        }
        if found == [held, pending] {
            return;
        }
        let waited = now() - began;
        assert!(waited < PATIENCE, "waited in vain for [{held}, {pending}] locks: there are {found:?}");
        JsFuture::from(turn()).await.unwrap_throw();
    }
}
