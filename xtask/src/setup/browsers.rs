//! Browsers and their drivers.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use xshell::cmd;

use super::system::{find, install};
use super::tools;
use crate::project::Project;

/// In `PATH`; the last one is where macOS has it.
const CHROMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const FIREFOXES: &[&str] = &["firefox", "firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox"];
const WANTED: &str = "please install Chromium (or Chrome) and chromedriver of the same major version, or set \
                      CHROME and CHROMEDRIVER to their paths";

/// A browser and its driver.
#[derive(Debug)]
pub(crate) struct Browser {
    /// The browser.
    pub(crate) program: PathBuf,
    /// Its driver.
    pub(crate) driver: PathBuf,
}

impl fmt::Display for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {}", self.program.display(), self.driver.display())
    }
}

/// Chromium and chromedriver of one version, installed where that is possible. Debian has both.
pub(crate) fn chromium(project: &Project) -> Result<Browser> {
    if find_chromium()?.is_none() {
        install(project, &["chromium", "chromium-driver"]).context(WANTED)?;
    }
    let browser = find_chromium()?.context(WANTED)?;
    let ask = |program: &Path| {
        let sh = &project.shell;
        cmd!(sh, "{program} --version").quiet().read()
    };
    let (chrome, driver) = (ask(&browser.program)?, ask(&browser.driver)?);
    match (major(&chrome), major(&driver)) {
        (Some(one), Some(other)) if one == other => Ok(browser),
        _ => bail!("`{chrome}` and `{driver}` do not fit; {WANTED}"),
    }
}

/// Chromium and chromedriver, if both are installed.
pub(crate) fn find_chromium() -> Result<Option<Browser>> {
    let driver = find("CHROMEDRIVER", &["chromedriver"])?;
    Ok(find("CHROME", CHROMES)?.zip(driver).map(|(program, driver)| Browser { program, driver }))
}

/// Firefox and geckodriver, if both are installed. Any recent geckodriver drives any recent Firefox.
pub(crate) fn find_firefox() -> Result<Option<Browser>> {
    let ours = tools::geckodriver().program("geckodriver");
    let driver = find("GECKODRIVER", &["geckodriver"])?.or_else(|| ours.is_file().then_some(ours));
    Ok(find("FIREFOX", FIREFOXES)?.zip(driver).map(|(program, driver)| Browser { program, driver }))
}

/// Installs Firefox and geckodriver where that is possible. Returns a description of them, or of why
/// there are none.
pub(super) fn provide_firefox(project: &Project) -> Result<String> {
    if let Some(firefox) = find_firefox()? {
        return Ok(firefox.to_string());
    }
    let mut brought = Ok(());
    if find("FIREFOX", FIREFOXES)?.is_none() {
        brought = install(project, &["firefox-esr"]);
    }
    // Debian has no geckodriver.
    if brought.is_ok() && find_firefox()?.is_none() {
        brought = tools::geckodriver().provide(project).map(drop);
    }
    match (find_firefox()?, brought) {
        (Some(firefox), _) => Ok(firefox.to_string()),
        (None, Err(error)) => Ok(format!("no Firefox, its tests will be skipped: {error:#}")),
        (None, Ok(())) => bail!("Firefox and geckodriver were installed, and cannot be found"),
    }
}

/// The first number with a dot in it, up to the dot: 156 in `Chromium 156.0.8078.79 built on Debian 12.1`.
fn major(said: &str) -> Option<u32> {
    said.split(|character: char| !character.is_ascii_digit() && character != '.')
        .find_map(|word| word.split_once('.')?.0.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_found_in_what_programs_print() {
        assert_eq!(major("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)"), Some(156));
        assert_eq!(major("ChromeDriver 156.0.8078.79 (a21ce95c-refs/branch-heads/8078@{#1704})"), Some(156));
        assert_eq!(major("Google Chrome for Testing 99.1 "), Some(99));
        assert_eq!(major("no version here. 7"), None);
    }
}
