//! The class that the package's entry hands its calls on to.
//!
//! Every method clones the driver and returns a promise: an `async fn` with `&self` would make `free()` throw for as
//! long as it is pending.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::{errors, options, snapshot};
use crate::browser::{self, Driver, FetchFailure};
use crate::format::scope_contains;
use crate::session::{AccessToken, Denial, Event, Millis, Status};

/// A running session. Not for apps: the package's entry wraps it.
#[wasm_bindgen(js_name = Core)]
pub struct Core {
    driver: Driver,
}

#[wasm_bindgen(js_class = Core)]
impl Core {
    /// Starts a session. `publish` is called with each new snapshot; with nothing when it is closed.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, publish: Function) -> Core {
        let show = move |driver: &Driver, status: Status| {
            let snapshot = snapshot::of(&status, driver).unwrap_or(JsValue::UNDEFINED);
            // The entry's own function: what its listeners throw, it reports.
            let _ = publish.call1(&JsValue::UNDEFINED, &snapshot);
        };
        Core { driver: Driver::start(options::read(options), show) }
    }

    /// `fetch(...arguments)`. The policy is an object with the members of `FetchPolicy`, validated. `nested`: called by a
    /// function that the session waits for.
    pub fn fetch(&self, arguments: Array, policy: &JsValue, nested: bool) -> Promise {
        self.answer(browser::fetch(&self.driver, arguments, options::read_policy(policy, nested)))
    }

    /// Whether a refresh, a login or a sign-out of this tab is under way.
    #[wasm_bindgen(js_name = isBusy)]
    pub fn is_busy(&self) -> bool {
        self.driver.is_busy()
    }

    /// The same of a call that was made while the wasm was loading: a request was made of its arguments then. `is_stream`: its
    /// body was a stream in them.
    #[wasm_bindgen(js_name = fetchHeld)]
    pub fn fetch_held(&self, request: browser::Request, is_stream: bool, policy: &JsValue) -> Promise {
        self.answer(browser::fetch_held(
            &self.driver,
            request,
            is_stream,
            options::read_policy(policy, false),
        ))
    }

    /// Signs in: with a function, with nothing at all, or with what a login has brought.
    #[wasm_bindgen(js_name = signIn)]
    pub fn sign_in(&self, login: JsValue) -> Promise {
        let driver = self.driver.clone();
        future_to_promise(async move {
            let outcome = if let Some(login) = login.dyn_ref::<Function>().cloned() {
                let run = move || async move {
                    let answer = login.call0(&JsValue::UNDEFINED)?;
                    JsFuture::from(Promise::resolve(&answer)).await
                };
                browser::sign_in(&driver, run).await
            } else if login.is_undefined() {
                driver.sign_in_by_cookie().await.map_err(browser::SignInFailure::Denied)
            } else {
                browser::sign_in_with(&driver, login).await
            };
            outcome.map(|()| JsValue::UNDEFINED).map_err(|failure| errors::from_sign_in(failure, &driver))
        })
    }

    /// Goes on with the session of a token that the page was delivered with.
    pub fn seed(&self, answer: JsValue) -> Promise {
        let driver = self.driver.clone();
        future_to_promise(async move {
            let outcome = browser::seed(&driver, answer).await;
            outcome.map(|()| JsValue::UNDEFINED).map_err(|failure| errors::from_sign_in(failure, &driver))
        })
    }

    /// The access token, or a typed error. `nested` as for `fetch`.
    #[wasm_bindgen(js_name = accessToken)]
    pub fn access_token(
        &self,
        not: Option<String>,
        min_validity: f64,
        signal: JsValue,
        nested: bool,
    ) -> Promise {
        let driver = self.driver.clone();
        let not = not.map(|token| AccessToken::new(&token));
        let min_validity = options::from_seconds(min_validity).unwrap_or(Millis::MAX);
        future_to_promise(async move {
            let wanted =
                driver.token_unless_nested(nested, |ticket| Event::TokenWanted { ticket, not, min_validity });
            let answer = match signal.dyn_ref() {
                Some(signal) => browser::unless_aborted(signal, wanted).await?,
                None => wanted.await,
            };
            let credential = answer.map_err(|denial| errors::from_denial(denial, &driver))?;
            Ok(credential.token.reveal().into())
        })
    }

    /// Renews the token now; `params` go to the app's own function, where there is one.
    pub fn refresh(&self, params: JsValue) -> Promise {
        if !params.is_undefined() {
            self.driver.pass(params);
        }
        let driver = self.driver.clone();
        settle(async move { driver.renew().await }, &self.driver)
    }

    /// Ends the session here, then at the server. Resolves to what the server knows.
    #[wasm_bindgen(js_name = signOut)]
    pub fn sign_out(&self) -> Promise {
        let driver = self.driver.clone();
        future_to_promise(async move {
            let status = driver.sign_out().await.map_err(|denial| errors::from_denial(denial, &driver))?;
            Ok(status.as_str().into())
        })
    }

    /// How it stands to the other tabs: an object.
    pub fn inspect(&self) -> JsValue {
        snapshot::of_inspection(&self.driver.inspect())
    }

    /// Releases everything; idempotent.
    pub fn close(&self) {
        self.driver.close();
    }
}

/// Whether a token's `scope` has the value.
#[wasm_bindgen(js_name = hasScope)]
#[expect(unreachable_pub, reason = "wasm-bindgen exports public items only")]
pub fn has_scope(scope: &str, value: &str) -> bool {
    scope_contains(scope, value)
}

impl Core {
    fn answer(&self, response: impl Future<Output = Result<JsValue, FetchFailure>> + 'static) -> Promise {
        let driver = self.driver.clone();
        future_to_promise(
            async move { response.await.map_err(|failure| errors::from_fetch(failure, &driver)) },
        )
    }
}

fn settle(outcome: impl Future<Output = Result<(), Denial>> + 'static, driver: &Driver) -> Promise {
    let driver = driver.clone();
    future_to_promise(async move {
        outcome.await.map(|()| JsValue::UNDEFINED).map_err(|denial| errors::from_denial(denial, &driver))
    })
}
