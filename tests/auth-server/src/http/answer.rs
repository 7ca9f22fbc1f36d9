//! Answers as JSON.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::app::App;
use crate::clock::Timestamp;
use crate::refresh_token::RefreshToken;
use crate::store::Family;

use super::cookie;

/// JSON with status 200.
pub(super) fn ok(body: Value) -> Response {
    Json(body).into_response()
}

/// A refusal: `{"error": code}`, as in RFC 6749, section 5.2.
pub(super) fn refusal(status: StatusCode, code: &str) -> Response {
    (status, Json(json!({ "error": code }))).into_response()
}

/// A refusal with a sentence for developers.
pub(super) fn explained(status: StatusCode, code: &str, description: &str) -> Response {
    (status, Json(json!({ "error": code, "error_description": description }))).into_response()
}

/// 500, for what is our own fault. The error goes to the log.
pub(super) fn failure(error: &dyn std::error::Error) -> Response {
    let cause = error.source().map(ToString::to_string);
    tracing::error!(%error, cause, "a request failed");
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "server_error")
}

/// The answer that carries tokens: the access token in the body (RFC 6749, section 5.1), the refresh token in the
/// cookie.
pub(super) fn tokens(app: &App, now: Timestamp, family: &Family, refresh_token: &RefreshToken) -> Response {
    let lifetime = app.access_lifetime();
    let access_token = match app.access_tokens.issue(now, lifetime, family) {
        Ok(access_token) => access_token,
        Err(error) => return failure(&error),
    };
    let response = ok(json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": lifetime.as_secs(),
        "scope": family.user.scope,
    }));
    with_cookies(response, &cookie::set(app, now, family, refresh_token))
}

/// Adds a `Set-Cookie` for each.
pub(super) fn with_cookies(mut response: Response, cookies: &[String]) -> Response {
    // All that a cookie of ours is made of may stand in a header.
    for mut value in cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok()) {
        value.set_sensitive(true);
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
