//! The kit that tries a server's refresh endpoint: the program of the npm package, from this checkout.

use std::env;
use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::failure::{Failure, Outcome, While};
use crate::project::Project;

const PROGRAM: &str = "pkg/check-server/main.js";

/// `cargo xtask check-server [arguments]`: ends with the code that the program ends with.
pub(crate) fn command(project: &Project, arguments: Arguments) -> Outcome<ExitCode> {
    let here = env::current_dir().during("looking where we are")?;
    let mut node = project.command("node");
    // Files are named from where one stands.
    node.arg(project.path(PROGRAM)).args(arguments.rest()).current_dir(here);
    let status = node.status().during("starting node")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map(ExitCode::from).ok_or_else(|| Failure::new(format!("the program ended with {status}")))
}
