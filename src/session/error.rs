//! The errors of a session, one enum per question.

use crate::session::time::Millis;

use crate::session::end_reason::EndReason;

/// The reason why a response contains no usable token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenFault {
    /// The response contains no token.
    Missing,
    /// The response contains different tokens.
    Ambiguous,
    /// The token has characters that no header can carry (RFC 6750, section 2.1).
    Unsendable,
    /// The token is not a JWT, and the response does not contain its lifetime (`expires_in`, RFC
    /// 6749, section 5.1, or an equivalent).
    NoLifetime,
    /// The token had already expired by the server's own clock when it was received.
    Expired,
    /// The app's own function for finding the token or its owner has failed.
    Untold,
}

/// The reason why a refresh failed, or why the server has not confirmed a sign-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefreshFailure {
    /// The auth server reported that the session is over. No other failure ends it.
    Rejected {
        /// The HTTP status: 400, 401 or 403 by default.
        status: u16,
    },
    /// The server was not reached, and the browser reports that there is no network. The browser's
    /// report alone is not enough: a page of `localhost` works without a network.
    Offline,
    /// The server was not reached, or could not process the request.
    Unavailable {
        /// The HTTP status; `None` for a network error.
        status: Option<u16>,
        /// The pause that `Retry-After` asks for (RFC 9110, section 10.2.3).
        retry_after: Option<Millis>,
    },
    /// The response is not the auth server's: HTML of a captive portal or a firewall, or a `Basic`
    /// challenge of a proxy.
    Foreign {
        /// The HTTP status.
        status: u16,
    },
    /// No response was received in time. The attempt may still succeed.
    TimedOut,
    /// A 2xx response without a usable token.
    Malformed(TokenFault),
}

impl RefreshFailure {
    /// Returns the kind of the failure. Everything that follows depends on the kind alone.
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Rejected { .. } => FailureKind::Rejected,
            Self::Offline => FailureKind::Offline,
            Self::Unavailable { status: Some(429), .. } | Self::Unavailable { retry_after: Some(_), .. } => {
                FailureKind::Throttled
            }
            Self::Unavailable { .. } | Self::TimedOut => FailureKind::Transient,
            Self::Foreign { .. } | Self::Malformed(_) => FailureKind::Protocol,
        }
    }

    /// Returns the HTTP status, if there was a response and its status matters.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Rejected { status } | Self::Foreign { status } => Some(*status),
            Self::Unavailable { status, .. } => *status,
            Self::Offline | Self::TimedOut | Self::Malformed(_) => None,
        }
    }

    /// Whether the cause is an error of the browser, or of the app's own function.
    #[cfg_attr(not(any(target_family = "wasm", test)), expect(dead_code, reason = "the shell asks"))]
    pub(crate) fn is_native(&self) -> bool {
        self.reached_nobody() || *self == Self::Malformed(TokenFault::Untold)
    }

    /// Whether no server was reached.
    pub(crate) fn reached_nobody(&self) -> bool {
        matches!(self, Self::Offline | Self::Unavailable { status: None, .. })
    }

    /// Returns the pause that the server asked for, if any.
    pub fn retry_after(&self) -> Option<Millis> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// The kinds of failure. Only [`Rejected`](Self::Rejected) ends a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// There is no network. It is retried when the browser reports that the network is back. If it
    /// never does, it is retried about once a minute while a caller waits, and about every four
    /// minutes otherwise.
    Offline,
    /// A network error, a time-out, or a status such as 500. It is retried after a growing pause.
    Transient,
    /// The server asks for fewer requests (429, or `Retry-After`). It is retried when the server
    /// permits.
    Throttled,
    /// The response is not the auth server's, or makes no sense. It is retried like a transient
    /// failure.
    Protocol,
    /// The auth server reported that the session is over. The session ends once that is confirmed.
    Rejected,
}

/// The reason why a caller did not receive what it asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial {
    /// The session is over, or there was none.
    Ended(EndReason),
    /// Another session has begun since the caller asked.
    Changed,
    /// The API rejected a brand-new token, so it would reject another one as well. No refresh is
    /// sent for it before `retry_at`.
    Refused {
        /// Milliseconds since 1970.
        retry_at: i64,
    },
    /// No token was received within the caller's patience. The session goes on.
    Unavailable {
        /// The last failure; [`RefreshFailure::TimedOut`] if the last attempt is still in flight.
        failure: RefreshFailure,
        /// The date of the next attempt, in milliseconds since 1970.
        retry_at: i64,
    },
    /// No token was received within the caller's patience, because a login function has been
    /// running all the time. The session goes on.
    SignInRuns,
    /// The login failed.
    SignInFailed,
    /// The session object was closed.
    Closed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_says_its_kind_its_status_and_whether_the_browser_has_said_more() {
        let unavailable = |status, retry_after| RefreshFailure::Unavailable { status, retry_after };
        let soon = Some(Millis::from_secs(1));
        for (failure, kind, status, is_native) in [
            (RefreshFailure::Rejected { status: 401 }, FailureKind::Rejected, Some(401), false),
            (RefreshFailure::Offline, FailureKind::Offline, None, true),
            (unavailable(None, None), FailureKind::Transient, None, true),
            (unavailable(Some(503), None), FailureKind::Transient, Some(503), false),
            (unavailable(Some(503), soon), FailureKind::Throttled, Some(503), false),
            (unavailable(Some(429), None), FailureKind::Throttled, Some(429), false),
            (RefreshFailure::Foreign { status: 200 }, FailureKind::Protocol, Some(200), false),
            (RefreshFailure::TimedOut, FailureKind::Transient, None, false),
            (RefreshFailure::Malformed(TokenFault::Missing), FailureKind::Protocol, None, false),
            (RefreshFailure::Malformed(TokenFault::Untold), FailureKind::Protocol, None, true),
        ] {
            let said = (failure.kind(), failure.status(), failure.is_native());
            assert_eq!(said, (kind, status, is_native), "{failure:?}");
        }
    }
}
