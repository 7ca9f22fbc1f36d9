//! The JavaScript surface: the only `#[wasm_bindgen]` exports. The package's own entry (`pkg/index.js`) loads the wasm
//! behind a session that is there at once, and hands every call on to these.

mod errors;
mod options;
mod report;
mod session;
mod snapshot;
