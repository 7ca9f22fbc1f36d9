//! Where the app says that the access token stands, if it says so.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Headers;

use crate::format::{Found, bearer, find_token, is_sendable, token_at};
use crate::session::TokenFault;

/// Where the token of an answer stands.
#[derive(Clone, Debug, Default)]
pub enum TokenPlace {
    /// Where servers usually put it: in one of the members that are recognised, else in the header `Authorization`.
    #[default]
    Usual,
    /// At this path in the JSON: names of members, with dots between them.
    At(String),
    /// In this header, with or without `Bearer`.
    Header(String),
    /// The app tells: given the JSON (or the text that is none) and the response, it returns the token, or an object that
    /// is read as an answer would be, or nothing; or a promise of that.
    ToldBy(Function),
}

/// A token that was read.
pub(crate) struct Read {
    pub(crate) token: String,
    /// What may say how long it lives: the answer, and the object within that it stands in.
    pub(crate) answers: (JsValue, Option<JsValue>),
}

impl TokenPlace {
    /// What the app says, where it is asked; undefined where it is not.
    pub(crate) async fn ask(&self, body: &JsValue, response: &JsValue) -> Result<JsValue, JsValue> {
        let Self::ToldBy(function) = self else { return Ok(JsValue::UNDEFINED) };
        let told = function.call2(&JsValue::UNDEFINED, body, response)?;
        let told = JsFuture::from(Promise::resolve(&told)).await?;
        if told.is_object() || told.is_string() || told.is_undefined() || told.is_null() {
            return Ok(told);
        }
        Err(js_sys::TypeError::new("readToken: must return a string, an object, or nothing").unchecked_into())
    }

    /// The token of an answer, of which the app has said this.
    pub(crate) fn read(
        &self,
        body: &JsValue,
        headers: Option<&Headers>,
        told: &JsValue,
    ) -> Result<Read, TokenFault> {
        match self {
            Self::Usual => usual(body, headers),
            Self::At(path) => token_at(body, path).map(|found| beside(found, body)),
            Self::Header(name) => {
                let header = header(headers, name);
                alone(header.as_deref().map(|header| bearer(header).unwrap_or(header.trim())), body)
            }
            Self::ToldBy(_) if told.is_object() => usual(told, None),
            Self::ToldBy(_) => alone(told.as_string().as_deref(), body),
        }
    }
}

fn usual(answer: &JsValue, headers: Option<&Headers>) -> Result<Read, TokenFault> {
    if let Some(found) = find_token(answer)? {
        return Ok(beside(found, answer));
    }
    alone(header(headers, "authorization").as_deref().and_then(bearer), answer)
}

fn beside(found: Found<JsValue>, answer: &JsValue) -> Read {
    Read { token: found.token, answers: (answer.clone(), found.within) }
}

/// A token that does not stand in the answer; what the answer says of its life counts all the same.
fn alone(token: Option<&str>, answer: &JsValue) -> Result<Read, TokenFault> {
    let token = token.filter(|token| !token.is_empty()).ok_or(TokenFault::Missing)?;
    match is_sendable(token) {
        true => Ok(Read { token: token.into(), answers: (answer.clone(), None) }),
        false => Err(TokenFault::Unsendable),
    }
}

/// Across origins only what is exposed (`Access-Control-Expose-Headers`).
fn header(headers: Option<&Headers>, name: &str) -> Option<String> {
    headers?.get(name).ok()?
}
