//! Shows what the library does: to a person, or to a script that clicks through it.

use std::process::Stdio;
use std::time::Duration;

use crate::arguments::Arguments;
use crate::background::Background;
use crate::build::{self, Profile};
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::server::Server;
use crate::setup::{self, Need, browser};

/// What `check` needs.
pub(crate) const NEEDS: &[Need] =
    &[Need::WasmTarget, Need::RustSource, Need::WasmBindgen, Need::Node, Need::Browser];

const PORT: u16 = 4180;
/// In seconds. Short enough that one sees a silent refresh.
const ACCESS_LIFETIME: u32 = 20;
const CHECKED_WITHIN: Duration = Duration::from_secs(300);

/// `cargo xtask demo [--check] [--port N] [--access-lifetime SECONDS]`
pub(crate) fn command(project: &Project, mut arguments: Arguments) -> Outcome {
    let to_check = arguments.flag("--check");
    let port = arguments.option("--port")?;
    let access_lifetime = arguments.option("--access-lifetime")?.unwrap_or(ACCESS_LIFETIME);
    arguments.finish()?;
    if to_check {
        setup::ensure(project, NEEDS)?;
        build::build(project, Profile::Lean)?;
        check_with(project, port.unwrap_or(0), access_lifetime)
    } else {
        setup::ensure(project, build::NEEDS)?;
        build::build(project, Profile::Lean)?;
        show(project, port.unwrap_or(PORT), access_lifetime)
    }
}

/// Walks through the demo in a headless browser. The package has to be built.
pub(crate) fn check(project: &Project) -> Outcome {
    check_with(project, 0, ACCESS_LIFETIME)
}

fn show(project: &Project, port: u16, access_lifetime: u32) -> Outcome {
    let server = start(project, port, access_lifetime)?;
    println!(
        "
  The demo is at {}/

  Sign in as alice (password: wonderland) or bob (password: builder).
  The access token lives {access_lifetime} seconds: wait, and see how it is renewed.
  Reload, open a second tab, close all of them and come back: still signed in, one refresh at a time.

  The server logs to {}
  Ctrl-C ends it.
",
        server.origin,
        server.log.display()
    );
    server.wait()
}

fn check_with(project: &Project, port: u16, access_lifetime: u32) -> Outcome {
    let browser = browser::browser(project)?;
    let server = start(project, port, access_lifetime)?;
    let mut script = project.command("node");
    script.args(["tests/e2e/demo.mjs", &server.origin]).env("CHROME", browser.chrome).stdin(Stdio::null());
    let status = Background::start(&mut script)?.wait_at_most(CHECKED_WITHIN);
    let log = server.log.display();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("the check ended with {status}; the server's log is {log}"))),
        Err(failure) => Err(Failure::new(format!("{failure}; the server's log is {log}"))),
    }
}

fn start(project: &Project, port: u16, access_lifetime: u32) -> Outcome<Server> {
    let (port, access_lifetime) = (port.to_string(), access_lifetime.to_string());
    let arguments =
        ["--root", ".", "--test-controls", "--port", &port, "--access-lifetime", &access_lifetime];
    Server::start(project, &arguments, project.target("demo-server.log"))
}
