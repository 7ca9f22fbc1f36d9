//! The machine alone: `src/session` behind a boundary of numbers.

use std::fs;
use std::path::PathBuf;

use super::weight::Weight;
use crate::build::{Profile, optimize};
use crate::failure::{Outcome, While};
use crate::process::run;
use crate::project::Project;

/// The manifest of the crate, which is no member of the workspace.
pub(crate) const MANIFEST: &str = "tests/size/Cargo.toml";

/// Builds and weighs it.
pub(super) fn weigh(project: &Project, profile: Profile) -> Outcome<Weight> {
    let wasm = build(project, profile)?;
    Weight::of(project, &[wasm])
}

/// Counts its steps: `tests/size/tests/steps`.
pub(super) fn count_steps(project: &Project) -> Outcome {
    let wasm = build(project, Profile::Lean)?;
    let mut cargo = project.cargo();
    cargo.env("MACHINE_WASM", wasm).args([
        "test",
        "--manifest-path",
        MANIFEST,
        "--",
        "--nocapture",
        "--test-threads=1",
    ]);
    run(&mut cargo)
}

/// Builds it. Returns where it is.
fn build(project: &Project, profile: Profile) -> Outcome<PathBuf> {
    let compiled = profile.compile(project, &["--manifest-path", MANIFEST], "machine")?;
    let wasm = project.scratch(&format!("size/{profile:?}.wasm"));
    fs::create_dir_all(project.scratch("size"))
        .and_then(|()| fs::copy(&compiled, &wasm))
        .during(format_args!("copying {}", compiled.display()))?;
    optimize::in_place(project, &wasm)?;
    Ok(wasm)
}
