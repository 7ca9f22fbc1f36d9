//! What runs before all other tests of the program that judges a mutant: by its name it is the first.

use std::io::Write as _;

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
