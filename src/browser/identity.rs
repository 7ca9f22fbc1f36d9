//! Whose a token is that does not say so itself.

use js_sys::Function;
use wasm_bindgen::{JsCast as _, JsValue};

use crate::session::{Subject, subject_in};

/// Asks the app, where it has said how; else the claims are asked: `sub`, and `sid` where there is one.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    function: Option<Function>,
}

impl Identity {
    /// Asks `function`: given the token and the JSON that it came in, it returns a string that is the same for all
    /// tokens of one sign-in, or of one user; or nothing.
    pub fn told_by(function: Function) -> Self {
        Self { function: Some(function) }
    }

    /// Whose this token is. What the app's function throws comes back: it is not known then whose token it is, and it
    /// must not be taken for the token of whoever was there before.
    pub(crate) fn of(
        &self,
        token: &str,
        claims: Option<&JsValue>,
        answer: &JsValue,
    ) -> Result<Option<Subject>, JsValue> {
        let Some(function) = &self.function else {
            return Ok(claims.and_then(subject_in));
        };
        let told = function.call2(&JsValue::UNDEFINED, &JsValue::from_str(token), answer)?;
        match told.as_string() {
            Some(told) => Ok(Some(Subject::new(&told, None))),
            None if told.is_undefined() || told.is_null() => Ok(None),
            None => {
                Err(js_sys::TypeError::new("identity: must return a string, or nothing").unchecked_into())
            }
        }
    }
}
