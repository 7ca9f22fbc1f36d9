//! The request header that carries the access token.

use crate::session::AccessToken;

/// The name of the header, and the scheme before the token.
///
/// The default is `Authorization: Bearer …`, as most servers expect it (RFC 6750, section 2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    header: Box<str>,
    scheme: Box<str>,
    follows_redirects: bool,
}

impl Attachment {
    /// Creates an attachment. `header` is the name of a header that fetch sends. With an empty
    /// `scheme` the value is the token alone.
    ///
    /// On a redirect to another origin, fetch drops `Authorization` and no other header (the Fetch
    /// standard, "HTTP-redirect fetch"). A token in another header would be sent to that origin. So
    /// such a request follows no redirect, unless `follows_redirects` is set.
    pub fn new(header: &str, scheme: &str, follows_redirects: bool) -> Self {
        Self { header: header.into(), scheme: scheme.into(), follows_redirects }
    }

    /// Returns the name of the header. A request that already has this header is the caller's own.
    pub fn header(&self) -> &str {
        &self.header
    }

    /// Returns the scheme before the token; empty if there is none.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Returns the value of the header. It is for the request only, and never for a log or a URL.
    pub fn value(&self, token: &AccessToken) -> String {
        let space = if self.scheme.is_empty() { "" } else { " " };
        [&*self.scheme, space, token.reveal()].concat()
    }

    /// Whether a request with the token may be redirected.
    pub fn follows_redirects(&self) -> bool {
        self.follows_redirects || self.header.eq_ignore_ascii_case("authorization")
    }
}

impl Default for Attachment {
    fn default() -> Self {
        Self::new("Authorization", "Bearer", false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_stands_before_the_token_where_there_is_one() {
        let token = AccessToken::new("a.b.c");
        assert_eq!(Attachment::default().value(&token), "Bearer a.b.c");
        assert_eq!(Attachment::new("X-Token", "JWT", false).value(&token), "JWT a.b.c");
        assert_eq!(Attachment::new("X-Token", "", false).value(&token), "a.b.c");
    }

    #[test]
    fn the_header_stands_for_itself_and_so_does_the_scheme() {
        let parts = |attachment: Attachment| [attachment.header().to_owned(), attachment.scheme().to_owned()];
        assert_eq!(parts(Attachment::default()), ["Authorization", "Bearer"]);
        assert_eq!(parts(Attachment::new("X-Token", "", false)), ["X-Token", ""]);
    }

    #[test]
    fn only_a_header_that_fetch_drops_across_origins_follows_redirects_unasked() {
        assert!(Attachment::default().follows_redirects());
        assert!(Attachment::new("AUTHORIZATION", "", false).follows_redirects());
        assert!(!Attachment::new("X-Token", "Bearer", false).follows_redirects());
        assert!(!Attachment::new("Proxy-Authorization", "Bearer", false).follows_redirects());
        assert!(Attachment::new("X-Token", "Bearer", true).follows_redirects());
    }
}
