//! What becomes of the arguments of a call, before anything is waited for.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{AbortSignal, Headers};

use super::super::discard::discard_for;
use super::super::driver::Driver;
use super::super::object::member;
use super::policy::{Policy, TokenUse};
use super::spare::Spare;
use crate::session::{Audience, Credential};

#[wasm_bindgen]
extern "C" {
    /// The caller's own members, those that web-sys does not know as well, go through the constructor untouched.
    #[derive(Debug)]
    pub(super) type Request;
    #[wasm_bindgen(constructor, catch)]
    fn new(input: &JsValue, init: &JsValue) -> Result<Request, JsValue>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn headers(this: &Request) -> Headers;
    #[wasm_bindgen(method, getter)]
    fn url(this: &Request) -> String;
    #[wasm_bindgen(method, getter)]
    pub(super) fn signal(this: &Request) -> AbortSignal;
    #[wasm_bindgen(method, getter)]
    fn integrity(this: &Request) -> String;
    #[wasm_bindgen(method, getter)]
    fn method(this: &Request) -> String;
    #[wasm_bindgen(method, catch)]
    pub(super) fn clone(this: &Request) -> Result<Request, JsValue>;

    #[wasm_bindgen(js_name = String, catch)]
    fn to_string(value: &JsValue) -> Result<String, JsValue>;
}

/// A call, as far as it could be seen through at once.
pub(super) enum Prepared {
    /// It will carry a token.
    Ours { request: Request, spare: Spare, audience: Audience },
    /// It goes elsewhere, is of a mode that carries no token, or is no request at all; its arguments are as they were.
    Foreign,
    /// It brings an authorization of its own.
    OwnAuthorization,
    /// It read as one of ours at first, and does not any more: what it has become.
    Changed(Request),
}

pub(super) fn prepare(driver: &Driver, arguments: &Array, policy: Policy) -> Result<Prepared, JsValue> {
    let (input, init) = (&arguments.get(0), &arguments.get(1));
    if url_of(input).and_then(|url| driver.targets().audience(&url)).is_none() {
        return Ok(Prepared::Foreign);
    }
    // A Request would lose its body to the one that is made of it: look before.
    let said = |name| match member(init, name) {
        value if value.is_undefined() => member(input, name),
        value => value,
    };
    if said("mode").as_string().is_some_and(|mode| mode == "no-cors" || mode == "navigate") {
        return Ok(Prepared::Foreign);
    }
    let in_hand = driver.authorization();
    if brings_authorization(&said("headers"), in_hand.as_deref()) {
        return Ok(Prepared::OwnAuthorization);
    }
    let is_stream = member(&member(init, "body"), "getReader").is_function();
    let request = match Request::new(input, init) {
        Ok(request) => request,
        // Native fetch says it in its own words.
        Err(_) if policy.token != TokenUse::Required => return Ok(Prepared::Foreign),
        Err(error) => return Err(error),
    };
    // Asked again of the request itself: an object may read differently each time it is looked at, and headers can be
    // such that they are read once only.
    let audience = driver.targets().audience(&request.url());
    let Some(audience) = audience.filter(|_| !is_anothers(&request.headers(), in_hand.as_deref())) else {
        return Ok(Prepared::Changed(request));
    };
    // A stream would be held in memory to be sent again; a string, a Blob, a form is not.
    let spare = if policy.replay.unwrap_or(!is_stream) { Spare::of(&request)? } else { Spare::none() };
    Ok(Prepared::Ours { request, spare, audience: Audience::new(&audience) })
}

impl Request {
    pub(super) fn attach(&self, credential: &Credential) -> Result<(), JsValue> {
        self.headers().set("authorization", &credential.token.authorization())
    }

    /// As native fetch does with a body that it does not send: cancels it, with the reason of the caller's abort if there
    /// is one.
    pub(super) fn discard(&self) {
        discard_for(self, &self.signal().reason());
    }

    /// Whether a 401 to it is not seen: native fetch compares the digest with that of the 401's body, and rejects.
    /// Asking twice does no harm.
    pub(super) fn hides_401(&self) -> bool {
        !self.integrity().is_empty() && matches!(&*self.method(), "GET" | "HEAD")
    }

    /// Whether it goes on when the page is gone (`keepalive`).
    pub(super) fn outlives_page(&self) -> bool {
        member(self.as_ref(), "keepalive").is_truthy()
    }

    /// The same without its digest; and with what is reset when anything is (the Fetch standard, section 5.4, "new Request").
    pub(super) fn without_integrity(&self) -> Result<Self, JsValue> {
        let init = Object::new();
        for name in ["referrer", "referrerPolicy"] {
            Reflect::set(&init, &JsValue::from_str(name), &member(self.as_ref(), name))?;
        }
        Reflect::set(&init, &JsValue::from_str("integrity"), &JsValue::from_str(""))?;
        Self::new(self.as_ref(), &init)
    }
}

/// The absolute URL of what fetch takes: a string, a `URL`, a `Request`.
fn url_of(input: &JsValue) -> Option<String> {
    let url = member(input, "url").as_string().or_else(|| to_string(input).ok())?;
    let base = member(&js_sys::global(), "document");
    let base = match member(&base, "baseURI").as_string() {
        Some(base) => base,
        None => member(&member(&js_sys::global(), "location"), "href").as_string()?,
    };
    web_sys::Url::new_with_base(&url, &base).ok().map(|url| url.href())
}

/// Whether the caller brings its own. An iterator is not looked into: it can be read once only.
fn brings_authorization(headers: &JsValue, in_hand: Option<&str>) -> bool {
    if !headers.is_object() || member(headers, "next").is_function() {
        return false;
    }
    // A copy, so that every form of `HeadersInit` is read by the browser's own rules.
    let headers = Headers::new_with_headers(headers.unchecked_ref());
    headers.is_ok_and(|headers| is_anothers(&headers, in_hand))
}

/// Whether there is an authorization that is not the token in hand: that, put there by the caller, is ours all the same.
fn is_anothers(headers: &Headers, in_hand: Option<&str>) -> bool {
    headers.get("authorization").ok().flatten().is_some_and(|brought| Some(&*brought) != in_hand)
}
