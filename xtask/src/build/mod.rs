//! Builds the npm package: cargo, wasm-bindgen, wasm-opt; then `pkg/` is what `npm pack` ships.

mod dist;
pub(crate) mod fingerprint;
mod optimize;
mod sizes;

use crate::arguments::Arguments;
use crate::failure::Outcome;
use crate::process::run;
use crate::project::{Project, WASM_TARGET};
use crate::setup::{self, Need};
pub(crate) use sizes::print as print_sizes;

/// What has to be there before anything can be built.
pub(crate) const NEEDS: &[Need] = &[Need::WasmTarget, Need::WasmBindgen, Need::Node];

/// How to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As it is shipped: small.
    Release,
    /// With names and checks, and not optimized: to look for errors.
    Dev,
}

impl Profile {
    /// The folder of cargo's target folder.
    fn folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "debug",
        }
    }
}

/// `cargo xtask build [--dev]`
pub(crate) fn command(project: &Project, mut arguments: Arguments) -> Outcome {
    let profile = if arguments.flag("--dev") { Profile::Dev } else { Profile::Release };
    arguments.finish()?;
    setup::ensure(project, NEEDS)?;
    build(project, profile)?;
    print_sizes(project)
}

/// Builds what is not up to date.
pub(crate) fn build(project: &Project, profile: Profile) -> Outcome {
    let mut cargo = project.cargo();
    cargo.args(["build", "--lib", "--package", "silent-session", "--target", WASM_TARGET]);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    run(&mut cargo)?;
    let wasm = project.target(&format!("{WASM_TARGET}/{}/silent_session.wasm", profile.folder()));
    dist::make(project, profile, &wasm)
}
