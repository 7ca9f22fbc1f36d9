//! Where the app says that the access token stands, if it says so.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, Response};

use super::answer::Unreadable;
use crate::session::{Found, TokenFault, bearer, find_token, is_sendable, token_at};

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

/// A token, and the objects that may say how long it lives.
pub(crate) type Read = (String, Vec<JsValue>);

impl TokenPlace {
    /// The token of an answer that came in a response, or in none.
    pub(crate) async fn read(&self, body: &JsValue, response: Option<&Response>) -> Result<Read, Unreadable> {
        let read = match self {
            Self::Usual => usual(body, response.map(Response::headers).as_ref()),
            Self::At(path) => token_at(body, path).map(|found| beside(found, body)),
            Self::Header(name) => {
                let header = response.and_then(|response| header(&response.headers(), name));
                let token = header.as_deref().map(|header| bearer(header).unwrap_or(header.trim()));
                alone(token, body)
            }
            Self::ToldBy(function) => {
                let told = ask(function, body, response).await;
                match told.map_err(|thrown| (TokenFault::Untold, Some(thrown)))? {
                    told if told.is_object() => usual(&told, None),
                    told => alone(told.as_string().as_deref(), body),
                }
            }
        };
        read.map_err(|fault| (fault, None))
    }
}

async fn ask(function: &Function, body: &JsValue, response: Option<&Response>) -> Result<JsValue, JsValue> {
    let response = response.map_or(JsValue::UNDEFINED, JsValue::from);
    let told = function.call2(&JsValue::UNDEFINED, body, &response)?;
    let told = JsFuture::from(Promise::resolve(&told)).await?;
    if told.is_object() || told.is_string() || told.is_undefined() || told.is_null() {
        return Ok(told);
    }
    Err(js_sys::TypeError::new("readToken: must return a string, an object, or nothing").unchecked_into())
}

fn usual(answer: &JsValue, headers: Option<&Headers>) -> Result<Read, TokenFault> {
    if let Some(found) = find_token(answer)? {
        return Ok(beside(found, answer));
    }
    let header = headers.and_then(|headers| header(headers, "authorization"));
    alone(header.as_deref().and_then(bearer), answer)
}

fn beside(found: Found<JsValue>, answer: &JsValue) -> Read {
    (found.token, found.within.into_iter().chain([answer.clone()]).collect())
}

/// A token that does not stand in the answer; what the answer says of its life counts all the same.
fn alone(token: Option<&str>, answer: &JsValue) -> Result<Read, TokenFault> {
    let token = token.filter(|token| !token.is_empty()).ok_or(TokenFault::Missing)?;
    if is_sendable(token) { Ok((token.into(), vec![answer.clone()])) } else { Err(TokenFault::Unsendable) }
}

/// Across origins only what is exposed (`Access-Control-Expose-Headers`).
fn header(headers: &Headers, name: &str) -> Option<String> {
    headers.get(name).ok()?
}
