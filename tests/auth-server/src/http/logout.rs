//! `POST /auth/logout`.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::{answer, cookie, work};
use crate::app::SharedApp;
use crate::connection::ConnectionReset;
use crate::faults::Endpoint;

/// Signs out: revokes the family and clears the cookie. Without a cookie there is nothing to do, and it is done.
pub(super) async fn logout(
    State(app): State<SharedApp>,
    Extension(reset): Extension<ConnectionReset>,
    headers: HeaderMap,
) -> Response {
    let work = {
        let app = app.clone();
        async move {
            app.counters.logouts.add_one();
            if let Some(token) = cookie::read(&headers) {
                if let Err(error) = app.store.revoke_family_of(app.now(), &token).await {
                    return answer::failure(&error);
                }
                tracing::info!("signed out");
            }
            answer::with_cookies(StatusCode::NO_CONTENT.into_response(), &cookie::clear(&app))
        }
    };
    work::perform(&app, Endpoint::Logout, &reset, work).await
}
