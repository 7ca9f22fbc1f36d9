//! The caller's request: with the token where it may go, and on a 401 refreshed once and sent once more.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_channel::oneshot;
use js_sys::Array;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{AbortSignal, Headers, Response};

use super::discard::discard;
use super::driver::Driver;
use super::listener::Listener;
use super::object::member;
use crate::session::{Audience, Credential, Denial, Event, wants_step_up};

#[wasm_bindgen]
extern "C" {
    /// The caller's own members, those that web-sys does not know as well, go through the constructor untouched.
    type Request;
    #[wasm_bindgen(constructor, catch)]
    fn new(input: &JsValue, init: &JsValue) -> Result<Request, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn headers(this: &Request) -> Headers;
    #[wasm_bindgen(method, getter)]
    fn url(this: &Request) -> String;
    #[wasm_bindgen(method, getter)]
    fn signal(this: &Request) -> AbortSignal;
    #[wasm_bindgen(method, catch)]
    fn clone(this: &Request) -> Result<Request, JsValue>;

    #[wasm_bindgen(js_name = String, catch)]
    fn to_string(value: &JsValue) -> Result<String, JsValue>;

}

/// Why a request got no response.
#[derive(Debug)]
pub enum FetchFailure {
    /// What native fetch rejected with, or the reason of the caller's own signal: to be passed on untouched.
    Native(JsValue),
    /// No token could be had in time.
    Denied(Denial),
}

impl From<JsValue> for FetchFailure {
    fn from(error: JsValue) -> Self {
        Self::Native(error)
    }
}

/// Sends a request as `fetch(input, init)` would, with a token where it may go.
///
/// What must not be put off (the arguments may change, a body may be consumed) is done before this returns.
pub fn fetch(
    driver: &Driver,
    input: JsValue,
    init: JsValue,
) -> impl Future<Output = Result<JsValue, FetchFailure>> + 'static {
    let driver = driver.clone();
    let prepared = prepare(&driver, &input, &init);
    async move {
        match prepared? {
            Some(prepared) => prepared.send(&driver).await,
            // Not ours: the caller's own arguments, as they are.
            None => {
                let arguments =
                    if init.is_undefined() { Array::of1(&input) } else { Array::of2(&input, &init) };
                Ok(driver.fetcher().call(&arguments).await?)
            }
        }
    }
}

/// A request that will carry a token.
struct Prepared {
    request: Request,
    /// What is sent after a 401; `None` where the body cannot be had twice.
    replay: Option<Request>,
    /// Who gets the token; `None` for nobody.
    audience: Option<Audience>,
}

/// `None` where the request is none of ours: it goes elsewhere, cannot carry a token, or brings its own.
fn prepare(driver: &Driver, input: &JsValue, init: &JsValue) -> Result<Option<Prepared>, JsValue> {
    if url_of(input).and_then(|url| driver.targets().audience(&url)).is_none() {
        return Ok(None);
    }
    // A Request would lose its body to the one that is made of it: look before.
    let headers = match member(init, "headers") {
        headers if headers.is_undefined() => member(input, "headers"),
        headers => headers,
    };
    let mode = match member(init, "mode") {
        mode if mode.is_undefined() => member(input, "mode"),
        mode => mode,
    };
    let carries_none = mode.as_string().is_some_and(|mode| mode == "no-cors" || mode == "navigate");
    let in_hand = driver.authorization();
    if carries_none || brings_authorization(&headers, in_hand.as_deref()) {
        return Ok(None);
    }
    let is_stream = is_stream(&member(init, "body"));
    let request = Request::new(input, init)?;
    // Asked again of the request itself: an object may read differently each time it is looked at.
    let audience = driver.targets().audience(&request.url());
    // And so are headers that can be read once only.
    let audience = audience.filter(|_| !is_anothers(&request.headers(), in_hand.as_deref()));
    // A stream would be held in memory whole to be sent again; a string, a Blob, a form is not.
    let replay = if is_stream { None } else { Some(request.clone()?) };
    Ok(Some(Prepared { request, replay, audience: audience.map(|origin| Audience::new(&origin)) }))
}

impl Prepared {
    async fn send(self, driver: &Driver) -> Result<JsValue, FetchFailure> {
        let Self { request, replay, audience } = self;
        let Some(audience) = audience else { return Ok(driver.fetcher().send(&request).await?) };
        let signal = request.signal();
        let wanted =
            driver.token(|ticket| Event::TokenWanted { ticket, not: None, min_validity: Duration::ZERO });
        let credential = match unless_aborted(&signal, wanted).await? {
            Ok(credential) => credential,
            // Nobody is signed in: the request goes out as it is, and so does its answer.
            Err(Denial::Ended(_)) => return Ok(driver.fetcher().send(&request).await?),
            Err(denial) => return Err(FetchFailure::Denied(denial)),
        };
        attach(&request, &credential)?;
        let answer = driver.fetcher().send(&request).await?;
        let accepted = |credential: &Credential| Event::TokenAccepted {
            epoch: credential.epoch,
            generation: credential.generation,
            audience: audience.clone(),
        };
        let is_step_up = wants_more(&answer);
        if status_of(&answer) != 401 || is_step_up {
            // What no refresh can cure says nothing of the token.
            if !is_step_up {
                driver.tell(accepted(&credential));
            }
            if let Some(replay) = &replay {
                discard(replay);
            }
            return Ok(answer);
        }
        let Credential { epoch, generation, .. } = credential;
        let api = audience.clone();
        let rejected = move |ticket| Event::TokenRejected { ticket, epoch, generation, audience: api };
        let Some(replay) = replay else {
            // The caller gets its 401, and whoever sends next a new token.
            driver.ask_for_nobody(rejected);
            return Ok(answer);
        };
        let rejected = driver.token(rejected);
        let credential = match unless_aborted(&signal, rejected).await? {
            Ok(credential) => credential,
            Err(denial) => {
                discard(&replay);
                if let Denial::Unavailable { .. } = denial {
                    discard(&answer);
                    return Err(FetchFailure::Denied(denial));
                }
                // The session is over, or another one: this 401 is the caller's own.
                return Ok(answer);
            }
        };
        discard(&answer);
        attach(&replay, &credential)?;
        let answer = driver.fetcher().send(&replay).await?;
        match status_of(&answer) {
            401 if wants_more(&answer) => {}
            401 => driver.tell(Event::ReplayRejected { audience }),
            _ => driver.tell(accepted(&credential)),
        }
        Ok(answer)
    }
}

fn attach(request: &Request, credential: &Credential) -> Result<(), JsValue> {
    request.headers().set("authorization", &credential.token.authorization())
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

/// Whether a 401 asks for another way to authenticate.
fn wants_more(answer: &JsValue) -> bool {
    let challenge = || answer.unchecked_ref::<Response>().headers().get("www-authenticate").ok().flatten();
    status_of(answer) == 401 && challenge().is_some_and(|challenge| wants_step_up(&challenge))
}

fn is_stream(body: &JsValue) -> bool {
    member(body, "getReader").is_function()
}

fn status_of(answer: &JsValue) -> u16 {
    answer.unchecked_ref::<Response>().status()
}

/// Waits, unless the caller's own signal says to stop: then rejects with its reason. What was waited for is dropped,
/// which withdraws the question; what goes on for others goes on.
pub async fn unless_aborted<T>(signal: &AbortSignal, wait: impl Future<Output = T>) -> Result<T, JsValue> {
    if signal.aborted() {
        return Err(signal.reason());
    }
    let (sender, mut aborted) = oneshot::channel::<()>();
    let mut sender = Some(sender);
    let _listener = Listener::new(signal, "abort", move |_| drop(sender.take()));
    let mut wait = pin!(wait);
    std::future::poll_fn(|context| {
        if let Poll::Ready(answer) = wait.as_mut().poll(context) {
            return Poll::Ready(Ok(answer));
        }
        // The sender is dropped at the abort, and not before.
        match std::pin::Pin::new(&mut aborted).poll(context) {
            Poll::Ready(_) => Poll::Ready(Err(signal.reason())),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
