//! The sign-out endpoint of the auth server.

/// How the sign-out endpoint behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Logout {
    /// It ends the session of the cookie, whoever's it is.
    #[default]
    Ends,
    /// The same, and then it redirects.
    Redirects,
    /// The same, and says that it has not found the session.
    EndsAndComplains,
    /// It ends the session of the access token, and refuses a request without a good one.
    WantsToken,
    /// It refuses a cookie whose session is over.
    RefusesStrangers,
    /// It does nothing but answer: a status, a content type.
    Answers(u16, &'static str),
}

impl Logout {
    /// Whether its 2xx deletes the cookie.
    pub fn clears_cookie(self) -> bool {
        matches!(self, Self::Ends | Self::RefusesStrangers)
    }

    /// Whether it ever ends a session.
    pub fn works(self) -> bool {
        !matches!(self, Self::Answers(..))
    }
}
