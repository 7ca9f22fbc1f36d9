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
    /// `Retry-After`.
    pub retry_after: &'a str,
}

impl Head<'_> {
    /// Returns the failure of a response that is not 2xx.
    ///
    /// `is_end`: whether the response ends the session, by its status or by a function of the app.
    /// `until` returns the number of seconds until a date, or NaN.
    pub fn failure(&self, is_end: bool, until: impl FnOnce(&str) -> f64) -> RefreshFailure {
        let status = self.status;
        match is_end {
            true if self.is_foreign() => RefreshFailure::Foreign { status },
            true => RefreshFailure::Rejected { status },
            false => {
                RefreshFailure::Unavailable { status: Some(status), retry_after: self.asked_to_wait(until) }
            }
        }
    }

    /// Returns the failure of a 2xx response without a usable token.
    pub fn fault(&self, fault: TokenFault) -> RefreshFailure {
        match fault {
            // HTML in place of a token: a captive portal must not end the session.
            TokenFault::Missing if self.is_foreign() => RefreshFailure::Foreign { status: self.status },
            fault => RefreshFailure::Malformed(fault),
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
    pub fn signed_out(&self, until: impl FnOnce(&str) -> f64) -> Result<(), RefreshFailure> {
        let status = self.status;
        match status {
            _ if self.is_foreign() => Err(RefreshFailure::Foreign { status }),
            200..=299 => Ok(()),
            // The server was busy, or too slow.
            408 | 425 | 429 | 500.. => Err(self.failure(false, until)),
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

    /// Returns `Retry-After`, in seconds or as a date (RFC 9110, section 10.2.3).
    fn asked_to_wait(&self, until: impl FnOnce(&str) -> f64) -> Option<Millis> {
        let asked = self.retry_after.trim();
        if asked.is_empty() {
            return None;
        }
        let seconds = match asked.bytes().all(|byte| byte.is_ascii_digit()) {
            true => asked.parse::<u32>().map_or(f64::from(u32::MAX), f64::from),
            false => until(asked),
        };
        (seconds >= 0.0).then(|| Millis::from_secs(seconds as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(status: u16, content_type: &str, challenge: &str, retry_after: &str) -> RefreshFailure {
        let is_end = [400, 401, 403].contains(&status);
        Head { status, content_type, challenge, retry_after }
            .failure(is_end, |date| if date == "soon" { 7.9 } else { f64::NAN })
    }

    // Scenario 68.
    #[test]
    fn the_auth_server_rejects_and_nobody_else_does() {
        for status in [400, 401, 403] {
            let rejected = RefreshFailure::Rejected { status };
            let foreign = RefreshFailure::Foreign { status };
            assert_eq!(failure(status, "application/json", "", ""), rejected);
            assert_eq!(failure(status, "", "Bearer error=\"invalid_token\"", ""), rejected);
            assert_eq!(failure(status, " Text/HTML; charset=utf-8", "", ""), foreign);
            for challenge in ["Basic realm=\"proxy\"", "NEGOTIATE", "ntlm abc"] {
                assert_eq!(failure(status, "", challenge, ""), foreign, "{challenge}");
            }
        }
        for status in [0, 200, 302, 404, 409, 418, 500] {
            let unavailable = RefreshFailure::Unavailable { status: Some(status), retry_after: None };
            assert_eq!(failure(status, "text/html", "Basic", ""), unavailable);
        }
    }

    // Scenario 55.
    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        let asked = |text| failure(503, "", "", text).retry_after().map(|wait| wait.get() / 1000);
        assert_eq!(asked("120"), Some(120));
        assert_eq!(asked(" 0 "), Some(0));
        assert_eq!(asked("soon"), Some(7));
        assert_eq!(asked("99999999999999999999"), Some(u32::MAX.into()));
        for text in ["", " ", "-5", "1.5", "never", "١٢"] {
            assert_eq!(asked(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_page_where_a_token_should_be_is_somebody_elses() {
        let html = Head { status: 200, content_type: "text/html", ..Head::default() };
        assert_eq!(html.fault(TokenFault::Missing), RefreshFailure::Foreign { status: 200 });
        assert_eq!(html.fault(TokenFault::Expired), RefreshFailure::Malformed(TokenFault::Expired));
        let json = Head { content_type: "application/json", ..html };
        assert_eq!(json.fault(TokenFault::Missing), RefreshFailure::Malformed(TokenFault::Missing));
    }
}
