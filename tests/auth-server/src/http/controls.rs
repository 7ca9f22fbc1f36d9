//! `/test/`: what tests see and do. Mounted only when it is asked for.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::answer;
use crate::app::SharedApp;
use crate::faults::Faults;

/// The routes.
pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/counters", get(counters))
        .route("/reset", post(reset))
        .route("/revoke-access", post(revoke_access))
        .route("/revoke-all", post(revoke_all))
        .route("/lifetime", post(lifetime))
        .route("/clock", post(clock))
        .route("/faults", post(faults))
}

async fn counters(State(app): State<SharedApp>) -> Response {
    answer::ok(app.counters.to_json())
}

/// Back to the start, but for what was revoked.
async fn reset(State(app): State<SharedApp>) -> Response {
    app.counters.reset();
    app.faults.set(Faults::default());
    app.set_access_lifetime(None);
    app.clock().set_offset_millis(0);
    done()
}

async fn revoke_access(State(app): State<SharedApp>) -> Response {
    app.access_tokens.revoke_all(app.now());
    done()
}

async fn revoke_all(State(app): State<SharedApp>) -> Response {
    let now = app.now();
    app.access_tokens.revoke_all(now);
    match app.store.revoke_all_families(now).await {
        Ok(()) => done(),
        Err(error) => answer::failure(&error),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lifetime {
    access_seconds: u64,
}

async fn lifetime(State(app): State<SharedApp>, body: Bytes) -> Response {
    with(&body, |Lifetime { access_seconds }| {
        app.set_access_lifetime(Some(Duration::from_secs(access_seconds)))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockOffset {
    offset_seconds: i64,
}

async fn clock(State(app): State<SharedApp>, body: Bytes) -> Response {
    with(&body, |ClockOffset { offset_seconds }| {
        app.clock().set_offset_millis(offset_seconds.saturating_mul(1000));
    })
}

async fn faults(State(app): State<SharedApp>, body: Bytes) -> Response {
    with(&body, |faults: Faults| app.faults.set(faults))
}

fn with<T: DeserializeOwned>(body: &[u8], apply: impl FnOnce(T)) -> Response {
    match serde_json::from_slice(body) {
        Ok(order) => {
            apply(order);
            done()
        }
        Err(error) => answer::explained(StatusCode::BAD_REQUEST, "invalid_request", &error.to_string()),
    }
}

fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
