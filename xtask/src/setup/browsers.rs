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
const HEADLESS_SHELLS: &[&str] = &["chromium-headless-shell", "chrome-headless-shell"];
const FIREFOXES: &[&str] = &["firefox", "firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox"];
const WANTED: &str = "please install Chromium (or Chrome) and chromedriver of the same major version, or set \
                      CHROME and CHROMEDRIVER to their paths";

/// A browser and its driver.
#[derive(Debug)]
pub(crate) struct Browser {
    /// The browser.
    pub(crate) program: PathBuf,
    /// The driver.
    pub(crate) driver: PathBuf,
}

impl fmt::Display for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {}", self.program.display(), self.driver.display())
    }
}

/// Chromium and chromedriver of one version, installed where that is possible. Debian has both, and
/// the headless shell.
pub(crate) fn chromium(project: &Project) -> Result<Browser> {
    if find_chromium()?.is_none() {
        install(project, &["chromium", "chromium-driver"]).context(WANTED)?;
    }
    provide_headless_shell(project)?;
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

/// Tries once on each machine: the tests run without it, too.
fn provide_headless_shell(project: &Project) -> Result<()> {
    let tried = tools::folder("headless-shell-tried");
    if find_headless_shell()?.is_none() && !tried.exists() {
        project.shell.create_dir(tried)?;
        if let Err(error) = install(project, &["chromium-headless-shell"]) {
            println!("no headless shell of Chromium, the tests take longer without it: {error:#}");
        }
    }
    Ok(())
}

/// Chromium and chromedriver, if both are installed.
pub(crate) fn find_chromium() -> Result<Option<Browser>> {
    let driver = find("CHROMEDRIVER", &["chromedriver"])?;
    Ok(find("CHROME", CHROMES)?.zip(driver).map(|(program, driver)| Browser { program, driver }))
}

/// Chromium without its window, if it is installed. Tests of one page take half as long in it.
pub(crate) fn find_headless_shell() -> Result<Option<PathBuf>> {
    find("HEADLESS_SHELL", HEADLESS_SHELLS)
}

/// Firefox, if it is installed.
pub(crate) fn find_firefox() -> Result<Option<PathBuf>> {
    find("FIREFOX", FIREFOXES)
}

/// Xvfb and WebKit's driver, if both are installed. The browser itself comes with the driver.
pub(crate) fn find_webkit() -> Result<Option<Browser>> {
    let driver = find("WEBKIT_DRIVER", &["WebKitWebDriver"])?;
    Ok(find("XVFB", &["Xvfb"])?.zip(driver).map(|(program, driver)| Browser { program, driver }))
}

/// Geckodriver, if it is installed. Any recent one drives any recent Firefox.
pub(crate) fn find_geckodriver() -> Result<Option<PathBuf>> {
    let ours = tools::geckodriver().program("geckodriver");
    Ok(find("GECKODRIVER", &["geckodriver"])?.or_else(|| ours.is_file().then_some(ours)))
}

/// Installs Firefox where that is possible. Returns its path, or why there is none.
pub(super) fn provide_firefox(project: &Project) -> Result<String> {
    provide(project, "Firefox", &["firefox-esr"], || {
        Ok(find_firefox()?.map(|firefox| firefox.display().to_string()))
    })
}

/// Installs WebKit's driver and a display for it where that is possible.
pub(super) fn provide_webkit(project: &Project) -> Result<String> {
    provide(project, "WebKit", &["webkit2gtk-driver", "xvfb"], || {
        Ok(find_webkit()?.map(|webkit| webkit.to_string()))
    })
}

/// Builds geckodriver where there is a Firefox to drive: Debian has none.
pub(super) fn provide_geckodriver(project: &Project) -> Result<String> {
    if find_firefox()?.is_none() {
        return Ok("no geckodriver, for there is no Firefox".to_owned());
    }
    match find_geckodriver()? {
        Some(driver) => Ok(driver.display().to_string()),
        None => tools::geckodriver().provide(project),
    }
}

fn provide(
    project: &Project,
    what: &str,
    packages: &[&str],
    find: impl Fn() -> Result<Option<String>>,
) -> Result<String> {
    if let Some(found) = find()? {
        return Ok(found);
    }
    match (install(project, packages), find()?) {
        (_, Some(found)) => Ok(found),
        (Err(error), None) => Ok(format!("no {what}, its tests will be skipped: {error:#}")),
        (Ok(()), None) => bail!("{what} was installed, and cannot be found"),
    }
}

/// The number before the first dot: 156 in `Chromium 156.0.8078.79 built on Debian 12.1`.
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
