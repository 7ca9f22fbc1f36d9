//! Many tabs of one browser, against the reference server.

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
    let files = test_files(&project.path(folder)).during(format_args!("looking through {folder}"))?;
    if files.is_empty() {
        return Err(Failure::new(format!("{folder} has no *.test.mjs in it")));
    }
    let (browser, server) = (browser(project)?, server::build(project)?);
    run(project
        .command("node")
        .env("CHROME", browser.chrome)
        .env("SILENT_SESSION_SERVER_PROGRAM", server)
        .args(["--test", "--test-reporter=spec", "--test-concurrency=2", "--test-timeout=240000"])
        .args(files))
}
