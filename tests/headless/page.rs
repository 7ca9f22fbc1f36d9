//! The crate's exports, in a page: `wasm-pack test --headless --chrome`, or `--firefox`.
#![cfg(target_family = "wasm")]
#![allow(missing_docs, clippy::unwrap_used)]

mod exports;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);
