//! `Date.now()` and `performance.now()`, read together.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::session::Moment;

#[wasm_bindgen]
extern "C" {
    // A page and a worker both have it as a global; web-sys binds it to one of them.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Both clocks, now.
pub(crate) fn now() -> Moment {
    Moment::new(js_sys::Date::now() as i64, performance_now() as i64)
}
