//! What becomes of the arguments of a call, before anything is waited for.

use js_sys::{Array, Object, Reflect, Symbol};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{AbortSignal, Headers, ReadableStream, ReadableStreamDefaultReader};

use super::super::discard::discard_for;
use super::super::driver::Driver;
use super::super::object::member;
use super::policy::{Policy, TokenUse};
use super::spare::Spare;
use crate::format::Attachment;
use crate::session::{Audience, Credential};

#[wasm_bindgen]
extern "C" {
    /// A request of the app. The caller's own members, those that web-sys does not know as well, go through its constructor
    /// untouched.
    #[derive(Clone, Debug)]
    pub type Request;
    #[wasm_bindgen(constructor, catch)]
    fn new(input: &JsValue, init: &JsValue) -> Result<Request, JsValue>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn headers(this: &Request) -> Headers;
    #[wasm_bindgen(method, getter)]
    fn url(this: &Request) -> String;
    #[wasm_bindgen(method, getter)]
    pub(super) fn signal(this: &Request) -> AbortSignal;
    #[wasm_bindgen(method, getter)]
    fn mode(this: &Request) -> String;
    #[wasm_bindgen(method, getter)]
    fn integrity(this: &Request) -> String;
    #[wasm_bindgen(method, getter)]
    fn method(this: &Request) -> String;
    #[wasm_bindgen(method, catch, js_name = clone)]
    pub(super) fn copy(this: &Request) -> Result<Request, JsValue>;

    #[wasm_bindgen(js_name = String, catch)]
    fn to_string(value: &JsValue) -> Result<String, JsValue>;
}

/// A call, as far as it could be seen through at once.
pub(super) enum Prepared {
    /// It will carry a token.
    Ours { request: Request, spare: Spare, audience: Audience },
    /// It goes elsewhere, is of a mode that carries no token, or is no request at all.
    Foreign(Call),
    /// It brings an authorization of its own.
    OwnAuthorization(Call),
}

/// What a call is passed on as.
pub(super) enum Call {
    /// The caller's own arguments, as they are.
    Arguments(Array),
    /// They had been read when it was seen what they are.
    Request(Request),
}

pub(super) fn prepare(driver: &Driver, arguments: Array, policy: Policy) -> Result<Prepared, JsValue> {
    let (input, init) = (arguments.get(0), arguments.get(1));
    if url_of(&input).and_then(|url| driver.targets().audience(&url)).is_none() {
        return Ok(Prepared::Foreign(Call::Arguments(arguments)));
    }
    // A Request would lose its body to the one that is made of it: look before.
    let said = |name| match member(&init, name) {
        value if value.is_undefined() => member(&input, name),
        value => value,
    };
    if said("mode").as_string().is_some_and(|mode| carries_none(&mode)) {
        return Ok(Prepared::Foreign(Call::Arguments(arguments)));
    }
    let headers = said("headers");
    let can_look = can_be_read_twice(&headers);
    if can_look && brings_authorization(&headers, driver) {
        return Ok(Prepared::OwnAuthorization(Call::Arguments(arguments)));
    }
    let is_stream = member(&member(&init, "body"), "getReader").is_function();
    match Request::new(&input, &init) {
        Ok(request) => weigh(driver, request, is_stream, policy),
        // Native fetch says it in its own words; what it would miss by now, it must not go without.
        Err(_) if can_look && policy.token != TokenUse::Required => {
            Ok(Prepared::Foreign(Call::Arguments(arguments)))
        }
        Err(error) => Err(error),
    }
}

/// Asked of the request itself: what it was made of may have read differently each time it was looked at.
pub(super) fn weigh(
    driver: &Driver,
    request: Request,
    is_stream: bool,
    policy: Policy,
) -> Result<Prepared, JsValue> {
    let audience = driver.targets().audience(&request.url());
    let Some(audience) = audience.filter(|_| !carries_none(&request.mode())) else {
        return Ok(Prepared::Foreign(Call::Request(request)));
    };
    if is_anothers(&request.headers(), driver) {
        return Ok(Prepared::OwnAuthorization(Call::Request(request)));
    }
    // A stream would be held in memory to be sent again; a string, a Blob, a form is not.
    let spare = if policy.replay.unwrap_or(!is_stream) { Spare::of(&request)? } else { Spare::none() };
    Ok(Prepared::Ours { request, spare, audience })
}

impl Request {
    pub(super) fn attach(&self, credential: &Credential, attachment: &Attachment) -> Result<(), JsValue> {
        self.headers().set(attachment.header(), &attachment.value(&credential.token))
    }

    /// Takes the body out of the caller's hands until it is sent, as sending it does.
    pub(super) fn lock(&self) -> Locked {
        let body =
            member(self.as_ref(), "body").dyn_into::<ReadableStream>().ok().filter(|body| !body.locked());
        Locked(body.map(|body| body.get_reader().unchecked_into()))
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

    /// The same without its digest and with another signal; and with what is reset when anything is (the Fetch standard, section 5.4, "new Request").
    pub(super) fn without_integrity(&self, signal: AbortSignal) -> Result<Self, JsValue> {
        let init = Object::new();
        for name in ["referrer", "referrerPolicy"] {
            Reflect::set(&init, &JsValue::from_str(name), &member(self.as_ref(), name))?;
        }
        Reflect::set(&init, &JsValue::from_str("integrity"), &JsValue::from_str(""))?;
        Reflect::set(&init, &JsValue::from_str("signal"), &signal)?;
        Self::new(self.as_ref(), &init)
    }
}

/// A body in our hands: given back when this is dropped.
#[must_use = "a lock that is dropped locks nothing"]
pub(super) struct Locked(Option<ReadableStreamDefaultReader>);

impl Drop for Locked {
    fn drop(&mut self) {
        if let Some(reader) = &self.0 {
            reader.release_lock();
        }
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

/// Modes of which the browser sends no `Authorization`, or whose answer no script gets.
fn carries_none(mode: &str) -> bool {
    matches!(mode, "no-cors" | "navigate")
}

/// Whether looking into headers leaves them as they are: an iterator is used up by it.
fn can_be_read_twice(headers: &JsValue) -> bool {
    !headers.is_object()
        || headers.has_type::<Headers>()
        || (Array::is_array(headers) && Array::from(headers).iter().all(|pair| Array::is_array(&pair)))
        || Reflect::get(headers, &Symbol::iterator()).is_ok_and(|iterator| iterator.is_undefined())
}

/// Whether the caller brings its own.
fn brings_authorization(headers: &JsValue, driver: &Driver) -> bool {
    if !headers.is_object() {
        return false;
    }
    // A copy, so that every form of `HeadersInit` is read by the browser's own rules.
    let headers = Headers::new_with_headers(headers.unchecked_ref());
    headers.is_ok_and(|headers| is_anothers(&headers, driver))
}

/// Whether the token's header is there and has not the token in hand: that, put there by the caller, is ours all the same.
fn is_anothers(headers: &Headers, driver: &Driver) -> bool {
    let brought = headers.get(driver.attachment().header()).ok().flatten();
    brought.is_some() && brought != driver.authorization()
}
