//! What cargo can tell without a browser.

use crate::failure::Outcome;
use crate::process::run;
use crate::project::{Project, WASM_TARGET};
use crate::size::machine::MANIFEST;

const PACKAGE: &[&str] = &["--package", "silent-session", "--target", WASM_TARGET];

/// Is everything formatted?
pub(crate) fn format(project: &Project) -> Outcome {
    run(project.cargo().args(["fmt", "--all", "--check"]))?;
    run(project.cargo().args(["fmt", "--manifest-path", MANIFEST, "--check"]))
}

/// Native code, wasm, wasm as a Rust front end uses it, without the JavaScript surface, and the machine alone.
pub(crate) fn lint(project: &Project) -> Outcome {
    let clippy = |arguments: &[&str]| {
        run(project.cargo().arg("clippy").args(arguments).args(["--", "--deny", "warnings"]))
    };
    clippy(&["--workspace", "--all-targets"])?;
    clippy(&["--package", "performance", "--all-targets", "--all-features"])?;
    clippy(&[PACKAGE, &["--all-targets", "--all-features"]].concat())?;
    clippy(&[PACKAGE, &["--lib", "--no-default-features"]].concat())?;
    clippy(&["--manifest-path", MANIFEST, "--lib", "--target", WASM_TARGET])?;
    clippy(&["--manifest-path", MANIFEST, "--tests"])
}

/// All tests that run without a browser, and the documentation, which has to be without broken links.
pub(crate) fn native(project: &Project) -> Outcome {
    run(project.cargo().args(["test", "--workspace"]))?;
    let mut doc = project.cargo();
    doc.env("RUSTDOCFLAGS", "--deny=warnings");
    run(doc.args(["doc", "--no-deps"]).args(PACKAGE))
}
