//! Firefox and the geckodriver that drives it. Where they cannot be had, there are no tests in Firefox.

use std::fmt;
use std::path::PathBuf;

use super::debian;
use super::search::{in_path, named_by};
use super::tools;
use crate::failure::{Failure, Outcome};
use crate::project::Project;

const FIREFOXES: &[&str] = &["firefox", "firefox-esr"];
/// Not in `PATH`, on macOS.
const FIREFOX_APP: &str = "/Applications/Firefox.app/Contents/MacOS/firefox";

/// Two programs. Any geckodriver of these years drives any Firefox of them.
#[derive(Debug)]
pub(crate) struct Firefox {
    /// Firefox.
    pub(crate) firefox: PathBuf,
    /// Its driver.
    pub(crate) driver: PathBuf,
}

impl fmt::Display for Firefox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {}", self.firefox.display(), self.driver.display())
    }
}

/// Those of the environment, else those in `PATH`, else the driver of ours; if both are there.
pub(crate) fn find() -> Outcome<Option<Firefox>> {
    Ok(firefox()?.zip(driver()?).map(|(firefox, driver)| Firefox { firefox, driver }))
}

/// Brings what is missing, where that is possible. Says what there is, or why there is none.
pub(crate) fn provide(project: &Project) -> Outcome<String> {
    if let Some(there) = find()? {
        return Ok(there.to_string());
    }
    let brought = bring(project);
    match (find()?, brought) {
        (Some(brought), _) => Ok(brought.to_string()),
        (None, Err(why)) => Ok(format!("nothing for the tests in Firefox, which will be skipped: {why}")),
        (None, Ok(())) => Err(Failure::new("Firefox and geckodriver were installed, and are not there")),
    }
}

fn bring(project: &Project) -> Outcome {
    if firefox()?.is_none() {
        debian::install(project, &["firefox-esr"])?;
    }
    if driver()?.is_none() {
        tools::geckodriver().provide(project)?;
    }
    Ok(())
}

fn firefox() -> Outcome<Option<PathBuf>> {
    let found = named_by("FIREFOX")?.or_else(|| in_path(FIREFOXES));
    Ok(found.or_else(|| Some(PathBuf::from(FIREFOX_APP)).filter(|app| app.is_file())))
}

fn driver() -> Outcome<Option<PathBuf>> {
    let found = named_by("GECKODRIVER")?.or_else(|| in_path(&["geckodriver"]));
    Ok(found.or_else(|| Some(tools::geckodriver().program("geckodriver")).filter(|ours| ours.is_file())))
}
