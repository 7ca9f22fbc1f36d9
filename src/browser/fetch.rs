//! The caller's request: with the token where it may go, and on a 401 refreshed once and sent once more.

mod abort;
mod exchange;
mod policy;
mod request;
mod spare;

use std::future::Future;
use std::task::{Context, Poll, Waker};

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::driver::Driver;
use crate::session::Denial;

pub use abort::unless_aborted;
pub use policy::{Policy, TokenUse};

use exchange::Exchange;
use request::{Prepared, prepare};

/// Why a request got no response.
#[derive(Debug)]
pub enum FetchFailure {
    /// What native fetch rejected with, or the reason of the caller's own signal: to be passed on untouched.
    Native(JsValue),
    /// No token could be had in time, or there is no session where one is required.
    Denied(Denial),
    /// There is no token that lives, and a passive request causes no refresh.
    NotInHand,
    /// A token is required, and this request cannot carry it: it goes elsewhere, or is of a mode that takes none.
    NotAllowed,
}

impl From<JsValue> for FetchFailure {
    fn from(error: JsValue) -> Self {
        Self::Native(error)
    }
}

/// Sends a request as `fetch(...arguments)` would, with a token where it may go and the policy wants one.
///
/// As much as can be done is done before this returns, as with native fetch: the arguments may change, a body is consumed,
/// the page may be about to go. Where a token is in hand, the request is under way by then.
pub fn fetch(
    driver: &Driver,
    arguments: Array,
    policy: Policy,
) -> impl Future<Output = Result<JsValue, FetchFailure>> + 'static {
    let driver = driver.clone();
    let prepared = match policy.token {
        TokenUse::None => Ok(Prepared::Foreign),
        _ => prepare(&driver, &arguments, policy),
    };
    let mut answer = Box::pin(async move {
        match prepared? {
            Prepared::Ours { request, spare, audience } => {
                Exchange { driver, request, audience, policy }.run(spare).await
            }
            Prepared::Foreign if policy.token == TokenUse::Required => Err(FetchFailure::NotAllowed),
            // The caller's own arguments, as they are.
            Prepared::Foreign | Prepared::OwnAuthorization => Ok(driver.fetcher().call(&arguments)?.await?),
            Prepared::Changed(_) if policy.token == TokenUse::Required => Err(FetchFailure::NotAllowed),
            Prepared::Changed(request) => Ok(driver.fetcher().send(&request)?.await?),
        }
    });
    // Whoever polls next is waked: nothing that was waited for until then is lost.
    let at_once = answer.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    async move {
        match at_once {
            Poll::Ready(answer) => answer,
            Poll::Pending => answer.await,
        }
    }
}
