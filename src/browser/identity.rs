//! Whose a token is.

use js_sys::Function;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

use crate::format::subject_in;
use crate::session::Subject;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn warn(text: &str);
}

/// Who tells whose a token is.
#[derive(Clone, Debug, Default)]
pub enum Identity {
    /// The claim `sub` of a JWT (RFC 7519, section 4.1.2). An opaque token need not tell.
    #[default]
    Subject,
    /// The claim of this name, or at this path.
    Claim(String),
    /// The app, for tokens that do not say so themselves: given the token, the JSON that it came in, and its claims, it returns
    /// a string that is the same for all tokens of one sign-in, or of one user; or nothing.
    ToldBy(Function),
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
            Self::Subject | Self::Claim(_) => {
                return Ok(claims.and_then(|claims| subject_in(claims, self.claim())));
            }
            Self::ToldBy(function) => function,
        };
        let claims = claims.cloned().unwrap_or(JsValue::NULL);
        let told = function.call3(&JsValue::UNDEFINED, &JsValue::from_str(token), answer, &claims)?;
        match told.as_string() {
            Some(told) => Ok(Some(Subject::new(&told, None))),
            None if told.is_undefined() || told.is_null() => Ok(None),
            None => {
                Err(js_sys::TypeError::new("identity: must return a string, or nothing").unchecked_into())
            }
        }
    }

    /// Whether a token should have said whose it is.
    pub(crate) fn is_expected(&self, is_jwt: bool) -> bool {
        is_jwt || !matches!(self, Self::Subject)
    }

    /// Says on the console which claim is missing. A function has its own reasons.
    pub(crate) fn warn_missing(&self) {
        if !matches!(self, Self::ToldBy(_)) {
            warn(
                &[
                    "silent-session: the access token has no claim \"",
                    self.claim(),
                    "\" that is a text or a number, so nobody knows whose it is. A refresh that brings another person \
                     goes unnoticed. Set identity to the name or the path of the claim that tells.",
                ]
                .concat(),
            );
        }
    }

    fn claim(&self) -> &str {
        match self {
            Self::Claim(name) => name,
            Self::Subject | Self::ToldBy(_) => "sub",
        }
    }
}
