//! The library's own tests in a browser, by wasm-pack: alone, and against the reference auth server.

use std::env;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Outcome, While};
use crate::process::run;
use crate::project::Project;
use crate::server::Server;
use crate::setup::browser::{Browser, browser};
use crate::setup::tools;

/// The tests have the server's address compiled in: a fixed port spares compiling them at each run.
const PORT: u16 = 4181;
/// In seconds, for all tests of one file.
const TIMEOUT: &str = "240";

/// Runs them.
pub(crate) fn test(project: &Project) -> Outcome {
    check_port()?;
    let browser = browser(project)?;
    let capabilities = project.scratch("webdriver.json");
    write_capabilities(project, &browser.chrome, &capabilities)?;
    let wasm_pack = |features: &[&str]| -> Outcome<Command> {
        let mut command = wasm_pack(project, &browser)?;
        command.args(features).env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities);
        Ok(command)
    };

    run(&mut wasm_pack(&[])?)?;
    let server = start_server(project)?;
    let mut command = wasm_pack(&["--features", "reference-server"])?;
    run(command.env("SILENT_SESSION_SERVER", &server.origin))
        .map_err(|failure| Failure::new(format!("{failure}; the server's log is {}", server.log.display())))
}

fn wasm_pack(project: &Project, browser: &Browser) -> Outcome<Command> {
    let (bindgen, wasm_pack) = (tools::wasm_bindgen(project)?, tools::wasm_pack());
    // wasm-pack takes the test runner that it finds in `PATH` if its version fits, and downloads one if not.
    let path = env::var_os("PATH").unwrap_or_default();
    let path =
        env::join_paths([bindgen.folder(), wasm_pack.folder()].into_iter().chain(env::split_paths(&path)))
            .during("putting our tools into PATH")?;
    let mut command = project.command(wasm_pack.program("wasm-pack"));
    command.env("PATH", path).env("WASM_BINDGEN_TEST_TIMEOUT", TIMEOUT);
    command
        .args(["test", "--mode", "no-install", "--headless", "--chrome", "--chromedriver"])
        .arg(&browser.driver);
    Ok(command)
}

/// Before all else: it would be a pity to learn it after some minutes.
fn check_port() -> Outcome {
    TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).map(drop).map_err(|error| {
        Failure::new(format!("the tests need port {PORT} of 127.0.0.1 for the auth server: {error}"))
    })
}

fn start_server(project: &Project) -> Outcome<Server> {
    let port = PORT.to_string();
    let arguments =
        ["--port", &port, "--access-lifetime", "900", "--test-controls", "--allow-origin", "loopback"];
    Server::start(project, &arguments, project.target("headless-server.log"))
}

/// The project's `webdriver.json`, and which browser to take: chromedriver would look for one by itself, and might
/// find another than we have checked.
fn write_capabilities(project: &Project, chrome: &Path, to: &Path) -> Outcome {
    let text = fs::read_to_string(project.path("webdriver.json")).during("reading webdriver.json")?;
    let text = with_binary(&text, &chrome.to_string_lossy())
        .ok_or_else(|| Failure::new("webdriver.json has no `goog:chromeOptions`"))?;
    to.parent().map_or(Ok(()), fs::create_dir_all).during("making a folder for webdriver.json")?;
    fs::write(to, text).during(format_args!("writing {}", to.display()))
}

fn with_binary(capabilities: &str, chrome: &str) -> Option<String> {
    const OPTIONS: &str = "\"goog:chromeOptions\": {";
    let end = capabilities.find(OPTIONS)? + OPTIONS.len();
    let (before, after) = capabilities.split_at(end);
    let chrome = chrome.replace('\\', "\\\\").replace('"', "\\\"");
    Some(format!("{before}\n    \"binary\": \"{chrome}\",{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_is_named_in_the_capabilities() {
        let named = with_binary("{ \"goog:chromeOptions\": { \"args\": [] } }", "/a\\b \"c\"").unwrap();
        let expected = "{ \"goog:chromeOptions\": {\n    \"binary\": \"/a\\\\b \\\"c\\\"\", \"args\": [] } }";
        assert_eq!(named, expected);
        assert_eq!(with_binary("{}", "/chrome"), None);
    }

    #[test]
    fn the_browser_can_be_named_in_our_capabilities() {
        let ours = fs::read_to_string(Project::find().unwrap().path("webdriver.json")).unwrap();
        assert!(with_binary(&ours, "/chrome").is_some());
    }
}
