//! Formats, scenarios and histories as modules of the library: one program judges a mutant, and its first failure is enough.
//!
//! Tests run in the order of their names, so the long ones are last.
#![allow(missing_docs)]

use std::io::Write as _;

#[path = "../formats/main.rs"]
mod formats;
#[path = "../scenarios/main.rs"]
mod scenarios;
#[path = "../histories/main.rs"]
mod then_histories;

/// Ends the program when a test fails. `secrecy` panics on purpose.
#[test]
fn a_failure_ends_the_program() {
    std::panic::set_hook(Box::new(|panic| {
        let thread = std::thread::current();
        let test = thread.name().unwrap_or_default();
        if !test.contains("secrecy") {
            // Past the capture of the test's output, which would be lost.
            let _ = writeln!(std::io::stderr(), "{test} {panic}");
            std::process::exit(101);
        }
    }));
}
