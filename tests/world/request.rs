//! A request of the app, as `browser/fetch.rs` carries it out: token, answer, and on a 401 one replay.

use silent_session::session::{Credential, Denial};

/// How far it has come.
#[derive(Clone, Debug)]
pub struct Request {
    pub id: usize,
    /// The API's origin.
    pub api: &'static str,
    /// Who was signed in when it was made.
    pub user: Option<&'static str>,
    /// The first answer was a 401: this token goes with the replay.
    pub is_replay: bool,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The API's status.
    Status(u16),
    /// It was not sent, or its 401 was swallowed.
    Denied(Denial),
}

/// A request on its way to the API.
#[derive(Clone, Debug)]
pub struct Sent {
    pub request: Request,
    pub credential: Option<Credential>,
}
