//! How the wasm is compiled.

use std::path::PathBuf;

use crate::failure::Outcome;
use crate::process::run;
use crate::project::{Project, WASM_TARGET};

/// Builds the standard library from its source, for size, so that what nobody calls is left out.
const LEAN_ARGUMENTS: &[&str] = &["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];
/// Leaves out the messages of panics. Separated as cargo wants it.
const LEAN_FLAGS: &str = "-Zunstable-options\u{1f}-Cpanic=immediate-abort";

/// The ways to compile it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As it is published: small, by flags that stable Rust has, and does not promise. Needs the source of the standard library.
    Lean,
    /// As small as it gets without them.
    Stable,
    /// With names and checks, and not optimized: to look for errors.
    Dev,
}

impl Profile {
    /// Whether the result is made small.
    pub(crate) fn is_optimized(self) -> bool {
        self != Self::Dev
    }

    /// Compiles the library `name` that the arguments of `cargo build` select. Returns the path of its wasm.
    pub(crate) fn compile(self, project: &Project, selection: &[&str], name: &str) -> Outcome<PathBuf> {
        let mut cargo = project.cargo();
        cargo.args(["build", "--lib", "--target", WASM_TARGET]).args(selection);
        let target = match self {
            // Apart, so that one build does not replace what the other has left.
            Self::Lean => project.target("lean"),
            Self::Stable | Self::Dev => project.target(""),
        };
        cargo.env("CARGO_TARGET_DIR", &target);
        if self.is_optimized() {
            cargo.arg("--release");
        }
        if self == Self::Lean {
            cargo.env("RUSTC_BOOTSTRAP", "1").env("CARGO_ENCODED_RUSTFLAGS", LEAN_FLAGS).args(LEAN_ARGUMENTS);
        }
        run(&mut cargo)?;
        let folder = if self.is_optimized() { "release" } else { "debug" };
        Ok(target.join(WASM_TARGET).join(folder).join(name).with_extension("wasm"))
    }
}
