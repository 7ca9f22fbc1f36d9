//! The tests in JavaScript: Playwright's projects, and those that need no browser.

use anyhow::{Context as _, Result, ensure};
use xshell::{Cmd, cmd};

use crate::build::{self, Profile};
use crate::files::files_ending;
use crate::project::Project;
use crate::setup::browsers::{find_chromium, find_firefox, find_headless_shell, find_webkit};
use crate::setup::{Need, python};

/// The tools of a step in Chromium.
pub(crate) const NEEDS: &[Need] = &[Need::WasmTarget, Need::RustSource, Need::Node, Need::Chromium];
/// The tools of the step `backends`.
pub(crate) const BACKENDS_NEEDS: &[Need] =
    &[Need::WasmTarget, Need::RustSource, Need::Node, Need::Chromium, Need::Python];
/// The tools of the step `firefox`.
pub(crate) const FIREFOX_NEEDS: &[Need] = &[Need::WasmTarget, Need::RustSource, Need::Node, Need::Firefox];
/// The tools of the step `webkit`.
pub(crate) const WEBKIT_NEEDS: &[Need] = &[Need::WasmTarget, Need::RustSource, Need::Node, Need::Webkit];

/// Runs the tests of a folder in Node, without a browser.
pub(crate) fn node(project: &Project, folder: &str) -> Result<()> {
    // Node 20 takes no patterns.
    let files = files_ending(&project.path(folder), ".test.mjs")?;
    ensure!(!files.is_empty(), "{folder} has no *.test.mjs in it");
    let node = project.shell.cmd("node").args(["--test", "--test-reporter=spec"]).args(files);
    Ok(equipped(project, node)?.run()?)
}

/// Builds the package, then runs a project of `playwright.config.mjs`.
pub(crate) fn browser(project: &Project, name: &str) -> Result<()> {
    build::build(project, Profile::Lean)?;
    let playwright = project.npm_program("playwright").args(["test", "--project", name]);
    Ok(equipped(project, playwright)?.run()?)
}

/// A command that knows the reference server, and the browsers and the Python that there are.
fn equipped<'a>(project: &Project, mut command: Cmd<'a>) -> Result<Cmd<'a>> {
    if let Some(chromium) = find_chromium()? {
        command = command.env("CHROME", chromium.program);
    }
    if let Some(shell) = find_headless_shell()? {
        command = command.env("HEADLESS_SHELL", shell);
    }
    if let Some(firefox) = find_firefox()? {
        command = command.env("FIREFOX", firefox);
    }
    if let Some(webkit) = find_webkit()? {
        command = command.env("WEBKIT_DRIVER", webkit.driver).env("XVFB", webkit.program);
    }
    if let Some(python) = python::find(project)? {
        command = command.env("SILENT_SESSION_PYTHON", python);
    }
    Ok(command.env("SILENT_SESSION_SERVER_PROGRAM", build::program(project, "auth-server")?))
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
    let _app = sh.push_env("SILENT_SESSION_APP", app);
    node(project, "tests/package")
}
