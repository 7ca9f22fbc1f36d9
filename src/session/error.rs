//! What can go wrong, one enum per question.

use crate::session::time::Millis;

use crate::session::status::EndReason;

/// Why an answer holds no usable token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenFault {
    /// There is none in it.
    Missing,
    /// There are different ones in it, at these places and perhaps at more.
    Ambiguous(&'static str, &'static str),
    /// It has characters that no header can carry (RFC 6750, section 2.1).
    Unsendable,
    /// It is no JWT, and the answer does not say how long it lives (`expires_in`, RFC 6749, section 5.1, and others).
    NoLifetime,
    /// It had lapsed by the server's own clock when it came.
    Expired,
    /// The app, which was asked where it stands or whose it is, has failed.
    Untold,
}

/// Why an attempt to refresh failed, or why the server has not confirmed a sign-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefreshFailure {
    /// The auth server said that the session is over. The only one that ends it.
    Rejected {
        /// The status of its answer: 400, 401 or 403, if nothing else was set.
        status: u16,
    },
    /// Not reached, and the browser says that there is no network. Its word alone is not taken: a page of `localhost`
    /// works without one.
    Offline,
    /// Not reached, or not able to answer now.
    Unavailable {
        /// The status of the answer; `None` for a network error.
        status: Option<u16>,
        /// What `Retry-After` asks for (RFC 9110, section 10.2.3).
        retry_after: Option<Millis>,
    },
    /// Somebody else answered: HTML of a captive portal or a firewall, a `Basic` challenge of a proxy.
    Foreign {
        /// The status of the answer.
        status: u16,
    },
    /// No answer in time. The attempt may still succeed.
    TimedOut,
    /// An answer of the ending kind without a usable token in it.
    Malformed(TokenFault),
}

impl RefreshFailure {
    /// What kind of failure it is: what follows from it depends on that alone.
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

    /// The status of the answer, where there was one and it matters.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Rejected { status } | Self::Foreign { status } => Some(*status),
            Self::Unavailable { status, .. } => *status,
            Self::Offline | Self::TimedOut | Self::Malformed(_) => None,
        }
    }

    /// Whether an error of the browser's, or of the app's own function, is behind it.
    #[cfg_attr(not(any(target_family = "wasm", test)), expect(dead_code, reason = "the shell asks"))]
    pub(crate) fn is_native(&self) -> bool {
        self.reached_nobody() || *self == Self::Malformed(TokenFault::Untold)
    }

    /// Whether nobody was reached at all.
    pub(crate) fn reached_nobody(&self) -> bool {
        matches!(self, Self::Offline | Self::Unavailable { status: None, .. })
    }

    /// What the server asked to wait, where it did.
    pub fn retry_after(&self) -> Option<Millis> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// The kinds of failure. Only one of them ends a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// There is no network. Tried again when the browser says that it is back, and once a minute in case it does not.
    Offline,
    /// A network error, no answer in time, a status such as 500: tried again after a pause that grows.
    Transient,
    /// The server wants less (429, or `Retry-After`): tried again when it says so.
    Throttled,
    /// Somebody else than the auth server has answered, or it makes no sense: as a transient one.
    Protocol,
    /// The auth server says that the session is over. It ends once that is confirmed.
    Rejected,
}

/// Why a caller did not get what it asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial {
    /// The session is over, or there was none.
    Ended(EndReason),
    /// Another session has begun since the caller asked.
    Changed,
    /// The API refused a brand-new token: another one would be refused as well. Not before `retry_at`.
    Refused {
        /// Milliseconds since 1970.
        retry_at: i64,
    },
    /// No token could be had within the caller's patience. The session stays.
    Unavailable {
        /// Why the last attempt failed; [`RefreshFailure::TimedOut`] when it is still on the wire.
        failure: RefreshFailure,
        /// When the next one is made, in milliseconds since 1970.
        retry_at: i64,
    },
    /// No token could be had within the caller's patience, for a login function has been running all the time. The session
    /// stays.
    SignInRuns,
    /// The caller was called by a function that the session waits for: it would wait for itself.
    WaitsForItself,
    /// The login did not come about.
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
