//! Which answers of an API say that the token is no good.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use super::unless_aborted;

/// By default those of status 401 (RFC 9110, section 15.5.2).
#[derive(Clone, Debug)]
pub struct Rejection(Rule);

#[derive(Clone, Debug)]
enum Rule {
    Statuses(Vec<f64>),
    Told(Function),
}

impl Default for Rejection {
    fn default() -> Self {
        Self::statuses([401.0])
    }
}

impl Rejection {
    /// Those of these statuses.
    pub fn statuses(statuses: impl IntoIterator<Item = f64>) -> Self {
        Self(Rule::Statuses(statuses.into_iter().collect()))
    }

    /// Asks `function`: given the response, it returns a boolean or a promise of one; anything else means that it does not
    /// know.
    pub fn told_by(function: Function) -> Self {
        Self(Rule::Told(function))
    }

    /// Whether this answer is one; `None`: nobody knows. Only who has to wait for it can be aborted: an answer that is
    /// there is the caller's, as with native fetch.
    pub(super) async fn judge(
        &self,
        answer: &JsValue,
        status: f64,
        signal: &AbortSignal,
    ) -> Result<Option<bool>, JsValue> {
        let told = match &self.0 {
            Rule::Statuses(statuses) => return Ok(Some(statuses.contains(&status))),
            Rule::Told(function) => function.call1(&JsValue::UNDEFINED, answer).unwrap_or(JsValue::UNDEFINED),
        };
        match told.dyn_into::<Promise>() {
            Ok(promise) => {
                let told = unless_aborted(signal, JsFuture::from(promise)).await?;
                Ok(told.ok().and_then(|told| told.as_bool()))
            }
            Err(told) => Ok(told.as_bool()),
        }
    }
}
