//! Commands that run the machine many times: histories, a fleet, reloads, benchmarks.

use std::hash::{BuildHasher as _, RandomState};

use anyhow::{Context as _, Result};
use lexopt::{Arg, Parser, ValueExt as _};
use xshell::cmd;

use crate::build::{self, Profile};
use crate::no_arguments;
use crate::project::Project;
use crate::setup::{self, Need, browsers};

/// Histories, or clients. Minutes on two cores.
const MANY: u32 = 1_000_000;
/// Histories of the step. Seconds.
const SOME: u32 = 40_000;

/// `cargo xtask simulate [--histories N] [--seed S]`
pub(crate) fn histories(project: &Project, mut arguments: Parser) -> Result<()> {
    let (mut histories, mut seed) = (MANY, any_seed());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("histories") => histories = arguments.value()?.parse()?,
            Arg::Long("seed") => seed = arguments.value()?.parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    simulate(project, histories, seed, &["--profile", "simulation", "--package", "silent-session"])
}

/// Runs some histories, others each time, in the program that the step `native` has built.
pub(crate) fn some_histories(project: &Project) -> Result<()> {
    simulate(project, SOME, any_seed(), &["--workspace"])
}

fn simulate(project: &Project, histories: u32, seed: u64, build: &[&str]) -> Result<()> {
    println!("seed {seed}: {histories} histories");
    let sh = &project.shell;
    cmd!(sh, "cargo test {build...} --test histories")
        .env("HISTORIES", histories.to_string())
        .env("HISTORY_SEED", seed.to_string())
        // The last failures are tried first.
        .env("HISTORY_FAILURES", project.scratch("histories-that-failed.txt"))
        .env("RUST_BACKTRACE", "0")
        .run()
        .with_context(|| {
            format!(
                "the history is printed above (`minimal failing input`) and is tried first the next time; all again: \
                 cargo xtask simulate --histories {histories} --seed {seed}"
            )
        })
}

fn any_seed() -> u64 {
    RandomState::new().hash_one(0)
}

/// `cargo xtask simulate-fleet [--clients N] [--seed S] [--docs FOLDER]`
pub(crate) fn fleet(project: &Project, mut arguments: Parser) -> Result<()> {
    // A fixed seed: the docs can be made again.
    let (mut clients, mut seed, mut docs) = (MANY, 1_u64, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("clients") => clients = arguments.value()?.parse()?,
            Arg::Long("seed") => seed = arguments.value()?.parse()?,
            Arg::Long("docs") => docs = Some(arguments.value()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let (sh, clients, seed) = (&project.shell, clients.to_string(), seed.to_string());
    Ok(cmd!(sh, "cargo run --profile simulation --package fleet -- {clients} {seed} {docs...}").run()?)
}

/// `cargo xtask simulate-reloads`
pub(crate) fn reloads(project: &Project, arguments: Parser) -> Result<()> {
    no_arguments(arguments)?;
    let sh = &project.shell;
    Ok(cmd!(sh, "cargo test --package silent-session --test reloads").env("WRITE_TABLE", "1").run()?)
}

/// `cargo xtask bench [--bytes]`, or `cargo xtask bench --browser [SCENARIO]… [--rounds N]`
pub(crate) fn bench(project: &Project, mut arguments: Parser) -> Result<()> {
    let (mut bytes_only, mut in_browser, mut of_browser) = (false, false, Vec::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("bytes") if !in_browser => bytes_only = true,
            Arg::Long("browser") if !bytes_only => in_browser = true,
            Arg::Long("rounds") if in_browser => {
                of_browser.extend(["--rounds".to_owned(), arguments.value()?.string()?]);
            }
            Arg::Value(scenario) if in_browser => of_browser.push(scenario.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if in_browser {
        return browser_bench(project, &of_browser);
    }
    let sh = &project.shell;
    cmd!(sh, "cargo test --package performance --test bytes").env("WRITE_TABLE", "1").run()?;
    if !bytes_only {
        cmd!(sh, "cargo bench --package performance --features times").env("WRITE_TABLE", "1").run()?;
    }
    Ok(())
}

/// Compares the published build with other libraries, in Chromium.
fn browser_bench(project: &Project, arguments: &[String]) -> Result<()> {
    setup::ensure(project, &[build::NEEDS, &[Need::Chromium]].concat())?;
    build::build(project, Profile::Lean)?;
    let chromium = browsers::chromium(project)?.program;
    let sh = &project.shell;
    Ok(cmd!(sh, "node benches/browser/main.mjs {arguments...}").env("CHROME", chromium).run()?)
}
