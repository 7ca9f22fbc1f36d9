//! The shell in a page.
#![cfg(target_family = "wasm")]
#![allow(missing_docs, clippy::unwrap_used)]

mod clock;
mod dates;
mod fake;
mod others;
mod refreshes;
mod requests;
mod storage;

use fake::{Page, stored};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);
