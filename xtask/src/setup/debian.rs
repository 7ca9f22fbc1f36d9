//! Packages of the system, where that is Debian or a relative of it.

use super::search::in_path;
use crate::failure::{Failure, Outcome};
use crate::process::{output, run};
use crate::project::Project;

/// Installs them, if we may.
pub(crate) fn install(project: &Project, packages: &[&str]) -> Outcome {
    if in_path(&["apt-get"]).is_none() {
        return Err(Failure::new("there is no apt-get here to install it"));
    }
    if !output(project.command("id").arg("-u")).is_ok_and(|id| id.trim() == "0") {
        let packages = packages.join(" ");
        return Err(Failure::new(format!("only root may do `apt-get install {packages}`")));
    }
    let apt = || {
        let mut apt = project.command("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    run(apt().args(["update"]))?;
    run(apt().args(["install", "--yes"]).args(packages))
}
