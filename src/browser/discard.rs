//! Bodies that nobody will read.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::object::member;

/// Cancels the body of a request or a response: unread it would hold its connection, and the other half of a tee its
/// memory.
pub(crate) fn discard(message: &impl AsRef<JsValue>) {
    let body = member(message.as_ref(), "body");
    let cancel = member(&body, "cancel");
    if let Some(cancel) = cancel.dyn_ref::<Function>()
        && let Ok(outcome) = cancel.call0(&body)
        && let Some(outcome) = outcome.dyn_ref::<Promise>()
    {
        let outcome = JsFuture::from(outcome.clone());
        // A locked stream rejects; that is nobody's concern.
        spawn_local(async { drop(outcome.await) });
    }
}
