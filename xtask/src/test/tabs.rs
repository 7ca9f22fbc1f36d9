//! Many tabs of one browser, against the reference server.

use super::javascript::test_files;
use crate::failure::{Failure, Outcome, While};
use crate::process::run;
use crate::project::Project;
use crate::server;
use crate::setup::browser::browser;

const TESTS: &str = "tests/tabs";

/// Runs them. Each file has a browser and a server of its own; they wait more than they work, so two run at a time.
pub(crate) fn test(project: &Project) -> Outcome {
    let files = test_files(&project.path(TESTS)).during(format_args!("looking through {TESTS}"))?;
    if files.is_empty() {
        return Err(Failure::new(format!("{TESTS} has no *.test.mjs in it")));
    }
    let (browser, server) = (browser(project)?, server::build(project)?);
    run(project
        .command("node")
        .env("CHROME", browser.chrome)
        .env("SILENT_SESSION_SERVER_PROGRAM", server)
        .args(["--test", "--test-reporter=spec", "--test-concurrency=2", "--test-timeout=240000"])
        .args(files))
}
