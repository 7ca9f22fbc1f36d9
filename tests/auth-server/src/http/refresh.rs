//! `POST /auth/refresh`.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::{answer, cookie, work};
use crate::app::{App, SharedApp};
use crate::attempt::AttemptId;
use crate::connection::ConnectionReset;
use crate::faults::Endpoint;
use crate::store::{Refusal, Rotation, StoreError};

/// Carries the attempt id. Being no header that a form can set, it also keeps forged cross-site requests out.
const ATTEMPT_HEADER: &str = "x-requested-with";

/// Rotates the refresh token and answers with a new access token.
pub(super) async fn refresh(
    State(app): State<SharedApp>,
    Extension(reset): Extension<ConnectionReset>,
    headers: HeaderMap,
) -> Response {
    let work = {
        let app = app.clone();
        async move { rotate(&app, &headers).await.unwrap_or_else(|error| answer::failure(&error)) }
    };
    work::perform(&app, Endpoint::Refresh, &reset, work).await
}

async fn rotate(app: &App, headers: &HeaderMap) -> Result<Response, StoreError> {
    let attempt = headers.get(ATTEMPT_HEADER).and_then(|value| AttemptId::from_header(value.as_bytes()));
    let Some(attempt) = attempt else {
        let wanted = "X-Requested-With must carry an attempt id";
        return Ok(answer::explained(StatusCode::BAD_REQUEST, "missing_header", wanted));
    };
    let Some(token) = cookie::read(headers) else {
        return Ok(refused(app, "no cookie"));
    };

    let now = app.now();
    let (family, successor) = match app.store.rotate(now, app.policy(), token, attempt).await? {
        Rotation::Rotated(family, successor) => {
            app.counters.rotated.add_one();
            tracing::debug!(family = family.id, "rotated");
            (family, successor)
        }
        Rotation::Replayed(family, successor) => {
            app.counters.replayed.add_one();
            tracing::info!(family = family.id, "the same attempt again: answered with the same successor");
            (family, successor)
        }
        Rotation::Graced(family, successor) => {
            app.counters.graced.add_one();
            tracing::info!(
                family = family.id,
                "a spent token within the grace: answered with another successor"
            );
            (family, successor)
        }
        Rotation::Refused(refusal) => {
            if refusal == Refusal::Reused {
                app.counters.reuse_detected.add_one();
                tracing::warn!("a spent refresh token was presented: its family is revoked");
            }
            return Ok(refused(app, refusal.reason()));
        }
    };
    Ok(answer::tokens(app, now, &family, &successor))
}

/// RFC 6749 says 400 for `invalid_grant`; most servers with cookies say 401. The reason is for the log only.
fn refused(app: &App, reason: &str) -> Response {
    app.counters.refused.add_one();
    tracing::info!(reason, "refresh refused");
    answer::with_cookies(answer::refusal(StatusCode::UNAUTHORIZED, "invalid_grant"), &cookie::clear(app))
}
