//! The refresh request, and what its answer says.

use std::cell::Cell;

use gloo_net::http::{Method, RequestBuilder};
use js_sys::{Date, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response};

use super::answer::{Reader, body_of, server_now};
use super::discard::discard;
use super::fetcher::Fetcher;
use super::page;
use crate::session::{AttemptId, Grant, Head, RefreshFailure};

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
        let response = self.fetcher.send(&request)?.await?;
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
        reader: &Reader,
    ) -> Result<Grant, (RefreshFailure, Option<JsValue>)> {
        let unavailable = |status| RefreshFailure::Unavailable { status, retry_after: None };
        let response = self.post(attempt).await.map_err(|error| (unreachable(), Some(error)))?;
        if !response.ok() {
            discard(&response);
            return Err((classify(&response), None));
        }
        let body = body_of(&response).await;
        let body = body.map_err(|error| (unavailable(Some(response.status())), Some(error)))?;
        let grant = reader.grant(&body, Some(&response)).await;
        grant.map_err(|(fault, thrown)| (with_head(&response, |head| head.fault(fault)), thrown))
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
    let until = |date: &str| {
        Date::parse(date) / 1000.0 - server_now(&response.headers()).unwrap_or(Date::now() / 1000.0)
    };
    with_head(response, |head| head.failure(until))
}

fn with_head<T>(response: &Response, read: impl FnOnce(&Head<'_>) -> T) -> T {
    let header = |name| response.headers().get(name).ok().flatten().unwrap_or_default();
    read(&Head {
        status: response.status(),
        content_type: &header("content-type"),
        challenge: &header("www-authenticate"),
        retry_after: &header("retry-after"),
    })
}
