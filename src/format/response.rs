//! Reads the status and the headers of the auth server's response.

use crate::session::Millis;

use crate::session::{RefreshFailure, TokenFault};

/// The head of a response, as `pkg/src/reply.js` reads it.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// The HTTP status.
    pub status: u16,
    /// Whether the headers show that the response is not the auth server's.
    pub is_foreign: bool,
    /// The pause that `Retry-After` asks for (RFC 9110, section 10.2.3), in seconds; NaN for none.
    pub retry_after: f64,
}

impl Head {
    /// Returns a head of the auth server that asks for no pause.
    pub fn of(status: u16) -> Self {
        Self { status, is_foreign: false, retry_after: f64::NAN }
    }

    /// Returns the failure of a response that is not 2xx.
    ///
    /// `is_end`: whether the response ends the session, by its status or by a function of the app.
    pub fn failure(&self, is_end: bool) -> RefreshFailure {
        let status = self.status;
        match is_end {
            true if self.is_foreign => RefreshFailure::Foreign { status },
            true => RefreshFailure::Rejected { status },
            // A redirect that was not followed is not the auth server's word.
            false if status == 0 => RefreshFailure::Foreign { status },
            false => RefreshFailure::Unavailable { status: Some(status), retry_after: self.asked_to_wait() },
        }
    }

    /// Returns the failure of a 2xx response without a token.
    pub fn without_token(&self) -> RefreshFailure {
        match self.is_foreign {
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
            _ if self.is_foreign => Err(RefreshFailure::Foreign { status }),
            200..=299 => Ok(()),
            // The server was busy, or too slow.
            408 | 425 | 429 | 500.. => Err(self.failure(false)),
            _ => Err(RefreshFailure::Rejected { status }),
        }
    }

    fn asked_to_wait(&self) -> Option<Millis> {
        (self.retry_after >= 0.0).then(|| Millis::from_secs(self.retry_after as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: f64 = f64::NAN;

    fn failure(status: u16, is_foreign: bool, retry_after: f64) -> RefreshFailure {
        let is_end = [400, 401, 403].contains(&status);
        Head { status, is_foreign, retry_after }.failure(is_end)
    }

    // Scenario 68.
    #[test]
    fn the_auth_server_rejects_and_nobody_else_does() {
        for status in [400, 401, 403] {
            assert_eq!(failure(status, false, NONE), RefreshFailure::Rejected { status });
            assert_eq!(failure(status, true, NONE), RefreshFailure::Foreign { status });
        }
        for status in [200, 302, 404, 409, 418, 500] {
            let unavailable = RefreshFailure::Unavailable { status: Some(status), retry_after: None };
            for is_foreign in [false, true] {
                assert_eq!(failure(status, is_foreign, NONE), unavailable);
            }
        }
    }

    #[test]
    fn retry_after_is_a_number_of_whole_seconds() {
        let asked = |seconds| failure(503, false, seconds).retry_after().map(Millis::get);
        assert_eq!(asked(120.0), Some(120_000));
        assert_eq!(asked(7.9), Some(7_000));
        assert_eq!(asked(0.0), Some(0));
        for none in [NONE, -5.0] {
            assert_eq!(asked(none), None, "{none}");
        }
    }

    #[test]
    fn a_redirect_ends_nothing_unless_the_app_says_so() {
        assert_eq!(Head::of(0).failure(false), RefreshFailure::Foreign { status: 0 });
        assert_eq!(Head::of(0).failure(true), RefreshFailure::Rejected { status: 0 });
    }

    #[test]
    fn a_page_where_a_token_should_be_is_somebody_elses() {
        let html = Head { is_foreign: true, ..Head::of(200) };
        assert_eq!(html.without_token(), RefreshFailure::Foreign { status: 200 });
        let missing = RefreshFailure::Malformed(TokenFault::Missing);
        assert_eq!(Head::of(200).without_token(), missing);
    }
}
