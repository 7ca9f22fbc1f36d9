//! The crate's exports, in a dedicated worker.
#![cfg(target_family = "wasm")]
#![allow(missing_docs, clippy::unwrap_used)]

mod exports;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_dedicated_worker);
