//! Lets a fault happen around the work of a request.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::board::Met;
use super::fault::{Body, Fault, Hold, Reset};

/// The most that a body to be spoilt may measure, in bytes.
const LONGEST_BODY: usize = 64 * 1024;

/// What a request comes to.
pub(crate) enum Outcome {
    /// This answer.
    Answer(Response),
    /// A dropped connection.
    Reset,
}

/// Does `work` as the fault will have it: late, not at all, or for nothing.
pub(crate) async fn around(met: Met, work: impl Future<Output = Response>) -> Outcome {
    let Met { fault, mut changes } = met;
    let mut pause = async |delay_ms, hold| {
        sleep(Duration::from_millis(delay_ms)).await;
        if fault.hold == Some(hold) {
            // Fails where the board is gone, and the server with it.
            let _ = changes.changed().await;
        }
    };
    pause(fault.delay_before_ms, Hold::Before).await;
    if fault.reset == Some(Reset::Before) {
        return Outcome::Reset;
    }
    let response = match instead(&fault) {
        Some(response) => response,
        None => work.await,
    };
    pause(fault.delay_after_ms, Hold::After).await;
    if fault.reset == Some(Reset::After) {
        return Outcome::Reset;
    }
    let response = match fault.body {
        Some(body) if response.status() == StatusCode::OK => spoil(body, response).await,
        _ => response,
    };
    Outcome::Answer(mark(&fault, response))
}

/// The answer with the cookie by which a test sees that the browser has stored those of the answer.
fn mark(fault: &Fault, mut response: Response) -> Response {
    let left = fault.times.unwrap_or_default();
    let cookie = fault.mark.as_deref().map(|name| format!("{name}-{left}=1; SameSite=Strict; Path=/auth"));
    if let Some(value) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// The answer that is given in place of the work.
fn instead(fault: &Fault) -> Option<Response> {
    let status = match (fault.status, fault.body) {
        (Some(status), _) => StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        (None, Some(Body::Html)) => StatusCode::OK,
        (None, _) => return None,
    };
    let (content_type, body) = match fault.body {
        Some(Body::Html) => {
            ("text/html", "<!doctype html><title>Welcome</title><p>Sign in to our wireless.".to_owned())
        }
        Some(Body::Empty) => ("", String::new()),
        Some(Body::NotJson) => ("application/json", "{\"error\":".to_owned()),
        Some(Body::NoToken | Body::NotAJwt) | None => {
            ("application/json", json!({ "error": "fault" }).to_string())
        }
    };
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    if !content_type.is_empty() {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    if let Some(seconds) = fault.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    let challenge = fault.www_authenticate.as_deref().and_then(|text| HeaderValue::from_str(text).ok());
    if let Some(challenge) = challenge {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    Some(response)
}

/// A good answer with its body made bad. Status and headers, the new cookie among them, stay.
async fn spoil(body: Body, response: Response) -> Response {
    let (mut head, good) = response.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    let bytes = axum::body::to_bytes(good, LONGEST_BODY).await.unwrap_or_default();
    let mut answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let spoilt = match body {
        // Was already given in place of the work.
        Body::Html => return Response::from_parts(head, bytes.into()),
        Body::Empty => String::new(),
        Body::NotJson => "{\"access_token\":".to_owned(),
        Body::NoToken => {
            answer.as_object_mut().and_then(|members| members.remove("access_token"));
            answer.to_string()
        }
        Body::NotAJwt => {
            if let Some(token) = answer.get_mut("access_token") {
                *token = "not-a-jwt".into();
            }
            answer.to_string()
        }
    };
    Response::from_parts(head, spoilt.into())
}
