//! What the app sees, as plain objects. Dates are milliseconds since 1970.

use crate::format::decode_claims;
use crate::session::{Denial, RefreshFailure, SignOutFailure, Status, TokenFault};

use super::plain::Members;

/// The members of `session.state`. `claims` is JSON text, and the shell makes an error of `failure`.
pub(super) fn of(status: &Status) -> Members {
    let mut members = Members::default();
    members.word("status", status.name());
    match status {
        Status::Closed => {}
        Status::Unknown { failure, retry_at } => {
            if let Some(retry_at) = retry_at {
                members.number("retryAt", *retry_at as f64);
            }
            add_failure(&mut members, *failure);
        }
        Status::Active { epoch, generation, grant, failure, refresh_at, elsewhere } => {
            members.text("session", epoch.to_hex());
            members.number("generation", generation.0.into());
            members.whole_or_null("expiresAt", grant.expiry().map(|expiry| expiry.wall_ms()));
            members.whole_or_null("refreshAt", *refresh_at);
            members.flag("elsewhere", *elsewhere);
            match decode_claims(grant.token.reveal()) {
                Some(claims) => members.text("claims", claims),
                None => members.null("claims"),
            }
            add_failure(&mut members, *failure);
        }
        Status::Ended { reason, elsewhere } => {
            members.word("reason", reason.as_str());
            members.flag("elsewhere", *elsewhere);
        }
    }
    members
}

fn add_failure(members: &mut Members, failure: Option<RefreshFailure>) {
    if let Some(failure) = failure {
        members.object("failure", self::failure(failure));
    }
}

/// Why a caller did not get what it asked for: the code of the error, and its members.
pub(super) fn denial(denial: &Denial) -> Members {
    let mut members = Members::default();
    members.word(
        "code",
        match denial {
            Denial::Ended(_) => "ERR_SESSION_ENDED",
            Denial::Changed => "ERR_SESSION_CHANGED",
            Denial::Closed => "ERR_SESSION_CLOSED",
            Denial::Refused { .. } => "ERR_TOKEN_REJECTED",
            Denial::SignInRuns => "ERR_SIGN_IN_PENDING",
            Denial::SignInFailed => "ERR_SIGN_IN_INCOMPLETE",
            Denial::Unavailable { .. } => "ERR_REFRESH_UNAVAILABLE",
        },
    );
    match denial {
        Denial::Ended(reason) => members.word("reason", reason.as_str()),
        Denial::Refused { retry_at } => members.number("retryAt", *retry_at as f64),
        Denial::Unavailable { failure, retry_at } => {
            members.number("retryAt", *retry_at as f64);
            members.object("failure", self::failure(*failure));
        }
        _ => {}
    }
    members
}

/// Why a refresh failed.
fn failure(failure: RefreshFailure) -> Members {
    let mut members = Members::default();
    let code = match failure {
        RefreshFailure::TimedOut => "ERR_REFRESH_TIMEOUT",
        RefreshFailure::Malformed(_) => "ERR_REFRESH_MALFORMED",
        _ => "ERR_REFRESH_UNAVAILABLE",
    };
    members.word("code", code);
    members.word("kind", failure.kind().as_str());
    add_status(&mut members, Some(&failure));
    members.flag("isNative", failure.is_native());
    if let RefreshFailure::Malformed(fault) = failure {
        members.word("fault", self::fault(fault));
    }
    members
}

/// Adds the status of the response, if there was one and it matters.
pub(super) fn add_status(members: &mut Members, failure: Option<&RefreshFailure>) {
    if let Some(status) = failure.and_then(RefreshFailure::status) {
        members.number("status", status.into());
    }
}

/// Why the server has not confirmed a sign-out.
pub(super) fn sign_out_failure(failure: &SignOutFailure) -> Members {
    let mut members = self::failure(failure.failure);
    members.text("attempt", failure.attempt.to_hex());
    members.word("step", if failure.in_refresh { "refresh" } else { "sign-out" });
    members
}

/// Why a reply contains no usable token: the code of the error; empty if the app's own function has
/// failed.
pub(super) fn fault(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::Missing => "ERR_TOKEN_MISSING",
        TokenFault::Ambiguous => "ERR_TOKEN_AMBIGUOUS",
        TokenFault::Unsendable | TokenFault::NoLifetime => "ERR_TOKEN_MALFORMED",
        TokenFault::Expired => "ERR_TOKEN_EXPIRED",
        TokenFault::Untold => "",
    }
}
