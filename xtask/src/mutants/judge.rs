//! Tries mutants, one at a time, in a copy of the tree that keeps its build from one to the next.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use xshell::{Cmd, cmd};

use super::mutant::{Mutant, read_list};
use super::records::Verdict;
use crate::files::mirror;
use crate::project::Project;
use crate::setup::tools;

/// Files of the workspace and of its tests.
const PARTS: &[&str] = &[".cargo", "Cargo.toml", "Cargo.lock", "benches", "src", "tests", "xtask"];
/// The folders that are mutated.
const FOLDERS: &[&str] = &["src/session", "src/format"];
/// Histories for each mutant, always the same. They take a second without optimisation.
const HISTORIES: &str = "2600";
/// Limits the seconds of processor time to twice what the tests take without a mutant. A mutant
/// that takes longer spins. By the clock on the wall, a busy machine would seem to spin.
const LIMITED: &str = r#"ulimit -t 20; exec "$0" "$@""#;
/// Seconds. A mutant that takes longer sleeps.
const PATIENCE: u64 = 120;

/// The copy of the tree.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    project: &'a Project,
    copy: PathBuf,
}

impl<'a> Judge<'a> {
    /// Brings the copy up to date.
    pub(super) fn new(project: &'a Project) -> Result<Self> {
        let copy = project.scratch("mutants/tree");
        fs::create_dir_all(&copy)?;
        for part in PARTS {
            mirror(&project.path(part), &copy.join(part))?;
        }
        Ok(Self { project, copy })
    }

    /// Lists the mutants of all files.
    pub(super) fn list(&self) -> Result<Vec<Mutant>> {
        let list = self.list_command().quiet().read()?;
        let mutants = read_list(&list, |file| fs::read_to_string(self.copy.join(file)).unwrap_or_default());
        ensure!(!mutants.is_empty(), "cargo-mutants lists none: {list}");
        Ok(mutants)
    }

    /// Lists those on lines that differ from a revision, as cargo-mutants prints them.
    pub(super) fn list_changed(&self, revision: &str) -> Result<String> {
        let sh = &self.project.shell;
        let diff = cmd!(sh, "git diff --unified=0 --no-color {revision} -- {FOLDERS...}").quiet().read()?;
        if diff.is_empty() {
            return Ok(diff);
        }
        let path = self.project.scratch("mutants/changed.diff");
        sh.write_file(&path, diff + "\n")?;
        Ok(self.list_command().arg("--in-diff").arg(path).quiet().read()?)
    }

    /// Runs the tests without a mutant. They have to pass.
    pub(super) fn try_without(&self) -> Result<()> {
        let manifest = self.copy.join("Cargo.toml");
        let cargo = self.project.shell.cmd("cargo").args(["test", "--manifest-path"]).arg(manifest);
        let test = cargo.args(["--profile=mutants", "--package=silent-session", "--lib", "--quiet"]);
        self.prepared(test).quiet().output()?;
        Ok(())
    }

    /// Builds and tests one, of `in_file` in its file.
    pub(super) fn judge(&self, mutant: &Mutant, in_file: usize) -> Result<Verdict> {
        let results = self.project.scratch("mutants");
        let printed = self
            .cargo_mutants(LIMITED)
            .args(["--in-place", "--baseline=skip", "--no-times", "--file", &mutant.name.file])
            // Filters by name let some through that are not meant; a shard of one does not.
            .args(["--sharding=slice", "--shard", &format!("{}/{in_file}", mutant.index)])
            .arg(format!("--timeout={PATIENCE}"))
            .arg("--output")
            .arg(&results)
            .quiet()
            .ignore_status()
            .output()?;
        let is_listed = |verdict: &Verdict| {
            let list = results.join("mutants.out").join(verdict.as_str()).with_extension("txt");
            fs::read_to_string(list).is_ok_and(|list| list.trim_end() == mutant.listed)
        };
        Verdict::ALL.into_iter().find(is_listed).with_context(|| {
            let [out, error] = [&printed.stdout, &printed.stderr].map(|text| String::from_utf8_lossy(text));
            format!("cargo-mutants reports nothing of {}\n{out}{error}", mutant.listed)
        })
    }

    fn list_command(&self) -> Cmd<'_> {
        let files = FOLDERS.iter().flat_map(|folder| ["--file".to_owned(), format!("{folder}/**")]);
        self.cargo_mutants(r#"exec "$0" "$@""#).arg("--list").args(files)
    }

    fn cargo_mutants(&self, script: &str) -> Cmd<'_> {
        let (sh, copy) = (&self.project.shell, &self.copy);
        let program = tools::cargo_mutants().program("cargo-mutants");
        self.prepared(cmd!(sh, "sh -c {script} {program} mutants --colors=never --dir {copy}"))
    }

    /// The environment in which the judge is compiled and run.
    fn prepared<'b>(&self, command: Cmd<'b>) -> Cmd<'b> {
        command
            .env("CARGO_TARGET_DIR", self.project.target("mutants"))
            .env("RUSTFLAGS", "--cfg judge")
            .env("RUST_BACKTRACE", "0")
            .env("HISTORIES", HISTORIES)
            // A failure is a failure, however long its history.
            .env("HISTORY_SHRINKS", "0")
            .env_remove("HISTORY_SEED")
            .env_remove("HISTORY_FAILURES")
    }
}
