//! The caller's own signal ends the caller's own wait.

use std::future::Future;

use futures_channel::oneshot;
use wasm_bindgen::JsValue;
use web_sys::{AbortController, AbortSignal};

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

/// A signal of ours, which is aborted when this is dropped.
pub(super) struct Stoppable(AbortController);

impl Stoppable {
    pub(super) fn new() -> Result<Self, JsValue> {
        AbortController::new().map(Self)
    }

    pub(super) fn signal(&self) -> AbortSignal {
        self.0.signal()
    }
}

impl Drop for Stoppable {
    fn drop(&mut self) {
        self.0.abort();
    }
}
