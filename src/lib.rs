//! Keeps a single-page app signed in.
//!
//! A user signs in once. From then on this crate holds the short-lived **access token** (a JWT, about 15 minutes)
//! in WebAssembly memory, knows when it lapses, and replaces it in time with a `fetch` that sends the HttpOnly
//! **refresh cookie**. The app calls `session.fetch` as if it were `fetch`; a 401 costs one refresh and one replay,
//! and nobody is asked to sign in again until the server says that the session is over.
//!
//! Four layers, imports only point left: `session` ← `format` ← `browser` ← `bindings`.
//!
//! - [`session`] decides. It is pure: no browser, no clock, no randomness; a plain `cargo test` runs all of it.
//! - [`mod@format`] reads and writes: tokens, responses, stored entries, messages between tabs. Pure as well.
//! - `browser` acts: one web API per file, and a driver that carries events in and commands out. Compiled for wasm only.
//! - `bindings` is the JavaScript surface, behind the default feature `js`.

pub mod format;
pub mod session;

#[cfg(target_family = "wasm")]
pub mod browser;

#[cfg(all(target_family = "wasm", feature = "js"))]
mod bindings;

/// A smaller allocator than that of the standard library. A Rust front end chooses its own.
#[cfg(all(target_family = "wasm", feature = "js"))]
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
