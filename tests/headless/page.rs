//! The shell in a page.
#![cfg(target_family = "wasm")]
#![allow(missing_docs, clippy::unwrap_used)]

mod clock;
mod companions;
mod confirming;
mod dates;
mod fake;
mod helping;
mod markers;
mod memory;
mod others;
mod page_events;
mod pending;
mod refreshes;
mod requests;
mod storage;

use fake::{Page, stored};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn nothing_of_a_token_is_stored() {
    let page = Page::active("storage").await;
    page.get("/api/me").await;
    let authorization = page.text("/api/me", 0, "authorization").unwrap_or_default();
    let segments: Vec<&str> = authorization.trim_start_matches("Bearer ").split('.').collect();
    assert_eq!(segments.len(), 3);
    let stored = stored();
    assert!(stored.contains("silent-session:1:session:storage:"), "{stored}");
    assert!(!stored.contains(segments[1]) && !stored.contains("alice"), "{stored}");
}
