//! Many tabs of one browser, against the reference server.

use std::process::Command;

use super::javascript::test_files;
use crate::failure::{Failure, Outcome, While};
use crate::process::run;
use crate::project::Project;
use crate::server;
use crate::setup::browser::browser;

const TESTS: &str = "tests/tabs";

/// Runs them.
pub(crate) fn test(project: &Project) -> Outcome {
    test_folder(project, TESTS)
}

/// Runs the tests of a folder. Each file has a browser and a server of its own; they wait more than they work, so two
/// run at a time.
pub(super) fn test_folder(project: &Project, folder: &str) -> Outcome {
    let server = server::build(project)?;
    run(in_chromium(project, folder, 2)?.env("SILENT_SESSION_SERVER_PROGRAM", server))
}

/// What runs the tests of a folder, so many files at a time.
pub(super) fn in_chromium(project: &Project, folder: &str, at_a_time: u8) -> Outcome<Command> {
    let files = test_files(&project.path(folder)).during(format_args!("looking through {folder}"))?;
    if files.is_empty() {
        return Err(Failure::new(format!("{folder} has no *.test.mjs in it")));
    }
    let mut command = project.command("node");
    command
        .env("CHROME", browser(project)?.chrome)
        .args(["--test", "--test-reporter=spec", "--test-timeout=300000"])
        .arg(format!("--test-concurrency={at_a_time}"))
        .args(files);
    Ok(command)
}
