//! The reference auth server, as a program beside us.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::spawn;
use std::time::Duration;

use crate::arguments::Arguments;
use crate::background::Background;
use crate::failure::{Failure, Outcome, While};
use crate::process::run;
use crate::project::Project;

/// What the line begins with that it prints when it is ready.
const READY: &str = "listening on ";
const READY_WITHIN: Duration = Duration::from_secs(30);

/// `cargo xtask server [arguments]`
pub(crate) fn command(project: &Project, arguments: Arguments) -> Outcome {
    let mut command = program(project)?;
    let status = Background::start(command.args(arguments.rest()))?.wait()?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("the auth server ended with {status}"))) }
}

/// A server that listens. It ends when this is dropped, or when this process ends in whatever way.
#[derive(Debug)]
#[must_use = "the server is ended when this is dropped"]
pub(crate) struct Server {
    /// `http://127.0.0.1:PORT`
    pub(crate) origin: String,
    /// Where what it says is written.
    pub(crate) log: PathBuf,
    process: Background,
}

impl Server {
    /// Builds it, starts it and waits until it listens. It logs to `log`.
    pub(crate) fn start(project: &Project, arguments: &[&str], log: PathBuf) -> Outcome<Self> {
        let mut command = program(project)?;
        command.args(arguments).stdout(Stdio::piped()).stderr(log_file(&log)?);
        let mut process = Background::start(&mut command)?;
        let lines = lines_of(&mut process);
        // A server that ends leaves no more lines, and so ends the wait as well.
        while let Ok(line) = lines.recv_timeout(READY_WITHIN) {
            if let Some(origin) = line.strip_prefix(READY) {
                return Ok(Self { origin: origin.trim().to_owned(), log, process });
            }
        }
        drop(process);
        let said = fs::read_to_string(&log).unwrap_or_default();
        Err(Failure::new(format!("the auth server did not begin to listen. It said:\n{said}")))
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(self) -> Outcome {
        self.process.wait().map(drop)
    }
}

/// Builds it; returns where it is.
pub(crate) fn build(project: &Project) -> Outcome<PathBuf> {
    run(project.cargo().args(["build", "--package", "auth-server"]))?;
    Ok(project.target("debug").join("auth-server").with_extension(std::env::consts::EXE_EXTENSION))
}

/// Its standard input is held open by us: it ends when that closes.
fn program(project: &Project) -> Outcome<Command> {
    let mut command = project.command(build(project)?);
    command.arg("--until-stdin-closes").stdin(Stdio::piped());
    Ok(command)
}

fn log_file(path: &Path) -> Outcome<File> {
    path.parent().map_or(Ok(()), fs::create_dir_all).during("making a folder for the log")?;
    File::create(path).during(format_args!("writing {}", path.display()))
}

/// Read to the end on a thread of its own, so that the server can always write.
fn lines_of(process: &mut Background) -> Receiver<String> {
    let (sender, receiver) = channel();
    if let Some(stdout) = process.take_stdout() {
        spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // Nobody listens any more once it is ready.
                let _ = sender.send(line);
            }
        });
    }
    receiver
}
