//! Tells the server of a sign-out.

use super::discard::discard;
use super::refresh::{Endpoint, classify, unreachable};
use crate::session::{AttemptId, RefreshFailure};

/// Sends it. Whatever says that there is no such session (any more) is as good as done.
pub(crate) async fn tell(endpoint: &Endpoint, attempt: AttemptId) -> Result<(), RefreshFailure> {
    let Ok(response) = endpoint.post(attempt).await else {
        return Err(unreachable());
    };
    discard(&response);
    if response.ok() || response.status() == 404 {
        return Ok(());
    }
    match classify(&response) {
        RefreshFailure::Rejected { .. } => Ok(()),
        failure => Err(failure),
    }
}
