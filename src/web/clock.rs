//! `Date.now()` and `performance.now()`, read together.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::session::Moment;

#[wasm_bindgen]
extern "C" {
    // A page and a worker both have it as a global; web-sys binds it to one of them.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Reads both clocks.
pub(super) fn now() -> Moment {
    moment(js_sys::Date::now(), performance_now())
}

/// Returns the moment that JavaScript has read from both clocks.
pub(super) fn moment(wall: f64, monotonic: f64) -> Moment {
    Moment::new(wall as i64, monotonic as i64)
}
