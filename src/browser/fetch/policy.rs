//! What is to be done about the token: of a derived fetch, not of a call, for clients build a `Request` of their own and
//! drop the members that they do not know.

/// How requests use the token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenUse {
    /// Waits until it is known whether there is a session; where there is none, sends without a token.
    #[default]
    WhereThereIsOne,
    /// The same, but nothing is sent without a token.
    Required,
    /// Waits for nothing but the renewal of a session that is on; sends without a token where none can be had.
    Optional,
    /// The caller's own call, as it is.
    None,
}

/// How requests are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// How they use the token.
    pub token: TokenUse,
    /// Whether one is sent once more after a 401. Default: whenever the body can be had twice without holding it in
    /// memory; with `true` streams are teed, with `false` none is.
    pub replay: Option<bool>,
    /// It never causes a refresh, and does not count as use of the session. Default `false`.
    pub passive: bool,
    /// The caller is called by a function that the session waits for. Default `false`.
    pub nested: bool,
}
