//! Python, with the packages of the back ends that tests speak to. Where there is no Python, there are no such tests.

use std::fs;
use std::path::PathBuf;

use super::debian;
use super::search::in_path;
use super::tools;
use super::version::minor;
use crate::build::fingerprint::Fingerprint;
use crate::failure::{Outcome, While};
use crate::process::{output, run};
use crate::project::Project;

const REQUIREMENTS: &str = "tests/backends/requirements.txt";
/// Of Python 3, the oldest minor version that those packages run on.
const OLDEST: u32 = 10;

/// A virtual environment with exactly those packages. Other versions of them, or of Python, get another one.
#[derive(Debug)]
struct Environment {
    python: PathBuf,
    version: String,
    root: PathBuf,
}

/// The Python of the environment, if it has been made.
pub(crate) fn find(project: &Project) -> Outcome<Option<PathBuf>> {
    let environment = environment(project)?;
    Ok(environment.filter(Environment::is_there).map(|environment| environment.program()))
}

/// Makes the environment if it is not there. Says what there is, or why there is none.
pub(crate) fn provide(project: &Project) -> Outcome<String> {
    let brought = match environment(project)? {
        Some(_) => Ok(()),
        None => debian::install(project, &["python3", "python3-venv"]),
    };
    match (environment(project)?, brought) {
        (Some(environment), _) => environment.provide(project),
        (None, Err(why)) => Ok(format!("nothing for the step `backends`, which will be skipped: {why}")),
        (None, Ok(())) => Ok(format!(
            "nothing for the step `backends`, which will be skipped: the system's Python is older than 3.{OLDEST}"
        )),
    }
}

/// What it is to be made with; `None` without a Python that will do.
fn environment(project: &Project) -> Outcome<Option<Environment>> {
    let Some(python) = in_path(&["python3", "python"]) else {
        return Ok(None);
    };
    // Debian's comes without ensurepip, and then without venv.
    let version = output(project.command(&python).args(["-c", "import ensurepip, sys; print(sys.version)"]));
    let Some(version) = version.ok().filter(|version| minor(version, 3).is_some_and(|minor| minor >= OLDEST))
    else {
        return Ok(None);
    };
    let fingerprint = Fingerprint::of(&project.path(REQUIREMENTS))?.and(&version);
    let root = tools::folder(&format!("backends-{fingerprint}"));
    let version = version.split_whitespace().next().unwrap_or_default().to_owned();
    Ok(Some(Environment { python, version, root }))
}

impl Environment {
    fn provide(&self, project: &Project) -> Outcome<String> {
        if !self.is_there() {
            run(project.command(&self.python).args(["-m", "venv", "--clear"]).arg(&self.root))?;
            let mut pip = project.command(self.program());
            pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--quiet"]);
            run(pip.args(["--requirement", REQUIREMENTS]))?;
            fs::write(self.stamp(), "").during(format_args!("writing {}", self.stamp().display()))?;
        }
        Ok(format!("Python {} with the packages of {REQUIREMENTS} in {}", self.version, self.root.display()))
    }

    fn is_there(&self) -> bool {
        self.stamp().is_file() && self.program().is_file()
    }

    fn program(&self) -> PathBuf {
        self.root.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
    }

    /// Written after all else.
    fn stamp(&self) -> PathBuf {
        self.root.join("complete")
    }
}
