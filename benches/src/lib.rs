//! Measurements of the session's state machine. `cargo xtask bench` runs them and writes the tables
//! of `docs/performance.md`.

mod page;
mod tab;

pub use page::{table, write_table};
pub use tab::{Tab, Wait};
