//! Back ends that people already run, from PyPI, with pages of Chromium on another origin.

use super::tabs::in_chromium;
use crate::failure::Outcome;
use crate::process::run;
use crate::project::Project;
use crate::setup::python::find;

const TESTS: &str = "tests/backends";

/// Runs their tests, where there is a Python. Each file has a browser and a back end of its own; two run at a time.
pub(crate) fn test(project: &Project) -> Outcome {
    let Some(python) = find(project)? else {
        println!(
            "SKIPPED: there is no python3 of 3.10 or later here, or it has no venv. Please install it (Debian, as \
             root: apt-get install python3-venv)."
        );
        return Ok(());
    };
    run(in_chromium(project, TESTS, 2)?.env("SILENT_SESSION_PYTHON", python))
}
