//! An endpoint that reads and writes the refresh cookie: how it is asked, and what ends a session there.

use std::cell::Cell;

use gloo_net::http::{Method, RequestBuilder};
use js_sys::{Array, Date, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response};

use super::answer::{body_of, server_now};
use super::fetcher::Fetcher;
use super::object::member;
use crate::format::Attachment;
use crate::session::{AccessToken, AttemptId};

/// How an endpoint is asked.
#[derive(Clone, Debug)]
pub enum Way {
    /// By a request.
    Request {
        /// An absolute URL.
        url: String,
        /// `method`, `body` and `credentials`, as of `RequestInit`; what is not set is `POST`, none, `include`.
        init: Object,
        /// More headers: names and values, in pairs.
        headers: Array,
    },
    /// By a function of the app, which is given the attempt id, the parameters and the access token: for whatever is no
    /// plain request. It brings a `Response`, or what would be in one.
    Function(Function),
}

impl Way {
    /// A `POST` without a body.
    pub fn post(url: String) -> Self {
        Self::Request { url, init: Object::new(), headers: Array::new() }
    }
}

/// A token against forged requests that goes along: which header carries it, and a function that tells it (or promises to), at
/// each attempt anew.
#[derive(Clone, Debug)]
pub struct Csrf {
    /// The name of the header.
    pub header: String,
    /// Tells the token; what is no string, or empty, is not sent.
    pub token: Function,
}

/// Which answers say that the session is over.
#[derive(Clone, Debug)]
pub enum Ends {
    /// Those of one of these statuses.
    Statuses(Vec<u16>),
    /// Those of which a function of the app says so, given the status and the body: its JSON, or the text where it is none.
    Told(Function),
}

impl Default for Ends {
    /// An invalid request, an invalid token, one that may not (RFC 6749, section 5.2; RFC 9110, section 15.5).
    fn default() -> Self {
        Self::Statuses(vec![400, 401, 403])
    }
}

/// What goes along with one attempt.
#[derive(Clone, Copy)]
pub(crate) struct Along<'a> {
    /// Given to a function of the app.
    pub(crate) params: &'a JsValue,
    /// The access token, and how a request carries it.
    pub(crate) token: Option<(&'a Attachment, &'a AccessToken)>,
}

/// One endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) way: Way,
    /// What a request does at a redirect: it never follows one.
    pub(crate) redirect: RequestRedirect,
    /// Which header carries the attempt id. Being no simple header it forces a preflight, which keeps forged cross-site
    /// requests out (RFC 10017).
    pub(crate) attempt_header: Option<String>,
    pub(crate) csrf: Option<Csrf>,
    pub(crate) ends: Ends,
    pub(crate) fetcher: Fetcher,
    /// By how many seconds the server's clock was ahead of ours in its last answer, where it could be read.
    pub(crate) skew: Cell<Option<f64>>,
    /// Whether its last reply has sent the attempt id back: the server recognises attempt ids.
    pub(crate) echoes: Cell<bool>,
}

impl Endpoint {
    /// Asks, if that is still to be done (`is_due`) once it is known what to ask with. An error is why there is no answer: the
    /// native one, or what the app's function has thrown.
    pub(crate) async fn ask(
        &self,
        attempt: AttemptId,
        along: Along<'_>,
        is_due: impl Fn() -> bool,
    ) -> Result<JsValue, JsValue> {
        let answer = match &self.way {
            Way::Request { url, init, headers } => {
                let request = self.request(url, init, headers, attempt).await?;
                if let Some((attachment, token)) = along.token {
                    request.headers().set(attachment.header(), &attachment.value(token))?;
                }
                // A CSRF token may have taken its time: by now the turn may be somebody else's.
                if !is_due() {
                    return Err(js_sys::Error::new("csrf: the token came too late").into());
                }
                self.fetcher.send(&request)?.await?
            }
            Way::Function(function) => {
                let id = JsValue::from(attempt.to_hex());
                let token = along.token.map(|(_, token)| JsValue::from_str(token.reveal()));
                let token = token.unwrap_or(JsValue::UNDEFINED);
                let answer = function.call3(&JsValue::UNDEFINED, &id, along.params, &token)?;
                JsFuture::from(Promise::resolve(&answer)).await?
            }
        };
        if let Some(response) = as_response(&answer) {
            if let Some(server) = server_now(&response.headers()) {
                self.skew.set(Some((server - Date::now() / 1000.0).round()));
            }
            self.echoes.set(self.is_echo(&response, attempt));
        } else if let Way::Request { .. } = self.way {
            return Err(js_sys::TypeError::new("fetch has brought no Response").into());
        }
        Ok(answer)
    }

    /// Whether a response carries the attempt id in the header that the request carried it in. Across origins that
    /// header has to be exposed.
    fn is_echo(&self, response: &Response, attempt: AttemptId) -> bool {
        let sent_back =
            self.attempt_header.as_ref().and_then(|name| response.headers().get(name).ok().flatten());
        sent_back.is_some_and(|id| id == attempt.to_hex())
    }

    /// The names of its own headers, where it is a request.
    pub(crate) fn own_headers(&self) -> Option<String> {
        let Way::Request { headers, .. } = &self.way else { return None };
        let mut names: Vec<String> =
            headers.iter().filter_map(|pair| Array::from(&pair).get(0).as_string()).collect();
        names.extend(self.attempt_header.clone());
        names.extend(self.csrf.as_ref().map(|csrf| csrf.header.clone()));
        Some(names.join(", "))
    }

    /// - `keepalive`, so that it outlives its page; **no signal**, ever: an aborted refresh has lost its cookie.
    /// - No redirect is followed: fetch drops `Authorization` at a foreign origin, and no other header.
    async fn request(
        &self,
        url: &str,
        init: &Object,
        headers: &Array,
        attempt: AttemptId,
    ) -> Result<Request, JsValue> {
        let request = RequestBuilder::new(url)
            .method(Method::POST)
            .header("accept", "application/json")
            .credentials(RequestCredentials::Include)
            .cache(RequestCache::NoStore)
            .redirect(self.redirect)
            .build()
            .map_err(|error| JsValue::from(js_sys::Error::new(&error.to_string())))?;
        // Neither gloo-net nor web-sys knows the member.
        let more = Object::assign(&Object::new(), init);
        Reflect::set(&more, &JsValue::from_str("keepalive"), &JsValue::TRUE)?;
        let request =
            Request::new_with_request_and_init(&request.into(), more.unchecked_ref::<RequestInit>())?;
        let set = |name: &str, value: &str| request.headers().set(name, value);
        for pair in headers.iter() {
            let pair = Array::from(&pair);
            set(&pair.get(0).as_string().unwrap_or_default(), &pair.get(1).as_string().unwrap_or_default())?;
        }
        if let Some(header) = &self.attempt_header {
            set(header, &attempt.to_hex())?;
        }
        if let Some(Csrf { header, token }) = &self.csrf {
            let token = Promise::resolve(&token.call0(&JsValue::UNDEFINED)?);
            let token = JsFuture::from(token).await?.as_string();
            token.filter(|token| !token.is_empty()).map(|token| set(header, &token)).transpose()?;
        }
        Ok(request)
    }

    /// Whether the app's own function is asked, and not a server.
    pub(crate) fn is_function(&self) -> bool {
        matches!(self.way, Way::Function(_))
    }

    /// Whether an answer of this status says that the session is over. `body` is read only where it counts.
    pub(crate) async fn is_end(&self, response: &Response) -> Result<bool, JsValue> {
        match &self.ends {
            Ends::Statuses(statuses) => Ok(statuses.contains(&response.status())),
            Ends::Told(function) => is_told_end(function, response.status(), &body_of(response).await?),
        }
    }

    /// The same of an answer that is 2xx and has no token, whose body has been read: only a function knows.
    pub(crate) fn is_end_read(&self, status: u16, body: &JsValue) -> Result<bool, JsValue> {
        match &self.ends {
            Ends::Statuses(_) => Ok(false),
            Ends::Told(function) => is_told_end(function, status, body),
        }
    }
}

fn is_told_end(function: &Function, status: u16, body: &JsValue) -> Result<bool, JsValue> {
    let told = function.call2(&JsValue::UNDEFINED, &status.into(), body)?;
    // A promise of `false` would be taken for `true`.
    told.as_bool().ok_or_else(|| js_sys::TypeError::new("endsSession: must return true or false").into())
}

/// By its shape: a mock, or a polyfill, has a class of its own.
pub(crate) fn as_response(answer: &JsValue) -> Option<Response> {
    let is_response = member(answer, "text").is_function() && member(answer, "headers").is_object();
    is_response.then(|| answer.clone().unchecked_into())
}
