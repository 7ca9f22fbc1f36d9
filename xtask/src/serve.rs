//! The reference auth server, the demo, and the kit that tries servers.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio, exit};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use lexopt::{Arg, Parser, ValueExt as _};

use crate::build::{self, Profile};
use crate::project::Project;
use crate::setup;
use crate::test::suites;

const PORT: &str = "4180";
/// Seconds. Short enough to watch a silent refresh.
const ACCESS_LIFETIME: &str = "20";

/// A server that listens. It ends when this is dropped, or when this process ends in whatever way.
#[derive(Debug)]
#[must_use = "the server is ended when this is dropped"]
pub(crate) struct Server {
    /// `http://127.0.0.1:PORT`
    pub(crate) origin: String,
    /// The file with its log.
    pub(crate) log: PathBuf,
    child: Child,
}

impl Server {
    /// Builds it, starts it and waits until it listens.
    pub(crate) fn start(project: &Project, arguments: &[&str], log: PathBuf) -> Result<Self> {
        let mut command = Command::new(build::program(project, "auth-server")?);
        command.args(arguments).arg("--until-stdin-closes").current_dir(project.path(""));
        let log_file = File::create(&log).with_context(|| log.display().to_string())?;
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log_file).spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            // A server that fails to start ends this line.
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let origin = line.trim_end().strip_prefix("listening on ").unwrap_or_default().to_owned();
        let server = Self { origin, log, child };
        let said = || fs::read_to_string(&server.log).unwrap_or_default();
        ensure!(!server.origin.is_empty(), "the auth server does not listen. It said:\n{}", said());
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        for _ in 0..200 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `cargo xtask server [ARGUMENT]…`
pub(crate) fn server(project: &Project, mut arguments: Parser) -> Result<()> {
    let mut command = Command::new(build::program(project, "auth-server")?);
    command.args(arguments.raw_args()?).arg("--until-stdin-closes").current_dir(project.path(""));
    wait(&mut command.stdin(Stdio::piped()).spawn()?)
}

/// Waits until a server ends by itself. Its standard input stays open as long as this process
/// lives.
fn wait(child: &mut Child) -> Result<()> {
    let _stdin = child.stdin.take();
    let status = child.wait()?;
    ensure!(status.success(), "the auth server ended with {status}");
    Ok(())
}

/// `cargo xtask demo [--check] [--port N] [--access-lifetime SECONDS]`
pub(crate) fn demo(project: &Project, mut arguments: Parser) -> Result<()> {
    let (mut check, mut port, mut lifetime) = (false, PORT.to_owned(), ACCESS_LIFETIME.to_owned());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("check") => check = true,
            Arg::Long("port") => port = arguments.value()?.string()?,
            Arg::Long("access-lifetime") => lifetime = arguments.value()?.string()?,
            other => return Err(other.unexpected().into()),
        }
    }
    // Beside the rest, which uses one core or the network for most of its time.
    let mut programs = Command::from(build::build_programs(project)).spawn()?;
    setup::ensure(project, if check { suites::NEEDS } else { build::NEEDS })?;
    build::build(project, Profile::Lean)?;
    ensure!(programs.wait()?.success(), "the programs of the demo do not build");
    if check {
        return suites::browser(project, "demo");
    }
    let arguments = ["--root", ".", "--test-controls", "--port", &port, "--access-lifetime", &lifetime];
    let mut server = Server::start(project, &arguments, project.target("demo-server.log"))?;
    println!(
        "
  The demo is at {}/

  Sign in as alice (password: wonderland) or bob (password: builder).
  The access token lives {lifetime} seconds: wait, and see how it is renewed.
  Reload, open a second tab, close all of them and come back: still signed in, one refresh at a time.

  The server logs to {}
  Ctrl-C ends it.
",
        server.origin,
        server.log.display()
    );
    wait(&mut server.child)
}

/// `cargo xtask check-server [ARGUMENT]…`: ends with the code that the program ends with.
pub(crate) fn check_server(project: &Project, mut arguments: Parser) -> Result<()> {
    // Files are named from the caller's folder.
    let program = project.path(Path::new("pkg/check-server/main.js"));
    let status = Command::new("node").arg(program).args(arguments.raw_args()?).status();
    exit(status.context("starting node")?.code().unwrap_or(1))
}
