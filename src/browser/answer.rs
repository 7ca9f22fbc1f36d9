//! Reads a token and its times out of an answer.
//!
//! JSON goes through the browser's own parser, and claims are a JavaScript object in the end.

use js_sys::{Array, Date, JSON, Object, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Headers;

use super::clock;
use super::identity::Identity;
use crate::session::{AccessToken, Grant, Numeric, Subject, Times, TokenFault, decode_claims, lifetime};

#[wasm_bindgen]
extern "C" {
    // Rust's own parser of numbers would bring its tables along.
    #[wasm_bindgen(js_name = Number)]
    fn to_number(text: &JsValue) -> f64;
}

/// Why there is no grant in an answer; with what the app's `identity` function has thrown, if it has.
pub(crate) type Unreadable = (TokenFault, Option<JsValue>);

/// A grant out of the JSON of an answer (RFC 6749, section 5.1).
pub(crate) fn read_grant(
    answer: &JsValue,
    server_now: Option<f64>,
    identity: &Identity,
) -> Result<Grant, Unreadable> {
    let token = member(answer, "access_token").as_string().filter(|token| !token.is_empty());
    let token = token.ok_or((TokenFault::Missing, None))?;
    let expires_in = read_numeric(&member(answer, "expires_in"));
    grant(&token, expires_in, answer, server_now, identity)
}

/// A grant out of a token alone.
pub(crate) fn token_grant(token: &str, identity: &Identity) -> Result<Grant, Unreadable> {
    grant(token, Numeric::Absent, &JsValue::UNDEFINED, None, identity)
}

fn grant(
    token: &str,
    expires_in: Numeric,
    answer: &JsValue,
    server_now: Option<f64>,
    identity: &Identity,
) -> Result<Grant, Unreadable> {
    let received = clock::now();
    let claims = claims_of(token);
    let claim = |name| claims.as_ref().map_or(JsValue::UNDEFINED, |claims| member(claims, name));
    let lifetime = lifetime(&Times {
        is_jwt: claims.is_some(),
        expires_in,
        exp: read_numeric(&claim("exp")),
        iat: read_numeric(&claim("iat")),
        server_now,
        local_now: received.wall_ms() as f64 / 1000.0,
    })
    .map_err(|fault| (fault, None))?;
    let subject = identity.of(token, claims.as_ref(), answer);
    let subject = subject.map_err(|thrown| (TokenFault::Unidentified, Some(thrown)))?;
    Ok(Grant { token: AccessToken::new(token), received, lifetime, subject })
}

/// Whose token it is, by its claims; `None` for an opaque token.
pub(crate) fn subject_of(token: &str) -> Option<Subject> {
    claims_of(token).and_then(|claims| subject_in(&claims))
}

pub(crate) fn subject_in(claims: &JsValue) -> Option<Subject> {
    let sub = member(claims, "sub").as_string()?;
    Some(Subject::new(&sub, member(claims, "sid").as_string().as_deref()))
}

/// The claims of a JWT, **unverified**; `None` for an opaque token.
pub fn claims_of(token: &str) -> Option<Object> {
    let claims = JSON::parse(&decode_claims(token)?).ok()?;
    (claims.is_object() && !Array::is_array(&claims)).then(|| claims.unchecked_into())
}

/// A number, or a string of one, as servers of some languages write it.
pub fn read_numeric(value: &JsValue) -> Numeric {
    if value.is_undefined() || value.is_null() {
        return Numeric::Absent;
    }
    match value.as_string() {
        // `Number("")` is zero, and so is that of an empty array.
        Some(text) if text.trim().is_empty() => Numeric::Nonsense,
        Some(_) => Numeric::new(to_number(value)),
        None => value.as_f64().map_or(Numeric::Nonsense, Numeric::new),
    }
}

/// The server's clock, in seconds since 1970, where it may be read (across origins only if it is exposed).
pub(crate) fn server_now(headers: &Headers) -> Option<f64> {
    let date = headers.get("date").ok()??;
    Some(Date::parse(&date) / 1000.0).filter(|seconds| seconds.is_finite())
}

/// A member of an object; undefined where there is none.
pub(crate) fn member(object: &JsValue, name: &str) -> JsValue {
    if !object.is_object() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}
