//! What `npm pack` ships, looked at from an app that has installed it.

use std::fs;

use crate::failure::{Failure, Outcome, While};
use crate::process::run;
use crate::project::Project;
use crate::temporary::TemporaryFolder;

const TEST: &str = "tests/package/package.test.mjs";

/// Packs, installs and tests it. The package has to be built.
pub(crate) fn test(project: &Project) -> Outcome {
    let folder = TemporaryFolder::new("package")?;
    let app = folder.path().join("app");
    fs::create_dir(&app)
        .and_then(|()| fs::write(app.join("package.json"), "{ \"private\": true, \"type\": \"module\" }\n"))
        .during("making an app")?;

    run(project.command("npm").args(["pack", "--silent", "--pack-destination"]).arg(folder.path()))?;
    let tarball = fs::read_dir(folder.path())
        .during("looking for the tarball")?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .ok_or_else(|| Failure::new("npm pack has made no tarball"))?;
    let mut install = project.command("npm");
    install.current_dir(&app).args(["install", "--offline", "--no-audit", "--no-fund"]);
    run(install.arg(tarball))?;

    run(project
        .command("node")
        .args(["--test", "--test-reporter=spec", TEST])
        .env("SILENT_SESSION_APP", &app))
}
