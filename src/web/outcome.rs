//! What came of a request that has brought no token, as the shell names it.

use crate::format::Head;
use crate::session::{RefreshFailure, TokenFault};

/// Returns why a refresh failed: it was "refused" as the session over ("ended") or otherwise, or was
/// answered 2xx without a token; or it has failed otherwise.
pub(super) fn of_refresh(how: &str, head: &Head) -> RefreshFailure {
    match how {
        "ended" => head.failure(true),
        "refused" => head.failure(false),
        "ERR_TOKEN_MISSING" => head.without_token(),
        how => failure(how, head.status),
    }
}

/// Returns whether a sign-out is confirmed: it was "answered", the app's function has "done" it, or it
/// has failed otherwise.
pub(super) fn of_sign_out(how: &str, head: &Head) -> Result<(), RefreshFailure> {
    match how {
        "answered" => head.signed_out(),
        "done" => Ok(()),
        how => Err(failure(how, head.status)),
    }
}

fn failure(how: &str, status: u16) -> RefreshFailure {
    let fault = match how {
        "offline" => return RefreshFailure::Offline,
        "rejected" => return RefreshFailure::Rejected { status },
        "foreign" => return RefreshFailure::Foreign { status },
        "unavailable" => {
            let status = Some(status).filter(|status| *status != 0);
            return RefreshFailure::Unavailable { status, retry_after: None };
        }
        "ERR_TOKEN_AMBIGUOUS" => TokenFault::Ambiguous,
        "ERR_TOKEN_EXPIRED" => TokenFault::Expired,
        "ERR_TOKEN_MALFORMED" => TokenFault::NoLifetime,
        _ => TokenFault::Untold,
    };
    RefreshFailure::Malformed(fault)
}
