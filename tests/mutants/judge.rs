//! Scenarios and histories as modules of the library: one program judges a mutant, and its first failure is enough.
//!
//! Tests run in the order of their names, so the long ones are last.
#![allow(missing_docs)]

#[path = "../scenarios/main.rs"]
mod scenarios;
#[path = "../histories/main.rs"]
mod then_histories;

/// Ends the program when a test fails. `secrecy` panics on purpose.
#[test]
fn a_failure_ends_the_program() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        before(panic);
        let thread = std::thread::current();
        if !thread.name().is_some_and(|test| test.contains("secrecy")) {
            std::process::exit(101);
        }
    }));
}
