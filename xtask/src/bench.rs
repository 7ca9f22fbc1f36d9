//! Time per event, and bytes per session: the tables of `docs/performance.md`.

use crate::arguments::Arguments;
use crate::failure::Outcome;
use crate::process::run;
use crate::project::Project;

const PACKAGE: [&str; 2] = ["--package", "performance"];

/// `cargo xtask bench [--bytes]`
pub(crate) fn command(project: &Project, mut arguments: Arguments) -> Outcome {
    let is_bytes_only = arguments.flag("--bytes");
    arguments.finish()?;
    let cargo = |command: &str, rest: [&str; 2]| {
        run(project.cargo().env("WRITE_TABLE", "1").arg(command).args(PACKAGE).args(rest))
    };
    cargo("test", ["--test", "bytes"])?;
    if is_bytes_only { Ok(()) } else { cargo("bench", ["--features", "times"]) }
}
