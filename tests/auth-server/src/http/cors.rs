//! CORS with credentials: the exact origin for those that are allowed, nothing for others.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowCredentials, AllowOrigin, CorsLayer, ExposeHeaders, Vary};

use super::api::ECHO_LENGTH;
use super::refresh::ATTEMPT_HEADER;
use crate::origins::AllowedOrigins;

/// How long a browser may remember a preflight. Short: the server's options change between test runs.
const PREFLIGHT_LIFETIME: Duration = Duration::from_secs(60);

/// The layer.
pub(super) fn layer(origins: &AllowedOrigins) -> CorsLayer {
    let allows = |origins: &AllowedOrigins, origin: &HeaderValue| {
        origin.to_str().is_ok_and(|text| origins.allows(text))
    };
    let (for_origin, for_credentials) = (origins.clone(), origins.clone());
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| allows(&for_origin, origin)))
        .allow_credentials(AllowCredentials::predicate(move |origin, _| allows(&for_credentials, origin)))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            ATTEMPT_HEADER,
            HeaderName::from_static("x-csrf-token"),
        ])
        .expose_headers(ExposeHeaders::list([
            header::DATE,
            header::RETRY_AFTER,
            header::WWW_AUTHENTICATE,
            ATTEMPT_HEADER,
            ECHO_LENGTH,
        ]))
        .vary(Vary::list([header::ORIGIN]))
        .max_age(PREFLIGHT_LIFETIME)
}
