//! The shape of `POST /test/faults`.

use serde::Deserialize;

/// What `POST /test/faults` takes. What is absent is off: `{}` clears all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Faults {
    /// At `POST /auth/refresh`.
    pub(super) refresh: Option<Fault>,
    /// At `POST /auth/login`.
    pub(super) login: Option<Fault>,
    /// At `POST /auth/logout`.
    pub(super) logout: Option<Fault>,
    /// At everything under `/api`.
    pub(super) api: Option<Fault>,
    /// At everything under `/auth` and `/api`: `true` answers 503, `"reset"` drops the connection.
    pub(super) outage: OutageSwitch,
    /// The API answers 401 to every token.
    pub(super) reject_fresh_tokens: bool,
}

/// What goes wrong at one endpoint.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Fault {
    /// Milliseconds to wait before anything is done.
    pub(super) delay_before_ms: u64,
    /// Milliseconds to wait after everything is done (the rotation committed), before the answer.
    pub(super) delay_after_ms: u64,
    /// Wait there until other faults are put in force.
    pub(super) hold: Option<Hold>,
    /// Answer with this status, *instead of* doing anything.
    pub(super) status: Option<u16>,
    /// The `Retry-After` of that answer, in seconds.
    pub(super) retry_after: Option<u64>,
    /// The `WWW-Authenticate` of that answer.
    pub(super) www_authenticate: Option<String>,
    /// Drop the connection without an answer.
    pub(super) reset: Option<Reset>,
    /// Answer with another body.
    pub(super) body: Option<Body>,
    /// Answer with one more cookie, whose name is this and the number of the requests that are left. A browser that
    /// has it has stored the others of the answer.
    pub(super) mark: Option<String>,
    /// How many requests it happens to; absent: until cleared.
    pub(super) times: Option<u64>,
}

/// Where to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Hold {
    /// Before anything is done.
    Before,
    /// After everything is done (the rotation committed), before the answer.
    After,
}

/// When to drop the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reset {
    /// Before anything is done.
    Before,
    /// After everything is done: the new cookie never arrives.
    After,
}

/// What to answer with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Body {
    /// A captive portal's page, *instead of* doing anything; status 200 if none is given.
    Html,
    /// Nothing. With a status: instead of doing anything.
    Empty,
    /// The good answer without its `access_token`.
    NoToken,
    /// JSON that is cut off in the middle.
    NotJson,
    /// The good answer with an `access_token` that is no JWT.
    NotAJwt,
}

/// The value of `outage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum OutageSwitch {
    /// 503, or nothing.
    On(bool),
    /// Without an answer.
    Reset(OutageReset),
}

impl Default for OutageSwitch {
    fn default() -> Self {
        Self::On(false)
    }
}

/// The word `"reset"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutageReset {
    /// Drop the connection.
    Reset,
}
