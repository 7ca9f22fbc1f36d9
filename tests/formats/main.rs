//! What is read from outside and written to it: messages of other tabs, tokens, and replies.
//!
//! Formats are frozen: a tab of an earlier version is open when a later one comes. `tests/headless` says the same of a
//! page in a browser.
#![cfg(not(target_family = "wasm"))]
#![allow(missing_docs, clippy::unwrap_used)]

mod claims;
mod messages;
mod replies;

// Not all of it is needed here.
#[allow(dead_code, reason = "the fuzzer's")]
#[path = "../hostile/src/json.rs"]
mod json;
