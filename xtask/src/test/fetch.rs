//! `session.fetch` beside native fetch, in Chromium, against servers that record what they are sent.

use super::javascript::test_files;
use crate::failure::{Failure, Outcome, While};
use crate::process::run;
use crate::project::Project;
use crate::setup::browser::browser;

const TESTS: &str = "tests/fetch";

/// Runs them, one file after the other: they work more than they wait.
pub(crate) fn test(project: &Project) -> Outcome {
    let files = test_files(&project.path(TESTS)).during(format_args!("looking through {TESTS}"))?;
    if files.is_empty() {
        return Err(Failure::new(format!("{TESTS} has no *.test.mjs in it")));
    }
    let browser = browser(project)?;
    run(project
        .command("node")
        .env("CHROME", browser.chrome)
        .args(["--test", "--test-reporter=spec", "--test-concurrency=1", "--test-timeout=300000"])
        .args(files))
}
