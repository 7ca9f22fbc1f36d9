//! `session.fetch` beside native fetch, in Chromium, against servers that record what they are sent.

use super::tabs::in_chromium;
use crate::failure::Outcome;
use crate::process::run;
use crate::project::Project;

const TESTS: &str = "tests/fetch";

/// Runs them, one file after the other: they work more than they wait.
pub(crate) fn test(project: &Project) -> Outcome {
    run(&mut in_chromium(project, TESTS, 1)?)
}
