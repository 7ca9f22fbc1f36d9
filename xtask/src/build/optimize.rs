//! Makes the wasm smaller, with npm's `binaryen`: Debian's is too old.

use std::fs;
use std::path::Path;

use crate::failure::{Outcome, While};
use crate::process::{output, run};
use crate::project::Project;

/// The passes, each measured. Flat code is looped anew: LLVM's blocks are larger. The stack lies at the lowest addresses, and nothing
/// but its last kilobyte below 1024. The wasm features to keep to are read from the `target_features` section, which is of no use
/// after that.
pub(crate) const FLAGS: &[&str] = &[
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--converge",
    "--low-memory-unused",
    "--strip-producers",
    "--strip-target-features",
];

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
