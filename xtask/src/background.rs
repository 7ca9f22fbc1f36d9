//! A program that runs beside us and ends with us.

use std::process::{Child, ChildStdout, Command, ExitStatus};
use std::thread::sleep;
use std::time::Duration;

use crate::failure::{Failure, Outcome, While};
use crate::process::{output, shown};

const POLL: Duration = Duration::from_millis(20);
/// How long a program has to end by itself before it is killed.
const PATIENCE: Duration = Duration::from_secs(4);

/// A running program. Dropping it ends it: by closing its standard input, then by SIGTERM (so that it can end
/// what it has started itself), at last by SIGKILL; always by its own id.
#[derive(Debug)]
#[must_use = "the program is ended when this is dropped"]
pub(crate) struct Background {
    child: Child,
    shown: String,
}

impl Background {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Outcome<Self> {
        let shown = shown(command);
        println!("$ {shown}");
        let child = command.spawn().during(format_args!("starting {shown}"))?;
        Ok(Self { child, shown })
    }

    /// Its piped output, once.
    pub(crate) fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Waits until it ends by itself, for as long as it takes.
    pub(crate) fn wait(mut self) -> Outcome<ExitStatus> {
        // Not `Child::wait`, which would close the standard input first.
        loop {
            if let Some(status) = self.poll(PATIENCE)? {
                return Ok(status);
            }
        }
    }

    /// Waits until it ends by itself; fails, and ends it, when that takes longer than `limit`.
    pub(crate) fn wait_at_most(mut self, limit: Duration) -> Outcome<ExitStatus> {
        match self.poll(limit)? {
            Some(status) => Ok(status),
            None => Err(Failure::new(format!("`{}` did not end within {} s", self.shown, limit.as_secs()))),
        }
    }

    fn poll(&mut self, limit: Duration) -> Outcome<Option<ExitStatus>> {
        let mut waited = Duration::ZERO;
        loop {
            let status = self.child.try_wait().during(format_args!("waiting for {}", self.shown))?;
            if status.is_some() || waited >= limit {
                return Ok(status);
            }
            sleep(POLL);
            waited += POLL;
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let watches_stdin = self.child.stdin.take().is_some();
        if watches_stdin && matches!(self.poll(PATIENCE), Ok(Some(_))) {
            return;
        }
        // The standard library has SIGKILL only. Where there is no `kill`, that has to do.
        let asked = output(Command::new("kill").args(["-TERM", &self.child.id().to_string()])).is_ok();
        if asked && matches!(self.poll(PATIENCE), Ok(Some(_))) {
            return;
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::process::Stdio;

    fn is_running(id: u32) -> bool {
        Command::new("kill").args(["-0", &id.to_string()]).stderr(Stdio::null()).status().unwrap().success()
    }

    #[test]
    fn dropping_ends_a_program_that_waits_for_its_input() {
        let cat = Background::start(Command::new("cat").stdin(Stdio::piped())).unwrap();
        let id = cat.child.id();
        assert!(is_running(id));
        drop(cat);
        assert!(!is_running(id));
    }

    #[test]
    fn dropping_ends_a_program_that_waits_for_nothing() {
        let sleep = Background::start(Command::new("sleep").arg("60").stdin(Stdio::null())).unwrap();
        let id = sleep.child.id();
        drop(sleep);
        assert!(!is_running(id));
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended() {
        let sleep = Background::start(Command::new("sleep").arg("60").stdin(Stdio::null())).unwrap();
        let id = sleep.child.id();
        let failure = sleep.wait_at_most(Duration::ZERO).unwrap_err().to_string();
        assert!(failure.contains("sleep 60"), "{failure}");
        assert!(!is_running(id));
    }
}
