//! `/api/`: what the access token is for.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::bearer::{self, Bearer};
use super::{answer, work};
use crate::app::SharedApp;
use crate::connection::ConnectionReset;
use crate::faults::Endpoint;

/// How many bytes were echoed.
pub(super) const ECHO_LENGTH: HeaderName = HeaderName::from_static("x-echo-length");

/// Which answer of the API this is, counted from the start of the server.
#[derive(Clone, Copy)]
pub(super) struct Served(u64);

/// Counts requests and what they were answered.
pub(super) async fn count(
    State(app): State<SharedApp>,
    Extension(reset): Extension<ConnectionReset>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(Served(app.count_api_answer()));
    let response = work::perform(&app, Endpoint::Api, &reset, next.run(request)).await;
    match response.status() {
        StatusCode::UNAUTHORIZED => app.counters.api_401.add_one(),
        StatusCode::FORBIDDEN => app.counters.api_403.add_one(),
        status if status.is_success() => app.counters.api_ok.add_one(),
        _ => {}
    }
    response
}

/// `GET /api/me`.
pub(super) async fn me(Bearer(claims): Bearer, Extension(Served(served)): Extension<Served>) -> Response {
    answer::ok(json!({ "sub": claims.sub, "name": claims.name, "scope": claims.scope, "served": served }))
}

/// `GET /api/admin`.
pub(super) async fn admin(Bearer(claims): Bearer, Extension(Served(served)): Extension<Served>) -> Response {
    if !claims.scope.split(' ').any(|scope| scope == "admin") {
        return bearer::insufficient_scope("admin");
    }
    answer::ok(json!({ "sub": claims.sub, "name": claims.name, "scope": claims.scope, "served": served }))
}

/// `POST` and `PUT /api/echo`.
pub(super) async fn echo(_: Bearer, headers: HeaderMap, body: Result<Bytes, BytesRejection>) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return answer::refusal(rejection.status(), "invalid_request"),
    };
    let mut response = StatusCode::OK.into_response();
    if let Some(content_type) = headers.get(header::CONTENT_TYPE) {
        response.headers_mut().insert(header::CONTENT_TYPE, content_type.clone());
    }
    response.headers_mut().insert(ECHO_LENGTH, HeaderValue::from(body.len()));
    *response.body_mut() = body.into();
    response
}

/// `GET /api/public`.
pub(super) async fn public(headers: HeaderMap) -> Response {
    answer::ok(json!({ "authorization": headers.contains_key(header::AUTHORIZATION) }))
}
