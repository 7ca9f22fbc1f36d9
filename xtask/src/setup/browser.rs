//! Chromium and the chromedriver that drives it.

use std::fmt;
use std::path::{Path, PathBuf};

use super::debian;
use super::search::{in_path, named_by};
use super::version::major;
use crate::failure::{Failure, Outcome};
use crate::process::output;
use crate::project::Project;

const CHROMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
/// Not in `PATH`, on macOS.
const CHROME_APP: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
const WANTED: &str = "please install Chromium (or Chrome) and chromedriver of the same major version, or say where \
                      they are with CHROME and CHROMEDRIVER";

/// Two programs that fit each other.
#[derive(Debug)]
pub(crate) struct Browser {
    /// Chromium or Chrome.
    pub(crate) chrome: PathBuf,
    /// Its driver.
    pub(crate) driver: PathBuf,
    major: u32,
}

impl fmt::Display for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {}, version {}", self.chrome.display(), self.driver.display(), self.major)
    }
}

/// Those of the environment, else those in `PATH`, else from the system's packages where that is possible.
pub(crate) fn browser(project: &Project) -> Outcome<Browser> {
    let (chrome, driver) = match (chrome()?, driver()?) {
        (Some(chrome), Some(driver)) => (chrome, driver),
        _ => {
            install(project)?;
            chrome()?.zip(driver()?).ok_or_else(|| Failure::new(format!("still not there; {WANTED}")))?
        }
    };
    let major = same_major(ask(project, &chrome)?, ask(project, &driver)?)?;
    Ok(Browser { chrome, driver, major })
}

fn chrome() -> Outcome<Option<PathBuf>> {
    let found = named_by("CHROME")?.or_else(|| in_path(CHROMES));
    Ok(found.or_else(|| Some(PathBuf::from(CHROME_APP)).filter(|app| app.is_file())))
}

fn driver() -> Outcome<Option<PathBuf>> {
    Ok(named_by("CHROMEDRIVER")?.or_else(|| in_path(&["chromedriver"])))
}

fn ask(project: &Project, program: &Path) -> Outcome<String> {
    output(project.command(program).arg("--version"))
}

fn same_major(chrome: String, driver: String) -> Outcome<u32> {
    match (major(&chrome), major(&driver)) {
        (Some(of_chrome), Some(of_driver)) if of_chrome == of_driver => Ok(of_chrome),
        _ => {
            let (chrome, driver) = (chrome.trim(), driver.trim());
            Err(Failure::new(format!("`{chrome}` and `{driver}` do not fit; {WANTED}")))
        }
    }
}

/// Debian has both, in one version. Elsewhere somebody has to choose.
fn install(project: &Project) -> Outcome {
    debian::install(project, &["chromium", "chromium-driver"]).map_err(|failure| {
        Failure::new(format!("Chromium or chromedriver is missing, and {failure}; {WANTED}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_programs_of_one_major_version_fit() {
        let fit = |chrome: &str, driver: &str| same_major(chrome.to_owned(), driver.to_owned());
        assert_eq!(fit("Chromium 156.0.1.2", "ChromeDriver 156.0.9.9 (a)").unwrap(), 156);
        let failure = fit("Chromium 157.0.1.2\n", "ChromeDriver 156.0.1.2").unwrap_err().to_string();
        assert!(failure.contains("`Chromium 157.0.1.2` and"), "{failure}");
        assert!(fit("Chromium", "ChromeDriver").is_err());
    }
}
