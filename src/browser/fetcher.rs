//! The `fetch` to send with.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::object::member;

/// The global `fetch`, looked up at each call so that mocks and instrumentation are seen, or a pinned one.
#[derive(Clone, Debug, Default)]
pub struct Fetcher {
    pinned: Option<Function>,
}

impl Fetcher {
    /// Sends with `fetch`, whatever the global one becomes.
    pub fn pinned(fetch: Function) -> Self {
        Self { pinned: Some(fetch) }
    }

    /// Calls `fetch` with these arguments. What it throws, and what it rejects with, comes back untouched.
    pub(crate) fn call(&self, arguments: &Array) -> Result<JsFuture, JsValue> {
        let fetch = match &self.pinned {
            Some(fetch) => fetch.clone(),
            None => Reflect::get(&js_sys::global(), &JsValue::from_str("fetch"))?.unchecked_into(),
        };
        let answer = fetch.apply(&JsValue::UNDEFINED, arguments)?;
        Ok(JsFuture::from(Promise::resolve(&answer)))
    }

    /// The same with a request. Firefox copies no `keepalive` from one `Request` to another, as `fetch` does: it is said
    /// once more; and with it what is reset when anything is (the Fetch standard, section 5.4, "new Request").
    pub(crate) fn send(&self, request: &JsValue) -> Result<JsFuture, JsValue> {
        if member(request, "keepalive").is_truthy() {
            let again = Object::new();
            for name in ["keepalive", "referrer", "referrerPolicy"] {
                Reflect::set(&again, &JsValue::from_str(name), &member(request, name))?;
            }
            return self.call(&Array::of2(request, &again));
        }
        self.call(&Array::of1(request))
    }
}
