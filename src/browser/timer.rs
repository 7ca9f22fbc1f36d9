//! Timers.

use std::future::Future;

use futures_channel::oneshot;
use gloo_timers::callback::Timeout;

use super::race::unless;
use crate::session::Millis;

/// `setTimeout` takes a signed 32-bit number of milliseconds, and fires at once above it (HTML, section 8.6). A timer
/// for longer wakes early, finds nothing due, and is armed again.
const LONGEST: Millis = Millis::new(i32::MAX as u64);

/// Calls back after `delay` or earlier. Dropping it cancels it.
#[must_use = "a timer that is dropped does not fire"]
pub(crate) fn after(delay: Millis, callback: impl FnOnce() + 'static) -> Timeout {
    // Rounded up: waking a fraction of a millisecond too early would only arm it again.
    let ms = delay.min(LONGEST - Millis::new(1)).get() as u32 + 1;
    Timeout::new(ms, callback)
}

/// Waits for so long and no longer; `None`: it has not come.
pub(crate) async fn within<T>(limit: Millis, wait: impl Future<Output = T>) -> Option<T> {
    let (sender, passed) = oneshot::channel::<()>();
    let _timer = after(limit, move || drop(sender));
    unless(passed, wait).await.ok()
}

/// Resolves in another task.
pub(crate) async fn turn() {
    let (sender, passed) = oneshot::channel::<()>();
    let _timer = Timeout::new(0, move || drop(sender));
    let _ = passed.await;
}
