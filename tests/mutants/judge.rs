//! Formats, scenarios and histories as modules of the library: one program judges a mutant, and its first failure is enough.
//!
//! Tests run in the order of their names: unit tests come first, and the long ones last.
#![allow(missing_docs)]

#[path = "../formats/main.rs"]
mod formats;
#[path = "../scenarios/main.rs"]
mod scenarios;
#[path = "../histories/main.rs"]
mod then_histories;
