//! `Authorization: Bearer …` and its challenges. RFC 6750.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::answer;
use crate::access_token::{Claims, InvalidToken};
use crate::app::SharedApp;

/// A request that carries a good access token.
pub(super) struct Bearer(pub(super) Claims);

impl FromRequestParts<SharedApp> for Bearer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Response> {
        let Some(token) = token(&parts.headers) else {
            return Err(challenge(StatusCode::UNAUTHORIZED, "unauthorized", "Bearer"));
        };
        if app.faults.rejects_fresh_tokens() {
            return Err(invalid_token("the access token is refused by order of a test"));
        }
        let refused = |reason: InvalidToken| invalid_token(&reason.to_string());
        let claims = app.access_tokens.verify(app.now(), token).map_err(refused)?;
        match app.store.is_live(claims.sid.clone()).await {
            Ok(true) => Ok(Self(claims)),
            Ok(false) => Err(refused(InvalidToken::Revoked)),
            Err(error) => Err(answer::failure(&error)),
        }
    }
}

/// The bearer token of a request, good or not.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token.trim())
}

/// 403: who it is is known, and they may not.
pub(super) fn insufficient_scope(scope: &str) -> Response {
    let header = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
    challenge(StatusCode::FORBIDDEN, "insufficient_scope", &header)
}

fn invalid_token(description: &str) -> Response {
    let header = format!("Bearer error=\"invalid_token\", error_description=\"{description}\"");
    challenge(StatusCode::UNAUTHORIZED, "invalid_token", &header)
}

fn challenge(status: StatusCode, code: &str, header: &str) -> Response {
    let mut response = answer::refusal(status, code);
    // The descriptions are ours, and plain ASCII.
    if let Ok(value) = HeaderValue::from_str(header) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}
