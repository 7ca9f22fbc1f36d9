//! An event listener that is removed when it is dropped.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::EventTarget;

/// A registered listener.
#[must_use = "a listener that is dropped hears nothing"]
pub(crate) struct Listener {
    target: EventTarget,
    kind: &'static str,
    capture: bool,
    closure: Closure<dyn FnMut(JsValue)>,
}

impl Listener {
    /// Calls back with each event of this kind.
    pub(crate) fn new(
        target: &EventTarget,
        kind: &'static str,
        callback: impl FnMut(JsValue) + 'static,
    ) -> Self {
        Self::add(target, kind, false, callback)
    }

    /// The same, before every listener that does not ask for that, the app's included.
    pub(crate) fn first(
        target: &EventTarget,
        kind: &'static str,
        callback: impl FnMut(JsValue) + 'static,
    ) -> Self {
        Self::add(target, kind, true, callback)
    }

    fn add(
        target: &EventTarget,
        kind: &'static str,
        capture: bool,
        callback: impl FnMut(JsValue) + 'static,
    ) -> Self {
        let closure = Closure::<dyn FnMut(JsValue)>::new(callback);
        let callback = closure.as_ref().unchecked_ref();
        // Adding a listener cannot throw: the type and the callback are right.
        let _ = target.add_event_listener_with_callback_and_bool(kind, callback, capture);
        Self { target: target.clone(), kind, capture, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.closure.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback_and_bool(self.kind, callback, self.capture);
    }
}
