//! Tells the server of a sign-out.

use wasm_bindgen::JsValue;
use web_sys::Response;

use super::discard::discard;
use super::endpoint::{Endpoint, as_response};
use super::refresh::{classify, unreachable};
use crate::session::{AttemptId, RefreshFailure};

/// Tells it, if that is still to be done (`is_due`). Whatever says that there is no such session (any more) is as good as done.
pub(crate) async fn tell(
    endpoint: &Endpoint,
    attempt: AttemptId,
    is_due: impl Fn() -> bool,
) -> Result<(), RefreshFailure> {
    let Ok(answer) = endpoint.ask(attempt, &JsValue::UNDEFINED, is_due).await else {
        return Err(unreachable());
    };
    // A function of the app's that has not thrown has told it.
    let Some(response) = as_response(&answer) else { return Ok(()) };
    let says_none = says_none(endpoint, &response).await;
    discard(&response);
    let status = response.status();
    match classify(&response, says_none) {
        _ if response.ok() || matches!(status, 404 | 410) => Ok(()),
        // It is how frameworks refuse a request without their CSRF token, and then nothing has been done.
        RefreshFailure::Rejected { status: 403 } => {
            Err(RefreshFailure::Unavailable { status: Some(status), retry_after: None })
        }
        RefreshFailure::Rejected { .. } => Ok(()),
        failure => Err(failure),
    }
}

/// Whether it says that there is no such session, or that this one may not end it. Some refuse by a 400 or 401, too, where their
/// CSRF token is missing: where one goes along, a function of the app decides.
async fn says_none(endpoint: &Endpoint, response: &Response) -> bool {
    match response.status() {
        403 => true,
        400 | 401 if !endpoint.has_doubtful_refusals() => true,
        // Where the function throws, nobody knows.
        _ => !response.ok() && endpoint.is_end(response).await.unwrap_or(false),
    }
}
