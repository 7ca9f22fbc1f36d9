//! Tells the server of a sign-out.

use wasm_bindgen::JsValue;

use super::discard::discard;
use super::endpoint::{Endpoint, as_response};
use super::refresh::{classify, unreachable};
use crate::session::{AttemptId, RefreshFailure};

/// Tells it. Whatever says that there is no such session (any more) is as good as done. Not so a 403: it is how frameworks
/// refuse a request without their CSRF token, and then nothing has been done.
pub(crate) async fn tell(endpoint: &Endpoint, attempt: AttemptId) -> Result<(), RefreshFailure> {
    let Ok(answer) = endpoint.ask(attempt, &JsValue::UNDEFINED).await else {
        return Err(unreachable());
    };
    // A function of the app's that has not thrown has told it.
    let Some(response) = as_response(&answer) else { return Ok(()) };
    if response.ok() || response.status() == 404 {
        discard(&response);
        return Ok(());
    }
    // Where the app's own function throws, nobody knows.
    let is_end = endpoint.is_end(&response).await.unwrap_or(false);
    discard(&response);
    match classify(&response, is_end) {
        RefreshFailure::Rejected { status } if status != 403 => Ok(()),
        RefreshFailure::Rejected { status } => {
            Err(RefreshFailure::Unavailable { status: Some(status), retry_after: None })
        }
        failure => Err(failure),
    }
}
