//! Sizes of the package, and of the machine alone (`src/session` behind a boundary of numbers).

mod budgets;
mod weight;

use std::path::PathBuf;

use anyhow::Result;
use lexopt::Parser;
use xshell::cmd;

use crate::build::{self, Profile};
use crate::project::Project;
use crate::{files, no_arguments, setup};
use budgets::Budgets;
use weight::{Weight, in_kb};

/// The manifest of the machine alone, which is no member of the workspace.
const MANIFEST: &str = "tests/size/Cargo.toml";

/// A line of the table.
#[derive(Debug)]
struct Row {
    name: &'static str,
    weight: Weight,
}

/// `cargo xtask size`
pub(crate) fn command(project: &Project, arguments: Parser) -> Result<()> {
    no_arguments(arguments)?;
    setup::ensure(project, build::NEEDS)?;
    test(project)
}

/// Prints the weights. Fails if one is above its budget, or a budget was raised.
pub(crate) fn test(project: &Project) -> Result<()> {
    let budgets = Budgets::read(project)?;
    budgets.check_history(project)?;
    let rows = [
        Row { name: "package, lean", weight: weigh_package(project, Profile::Lean)? },
        Row { name: "package, stable", weight: weigh_package(project, Profile::Stable)? },
        Row { name: "machine, lean", weight: weigh_machine(project, Profile::Lean)? },
        Row { name: "machine, stable", weight: weigh_machine(project, Profile::Stable)? },
    ];
    println!("\n{:<16}{:>10}{:>10}{:>12}{:>10}", "kB", "raw", "gzip -9", "brotli 11", "budget");
    for Row { name, weight } in &rows {
        let budget = budgets.of(name).map_or("none".to_owned(), in_kb);
        println!("{name:<16}{weight}{budget:>10}");
    }
    budgets.check(&rows)
}

/// Counts the steps of the machine: `tests/size/tests/steps`.
pub(crate) fn count_steps(project: &Project) -> Result<()> {
    let wasm = build_machine(project, Profile::Lean, "steps")?;
    let sh = &project.shell;
    cmd!(sh, "cargo test --manifest-path {MANIFEST} -- --nocapture --test-threads=1")
        .env("MACHINE_WASM", wasm)
        .run()?;
    Ok(())
}

fn weigh_machine(project: &Project, profile: Profile) -> Result<Weight> {
    Weight::of(project, &[build_machine(project, profile, "size")?])
}

/// Builds the machine alone into a scratch folder: two steps do at the same time.
fn build_machine(project: &Project, profile: Profile, folder: &str) -> Result<PathBuf> {
    let compiled = build::compile(project, profile, &["--manifest-path", MANIFEST], "machine")?;
    let wasm = project.scratch(&format!("{folder}/{profile:?}.wasm"));
    files::mirror(&compiled, &wasm)?;
    build::optimize(project, &wasm)?;
    Ok(wasm)
}

/// Weighs the package as an app loads it: its JavaScript in one file, and the wasm that this file
/// loads.
fn weigh_package(project: &Project, profile: Profile) -> Result<Weight> {
    let mut package = project.path("pkg");
    if profile != Profile::Lean {
        // Only the published build is in `pkg/dist`.
        let copy = project.scratch("size/package");
        for path in project.shell.read_dir(&package)?.iter().filter(|path| !path.ends_with("dist")) {
            files::mirror(path, &copy.join(path.strip_prefix(&package)?))?;
        }
        package = copy;
    }
    build::build_in(project, profile, &package)?;
    let bundle = project.scratch(&format!("size/{profile:?}.js"));
    let esbuild = project.npm_program("esbuild").arg(package.join("index.js"));
    let esbuild = esbuild.args(["--bundle", "--minify", "--format=esm", "--log-level=warning"]);
    esbuild.arg(format!("--outfile={}", bundle.display())).run()?;
    // The wasm is in it.
    Weight::of(project, &[bundle])
}
