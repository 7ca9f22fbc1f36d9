//! Tries mutants, one at a time, in a copy of the tree that keeps its build from one to the next.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::mutant::{Mutant, read_list};
use super::records::Verdict;
use crate::failure::{Failure, Outcome, While};
use crate::mirror::mirror;
use crate::process::output;
use crate::project::Project;
use crate::setup::tools;

/// What cargo needs, and what the tests are made of.
const PARTS: &[&str] = &[".cargo", "Cargo.toml", "Cargo.lock", "benches", "src", "tests", "xtask"];
/// The folders that are mutated.
const FOLDERS: &[&str] = &["src/session", "src/format"];
/// The same ones for each mutant. A second without optimisation.
const HISTORIES: &str = "2600";
/// In seconds of processor time, twice what the tests take without a mutant. A mutant that takes longer spins. On a busy
/// machine the clock on the wall would say so of one that survives.
const PROCESSOR_TIME: u64 = 20;
/// In seconds. A mutant that takes longer sleeps.
const PATIENCE: u64 = 120;

/// The copy of the tree.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    project: &'a Project,
    copy: PathBuf,
}

impl<'a> Judge<'a> {
    /// Brings the copy up to date.
    pub(super) fn new(project: &'a Project) -> Outcome<Self> {
        let copy = project.scratch("mutants/tree");
        fs::create_dir_all(&copy).during(format_args!("making {}", copy.display()))?;
        for part in PARTS {
            mirror(&project.path(part), &copy.join(part))?;
        }
        Ok(Self { project, copy })
    }

    fn list_command(&self) -> Command {
        let mut list = self.cargo_mutants();
        list.arg("--list");
        for folder in FOLDERS {
            list.args(["--file", &format!("{folder}/**")]);
        }
        list
    }

    /// Lists the mutants of all files.
    pub(super) fn list(&self) -> Outcome<Vec<Mutant>> {
        let list = output(&mut self.list_command())?;
        let mutants = read_list(&list, |file| fs::read_to_string(self.copy.join(file)).unwrap_or_default());
        if mutants.is_empty() {
            Err(Failure::new(format!("cargo-mutants lists none: {list}")))
        } else {
            Ok(mutants)
        }
    }

    /// Lists those on lines that differ from a revision, as cargo-mutants prints them.
    pub(super) fn list_changed(&self, revision: &str) -> Outcome<String> {
        let mut git = self.project.command("git");
        let diff = output(git.args(["diff", "--unified=0", "--no-color", revision, "--"]).args(FOLDERS))?;
        if diff.is_empty() {
            return Ok(diff);
        }
        let path = self.project.scratch("mutants/changed.diff");
        fs::write(&path, diff).during(format_args!("writing {}", path.display()))?;
        output(self.list_command().arg("--in-diff").arg(path))
    }

    /// Runs the tests without a mutant; they have to pass.
    pub(super) fn try_without(&self) -> Outcome {
        let mut cargo = self.prepared(self.project.cargo());
        output(cargo.args(["test", "--profile=mutants", "--package=silent-session", "--lib", "--quiet"]))?;
        Ok(())
    }

    /// Builds and tests one, of `in_file` in its file.
    pub(super) fn judge(&self, mutant: &Mutant, in_file: usize) -> Outcome<Verdict> {
        let results = self.project.scratch("mutants");
        let mut cargo = bounded(&self.cargo_mutants());
        cargo.args(["--in-place", "--baseline=skip", "--no-times", "--file", &mutant.name.file]);
        // Filters by name let some through that are not meant; a shard of one does not.
        cargo.args(["--sharding=slice", "--shard", &format!("{}/{in_file}", mutant.index)]);
        cargo.arg(format!("--timeout={PATIENCE}")).arg("--output").arg(&results);
        let said = cargo.stdin(Stdio::null()).output().during("starting cargo-mutants")?;
        let is_listed = |verdict: &Verdict| {
            let list = results.join("mutants.out").join(verdict.as_str()).with_extension("txt");
            fs::read_to_string(list).is_ok_and(|list| list.trim_end() == mutant.listed)
        };
        Verdict::ALL.into_iter().find(is_listed).ok_or_else(|| {
            let (said, error) =
                (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
            Failure::new(format!("cargo-mutants says nothing of {}\n{said}{error}", mutant.listed))
        })
    }

    fn cargo_mutants(&self) -> Command {
        let mut cargo = self.prepared(self.project.command(tools::cargo_mutants().program("cargo-mutants")));
        cargo.args(["mutants", "--colors=never", "--dir"]).arg(&self.copy);
        cargo
    }

    /// In the copy, and as the judge is compiled.
    fn prepared(&self, mut command: Command) -> Command {
        command.current_dir(&self.copy);
        command.env("CARGO_TARGET_DIR", self.project.target("mutants"));
        command.env("RUSTFLAGS", "--cfg judge").env("RUST_BACKTRACE", "0");
        // A failure is a failure, however long its history.
        command.env("HISTORIES", HISTORIES).env("HISTORY_SHRINKS", "0");
        command.env_remove("HISTORY_SEED").env_remove("HISTORY_FAILURES");
        command
    }
}

/// The same command, each process of which may use [`PROCESSOR_TIME`].
fn bounded(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!(r#"ulimit -t {PROCESSOR_TIME}; exec "$0" "$@""#)]);
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}
