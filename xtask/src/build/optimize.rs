//! Makes the wasm smaller, with npm's `binaryen`: Debian's is too old.

use std::fs;
use std::path::Path;

use crate::failure::{Outcome, While};
use crate::process::{output, run};
use crate::project::Project;

/// The wasm features to keep to are read from the `target_features` section, which is of no use after that.
pub(crate) const FLAGS: &[&str] = &["-Oz", "--converge", "--strip-producers", "--strip-target-features"];

/// Which wasm-opt it is.
pub(crate) fn version(project: &Project) -> Outcome<String> {
    output(project.npm_program("wasm-opt").arg("--version"))
}

/// Replaces the file by a smaller one.
pub(crate) fn in_place(project: &Project, wasm: &Path) -> Outcome {
    let smaller = wasm.with_extension("smaller");
    run(project.npm_program("wasm-opt").args(FLAGS).arg(wasm).arg("-o").arg(&smaller))?;
    fs::rename(&smaller, wasm).during(format_args!("replacing {}", wasm.display()))
}
