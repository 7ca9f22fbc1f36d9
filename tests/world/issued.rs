//! Access tokens as the auth server hands them out, and what they tell.

use silent_session::format::Times;
use silent_session::session::Subject;

/// An access token as the server hands it out.
#[derive(Clone, Debug)]
pub struct Issued {
    pub token: String,
    pub times: Times,
    pub user: &'static str,
    /// What its claims say of whose it is.
    pub subject: Option<Subject>,
}

/// What tokens tell of their owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tells {
    /// The person (`sub`); or the app tells, of an opaque token.
    #[default]
    Person,
    /// Beside it the session, by the same `sid` in all of its tokens.
    Session,
    /// Beside it a `sid` that is another one in each token.
    Token,
    /// Nothing: opaque tokens.
    Nothing,
}

/// What an answer says of a token's time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Says {
    /// `expires_in`.
    #[default]
    ExpiresIn,
    /// `iat` and `exp`, in whole seconds, and `Date`.
    Claims,
    /// Both.
    Both,
}
