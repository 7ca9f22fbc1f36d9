//! Python, with the packages of the back ends. Where there is no Python, their tests are skipped.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;

use anyhow::Result;
use xshell::cmd;

use super::system::{in_path, install};
use super::tools;
use crate::project::Project;

const REQUIREMENTS: &str = "tests/backends/requirements.txt";
/// Prints the version. Fails without a version that the packages run on, and without the parts of
/// venv that Debian packages apart.
const PRINT_VERSION: &str = "import ensurepip, sys; print(sys.version); sys.exit(sys.version_info < (3, 10))";

/// A virtual environment. Other versions of Python or of the packages have another one.
#[derive(Debug)]
struct Environment {
    system: PathBuf,
    root: PathBuf,
}

impl Environment {
    /// The environment as it is to be made. `None` without a Python that is new enough.
    fn wanted(project: &Project) -> Result<Option<Self>> {
        let sh = &project.shell;
        let Some(system) = in_path(&["python3", "python"]) else { return Ok(None) };
        let Ok(version) = cmd!(sh, "{system} -c {PRINT_VERSION}").quiet().ignore_stderr().read() else {
            return Ok(None);
        };
        let mut hasher = DefaultHasher::new();
        (version, sh.read_file(REQUIREMENTS)?).hash(&mut hasher);
        Ok(Some(Self { system, root: tools::folder(&format!("backends-{:016x}", hasher.finish())) }))
    }

    fn program(&self) -> PathBuf {
        self.root.join("bin/python")
    }

    /// The path of a file that is written after all else.
    fn stamp(&self) -> PathBuf {
        self.root.join("complete")
    }
}

/// The Python of the environment, if it has been made.
pub(crate) fn find(project: &Project) -> Result<Option<PathBuf>> {
    let made = Environment::wanted(project)?.filter(|environment| environment.stamp().is_file());
    Ok(made.map(|environment| environment.program()))
}

/// Makes the environment if there is none. Returns a description of it, or of why there is none.
pub(super) fn provide(project: &Project) -> Result<String> {
    let sh = &project.shell;
    let mut wanted = Environment::wanted(project)?;
    if wanted.is_none() {
        if let Err(error) = install(project, &["python3", "python3-venv"]) {
            return Ok(format!("no Python, the step `backends` will be skipped: {error:#}"));
        }
        wanted = Environment::wanted(project)?;
    }
    let Some(environment) = wanted else {
        return Ok("no Python of 3.10 or later, the step `backends` will be skipped".to_owned());
    };
    if !environment.stamp().is_file() {
        let (system, root, python) = (&environment.system, &environment.root, environment.program());
        cmd!(sh, "{system} -m venv --clear {root}").run()?;
        cmd!(sh, "{python} -m pip install --disable-pip-version-check --quiet --requirement {REQUIREMENTS}")
            .run()?;
        sh.write_file(environment.stamp(), "")?;
    }
    Ok(format!("Python with the packages of {REQUIREMENTS} in {}", environment.root.display()))
}
