//! The kit that tries servers: against one that is made for it, with a fault at a time, and the reference server.

use super::javascript::test_files;
use crate::failure::{Failure, Outcome, While};
use crate::process::run;
use crate::project::Project;
use crate::server;

const TESTS: &str = "tests/check-server";

/// Runs its tests.
pub(crate) fn test(project: &Project) -> Outcome {
    let server = server::build(project)?;
    let files = test_files(&project.path(TESTS)).during(format_args!("looking through {TESTS}"))?;
    if files.is_empty() {
        return Err(Failure::new(format!("{TESTS} has no *.test.mjs in it")));
    }
    run(project
        .command("node")
        .env("SILENT_SESSION_SERVER_PROGRAM", server)
        .args(["--test", "--test-reporter=spec", "--test-timeout=60000"])
        .args(files))
}
