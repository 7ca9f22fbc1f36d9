//! Bodies that nobody will read.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::object::member;

/// Reads a copy of a response to its end, and leaves the response as it is. For as long as there is more to come, the body
/// of a `keepalive` request counts against the quota of the page (64 KiB; the Fetch standard, "HTTP-network-or-cache
/// fetch"), and the replay would not be let out.
pub(crate) fn drain(response: &JsValue) {
    if let Ok(copy) = response.unchecked_ref::<web_sys::Response>().clone()
        && let Ok(read) = copy.array_buffer()
    {
        let read = JsFuture::from(read);
        spawn_local(async { drop(read.await) });
    }
}

/// Cancels the body of a request or a response: unread it would hold its connection, and the other half of a tee its
/// memory.
pub(crate) fn discard(message: &impl AsRef<JsValue>) {
    discard_for(message, &JsValue::UNDEFINED);
}

/// The same, and tells its source why (the Streams standard, `cancel(reason)`). Of a stream that was teed, the source gets
/// the reasons of both halves, in an array.
pub(crate) fn discard_for(message: &impl AsRef<JsValue>, reason: &JsValue) {
    let body = member(message.as_ref(), "body");
    let cancel = member(&body, "cancel");
    if let Some(cancel) = cancel.dyn_ref::<Function>()
        && let Ok(outcome) = cancel.call1(&body, reason)
        && let Some(outcome) = outcome.dyn_ref::<Promise>()
    {
        let outcome = JsFuture::from(outcome.clone());
        // A locked stream rejects; that is nobody's concern.
        spawn_local(async { drop(outcome.await) });
    }
}
