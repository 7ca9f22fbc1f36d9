//! `POST /auth/login`.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::{answer, work};
use crate::app::SharedApp;
use crate::connection::ConnectionReset;
use crate::faults::Endpoint;
use crate::store::{Login, StoreError};

#[derive(Deserialize)]
struct Form {
    user: String,
    password: String,
    code: Option<String>,
}

/// Signs a user in: begins a family, and answers with its first tokens.
pub(super) async fn login(
    State(app): State<SharedApp>,
    Extension(reset): Extension<ConnectionReset>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let work = {
        let app = app.clone();
        async move {
            let form = match form(&headers, body) {
                Ok(form) => form,
                Err(bad) => return bad.into_response(),
            };
            sign_in(&app, form).await.unwrap_or_else(|error| answer::failure(&error))
        }
    };
    work::perform(&app, Endpoint::Login, &reset, work).await
}

/// Why a form cannot be read.
enum BadForm {
    /// It is not called JSON.
    OtherType,
    /// It did not come whole, or is too long.
    Unreadable(StatusCode),
    /// It has another shape.
    Malformed,
}

impl IntoResponse for BadForm {
    fn into_response(self) -> Response {
        match self {
            Self::OtherType => answer::refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_expected"),
            Self::Unreadable(status) => answer::refusal(status, "invalid_request"),
            Self::Malformed => {
                let shape = "expected {\"user\", \"password\"} and perhaps \"code\", as strings";
                answer::explained(StatusCode::BAD_REQUEST, "invalid_request", shape)
            }
        }
    }
}

fn form(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<Form, BadForm> {
    // A form of a foreign page can be sent as text without a preflight, but not as JSON.
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(BadForm::OtherType);
    }
    let body = body.map_err(|rejection| BadForm::Unreadable(rejection.status()))?;
    serde_json::from_slice(&body).map_err(|_| BadForm::Malformed)
}

async fn sign_in(app: &SharedApp, form: Form) -> Result<Response, StoreError> {
    match app.store.check_login(form.user, form.password, form.code).await? {
        Login::Granted(user) => {
            let now = app.now();
            let (family, token) = app.store.begin_family(now, app.config.refresh_lifetime, user).await?;
            app.counters.logins.add_one();
            tracing::info!(user = family.user.name, family = family.id, "signed in");
            Ok(answer::tokens(app, now, &family, &token))
        }
        Login::CodeWanted => Ok(answer::ok(json!({ "second_factor": "code" }))),
        Login::Refused => {
            app.counters.logins_refused.add_one();
            tracing::info!("sign-in refused");
            Ok(answer::refusal(StatusCode::UNAUTHORIZED, "invalid_credentials"))
        }
    }
}
