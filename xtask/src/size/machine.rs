//! The machine alone: `src/session` behind a boundary of numbers.

use std::fs;
use std::path::PathBuf;

use super::weight::Weight;
use crate::build::{Profile, optimize};
use crate::failure::{Outcome, While};
use crate::project::Project;

/// Builds and weighs it.
pub(super) fn weigh(project: &Project, profile: Profile) -> Outcome<Weight> {
    let wasm = build(project, profile)?;
    Weight::of(project, &[wasm])
}

/// Builds it. Returns where it is.
pub(super) fn build(project: &Project, profile: Profile) -> Outcome<PathBuf> {
    let compiled = profile.compile(project, &["--manifest-path", "tests/size/Cargo.toml"], "machine")?;
    let wasm = project.scratch(&format!("size/{profile:?}.wasm"));
    fs::create_dir_all(project.scratch("size"))
        .and_then(|()| fs::copy(&compiled, &wasm))
        .during(format_args!("copying {}", compiled.display()))?;
    optimize::in_place(project, &wasm)?;
    Ok(wasm)
}
