//! A grant out of an answer, with the clocks of here and there.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Date, JSON};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, Response};

use super::clock;
use super::identity::Identity;
use super::token_place::TokenPlace;
use crate::format::{ServerClock, claims_of, is_sendable, read_times};
use crate::session::{AccessToken, Grant, TokenFault};

/// Why there is no grant in an answer; with what a function of the app's has thrown, if one has.
pub(crate) type Unreadable = (TokenFault, Option<JsValue>);

/// How answers are read: where their token stands, and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) place: TokenPlace,
    pub(crate) identity: Identity,
    /// What earlier tokens prove of the server's clock.
    pub(crate) clock: Rc<Cell<ServerClock>>,
    /// Whether a token has not said whose it is.
    pub(crate) is_unidentified: Rc<Cell<bool>>,
}

impl Reader {
    /// A grant out of the body of an answer (RFC 6749, section 5.1), and of its response, where it came in one.
    pub(crate) async fn grant(
        &self,
        body: &JsValue,
        response: Option<&Response>,
    ) -> Result<Grant, Unreadable> {
        let told = self.place.ask(body, response.map_or(&JsValue::UNDEFINED, |response| response)).await;
        let told = told.map_err(|thrown| (TokenFault::Untold, Some(thrown)))?;
        let headers = response.map(Response::headers);
        let read = self.place.read(body, headers.as_ref(), &told).map_err(|fault| (fault, None))?;
        let answers = [Some(&read.answers.0), read.answers.1.as_ref()];
        self.made_of(&read.token, answers, headers.as_ref().and_then(server_now), body)
    }

    /// A grant out of a token alone.
    pub(crate) fn token_grant(&self, token: &str) -> Result<Grant, Unreadable> {
        if !is_sendable(token) {
            return Err((TokenFault::Unsendable, None));
        }
        self.made_of(token, [None; 2], None, &JsValue::UNDEFINED)
    }

    fn made_of(
        &self,
        token: &str,
        answers: [Option<&JsValue>; 2],
        server_now: Option<f64>,
        body: &JsValue,
    ) -> Result<Grant, Unreadable> {
        let received = clock::now();
        let claims = claims_of::<JsValue>(token);
        let times = read_times(claims.as_ref(), answers, server_now, received.wall_ms() as f64 / 1000.0);
        let mut clock = self.clock.get();
        let lifetime = clock.lifetime(&times, received);
        self.clock.set(clock);
        let lifetime = lifetime.map_err(|fault| (fault, None))?;
        let subject = self.identity.of(token, claims.as_ref(), body);
        let subject = subject.map_err(|thrown| (TokenFault::Untold, Some(thrown)))?;
        if subject.is_none() && self.identity.is_expected(claims.is_some()) {
            self.is_unidentified.set(true);
        }
        Ok(Grant { token: AccessToken::new(token), received, lifetime, subject })
    }
}

/// The body of a response: its JSON, or its text where it is none.
pub(crate) async fn body_of(response: &Response) -> Result<JsValue, JsValue> {
    let text = JsFuture::from(response.text()?).await?;
    Ok(JSON::parse(&text.as_string().unwrap_or_default()).unwrap_or(text))
}

/// The server's clock, in seconds since 1970, where it may be read (across origins only if it is exposed).
pub(crate) fn server_now(headers: &Headers) -> Option<f64> {
    let date = headers.get("date").ok()??;
    Some(Date::parse(&date) / 1000.0).filter(|seconds| seconds.is_finite())
}
