//! Denials and failures as JavaScript errors: real `Error` subclasses with a stable `code` and a `cause`.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::browser::{Driver, FetchFailure, SignInFailure};
use crate::session::{Denial, EndReason, RefreshFailure, SignOutFailure, TokenFault};

#[wasm_bindgen(module = "/src/bindings/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = makeError, reexport, skip_typescript)]
    fn make_error(code: &str, details: &Object, message: Option<&str>) -> JsValue;

    // Not called from here: the glue exports them again, so that the package's entry has the same classes.
    #[wasm_bindgen(js_name = RefreshError, reexport)]
    type RefreshError;
    #[wasm_bindgen(js_name = SessionChangedError, reexport)]
    type SessionChangedError;
    #[wasm_bindgen(js_name = SessionEndedError, reexport)]
    type SessionEndedError;
    #[wasm_bindgen(js_name = SessionError, reexport)]
    type SessionError;
    #[wasm_bindgen(js_name = SignInError, reexport)]
    type SignInError;
    #[wasm_bindgen(js_name = SignOutError, reexport)]
    type SignOutError;
    #[wasm_bindgen(js_name = TokenError, reexport)]
    type TokenError;
}

/// What a caller was denied. The driver knows the native error behind it.
pub(super) fn from_denial(denial: Denial, driver: &Driver) -> JsValue {
    match denial {
        Denial::Ended(reason) => {
            let is_hinted = reason == EndReason::Rejected && driver.misses_cookie();
            let details = object(&[("reason", reason.as_str().into())]);
            make_error("ERR_SESSION_ENDED", &details, is_hinted.then_some(COOKIE_HINT))
        }
        Denial::Changed => error("ERR_SESSION_CHANGED", &[]),
        Denial::Closed => error("ERR_SESSION_CLOSED", &[]),
        Denial::Refused { retry_at } => {
            error("ERR_TOKEN_REJECTED", &[("retryable", true.into()), ("retryAt", (retry_at as f64).into())])
        }
        Denial::SignInRuns => error("ERR_SIGN_IN_PENDING", &[("retryable", true.into())]),
        Denial::WaitsForItself => error("ERR_WAITS_FOR_ITSELF", &[]),
        Denial::Unavailable { failure, retry_at } => from_failure(failure, Some(retry_at), driver),
        // Its own reason is told by the login.
        Denial::SignInFailed => error("ERR_SIGN_IN_INCOMPLETE", &[]),
    }
}

/// Why an attempt failed. The session stays: all of these are retryable but a rejection, which ends it.
pub(super) fn from_failure(failure: RefreshFailure, retry_at: Option<i64>, driver: &Driver) -> JsValue {
    let (code, status, cause) = match failure {
        RefreshFailure::Rejected { status } | RefreshFailure::Foreign { status } => {
            ("ERR_REFRESH_UNAVAILABLE", Some(status), None)
        }
        RefreshFailure::Unavailable { status, .. } => {
            ("ERR_REFRESH_UNAVAILABLE", status, driver.native_error())
        }
        RefreshFailure::Offline => ("ERR_REFRESH_UNAVAILABLE", None, driver.native_error()),
        RefreshFailure::TimedOut => ("ERR_REFRESH_TIMEOUT", None, None),
        RefreshFailure::Malformed(TokenFault::Untold) => {
            ("ERR_REFRESH_MALFORMED", None, driver.native_error())
        }
        RefreshFailure::Malformed(fault) => ("ERR_REFRESH_MALFORMED", None, Some(from_fault(fault))),
    };
    let retry_at = retry_at.map_or(JsValue::UNDEFINED, |at| (at as f64).into());
    let details = object(&[
        ("kind", failure.kind().as_str().into()),
        ("retryable", true.into()),
        ("retryAt", retry_at),
        ("status", status.map_or(JsValue::UNDEFINED, JsValue::from)),
        ("cause", cause.unwrap_or(JsValue::UNDEFINED)),
    ]);
    let is_unreached = matches!(failure, RefreshFailure::Unavailable { status: None, .. });
    let cors = driver.request_headers().filter(|_| is_unreached).map(cors_hint);
    let is_silent = failure == RefreshFailure::TimedOut && driver.refreshes_by_function();
    make_error(code, &details, if is_silent { Some(FUNCTION_HINT) } else { cors.as_deref() })
}

/// Why the server has not confirmed a sign-out; `cause` is the native error behind that, or what the app's function threw.
pub(super) fn from_sign_out(failure: &SignOutFailure, cause: Option<JsValue>) -> JsValue {
    let step = if failure.in_refresh { "refresh" } else { "sign-out" };
    let failure = failure.failure;
    let details = object(&[
        ("kind", failure.kind().as_str().into()),
        ("retryable", true.into()),
        ("status", failure.status().map_or(JsValue::UNDEFINED, JsValue::from)),
        ("step", step.into()),
        ("cause", cause.unwrap_or(JsValue::UNDEFINED)),
    ]);
    make_error("ERR_SIGN_OUT_UNCONFIRMED", &details, None)
}

/// What it may be when the first refresh after a sign-in is refused.
const COOKIE_HINT: &str = "the server has refused the first refresh after the sign-in: the browser may not have kept its \
    cookie, or not send it. See its SameSite, Secure, Domain and Path; a login of another origin needs credentials: \"include\"";

/// What it may be that a refresh function does not settle.
const FUNCTION_HINT: &str = "the refresh function did not settle in time. If it calls this session itself, it waits for itself: call \
    fetch there";

/// What a network error may be across origins: the browser does not tell.
fn cors_hint(headers: String) -> String {
    [
        "the refresh endpoint could not be reached; or, as it is on another origin, its CORS headers refuse this page: \
         Access-Control-Allow-Origin has to name this origin, Access-Control-Allow-Credentials has to be true, \
         Access-Control-Allow-Headers has to list ",
        &headers,
    ]
    .concat()
}

/// Why an answer holds no usable token.
fn from_fault(fault: TokenFault) -> JsValue {
    let code = match fault {
        TokenFault::Missing => "ERR_TOKEN_MISSING",
        TokenFault::Ambiguous(one, other) => {
            let message =
                ["the answer has different tokens in ", one, " and ", other, ": say which with readToken"];
            return make_error("ERR_TOKEN_AMBIGUOUS", &Object::new(), Some(&message.concat()));
        }
        TokenFault::Unsendable => {
            let message = "the access token has characters that no header can carry";
            return make_error("ERR_TOKEN_MALFORMED", &Object::new(), Some(message));
        }
        TokenFault::NoLifetime | TokenFault::Untold => "ERR_TOKEN_MALFORMED",
        TokenFault::Expired => "ERR_TOKEN_EXPIRED",
    };
    error(code, &[])
}

/// Why a sign-in did not come about. What the login threw is passed on untouched.
pub(super) fn from_sign_in(failure: SignInFailure, driver: &Driver) -> JsValue {
    match failure {
        SignInFailure::Refused(response) => error("ERR_SIGN_IN_REFUSED", &[("response", response)]),
        SignInFailure::Incomplete(response, body) => {
            error("ERR_SIGN_IN_INCOMPLETE", &[("response", response), ("body", body)])
        }
        SignInFailure::Token(fault) => from_fault(fault),
        SignInFailure::Thrown(thrown) => thrown,
        SignInFailure::Denied(denial) => from_denial(denial, driver),
    }
}

/// Why a request got no response. What native fetch rejects with is passed on untouched.
pub(super) fn from_fetch(failure: FetchFailure, driver: &Driver) -> JsValue {
    match failure {
        FetchFailure::Native(error) => error,
        FetchFailure::Denied(denial) => from_denial(denial, driver),
        FetchFailure::NotInHand => error("ERR_TOKEN_NOT_IN_HAND", &[("retryable", true.into())]),
        FetchFailure::NotAllowed => error("ERR_TOKEN_NOT_ALLOWED", &[]),
    }
}

fn error(code: &str, details: &[(&str, JsValue)]) -> JsValue {
    make_error(code, &object(details), None)
}

fn object(details: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in details {
        // Setting a member of a plain object of ours cannot throw.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object
}
