//! A run of steps: which of them run at the same time, and what is printed.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use std::{env, io, thread};

use anyhow::{Context as _, Result, ensure};

use super::now;
use super::steps::Step;
use super::table::{self, Line, Outcome};
use crate::build::PROGRAMS_ARE_BUILT;
use crate::project::Project;

/// The number of steps that run at the same time.
const LANES: usize = 2;

/// The steps that have run so far.
#[derive(Debug)]
pub(super) struct Run {
    start: Instant,
    lines: Vec<Line>,
}

/// A step, and how it ends if it does not fail.
type Planned = (&'static Step, Outcome);

impl Run {
    pub(super) fn begin() -> Self {
        Self { start: now(), lines: Vec::new() }
    }

    /// Runs steps up to the first that fails: one by itself, several side by side.
    pub(super) fn all(&mut self, project: &Project, steps: &[&'static Step]) -> Result<()> {
        let planned = steps.iter().map(|step| Ok((*step, step.outcome(project)?)));
        match planned.collect::<Result<Vec<Planned>>>()?[..] {
            [(step, outcome)] => self
                .one(step.name, outcome, || (step.run)(project))
                .with_context(|| format!("again: cargo xtask test {}", step.name)),
            ref planned => self.side_by_side(planned, &project.scratch("steps"), apart),
        }
    }

    /// Runs a step, unless it is skipped.
    pub(super) fn one(
        &mut self,
        name: &'static str,
        outcome: Outcome,
        work: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        println!("\n=== {name} ===");
        let start = now();
        let result = if outcome.is_skipped() { Ok(()) } else { work() };
        let noted = self.note(name, outcome, start, result);
        if noted.is_err() {
            println!("\n{}", self.table());
        }
        noted
    }

    /// Runs steps in their order, in two lanes, but no two heavy ones at the same time. Each has an
    /// output of its own in the folder `logs`, which is printed when the step has ended. After a
    /// failure none begins.
    fn side_by_side(
        &mut self,
        steps: &[Planned],
        logs: &Path,
        work: impl Fn(&Step, File) -> Result<()> + Sync,
    ) -> Result<()> {
        fs::create_dir_all(logs)?;
        let queue = Mutex::new(Queue { waiting: steps.to_vec(), heavy_runs: false });
        let noted = Mutex::new((&mut *self, Vec::new()));
        // A guard in the head of the loop would be held to the end of its body.
        let take = || lock(&queue).take();
        let lane = || {
            while let Some((step, outcome)) = take() {
                println!("=== {} begins ===", step.name);
                let (start, log) = (now(), logs.join(step.name));
                let is_skipped = outcome.is_skipped();
                let result = File::create(&log)
                    .map_err(Into::into)
                    .and_then(|log| if is_skipped { Ok(()) } else { work(step, log) });
                let (run, failures) = &mut *lock(&noted);
                println!("\n=== {} ===", step.name);
                let printed = File::open(&log).and_then(|mut log| io::copy(&mut log, &mut io::stdout()));
                let result = result.and(printed.map(drop).map_err(Into::into));
                if let Err(error) = run.note(step.name, outcome, start, result) {
                    lock(&queue).waiting.clear();
                    failures.push(format!("again: cargo xtask test {}: {error:#}", step.name));
                }
                lock(&queue).heavy_runs &= !step.is_heavy;
            }
        };
        thread::scope(|scope| {
            for _ in 0..LANES {
                scope.spawn(lane);
            }
        });
        let (_, failures) = noted.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !failures.is_empty() {
            println!("\n{}", self.table());
        }
        // Each lane may have one.
        ensure!(failures.is_empty(), "{}", failures.join("\nxtask: "));
        Ok(())
    }

    /// Notes and prints how a step has ended, and how long it took.
    fn note(
        &mut self,
        name: &'static str,
        outcome: Outcome,
        start: Instant,
        result: Result<()>,
    ) -> Result<()> {
        let time = start.elapsed();
        let seconds = time.as_secs_f64();
        self.lines.push(Line { name, time, outcome: if result.is_ok() { outcome } else { Outcome::Failed } });
        if result.is_ok() {
            println!("=== {name} {outcome}, {seconds:.1} s ===");
        }
        result.with_context(|| format!("step `{name}` FAILED after {seconds:.1} s"))
    }

    pub(super) fn table(&self) -> String {
        table::table(&self.lines, self.start.elapsed())
    }

    pub(super) fn verdict(&self, are_all: bool) -> String {
        table::verdict(&self.lines, are_all)
    }
}

/// The steps that have not begun.
#[derive(Debug)]
struct Queue {
    waiting: Vec<Planned>,
    heavy_runs: bool,
}

impl Queue {
    /// Takes the next step for a lane: a heavy one if none runs, because they take longest.
    fn take(&mut self) -> Option<Planned> {
        let heavy = self.waiting.iter().position(|(step, _)| step.is_heavy).filter(|_| !self.heavy_runs);
        let next = heavy.or_else(|| self.waiting.iter().position(|(step, _)| !step.is_heavy))?;
        let taken = self.waiting.remove(next);
        self.heavy_runs |= taken.0.is_heavy;
        Some(taken)
    }
}

/// Runs a step in a process of its own. The programs of the workspace are built.
fn apart(step: &Step, output: File) -> Result<()> {
    let mut command = Command::new(env::current_exe()?);
    command.args(["test", "--bare", step.name]).stdout(output.try_clone()?).stderr(output);
    let status = command.env(PROGRAMS_ARE_BUILT, "").status()?;
    ensure!(status.success(), "{status}");
    Ok(())
}

/// A lane that has panicked leaves what it had locked as it was.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::sync::Barrier;

    use anyhow::bail;
    use xshell::{Shell, TempDir};

    use super::super::steps::STEPS;
    use super::*;

    fn planned(names: &[&str]) -> Vec<Planned> {
        let step = |name: &&str| STEPS.iter().find(|step| step.name == *name).unwrap();
        names.iter().map(|name| (step(name), Outcome::Passed)).collect()
    }

    fn outcomes(run: &Run) -> Vec<(&'static str, Outcome)> {
        run.lines.iter().map(|line| (line.name, line.outcome)).collect()
    }

    fn logs() -> TempDir {
        Shell::new().unwrap().create_temp_dir().unwrap()
    }

    #[test]
    fn a_failure_names_its_step() {
        let mut run = Run::begin();
        let failure = run.one("lint", Outcome::Passed, || bail!("too long")).unwrap_err();
        let failure = format!("{failure:#}");
        assert!(failure.starts_with("step `lint` FAILED") && failure.ends_with("too long"), "{failure}");
        assert_eq!(outcomes(&run), [("lint", Outcome::Failed)]);
    }

    #[test]
    fn a_step_that_is_skipped_does_not_run() {
        let mut run = Run::begin();
        let skipped = Outcome::Skipped("no Firefox");
        run.one("firefox", skipped, || bail!("it ran")).unwrap();
        let steps = [(planned(&["webkit"])[0].0, skipped)];
        run.side_by_side(&steps, logs().path(), |_, _| bail!("it ran")).unwrap();
        assert_eq!(outcomes(&run), [("firefox", skipped), ("webkit", skipped)]);
    }

    #[test]
    fn two_steps_run_at_the_same_time() {
        let mut run = Run::begin();
        let both = Barrier::new(LANES);
        let work = |step: &Step, mut log: File| {
            both.wait();
            Ok(writeln!(log, "this is {}", step.name)?)
        };
        let logs = logs();
        run.side_by_side(&planned(&["types", "reply", "demo", "webkit"]), logs.path(), work).unwrap();
        let mut names: Vec<_> = run.lines.iter().map(|line| line.name).collect();
        names.sort_unstable();
        assert_eq!(names, ["demo", "reply", "types", "webkit"]);
        assert_eq!(fs::read_to_string(logs.path().join("demo")).unwrap(), "this is demo\n");
    }

    #[test]
    fn heavy_steps_come_first_and_one_after_the_other() {
        let steps = planned(&["types", "surface", "reply", "tabs", "demo"]);
        let mut queue = Queue { waiting: steps, heavy_runs: false };
        let mut next = || queue.take().map(|(step, _)| step.name);
        assert_eq!(
            [next(), next(), next(), next()],
            [Some("surface"), Some("types"), Some("reply"), Some("demo")]
        );
        assert_eq!(next(), None, "the other one has to wait");
        queue.heavy_runs = false;
        assert_eq!(queue.take().map(|(step, _)| step.name), Some("tabs"));
    }

    #[test]
    fn failures_of_both_lanes_are_told() {
        let mut run = Run::begin();
        let both = Barrier::new(LANES);
        let work = |_: &Step, _| {
            both.wait();
            bail!("no")
        };
        let failure = run.side_by_side(&planned(&["types", "reply"]), logs().path(), work).unwrap_err();
        for name in ["types", "reply"] {
            assert!(failure.to_string().contains(&format!("step `{name}` FAILED")), "{failure}");
        }
    }

    #[test]
    fn after_a_failure_no_step_begins() {
        let mut run = Run::begin();
        let steps = planned(&["types", "reply", "demo", "webkit"]);
        let failure = run.side_by_side(&steps, logs().path(), |_, _| bail!("no")).unwrap_err();
        assert!(format!("{failure:#}").starts_with("again: cargo xtask test "), "{failure:#}");
        // One in each lane.
        assert!(run.lines.len() <= LANES, "{:?}", run.lines);
    }
}
