//! Node, and the npm packages that builds and tests use.

use std::fs;
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};
use xshell::cmd;

use crate::project::Project;

/// The oldest major version that the tests run on.
const OLDEST: u32 = 20;

/// Requires Node and npm, and installs the packages if they are not up to date.
pub(super) fn node_and_packages(project: &Project) -> Result<String> {
    let sh = &project.shell;
    let wanted = format!("please install Node.js {OLDEST} or later, with npm: https://nodejs.org");
    let version = cmd!(sh, "node --print process.versions.node").quiet().read();
    let version = version.with_context(|| wanted.clone())?;
    let major = version.split('.').next().and_then(|major| major.parse().ok());
    ensure!(major >= Some(OLDEST), "this is Node.js {version}; {wanted}");

    let modified = |path| fs::metadata(project.path(path)).and_then(|metadata| metadata.modified()).ok();
    // npm writes its own list after all else. `None` is older than any time.
    let installed: Option<SystemTime> = modified("node_modules/.package-lock.json");
    if installed.is_none() || installed < modified("package-lock.json") {
        cmd!(sh, "npm ci --no-audit --no-fund").run().with_context(|| wanted)?;
    }
    Ok(format!("Node.js {version} and the packages of package-lock.json"))
}
