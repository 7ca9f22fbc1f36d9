//! The tests in JavaScript: one command for each step.

use anyhow::{Context as _, Result, ensure};
use xshell::{Cmd, cmd};

use crate::build::{self, Profile};
use crate::files::files_ending;
use crate::project::Project;
use crate::serve;
use crate::setup::browsers::{find_chromium, find_firefox};
use crate::setup::{Need, python};

/// What a step in Chromium needs.
pub(crate) const NEEDS: &[Need] = &[Need::WasmTarget, Need::RustSource, Need::Node, Need::Chromium];
/// What the step `backends` needs.
pub(crate) const BACKENDS_NEEDS: &[Need] =
    &[Need::WasmTarget, Need::RustSource, Need::Node, Need::Chromium, Need::Python];
/// What the step `firefox` needs.
pub(crate) const FIREFOX_NEEDS: &[Need] = &[Need::WasmTarget, Need::RustSource, Need::Node, Need::Firefox];

/// The command of each step. A folder at its end stands for the test files in it and below: Node 20
/// takes no patterns.
const COMMANDS: &[(&str, &str)] = &[
    ("check-server", "node --test --test-reporter=spec --test-timeout=60000 tests/check-server"),
    ("package", "node --test --test-reporter=spec tests/package"),
    ("surface", "node --test --test-reporter=spec --test-timeout=400000 tests/js"),
    // These work more than they wait: one file after the other.
    ("fetch", "node --test --test-reporter=spec --test-timeout=300000 --test-concurrency=1 tests/fetch"),
    ("demo", "node tests/e2e/demo.mjs"),
    // These wait more than they work: two files at a time, each with a browser and a server.
    ("tabs", "node --test --test-reporter=spec --test-timeout=300000 --test-concurrency=2 tests/tabs"),
    (
        "libraries",
        "node --test --test-reporter=spec --test-timeout=300000 --test-concurrency=2 tests/libraries",
    ),
    (
        "backends",
        "node --test --test-reporter=spec --test-timeout=300000 --test-concurrency=2 tests/backends",
    ),
    ("firefox", "node --test --test-reporter=spec --test-timeout=240000 --test-concurrency=2 tests/firefox"),
];

/// The command of a step, with the reference server, browsers and Python that there are.
fn command<'a>(project: &'a Project, step: &str) -> Result<Cmd<'a>> {
    let (_, line) = COMMANDS.iter().find(|(name, _)| *name == step).context("no such step")?;
    let mut words: Vec<_> = line.split(' ').collect();
    let mut files = Vec::new();
    if let Some(folder) = words.pop_if(|last| project.path(last).is_dir()) {
        files = files_ending(&project.path(folder), ".test.mjs")?;
        ensure!(!files.is_empty(), "{folder} has no *.test.mjs in it");
    }
    let mut command = project.shell.cmd(words.remove(0)).args(words).args(files);
    if let Some(chromium) = find_chromium()? {
        command = command.env("CHROME", chromium.program);
    }
    if let Some(firefox) = find_firefox()? {
        command = command.env("FIREFOX", firefox.program).env("GECKODRIVER", firefox.driver);
    }
    if let Some(python) = python::find(project)? {
        command = command.env("SILENT_SESSION_PYTHON", python);
    }
    Ok(command.env("SILENT_SESSION_SERVER_PROGRAM", build::program(project, "auth-server")?))
}

/// Runs the command of a step.
pub(crate) fn run(project: &Project, step: &str) -> Result<()> {
    Ok(command(project, step)?.run()?)
}

/// Builds the package, then runs the command of a step.
pub(crate) fn run_built(project: &Project, step: &str) -> Result<()> {
    build::build(project, Profile::Lean)?;
    run(project, step)
}

/// Walks through the demo in a headless browser.
pub(crate) fn demo(project: &Project) -> Result<()> {
    build::build(project, Profile::Lean)?;
    let server = serve::start_demo(project, "0", "20")?;
    let log = || format!("the server's log is {}", server.log.display());
    command(project, "demo")?.arg(&server.origin).run().with_context(log)
}

/// Tries back ends that people already run, from PyPI, where there is a Python.
pub(crate) fn backends(project: &Project) -> Result<()> {
    if python::find(project)?.is_none() {
        println!(
            "SKIPPED: there is no python3 of 3.10 or later here, or it has no venv. Please install it (Debian, as \
             root: apt-get install python3-venv)."
        );
        return Ok(());
    }
    run_built(project, "backends")
}

/// Runs the tests in Firefox, where there is one.
pub(crate) fn firefox(project: &Project) -> Result<()> {
    if find_firefox()?.is_none() {
        println!(
            "SKIPPED: Firefox or geckodriver is not here, and could not be installed. Please install them (Debian, \
             as root: apt-get install firefox-esr), or set FIREFOX and GECKODRIVER to their paths."
        );
        return Ok(());
    }
    run_built(project, "firefox")
}

/// Packs the package, installs it into an empty project, and tests it there.
pub(crate) fn package(project: &Project) -> Result<()> {
    build::build(project, Profile::Lean)?;
    let sh = &project.shell;
    let folder = sh.create_temp_dir()?;
    let (folder, app) = (folder.path(), folder.path().join("app"));
    sh.write_file(app.join("package.json"), "{ \"private\": true, \"type\": \"module\" }\n")?;
    let tarball = cmd!(sh, "npm pack --silent --pack-destination {folder}").read()?;
    let tarball = folder.join(tarball.lines().last().context("npm pack made no tarball")?);
    {
        let _app = sh.push_dir(&app);
        cmd!(sh, "npm install --offline --no-audit --no-fund {tarball}").run()?;
    }
    Ok(command(project, "package")?.env("SILENT_SESSION_APP", app).run()?)
}
