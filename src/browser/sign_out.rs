//! The request that ends a session at the server, and what its reply says.

use wasm_bindgen::JsValue;
use web_sys::Response;

use super::answer::body_of;
use super::discard::discard;
use super::endpoint::{Along, Endpoint, as_response};
use super::object::member;
use super::refresh::{Failed, unreachable, until, with_head};
use crate::session::{AttemptId, RefreshFailure, TokenFault};

/// Sends it, if that is still to be done (`is_due`). A function of the app's that does not throw has done it.
pub(crate) async fn tell(
    endpoint: &Endpoint,
    attempt: AttemptId,
    along: Along<'_>,
    is_due: impl Fn() -> bool,
) -> Result<(), Failed> {
    let answer = match endpoint.ask(attempt, along, is_due).await {
        Ok(answer) => answer,
        Err(error) => return Err((unanswered(endpoint, &error), Some(error))),
    };
    let Some(response) = as_response(&answer) else { return Ok(()) };
    // Nothing follows it, and whether it has ended the session, a refresh tells.
    if member(&response, "type").as_string().as_deref() == Some("opaqueredirect") {
        return Err((RefreshFailure::Rejected { status: 0 }, None));
    }
    let outcome = with_head(&response, |head| head.signed_out(|date| until(&response, date)));
    let is_unnamed = with_head(&response, |head| head.content_type.trim().is_empty());
    if outcome.is_ok() && is_unnamed && is_page(&response).await {
        return Err((RefreshFailure::Foreign { status: response.status() }, None));
    }
    discard(&response);
    outcome.map_err(|failure| (failure, None))
}

/// What it means that there is no reply. A function that fails otherwise than fetch does has been reached.
fn unanswered(endpoint: &Endpoint, error: &JsValue) -> RefreshFailure {
    let is_native = || member(error, "name").as_string().is_some_and(|name| name == "TypeError");
    match unreachable() {
        RefreshFailure::Unavailable { .. } if endpoint.is_function() && !is_native() => {
            RefreshFailure::Malformed(TokenFault::Untold)
        }
        failure => failure,
    }
}

/// Whether a body of no named type is HTML.
async fn is_page(response: &Response) -> bool {
    let body = body_of(response).await.ok();
    body.and_then(|body| body.as_string()).is_some_and(|text| text.trim_start().starts_with('<'))
}
