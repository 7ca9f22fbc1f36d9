//! Reads the status and the headers of the auth server's response.

use crate::session::Millis;

use crate::session::{RefreshFailure, TokenFault};

/// The head of a response. A missing header is an empty text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Head<'a> {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: &'a str,
    /// `WWW-Authenticate`.
    pub challenge: &'a str,
    /// The pause that `Retry-After` asks for (RFC 9110, section 10.2.3), in seconds; NaN for none.
    pub retry_after: f64,
}

impl Head<'_> {
    /// Returns the failure of a response that is not 2xx.
    ///
    /// `is_end`: whether the response ends the session, by its status or by a function of the app.
    pub fn failure(&self, is_end: bool) -> RefreshFailure {
        let status = self.status;
        match is_end {
            true if self.is_foreign() => RefreshFailure::Foreign { status },
            true => RefreshFailure::Rejected { status },
            // A redirect that was not followed is not the auth server's word.
            false if status == 0 => RefreshFailure::Foreign { status },
            false => RefreshFailure::Unavailable { status: Some(status), retry_after: self.asked_to_wait() },
        }
    }

    /// Returns the failure of a 2xx response without a token.
    pub fn without_token(&self) -> RefreshFailure {
        match self.is_foreign() {
            // HTML in place of a token: a captive portal must not end the session.
            true => RefreshFailure::Foreign { status: self.status },
            false => RefreshFailure::Malformed(TokenFault::Missing),
        }
    }

    /// Whether the response to a sign-out confirms it. Only a 2xx in the auth server's own format
    /// does.
    ///
    /// Most other statuses below 500 reject the sign-out. Then a refresh tells whether the session
    /// is over.
    ///
    /// # Errors
    ///
    /// [`RefreshFailure::Rejected`] if the sign-out is rejected, or the failure that prevents its
    /// confirmation.
    pub fn signed_out(&self) -> Result<(), RefreshFailure> {
        let status = self.status;
        match status {
            _ if self.is_foreign() => Err(RefreshFailure::Foreign { status }),
            200..=299 => Ok(()),
            // The server was busy, or too slow.
            408 | 425 | 429 | 500.. => Err(self.failure(false)),
            _ => Err(RefreshFailure::Rejected { status }),
        }
    }

    /// Whether the response is not the auth server's. The auth server sends no HTML, and asks for
    /// no password the way a proxy does (RFC 7617, RFC 4559).
    fn is_foreign(&self) -> bool {
        let starts_with = |text: &str, start: &str| {
            text.trim_start().get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
        };
        ["text/html", "application/xhtml"].iter().any(|kind| starts_with(self.content_type, kind))
            || ["basic", "negotiate", "ntlm"].iter().any(|scheme| starts_with(self.challenge, scheme))
    }

    fn asked_to_wait(&self) -> Option<Millis> {
        (self.retry_after >= 0.0).then(|| Millis::from_secs(self.retry_after as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: f64 = f64::NAN;

    fn failure(status: u16, content_type: &str, challenge: &str, retry_after: f64) -> RefreshFailure {
        let is_end = [400, 401, 403].contains(&status);
        Head { status, content_type, challenge, retry_after }.failure(is_end)
    }

    // Scenario 68.
    #[test]
    fn the_auth_server_rejects_and_nobody_else_does() {
        for status in [400, 401, 403] {
            let rejected = RefreshFailure::Rejected { status };
            let foreign = RefreshFailure::Foreign { status };
            assert_eq!(failure(status, "application/json", "", NONE), rejected);
            assert_eq!(failure(status, "", "Bearer error=\"invalid_token\"", NONE), rejected);
            assert_eq!(failure(status, " Text/HTML; charset=utf-8", "", NONE), foreign);
            for challenge in ["Basic realm=\"proxy\"", "NEGOTIATE", "ntlm abc"] {
                assert_eq!(failure(status, "", challenge, NONE), foreign, "{challenge}");
            }
        }
        for status in [200, 302, 404, 409, 418, 500] {
            let unavailable = RefreshFailure::Unavailable { status: Some(status), retry_after: None };
            assert_eq!(failure(status, "text/html", "Basic", NONE), unavailable);
        }
    }

    #[test]
    fn retry_after_is_a_number_of_whole_seconds() {
        let asked = |seconds| failure(503, "", "", seconds).retry_after().map(Millis::get);
        assert_eq!(asked(120.0), Some(120_000));
        assert_eq!(asked(7.9), Some(7_000));
        assert_eq!(asked(0.0), Some(0));
        for none in [NONE, -5.0] {
            assert_eq!(asked(none), None, "{none}");
        }
    }

    #[test]
    fn a_redirect_ends_nothing_unless_the_app_says_so() {
        assert_eq!(failure(0, "", "", NONE), RefreshFailure::Foreign { status: 0 });
        let head = Head { retry_after: NONE, ..Head::default() };
        assert_eq!(head.failure(true), RefreshFailure::Rejected { status: 0 });
    }

    #[test]
    fn a_page_where_a_token_should_be_is_somebody_elses() {
        let html = Head { status: 200, content_type: "text/html", ..Head::default() };
        assert_eq!(html.without_token(), RefreshFailure::Foreign { status: 200 });
        let json = Head { content_type: "application/json", ..html };
        assert_eq!(json.without_token(), RefreshFailure::Malformed(TokenFault::Missing));
    }
}
