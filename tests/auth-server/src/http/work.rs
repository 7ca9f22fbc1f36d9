//! Does what a request asks for, with the fault that is in force at its endpoint.

use axum::http::StatusCode;
use axum::response::Response;
use tracing::Instrument;

use super::answer;
use crate::app::SharedApp;
use crate::connection::ConnectionReset;
use crate::faults::{Endpoint, Outcome, around};

/// Does `work` to its end even if the client is gone meanwhile, as most servers do: a rotation whose page was
/// closed has happened all the same.
pub(super) async fn perform(
    app: &SharedApp,
    endpoint: Endpoint,
    reset: &ConnectionReset,
    work: impl Future<Output = Response> + Send + 'static,
) -> Response {
    let met = app.faults.take(endpoint);
    let app = app.clone();
    let task = async move {
        let _refreshing = (endpoint == Endpoint::Refresh).then(|| app.counters.refreshing());
        match met {
            Some(met) => around(met, work).await,
            None => Outcome::Answer(work.await),
        }
    };
    match tokio::spawn(task.in_current_span()).await {
        Ok(Outcome::Answer(response)) => response,
        Ok(Outcome::Reset) => match reset.drop_connection().await {},
        Err(_) => answer::refusal(StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
    }
}
