//! Two futures, of which the first to come counts.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

/// Waits, unless the other comes first: then for nothing any more. Where both are there, what was waited for counts.
pub(crate) async fn unless<T, S>(
    stop: impl Future<Output = S>,
    wait: impl Future<Output = T>,
) -> Result<T, S> {
    let (mut stop, mut wait) = (pin!(stop), pin!(wait));
    std::future::poll_fn(|context| {
        if let Poll::Ready(outcome) = wait.as_mut().poll(context) {
            return Poll::Ready(Ok(outcome));
        }
        stop.as_mut().poll(context).map(Err)
    })
    .await
}
