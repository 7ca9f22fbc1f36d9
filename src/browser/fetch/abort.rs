//! The caller's own signal ends the caller's own wait.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::Poll;

use futures_channel::oneshot;
use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

use super::super::listener::Listener;

/// Waits, unless the caller's own signal says to stop: then rejects with its reason. What was waited for is dropped,
/// which withdraws the question; what goes on for others goes on.
pub async fn unless_aborted<T>(signal: &AbortSignal, wait: impl Future<Output = T>) -> Result<T, JsValue> {
    if signal.aborted() {
        return Err(signal.reason());
    }
    let (sender, mut aborted) = oneshot::channel::<()>();
    let mut sender = Some(sender);
    let _listener = Listener::new(signal, "abort", move |_| drop(sender.take()));
    let mut wait = pin!(wait);
    std::future::poll_fn(|context| {
        if let Poll::Ready(answer) = wait.as_mut().poll(context) {
            return Poll::Ready(Ok(answer));
        }
        // The sender is dropped at the abort, and not before.
        match Pin::new(&mut aborted).poll(context) {
            Poll::Ready(_) => Poll::Ready(Err(signal.reason())),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
