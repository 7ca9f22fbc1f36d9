//! What is sent after a 401, if there is one.

use wasm_bindgen::JsValue;

use super::request::Request;

/// A second copy of a request. Cancelled when nobody has taken it: the half of a tee that nobody reads holds in memory
/// whatever the other has read.
#[derive(Debug)]
pub(super) struct Spare(Option<Request>);

impl Spare {
    pub(super) fn of(request: &Request) -> Result<Self, JsValue> {
        Ok(Self(Some(request.copy()?)))
    }

    pub(super) fn none() -> Self {
        Self(None)
    }

    pub(super) fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// Now it is the caller's to send or to discard.
    pub(super) fn take(mut self) -> Option<Request> {
        self.0.take()
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        if let Some(request) = &self.0 {
            request.discard();
        }
    }
}
