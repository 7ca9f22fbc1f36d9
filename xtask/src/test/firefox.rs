//! Tabs of Firefox, against the reference server.

use super::javascript::test_files;
use crate::failure::{Failure, Outcome, While};
use crate::process::run;
use crate::project::Project;
use crate::server;
use crate::setup::firefox::find;

const TESTS: &str = "tests/firefox";

/// Runs them, where there is a Firefox. Each file has a browser and a server of its own; two run at a time.
pub(crate) fn test(project: &Project) -> Outcome {
    let Some(firefox) = find()? else {
        println!(
            "SKIPPED: Firefox or geckodriver is not here, and could not be brought. Please install them (Debian, as \
             root: apt-get install firefox-esr), or say where they are with FIREFOX and GECKODRIVER."
        );
        return Ok(());
    };
    let files = test_files(&project.path(TESTS)).during(format_args!("looking through {TESTS}"))?;
    if files.is_empty() {
        return Err(Failure::new(format!("{TESTS} has no *.test.mjs in it")));
    }
    println!("{firefox}");
    let server = server::build(project)?;
    run(project
        .command("node")
        .env("FIREFOX", firefox.firefox)
        .env("GECKODRIVER", firefox.driver)
        .env("SILENT_SESSION_SERVER_PROGRAM", server)
        .args(["--test", "--test-reporter=spec", "--test-concurrency=2", "--test-timeout=240000"])
        .args(files))
}
