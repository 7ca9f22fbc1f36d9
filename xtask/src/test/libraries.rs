//! The libraries that people hand `session.fetch` to, in Chromium, against the reference server.

use super::tabs::test_folder;
use crate::failure::Outcome;
use crate::project::Project;

const TESTS: &str = "tests/libraries";

/// Runs their tests.
pub(crate) fn test(project: &Project) -> Outcome {
    test_folder(project, TESTS)
}
