//! Builds the npm package: cargo, wasm-bindgen, wasm-opt; then `pkg/` is what `npm pack` ships.

mod dist;
pub(crate) mod fingerprint;
pub(crate) mod optimize;
mod profile;
mod sizes;

use std::path::Path;

use crate::arguments::Arguments;
use crate::failure::Outcome;
use crate::project::Project;
use crate::setup::{self, Need};
pub(crate) use profile::Profile;
pub(crate) use sizes::print as print_sizes;

/// What has to be there before anything can be built.
pub(crate) const NEEDS: &[Need] = &[Need::WasmTarget, Need::RustSource, Need::WasmBindgen, Need::Node];

/// `cargo xtask build [--dev]`
pub(crate) fn command(project: &Project, mut arguments: Arguments) -> Outcome {
    let profile = if arguments.flag("--dev") { Profile::Dev } else { Profile::Lean };
    arguments.finish()?;
    setup::ensure(project, NEEDS)?;
    build(project, profile)?;
    print_sizes(project)
}

/// Builds what is not up to date of `pkg/`.
pub(crate) fn build(project: &Project, profile: Profile) -> Outcome {
    build_in(project, profile, &project.path("pkg"))
}

/// The same in a copy of `pkg/`.
pub(crate) fn build_in(project: &Project, profile: Profile, package: &Path) -> Outcome {
    let wasm = profile.compile(project, &["--package", "silent-session"], "silent_session")?;
    dist::make(project, profile, &wasm, &package.join("dist"))
}
