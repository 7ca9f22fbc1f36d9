//! `POST /auth/refresh`.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

use super::{answer, cookie, work};
use crate::app::{App, SharedApp};
use crate::attempt::AttemptId;
use crate::config::Reuse;
use crate::connection::ConnectionReset;
use crate::faults::Endpoint;
use crate::store::{Refusal, Rotation, StoreError};

/// Carries the attempt id, there and back. Being no header that a form can set, it also keeps forged cross-site
/// requests out.
pub(super) const ATTEMPT_HEADER: HeaderName = HeaderName::from_static("x-requested-with");

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
    let attempt = headers.get(&ATTEMPT_HEADER).and_then(|value| AttemptId::from_header(value.as_bytes()));
    let Some(attempt) = attempt else {
        let wanted = "X-Requested-With must carry an attempt id";
        return Ok(answer::explained(StatusCode::BAD_REQUEST, "missing_header", wanted));
    };
    let Some(token) = cookie::read(headers) else {
        return Ok(refused(app, "no cookie", true));
    };

    let now = app.now();
    let (family, successor) = match app.store.rotate(now, app.policy(), token, attempt.clone()).await? {
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
                tracing::warn!(consequence = ?app.config.reuse, "a spent refresh token was presented");
            }
            // What deletes the cookie of a sign-in that goes on might delete one that is newer.
            let is_over = refusal != Refusal::Reused || app.config.reuse == Reuse::Revokes;
            return Ok(refused(app, refusal.reason(), is_over));
        }
    };
    Ok(with_echo(app, &attempt, answer::tokens(app, now, &family, &successor)))
}

/// Sends the attempt id back: it says that a retry under the same id does no harm.
fn with_echo(app: &App, attempt: &AttemptId, mut response: Response) -> Response {
    let echo = HeaderValue::from_str(attempt.as_str()).ok().filter(|_| app.config.echoes_attempts);
    if let Some(echo) = echo {
        response.headers_mut().insert(ATTEMPT_HEADER, echo);
    }
    response
}

/// RFC 6749 says 400 for `invalid_grant`; most servers with cookies say 401. The reason is for the log only. `is_over`: the
/// cookie is of no more use, and is deleted.
fn refused(app: &App, reason: &str, is_over: bool) -> Response {
    app.counters.refused.add_one();
    tracing::info!(reason, "refresh refused");
    let refusal = answer::refusal(StatusCode::UNAUTHORIZED, "invalid_grant");
    if is_over { answer::with_cookies(refusal, &cookie::clear(app)) } else { refusal }
}
