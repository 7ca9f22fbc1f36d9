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

    /// The same with a request.
    pub(crate) fn send(&self, request: &JsValue) -> Result<JsFuture, JsValue> {
        self.send_as(request, None)
    }

    /// The same, but a redirect that would be followed is a network error.
    pub(crate) fn send_unredirected(&self, request: &JsValue) -> Result<JsFuture, JsValue> {
        match member(request, "redirect").as_string().as_deref() {
            Some("error" | "manual") => self.send(request),
            _ => self.send_as(request, Some("error")),
        }
    }

    /// Firefox copies no `keepalive` from one `Request` to another, as `fetch` does: it is said once more; and with it what is
    /// reset when anything is (the Fetch standard, section 5.4, "new Request").
    fn send_as(&self, request: &JsValue, redirect: Option<&str>) -> Result<JsFuture, JsValue> {
        if redirect.is_none() && !member(request, "keepalive").is_truthy() {
            return self.call(&Array::of1(request));
        }
        let again = Object::new();
        for name in ["keepalive", "referrer", "referrerPolicy"] {
            Reflect::set(&again, &JsValue::from_str(name), &member(request, name))?;
        }
        if let Some(redirect) = redirect {
            Reflect::set(&again, &JsValue::from_str("redirect"), &JsValue::from_str(redirect))?;
        }
        self.call(&Array::of2(request, &again))
    }
}
