//! A refresh, and what its answer says.

use js_sys::Date;
use wasm_bindgen::JsValue;
use web_sys::Response;

use super::answer::{Reader, body_of, server_now};
use super::discard::discard;
use super::endpoint::{Along, Endpoint, as_response};
use super::object::member;
use super::page;
use crate::format::Head;
use crate::session::{AttemptId, Grant, RefreshFailure, TokenFault};

/// Why there is no token, and the native error, or what the app has thrown, where there was one.
pub(crate) type Failed = (RefreshFailure, Option<JsValue>);

impl Endpoint {
    /// Refreshes.
    pub(crate) async fn refresh(
        &self,
        attempt: AttemptId,
        params: &JsValue,
        reader: &Reader,
        is_due: impl Fn() -> bool,
    ) -> Result<Grant, Failed> {
        let answer = self
            .ask(attempt, Along { params, token: None }, is_due)
            .await
            .map_err(|error| self.unanswered(error))?;
        if let Some(response) = as_response(&answer) {
            return self.read(&response, reader).await;
        }
        let grant = match answer.as_string() {
            Some(token) => reader.token_grant(&token),
            None => reader.grant(&answer, None).await,
        };
        grant.map_err(|(fault, thrown)| (RefreshFailure::Malformed(fault), thrown))
    }

    /// What it means that there is no answer. An app's own function says by `RefreshRejected` that the session is over.
    fn unanswered(&self, error: JsValue) -> Failed {
        let is_named = || member(&error, "name").as_string().is_some_and(|name| name == "RefreshRejected");
        if self.is_function() && is_named() {
            let status = member(&error, "status").as_f64().map_or(401, |status| status as u16);
            return (RefreshFailure::Rejected { status }, Some(error));
        }
        (unreachable(), Some(error))
    }

    async fn read(&self, response: &Response, reader: &Reader) -> Result<Grant, Failed> {
        let status = response.status();
        let unavailable =
            |error| (RefreshFailure::Unavailable { status: Some(status), retry_after: None }, Some(error));
        if !response.ok() {
            let is_end = self.is_end(response).await;
            discard(response);
            return Err((classify(response, is_end.map_err(unavailable)?), None));
        }
        let body = body_of(response).await.map_err(unavailable)?;
        match reader.grant(&body, Some(response)).await {
            Ok(grant) => Ok(grant),
            // Some say that it is over in an answer that is 200.
            Err((TokenFault::Missing, _)) if self.is_end_read(status, &body).map_err(unavailable)? => {
                Err((RefreshFailure::Rejected { status }, None))
            }
            Err((fault, thrown)) => Err((with_head(response, |head| head.fault(fault)), thrown)),
        }
    }
}

/// What it means that nobody was reached.
pub(crate) fn unreachable() -> RefreshFailure {
    match page::is_offline_now() {
        true => RefreshFailure::Offline,
        false => RefreshFailure::Unavailable { status: None, retry_after: None },
    }
}

/// What an answer that is not 2xx says; `is_end`: to whoever knows its server it says that the session is over.
fn classify(response: &Response, is_end: bool) -> RefreshFailure {
    with_head(response, |head| head.failure(is_end, |date| until(response, date)))
}

/// How many seconds it is until a date in the header of a response, by the server's clock where that can be read.
pub(crate) fn until(response: &Response, date: &str) -> f64 {
    Date::parse(date) / 1000.0 - server_now(&response.headers()).unwrap_or(Date::now() / 1000.0)
}

pub(crate) fn with_head<T>(response: &Response, read: impl FnOnce(&Head<'_>) -> T) -> T {
    let header = |name| response.headers().get(name).ok().flatten().unwrap_or_default();
    read(&Head {
        status: response.status(),
        content_type: &header("content-type"),
        challenge: &header("www-authenticate"),
        retry_after: &header("retry-after"),
    })
}
