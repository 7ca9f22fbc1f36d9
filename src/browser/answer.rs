//! A grant out of an answer, with the clocks of here and there.

use js_sys::Date;
use wasm_bindgen::JsValue;
use web_sys::Headers;

use super::clock;
use super::identity::Identity;
use crate::session::{AccessToken, Grant, TokenFault, claims_of, is_sendable, read_lifetime, read_token};

/// Why there is no grant in an answer; with what the app's `identity` function has thrown, if it has.
pub(crate) type Unreadable = (TokenFault, Option<JsValue>);

/// A grant out of the JSON of an answer (RFC 6749, section 5.1).
pub(crate) fn read_grant(
    answer: &JsValue,
    server_now: Option<f64>,
    identity: &Identity,
) -> Result<Grant, Unreadable> {
    let token = read_token(answer).map_err(|fault| (fault, None))?;
    grant(&token, Some(answer), server_now, identity)
}

/// A grant out of a token alone.
pub(crate) fn token_grant(token: &str, identity: &Identity) -> Result<Grant, Unreadable> {
    if !is_sendable(token) {
        return Err((TokenFault::Unsendable, None));
    }
    grant(token, None, None, identity)
}

fn grant(
    token: &str,
    answer: Option<&JsValue>,
    server_now: Option<f64>,
    identity: &Identity,
) -> Result<Grant, Unreadable> {
    let received = clock::now();
    let claims = claims_of::<JsValue>(token);
    let lifetime = read_lifetime(claims.as_ref(), answer, server_now, received.wall_ms() as f64 / 1000.0)
        .map_err(|fault| (fault, None))?;
    let subject = identity.of(token, claims.as_ref(), answer.unwrap_or(&JsValue::UNDEFINED));
    let subject = subject.map_err(|thrown| (TokenFault::Unidentified, Some(thrown)))?;
    Ok(Grant { token: AccessToken::new(token), received, lifetime, subject })
}

/// The server's clock, in seconds since 1970, where it may be read (across origins only if it is exposed).
pub(crate) fn server_now(headers: &Headers) -> Option<f64> {
    let date = headers.get("date").ok()??;
    Some(Date::parse(&date) / 1000.0).filter(|seconds| seconds.is_finite())
}
