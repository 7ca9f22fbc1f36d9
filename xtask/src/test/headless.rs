//! The crate's tests in a browser, by wasm-pack: alone, and against the reference auth server.

use std::env;
use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context as _, Result, ensure};
use xshell::cmd;

use crate::project::Project;
use crate::serve::Server;
use crate::setup::{browsers, tools};

/// The server's address is compiled into the tests: a fixed port spares compiling them at each run.
const PORT: u16 = 4181;
/// Seconds for all tests of one file.
const TIMEOUT: &str = "240";
/// The place in `webdriver.json` where the browser is named.
const OPTIONS: &str = "\"goog:chromeOptions\": {";

/// Runs them.
pub(super) fn test(project: &Project) -> Result<()> {
    // First of all: this failure should not come after minutes.
    drop(TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).with_context(|| format!("binding port {PORT}"))?);
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
    let (program, driver) = (tools::wasm_pack().program("wasm-pack"), &browser.driver);
    let wasm_pack = || {
        cmd!(sh, "{program} test --mode no-install --headless --chrome --chromedriver {driver}")
            .env("PATH", &path)
            .env("WASM_BINDGEN_TEST_TIMEOUT", TIMEOUT)
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities)
    };
    wasm_pack().run()?;
    let port = PORT.to_string();
    let arguments =
        ["--port", &port, "--access-lifetime", "900", "--test-controls", "--allow-origin", "loopback"];
    let server = Server::start(project, &arguments, project.target("headless-server.log"))?;
    wasm_pack()
        .args(["--features", "reference-server"])
        .env("SILENT_SESSION_SERVER", &server.origin)
        .run()
        .with_context(|| format!("the server's log is {}", server.log.display()))
}
