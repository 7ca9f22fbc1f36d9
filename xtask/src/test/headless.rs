//! The exports of the crate in Chromium and Firefox, by wasm-pack.

use std::env;

use anyhow::{Result, ensure};
use xshell::cmd;

use crate::project::Project;
use crate::setup::{browsers, tools};

/// Seconds for all tests of one file.
const TIMEOUT: &str = "240";
/// The place in `webdriver.json` where the browser is named.
const OPTIONS: &str = "\"goog:chromeOptions\": {";

/// Runs them in Chromium, and in Firefox where it and its driver are installed.
pub(super) fn test(project: &Project) -> Result<()> {
    let sh = &project.shell;
    let browser = browsers::chromium(project)?;
    // chromedriver searches for a browser by itself, and may find another one.
    let ours = sh.read_file("webdriver.json")?;
    ensure!(ours.contains(OPTIONS), "webdriver.json has no {OPTIONS}");
    let named = format!("{OPTIONS} \"binary\": {:?},", browser.program);
    let capabilities = project.scratch("webdriver.json");
    sh.write_file(&capabilities, ours.replacen(OPTIONS, &named, 1))?;
    // wasm-pack takes the test runner in `PATH` if its version fits, and downloads one if not.
    let folders = [tools::test_runner(project)?.folder(), tools::wasm_pack().folder()];
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(folders.into_iter().chain(env::split_paths(&path)))?;
    let program = tools::wasm_pack().program("wasm-pack");
    let driver = &browser.driver;
    let mut commands =
        vec![cmd!(sh, "{program} test --mode no-install --headless --chrome --chromedriver {driver}")];
    if let (Some(_), Some(driver)) = (browsers::find_firefox()?, browsers::find_geckodriver()?) {
        commands
            .push(cmd!(sh, "{program} test --mode no-install --headless --firefox --geckodriver {driver}"));
    }
    for command in commands {
        command
            .env("PATH", &path)
            .env("WASM_BINDGEN_TEST_TIMEOUT", TIMEOUT)
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities)
            .run()?;
    }
    Ok(())
}
