//! What reloads in the middle of a refresh cost: the table of `docs/rotation.md`.

use crate::arguments::Arguments;
use crate::failure::Outcome;
use crate::process::run;
use crate::project::Project;

/// `cargo xtask simulate-reloads`
pub(crate) fn command(project: &Project, arguments: Arguments) -> Outcome {
    arguments.finish()?;
    let mut test = project.cargo();
    run(test.env("WRITE_TABLE", "1").args(["test", "--package", "silent-session", "--test", "reloads"]))
}
