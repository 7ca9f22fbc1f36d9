//! The caller's own signal ends the caller's own wait.

use std::future::Future;

use futures_channel::oneshot;
use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

use super::super::listener::Listener;
use super::super::race::unless;

/// Waits, unless the caller's own signal says to stop: then rejects with its reason. What was waited for is dropped,
/// which withdraws the question; what goes on for others goes on.
pub async fn unless_aborted<T>(signal: &AbortSignal, wait: impl Future<Output = T>) -> Result<T, JsValue> {
    if signal.aborted() {
        return Err(signal.reason());
    }
    let (sender, aborted) = oneshot::channel::<()>();
    let mut sender = Some(sender);
    // The sender is dropped at the abort, and not before.
    let _listener = Listener::new(signal, "abort", move |_| drop(sender.take()));
    unless(aborted, wait).await.map_err(|_| signal.reason())
}
