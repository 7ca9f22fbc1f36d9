//! Bodies that nobody will read.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

use super::object::member;
use super::timer::{turn, within};
use crate::session::Millis;

/// Reads what is left of a response, for so long and no longer; the rest is cancelled. For as long as there is more to come,
/// the body of a `keepalive` request counts against the quota of the page (64 KiB; the Fetch standard,
/// "HTTP-network-or-cache fetch"), and no replay would be let out.
pub(crate) async fn drain(response: &JsValue, limit: Millis) {
    let body = member(response, "body");
    let Some(body) = body.dyn_ref::<ReadableStream>().filter(|body| !body.locked()) else { return };
    let reader = Reader(body.get_reader().unchecked_into());
    within(limit, reader.read_to_end()).await;
    drop(reader);
    // Chromium takes it off the account at the end of the task.
    turn().await;
}

/// Whoever does not read to the end wants no more of it.
struct Reader(ReadableStreamDefaultReader);

impl Reader {
    async fn read_to_end(&self) {
        while let Ok(part) = JsFuture::from(self.0.read()).await {
            if member(&part, "done").is_truthy() {
                return;
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        forget(self.0.cancel());
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
        // A locked stream rejects.
        forget(outcome.clone());
    }
}

/// What comes of it is nobody's concern, its rejection neither.
fn forget(outcome: Promise) {
    let outcome = JsFuture::from(outcome);
    spawn_local(async { drop(outcome.await) });
}
