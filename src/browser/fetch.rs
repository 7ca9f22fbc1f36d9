//! The caller's request: with the token where it may go, and where that is rejected refreshed once and sent once more.

mod abort;
mod exchange;
mod policy;
mod rejection;
mod request;
mod spare;

use std::future::Future;
use std::task::{Context, Poll, Waker};

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::driver::Driver;
use crate::session::Denial;

use abort::Stoppable;
pub use abort::unless_aborted;
pub use policy::{Policy, TokenUse};
pub use rejection::Rejection;

use exchange::Exchange;
pub use request::Request;
use request::{Call, Prepared, prepare, weigh};

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
    let prepared = match policy.token {
        TokenUse::None => Ok(Prepared::Foreign(Call::Arguments(arguments))),
        _ => prepare(driver, arguments, policy),
    };
    begin(send(driver.clone(), prepared, policy))
}

/// The same of a call that had to wait for us: a request was made of its arguments then. `is_stream`: its body is a stream
/// in them.
pub fn fetch_held(
    driver: &Driver,
    request: Request,
    is_stream: bool,
    policy: Policy,
) -> impl Future<Output = Result<JsValue, FetchFailure>> + 'static {
    begin(send(driver.clone(), weigh(driver, request, is_stream, policy), policy))
}

async fn send(
    driver: Driver,
    prepared: Result<Prepared, JsValue>,
    policy: Policy,
) -> Result<JsValue, FetchFailure> {
    match prepared? {
        Prepared::Ours { request, spare, audience } => {
            Exchange { driver, request, audience, policy }.run(spare).await
        }
        Prepared::Foreign(_) if policy.token == TokenUse::Required => Err(FetchFailure::NotAllowed),
        Prepared::Foreign(call) | Prepared::OwnAuthorization(call) => {
            let fetcher = driver.fetcher();
            let answer = match call {
                Call::Arguments(arguments) => fetcher.call(&arguments),
                Call::Request(request) => fetcher.send(&request),
            };
            Ok(answer?.await?)
        }
    }
}

/// Does at once what can be done at once.
fn begin<T: 'static>(answer: impl Future<Output = T> + 'static) -> impl Future<Output = T> + 'static {
    let mut answer = Box::pin(answer);
    // Whoever polls next is waked: nothing that was waited for until then is lost.
    let at_once = answer.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    async move {
        match at_once {
            Poll::Ready(answer) => answer,
            Poll::Pending => answer.await,
        }
    }
}
