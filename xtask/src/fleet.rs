//! The day of a million clients.

use crate::arguments::Arguments;
use crate::failure::Outcome;
use crate::process::run;
use crate::project::Project;

/// Minutes on two cores.
const MANY: u32 = 1_000_000;
/// So that what is in the docs can be made again.
const SEED: u64 = 1;

/// `cargo xtask simulate-fleet [--clients N] [--seed S] [--docs FOLDER]`
pub(crate) fn command(project: &Project, mut arguments: Arguments) -> Outcome {
    let clients = arguments.option("--clients")?.unwrap_or(MANY);
    let seed = arguments.option("--seed")?.unwrap_or(SEED);
    let docs: Option<String> = arguments.option("--docs")?;
    arguments.finish()?;
    let mut cargo = project.cargo();
    cargo.args(["run", "--profile", "simulation", "--package", "fleet", "--"]);
    cargo.args([clients.to_string(), seed.to_string()]).args(docs);
    run(&mut cargo)
}
