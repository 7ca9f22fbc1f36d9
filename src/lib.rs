//! Keeps a single-page app signed in.
//!
//! A user signs in once. From then on this crate holds the short-lived **access token** (a JWT,
//! about 15 minutes) in memory only, never in storage. It knows when the token expires, and has it
//! replaced in time with a `fetch` that sends the HttpOnly **refresh cookie**. The app calls
//! `session.fetch` as if it were `fetch`. A 401 costs one refresh and one replay, and nobody is asked
//! to sign in again until the server reports that the session is over.
//!
//! Rust decides, JavaScript acts. Imports only point left: `session` ← `format` ← `web`.
//!
//! - [`session`] decides. It is pure: no browser, no clock, no randomness. A plain `cargo test` runs
//!   all of it.
//! - [`mod@format`] reads and writes claims, lifetimes, stored entries and messages. It is pure as
//!   well.
//! - `web` is what Rust does in a browser: one exported class, the timer, the refresh request, and
//!   plain objects. It is compiled for wasm only.
//!
//! The shell is JavaScript (`pkg/src`): one web API per file. It calls the exported class, and the
//! class calls it. The npm package contains the wasm as text, and the shell instantiates it.

pub mod format;
pub mod session;

#[cfg(target_family = "wasm")]
mod web;

/// A smaller allocator than that of the standard library.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

// What judges a mutant: all native tests in one program. See `tests/mutants/README.md`.
#[cfg(test)]
#[cfg(judge)]
extern crate self as silent_session;

#[cfg(test)]
#[cfg(judge)]
#[path = "../tests/mutants/first.rs"]
mod first;

#[cfg(test)]
#[cfg(judge)]
#[path = "../tests/mutants/judge.rs"]
mod verdict;
