//! Which path is whose, and what goes around all of them.

use std::time::UNIX_EPOCH;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

use super::{answer, api, controls, cors, gate, login, logout, refresh, site};
use crate::app::SharedApp;

/// The most that a request's body may measure, in bytes.
const LONGEST_BODY: usize = 4 * 1024 * 1024;

/// The whole service.
pub(crate) fn router(app: SharedApp) -> Router {
    let auth = Router::new()
        .route("/login", post(login::login))
        .route("/refresh", post(refresh::refresh))
        .route("/logout", post(logout::logout))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(app.clone(), gate::gate))
        .layer(no_store());
    let api = Router::new()
        .route("/me", get(api::me))
        .route("/admin", get(api::admin))
        .route("/echo", post(api::echo).put(api::echo))
        .route("/public", get(api::public))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(app.clone(), api::count))
        .layer(middleware::from_fn_with_state(app.clone(), gate::gate))
        .layer(no_store());

    let mut router = Router::new().nest("/auth", auth).nest("/api", api);
    if app.config.test_controls {
        router = router.nest("/test", controls::routes().fallback(not_found).layer(no_store()));
    }
    router = match &app.config.root {
        Some(root) => router.merge(site::routes(root)),
        None => router.fallback(not_found),
    };
    let nosniff = HeaderValue::from_static("nosniff");
    router
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(cors::layer(&app.config.allowed_origins))
        .layer(SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, nosniff))
        .layer(middleware::from_fn_with_state(app.clone(), date))
        // Method, path and status. No header and no query: a token may stand in either.
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request| {
            tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
        }))
        .with_state(app)
}

fn no_store() -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

async fn not_found() -> Response {
    answer::refusal(StatusCode::NOT_FOUND, "not_found")
}

async fn method_not_allowed() -> Response {
    answer::refusal(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
}

/// `Date` by our clock, which tests may have moved; hyper would take the system's.
async fn date(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let since_1970 = std::time::Duration::from_millis(u64::try_from(app.now().as_millis()).unwrap_or(0));
    let date = UNIX_EPOCH.checked_add(since_1970).map(httpdate::fmt_http_date);
    if let Some(value) = date.and_then(|date| HeaderValue::from_str(&date).ok()) {
        response.headers_mut().insert(header::DATE, value);
    }
    response
}
