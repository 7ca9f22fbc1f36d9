//! What every request to `/auth` and `/api` goes through first.

use axum::extract::{OriginalUri, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::answer;
use crate::app::SharedApp;
use crate::connection::ConnectionReset;
use crate::faults::Outage;

/// Counts refreshes and what has no answer yet, and is the end of the way during an outage.
pub(super) async fn gate(
    State(app): State<SharedApp>,
    OriginalUri(uri): OriginalUri,
    request: Request,
    next: Next,
) -> Response {
    let _unanswered = app.counters.unanswered();
    if request.method() == Method::POST && uri.path() == "/auth/refresh" {
        app.counters.refreshes.add_one();
    }
    match (app.faults.outage(), request.extensions().get::<ConnectionReset>()) {
        (None, _) => next.run(request).await,
        (Some(Outage::Reset), Some(reset)) => match reset.clone().drop_connection().await {},
        (Some(_), _) => answer::refusal(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
    }
}
