//! What a login has brought: a response, its JSON, or a token.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::answer::{Reader, Unreadable, body_of};
use super::driver::Driver;
use super::endpoint::as_response;
use crate::session::{Denial, EndReason, Grant, TokenFault};

/// Why a sign-in did not come about. None of it changes the state.
#[derive(Clone, Debug)]
pub enum SignInFailure {
    /// The login was answered non-2xx: the response, unread.
    Refused(JsValue),
    /// There is no token in it: a second factor is wanted. The response (undefined where there was none) and its body.
    Incomplete(JsValue, JsValue),
    /// The token is of no use.
    Token(TokenFault),
    /// What the login itself threw, or a function of the options (`identity`, `readToken`).
    Thrown(JsValue),
    /// The session did not let it in.
    Denied(Denial),
}

/// Runs `login` where nothing else of ours is on the wire, and begins the session that it brings.
pub async fn sign_in<F>(driver: &Driver, login: impl FnOnce() -> F + 'static) -> Result<(), SignInFailure>
where
    F: Future<Output = Result<JsValue, JsValue>> + 'static,
{
    let failure = Rc::new(RefCell::new(None));
    let failed = failure.clone();
    let reader = driver.reader().clone();
    let outcome = driver.sign_in(move || async move {
        let read = async { read(login().await.map_err(SignInFailure::Thrown)?, &reader).await };
        match read.await {
            Ok(grant) => Some(grant),
            Err(failure) => {
                failed.replace(Some(failure));
                None
            }
        }
    });
    // The machine only knows that it failed; why, the closure has kept.
    outcome.await.map_err(|denial| match failure.take() {
        Some(failure) if denial == Denial::SignInFailed => failure,
        _ => SignInFailure::Denied(denial),
    })
}

/// Begins the session that an answer brings which is already there.
pub async fn sign_in_with(driver: &Driver, answer: JsValue) -> Result<(), SignInFailure> {
    let grant = read_for(driver, answer).await?;
    driver.signed_in(grant).await.map_err(SignInFailure::Denied)
}

/// Goes on with the session of a token that the page was delivered with.
pub async fn seed(driver: &Driver, answer: JsValue) -> Result<(), SignInFailure> {
    let grant = read_for(driver, answer).await?;
    driver.seeded(grant).await.map_err(SignInFailure::Denied)
}

/// Reads what is already there, unless the user signs out meanwhile.
async fn read_for(driver: &Driver, answer: JsValue) -> Result<Grant, SignInFailure> {
    let sign_outs = driver.sign_outs();
    driver.count_login_read(1);
    let grant = read(answer, driver.reader()).await;
    driver.count_login_read(-1);
    let grant = grant?;
    if driver.sign_outs() != sign_outs {
        return Err(SignInFailure::Denied(Denial::Ended(EndReason::SignedOut)));
    }
    Ok(grant)
}

async fn read(answer: JsValue, reader: &Reader) -> Result<Grant, SignInFailure> {
    if let Some(token) = answer.as_string() {
        return reader
            .token_grant(&token)
            .map_err(|fault| unreadable(fault, JsValue::UNDEFINED, JsValue::UNDEFINED));
    }
    let Some(response) = as_response(&answer) else {
        return reader
            .grant(&answer, None)
            .await
            .map_err(|fault| unreadable(fault, JsValue::UNDEFINED, answer));
    };
    if !response.ok() {
        return Err(SignInFailure::Refused(answer));
    }
    let body = body_of(&response).await.map_err(SignInFailure::Thrown)?;
    reader.grant(&body, Some(&response)).await.map_err(|fault| unreadable(fault, answer, body))
}

fn unreadable(fault: Unreadable, response: JsValue, body: JsValue) -> SignInFailure {
    match fault {
        (_, Some(thrown)) => SignInFailure::Thrown(thrown),
        (TokenFault::Missing, None) => SignInFailure::Incomplete(response, body),
        (fault, None) => SignInFailure::Token(fault),
    }
}
