//! The parts of Rust, installed by rustup where there is one.

use std::path::Path;

use anyhow::{Result, ensure};
use xshell::cmd;

use super::system::in_path;
use crate::project::{Project, WASM_TARGET};

/// Provides the standard library for wasm.
pub(super) fn wasm_target(project: &Project) -> Result<String> {
    let sh = &project.shell;
    let libraries = cmd!(sh, "rustc --print target-libdir --target {WASM_TARGET}").quiet().read()?;
    if !Path::new(&libraries).is_dir() {
        rustup(project, &["target", "add", WASM_TARGET])?;
    }
    Ok(format!("the target {WASM_TARGET}"))
}

/// Provides the source of the standard library, which the published wasm is built from.
pub(super) fn source(project: &Project) -> Result<String> {
    let sh = &project.shell;
    let sysroot = cmd!(sh, "rustc --print sysroot").quiet().read()?;
    if !Path::new(&sysroot).join("lib/rustlib/src/rust/library/Cargo.lock").is_file() {
        rustup(project, &["component", "add", "rust-src"])?;
    }
    Ok("the source of Rust's standard library".to_owned())
}

/// Provides rustfmt and clippy. rustup leaves their names in `PATH` even where they are missing, so
/// both are run.
pub(super) fn components(project: &Project) -> Result<String> {
    let sh = &project.shell;
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if cmd!(sh, "cargo {subcommand} --version").quiet().ignore_stderr().read().is_err() {
            rustup(project, &["component", "add", component])?;
        }
    }
    Ok("rustfmt and clippy".to_owned())
}

fn rustup(project: &Project, arguments: &[&str]) -> Result<()> {
    let command = arguments.join(" ");
    ensure!(
        in_path(&["rustup"]).is_some(),
        "there is no rustup here; please do what `rustup {command}` does"
    );
    let sh = &project.shell;
    Ok(cmd!(sh, "rustup {arguments...}").run()?)
}
