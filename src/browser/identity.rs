//! Whose a token is.

use js_sys::Function;
use wasm_bindgen::{JsCast as _, JsValue};

use crate::session::{Subject, subject_in};

/// Who tells whose a token is.
#[derive(Clone, Debug)]
pub enum Identity {
    /// The claim of this name.
    Claim(String),
    /// The app, for tokens that do not say so themselves: given the token and the JSON that it came in, it returns a string
    /// that is the same for all tokens of one sign-in, or of one user; or nothing.
    ToldBy(Function),
}

impl Default for Identity {
    /// RFC 7519, section 4.1.2.
    fn default() -> Self {
        Self::Claim("sub".into())
    }
}

impl Identity {
    /// Whose this token is. What the app's function throws comes back: it is not known then whose token it is, and it
    /// must not be taken for the token of whoever was there before.
    pub(crate) fn of(
        &self,
        token: &str,
        claims: Option<&JsValue>,
        answer: &JsValue,
    ) -> Result<Option<Subject>, JsValue> {
        let function = match self {
            Self::Claim(name) => return Ok(claims.and_then(|claims| subject_in(claims, name))),
            Self::ToldBy(function) => function,
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
