//! What Rust has to bring, from rustup where there is one.

use std::path::Path;

use super::search::in_path;
use crate::failure::{Failure, Outcome};
use crate::process::{output, run};
use crate::project::{Project, WASM_TARGET};

/// The standard library for wasm.
pub(crate) fn wasm_target(project: &Project) -> Outcome<String> {
    let is_there = || {
        let mut rustc = project.command("rustc");
        let folder = output(rustc.args(["--print", "target-libdir", "--target", WASM_TARGET]))?;
        Ok(Path::new(folder.trim()).is_dir())
    };
    if !is_there()? {
        rustup(project, &["target", "add", WASM_TARGET])?;
        if !is_there()? {
            return Err(Failure::new(format!("rustc still knows no standard library for {WASM_TARGET}")));
        }
    }
    Ok(format!("the target {WASM_TARGET}"))
}

/// The source of the standard library, which the published wasm is built with.
pub(crate) fn source(project: &Project) -> Outcome<String> {
    let is_there = || {
        let sysroot = output(project.command("rustc").args(["--print", "sysroot"]))?;
        Ok(Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock").is_file())
    };
    if !is_there()? {
        rustup(project, &["component", "add", "rust-src"])?;
        if !is_there()? {
            return Err(Failure::new("the source of Rust's standard library is still not there"));
        }
    }
    Ok("the source of Rust's standard library".to_owned())
}

/// rustfmt and clippy. rustup leaves their names in `PATH` even where they are missing: they have to be asked.
pub(crate) fn components(project: &Project) -> Outcome<String> {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if output(project.cargo().args([subcommand, "--version"])).is_err() {
            rustup(project, &["component", "add", component])?;
        }
    }
    Ok("rustfmt and clippy".to_owned())
}

fn rustup(project: &Project, arguments: &[&str]) -> Outcome {
    if in_path(&["rustup"]).is_none() {
        let wanted = arguments.join(" ");
        return Err(Failure::new(format!(
            "there is no rustup here; please do what `rustup {wanted}` would do"
        )));
    }
    run(project.command("rustup").args(arguments))
}
