//! Fuzzing what comes from outside: `fuzz/` has the targets, `tests/hostile` what they do.

use std::fs;

use crate::arguments::Arguments;
use crate::failure::{Failure, Outcome, While as _};
use crate::process::run;
use crate::project::Project;
use crate::setup::tools;

/// In seconds, for each target.
const LONG: u32 = 60;
/// In bytes: longer input finds nothing that shorter does not.
const LARGEST: u32 = 4_096;

/// `cargo xtask fuzz [TARGET]… [--seconds N]`
pub(crate) fn command(project: &Project, mut arguments: Arguments) -> Outcome {
    let seconds = arguments.option("--seconds")?.unwrap_or(LONG);
    let targets = targets(project)?;
    let mut chosen = arguments.rest();
    if let Some(unknown) = chosen.iter().find(|name| !targets.contains(name)) {
        return Err(Failure::new(format!("there is no target `{unknown}`, only {}", targets.join(", "))));
    }
    if chosen.is_empty() {
        chosen = targets;
    }
    let tool = tools::cargo_fuzz();
    tool.provide(project)?;
    chosen.iter().try_for_each(|target| fuzz(project, &tool, target, seconds))
}

fn fuzz(project: &Project, tool: &tools::Tool, target: &str, seconds: u32) -> Outcome {
    println!("\n=== {target}: {seconds} s ===");
    // What it comes up with by the way is not kept among what has found something.
    let corpus = project.scratch(&format!("fuzz/{target}"));
    fs::create_dir_all(&corpus).during(format_args!("making {}", corpus.display()))?;
    let mut cargo = project.command(tool.program("cargo-fuzz"));
    // The coverage of the fuzzer wants flags that stable Rust has, and does not promise.
    cargo.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", project.target("fuzz"));
    // No unsafe code is there to be looked into.
    cargo
        .args(["run", "--sanitizer", "none", target])
        .arg(corpus)
        .arg(project.path("fuzz/corpus").join(target));
    cargo.arg("--").arg(format!("-max_total_time={seconds}")).arg(format!("-max_len={LARGEST}"));
    run(&mut cargo).map_err(|failure| {
        Failure::new(format!(
            "{failure}\n\nWhat has found it is in fuzz/artifacts/{target}. Once it is mended, put it into fuzz/corpus/{target}: \
             `cargo test` tries it from then on."
        ))
    })
}

/// The names of all.
fn targets(project: &Project) -> Outcome<Vec<String>> {
    let folder = project.path("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).during(format_args!("looking through {}", folder.display()))? {
        let path = entry.during("looking for fuzz targets")?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}
