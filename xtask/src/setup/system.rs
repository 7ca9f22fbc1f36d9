//! Programs of the system, and its packages where it is Debian or a relative.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use xshell::cmd;

use crate::project::Project;

/// The program that the environment variable names, or else the first of `names` in `PATH`.
pub(super) fn find(variable: &str, names: &[&str]) -> Result<Option<PathBuf>> {
    match env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from) {
        Some(path) => {
            ensure!(path.is_file(), "{variable} is {}, where no program is", path.display());
            Ok(Some(path))
        }
        None => Ok(in_path(names)),
    }
}

/// The first of `names` in `PATH`. An earlier name is preferred to an earlier folder.
pub(super) fn in_path(names: &[&str]) -> Option<PathBuf> {
    names.iter().find_map(|name| which::which(name).ok())
}

/// Installs Debian packages, if this user may.
pub(super) fn install(project: &Project, packages: &[&str]) -> Result<()> {
    let sh = &project.shell;
    ensure!(in_path(&["apt-get"]).is_some(), "there is no apt-get here to install {}", packages.join(" "));
    let is_root = cmd!(sh, "id -u").quiet().read().is_ok_and(|id| id == "0");
    ensure!(is_root, "only root may do `apt-get install {}`", packages.join(" "));
    let _environment = sh.push_env("DEBIAN_FRONTEND", "noninteractive");
    cmd!(sh, "apt-get update").run()?;
    Ok(cmd!(sh, "apt-get install --yes {packages...}").run()?)
}
