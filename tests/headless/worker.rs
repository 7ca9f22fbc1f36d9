//! The shell in a dedicated worker, which has no document and no storage.
#![cfg(target_family = "wasm")]
#![allow(missing_docs, clippy::unwrap_used)]

mod clock;
mod dates;
mod fake;
mod others;
mod refreshes;
mod requests;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_dedicated_worker);
