//! Fuzzing what comes from outside: `fuzz/` has the targets, `tests/hostile` what they do.

use anyhow::{Context as _, Result, ensure};
use lexopt::{Arg, Parser, ValueExt as _};
use xshell::cmd;

use crate::project::Project;
use crate::setup::tools;

/// Seconds for each target.
const LONG: u32 = 60;
/// Bytes: longer input finds nothing that shorter does not.
const LARGEST: u32 = 4_096;

/// `cargo xtask fuzz [TARGET]… [--seconds N]`
pub(crate) fn command(project: &Project, mut arguments: Parser) -> Result<()> {
    let (mut seconds, mut chosen) = (LONG, Vec::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("seconds") => seconds = arguments.value()?.parse()?,
            Arg::Value(target) => chosen.push(target.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let files = project.shell.read_dir("fuzz/fuzz_targets")?;
    let names = files.iter().filter_map(|path| path.file_stem());
    let targets: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    for name in &chosen {
        ensure!(targets.contains(name), "there is no target `{name}`, only {}", targets.join(", "));
    }
    tools::cargo_fuzz().provide(project)?;
    let chosen = if chosen.is_empty() { targets } else { chosen };
    chosen.iter().try_for_each(|target| fuzz(project, target, seconds))
}

fn fuzz(project: &Project, target: &str, seconds: u32) -> Result<()> {
    println!("\n=== {target}: {seconds} s ===");
    let sh = &project.shell;
    // `fuzz/corpus` keeps only inputs that once failed; the fuzzer's own go elsewhere.
    let corpus = sh.create_dir(project.scratch(&format!("fuzz/{target}")))?;
    let program = tools::cargo_fuzz().program("cargo-fuzz");
    let run = cmd!(sh, "{program} run --sanitizer none {target} {corpus} fuzz/corpus/{target}");
    // The coverage of the fuzzer needs flags that stable Rust has, and does not promise.
    run.args(["--", &format!("-max_total_time={seconds}"), &format!("-max_len={LARGEST}")])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", project.target("fuzz"))
        .run()
        .with_context(|| {
            format!(
                "the input is in fuzz/artifacts/{target}; once it is mended, put it into fuzz/corpus/{target}: \
                 `cargo test` tries it from then on"
            )
        })
}
