//! The request to an endpoint that reads and writes the refresh cookie.

use gloo_net::http::{Method, RequestBuilder};
use js_sys::{Error, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Request, RequestCache, RequestCredentials, RequestInit, RequestRedirect};

use super::shell::Shell;

/// Builds it, with the options of the app; undefined if the app's own function takes its place, and
/// an error if it cannot be built.
///
/// - `keepalive`, so that it outlives its page; **no signal**, ever: an aborted refresh has lost its
///   cookie.
/// - No redirect is followed: fetch drops `Authorization` at a foreign origin, and no other header.
pub(super) fn build(shell: &Shell, endpoint: &str) -> JsValue {
    let Some(url) = shell.url(endpoint) else { return JsValue::UNDEFINED };
    let request = RequestBuilder::new(&url)
        .method(Method::POST)
        .header("accept", "application/json")
        .credentials(RequestCredentials::Include)
        .cache(RequestCache::NoStore)
        .redirect(RequestRedirect::Manual)
        .build();
    let Ok(request) = request else { return Error::new(endpoint).into() };
    // Neither gloo-net nor web-sys knows the member.
    let init = shell.init(endpoint);
    let _ = Reflect::set(&init, &JsValue::from_str("keepalive"), &JsValue::TRUE);
    let request = Request::new_with_request_and_init(&request.into(), init.unchecked_ref::<RequestInit>());
    request.map_or_else(|error| error, JsValue::from)
}
