//! Node, and the npm packages that builds and tests use.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::search::in_path;
use super::version::major;
use crate::failure::{Failure, Outcome};
use crate::process::{output, run};
use crate::project::Project;

/// The oldest that the tests run on.
const OLDEST: u32 = 20;

/// Node and npm have to be there; the packages are installed if they are not up to date.
pub(crate) fn node_and_packages(project: &Project) -> Outcome<String> {
    let wanted = format!("please install Node.js {OLDEST} or later, with npm: https://nodejs.org");
    if in_path(&["node"]).is_none() || in_path(&["npm", "npm.cmd"]).is_none() {
        return Err(Failure::new(format!("node or npm is not there; {wanted}")));
    }
    let version = output(project.command("node").arg("--version"))?;
    if major(&version).is_none_or(|major| major < OLDEST) {
        return Err(Failure::new(format!("this is Node.js {}; {wanted}", version.trim())));
    }

    // npm writes down what it has installed, after all else.
    let installed = modified(&project.path("node_modules/.package-lock.json"));
    if are_stale(modified(&project.path("package-lock.json")), installed) {
        run(project.command("npm").args(["ci", "--no-audit", "--no-fund"]))?;
    }
    Ok(format!("Node.js {} and the packages of package-lock.json", version.trim()))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn are_stale(locked: Option<SystemTime>, installed: Option<SystemTime>) -> bool {
    // `None` is older than any time.
    installed.is_none() || installed < locked
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn packages_are_stale_when_missing_or_older_than_the_lock_file() {
        let early = Some(SystemTime::UNIX_EPOCH);
        let late = early.map(|time| time + Duration::from_secs(1));
        assert!(are_stale(early, None));
        assert!(are_stale(None, None));
        assert!(are_stale(late, early));
        assert!(!are_stale(early, early));
        assert!(!are_stale(early, late));
    }
}
