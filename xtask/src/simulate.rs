//! Random histories over the simulated world, as many as wanted, others each time or the same again.

use std::hash::{BuildHasher as _, RandomState};

use crate::arguments::Arguments;
use crate::failure::{Failure, Outcome};
use crate::process::run;
use crate::project::Project;

/// Minutes on two cores.
const MANY: u32 = 1_000_000;
/// Half a minute, most of it to build them.
const SOME: u32 = 40_000;

/// `cargo xtask simulate [--histories N] [--seed S]`
pub(crate) fn command(project: &Project, mut arguments: Arguments) -> Outcome {
    let histories = arguments.option("--histories")?.unwrap_or(MANY);
    let seed = arguments.option("--seed")?.unwrap_or_else(any_seed);
    arguments.finish()?;
    simulate(project, histories, seed)
}

/// Some, and others each time.
pub(crate) fn some(project: &Project) -> Outcome {
    simulate(project, SOME, any_seed())
}

fn simulate(project: &Project, histories: u32, seed: u64) -> Outcome {
    println!("seed {seed}: {histories} histories");
    let mut test = project.cargo();
    test.env("HISTORIES", histories.to_string()).env("HISTORY_SEED", seed.to_string());
    // What failed last is tried first.
    test.env("HISTORY_FAILURES", project.scratch("histories-that-failed.txt"));
    test.env("RUST_BACKTRACE", "0");
    run(test.args(["test", "--profile", "simulation", "--package", "silent-session", "--test", "histories"])).map_err(|failure| {
        Failure::new(format!(
            "{failure}\n\nThe history is printed above (`minimal failing input`). It is tried first the next time; all again: \
             cargo xtask simulate --histories {histories} --seed {seed}"
        ))
    })
}

/// Whatever std seeds its maps with.
fn any_seed() -> u64 {
    RandomState::new().hash_one(0)
}
