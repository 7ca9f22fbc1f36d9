//! The refresh request, and what its answer says.

use std::cell::Cell;
use std::time::Duration;

use gloo_net::http::{Method, RequestBuilder};
use js_sys::{Date, JSON, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response};

use super::answer::{read_grant, server_now};
use super::discard::discard;
use super::fetcher::Fetcher;
use super::identity::Identity;
use super::page;
use crate::session::{AttemptId, Grant, RefreshFailure, TokenFault};

/// An endpoint that reads and writes the refresh cookie.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) url: String,
    /// Which header carries the attempt id. Being no simple header it forces a preflight, which keeps forged
    /// cross-site requests out.
    pub(crate) attempt_header: String,
    pub(crate) fetcher: Fetcher,
    /// By how many seconds the server's clock was ahead of ours in its last answer, where it could be read.
    pub(crate) skew: Cell<Option<f64>>,
}

impl Endpoint {
    /// Sends the request. An error is why it was not sent, or not answered: the native one.
    ///
    /// - `keepalive`, so that it outlives its page; **no signal**, ever: an aborted refresh has lost its cookie.
    /// - `redirect: "error"`: fetch drops `Authorization` at a foreign origin, and no other header.
    pub(crate) async fn post(&self, attempt: AttemptId) -> Result<Response, JsValue> {
        let request = RequestBuilder::new(&self.url)
            .method(Method::POST)
            .header(&self.attempt_header, &attempt.to_hex())
            .header("accept", "application/json")
            .credentials(RequestCredentials::Include)
            .cache(RequestCache::NoStore)
            .redirect(RequestRedirect::Error)
            .build()
            .map_err(|error| JsValue::from(js_sys::Error::new(&error.to_string())))?;
        // Neither gloo-net nor web-sys knows the member.
        let keepalive = Object::new();
        Reflect::set(&keepalive, &JsValue::from_str("keepalive"), &JsValue::TRUE)?;
        let request = web_sys::Request::new_with_request_and_init(
            &request.into(),
            keepalive.unchecked_ref::<RequestInit>(),
        )?;
        let response = self.fetcher.send(&request).await?;
        // A mock may answer with a Response of its own: it is used as one, not checked to be one.
        if !response.is_object() {
            return Err(js_sys::TypeError::new("fetch has brought no Response").into());
        }
        let response: Response = response.unchecked_into();
        if let Some(server) = server_now(&response.headers()) {
            self.skew.set(Some((server - Date::now() / 1000.0).round()));
        }
        Ok(response)
    }

    /// Refreshes. With the failure comes the native error, where there was one.
    pub(crate) async fn refresh(
        &self,
        attempt: AttemptId,
        identity: &Identity,
    ) -> Result<Grant, (RefreshFailure, Option<JsValue>)> {
        let unavailable = |status| RefreshFailure::Unavailable { status, retry_after: None };
        let response = self.post(attempt).await.map_err(|error| (unreachable(), Some(error)))?;
        if !response.ok() {
            discard(&response);
            return Err((classify(&response), None));
        }
        let text = async { JsFuture::from(response.text()?).await };
        let text = text.await.map_err(|error| (unavailable(Some(response.status())), Some(error)))?;
        let answer = JSON::parse(&text.as_string().unwrap_or_default()).unwrap_or(JsValue::UNDEFINED);
        let grant = read_grant(&answer, server_now(&response.headers()), identity);
        grant.map_err(|(fault, thrown)| match fault {
            // HTML where a token should be: a captive portal signs nobody out.
            TokenFault::Missing if is_foreign(&response) => {
                (RefreshFailure::Foreign { status: response.status() }, None)
            }
            fault => (RefreshFailure::Malformed(fault), thrown),
        })
    }
}

/// What it means that nobody was reached.
pub(crate) fn unreachable() -> RefreshFailure {
    match page::is_offline_now() {
        true => RefreshFailure::Offline,
        false => RefreshFailure::Unavailable { status: None, retry_after: None },
    }
}

/// What an answer that is not 2xx says.
pub(crate) fn classify(response: &Response) -> RefreshFailure {
    match response.status() {
        status @ (400 | 401 | 403) if is_foreign(response) => RefreshFailure::Foreign { status },
        status @ (400 | 401 | 403) => RefreshFailure::Rejected { status },
        status => RefreshFailure::Unavailable { status: Some(status), retry_after: retry_after(response) },
    }
}

/// Whether somebody else than the auth server has answered: it would neither speak HTML nor ask for a password in
/// the way of a proxy (RFC 7617, RFC 4559).
fn is_foreign(response: &Response) -> bool {
    let header = |name| response.headers().get(name).ok().flatten().unwrap_or_default();
    let starts_with = |text: &str, start: &str| {
        text.trim_start().get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    let challenge = header("www-authenticate");
    starts_with(&header("content-type"), "text/html")
        || ["basic", "negotiate", "ntlm"].iter().any(|scheme| starts_with(&challenge, scheme))
}

/// `Retry-After`, in seconds or as a date (RFC 9110, section 10.2.3).
fn retry_after(response: &Response) -> Option<Duration> {
    let headers = response.headers();
    let asked = headers.get("retry-after").ok()??;
    if asked.trim().is_empty() {
        return None;
    }
    let seconds = match asked.trim().bytes().all(|byte| byte.is_ascii_digit()) {
        true => asked.trim().parse::<u32>().map_or(f64::from(u32::MAX), f64::from),
        false => Date::parse(&asked) / 1000.0 - server_now(&headers).unwrap_or(Date::now() / 1000.0),
    };
    (seconds >= 0.0).then(|| Duration::from_secs(seconds as u64))
}
