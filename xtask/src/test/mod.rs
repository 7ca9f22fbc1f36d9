//! `cargo xtask test`: step by step, up to the first that fails.

#[cfg(test)]
mod files;
mod headless;
#[cfg(test)]
mod pages;
pub(crate) mod scenarios;
mod steps;
pub(crate) mod suites;
mod table;

use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use lexopt::{Arg, Parser, ValueExt as _};

use crate::project::Project;
use crate::setup;
use steps::{STEPS, Step};
use table::{Line, Outcome, table};

/// The group of steps that answers within three minutes once everything is built.
const QUICK: &str = "quick";

/// `cargo xtask test [NAME]…`, `cargo xtask test --list`
pub(crate) fn command(project: &Project, mut arguments: Parser) -> Result<()> {
    let mut names = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Value(name) => names.push(name.string()?),
            Arg::Long("only") => names.push(arguments.value()?.string()?),
            Arg::Long("list") => {
                print!("{}", list());
                return Ok(());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let steps = chosen(&names)?;
    let mut lines = Vec::new();
    let needs = steps.iter().flat_map(|step| step.needs).copied().collect::<Vec<_>>();
    timed(&mut lines, "setup", Outcome::Passed, || setup::ensure(project, &needs))
        .context("again: cargo xtask setup")?;
    for step in steps {
        let missing = step.needs.iter().find_map(|need| need.reason_to_skip(project).transpose());
        run(&mut lines, step, missing.transpose()?, || (step.run)(project))
            .with_context(|| format!("again: cargo xtask test {}", step.name))?;
    }
    print!("\n{}", table(&lines));
    println!("{}", table::verdict(&lines, names.is_empty()));
    Ok(())
}

/// The steps of these names, in their order. Without names, all but those that are only in the
/// group.
fn chosen(names: &[String]) -> Result<Vec<&'static Step>> {
    let unknown = |name: &&String| *name != QUICK && STEPS.iter().all(|step| step.name != **name);
    if let Some(name) = names.iter().find(unknown) {
        bail!("there is no step `{name}`, only these:\n{}", list());
    }
    let is_chosen = |step: &&Step| match names {
        [] => step.in_all,
        names => names.iter().any(|name| name == step.name || (name == QUICK && step.in_quick)),
    };
    Ok(STEPS.iter().filter(is_chosen).collect())
}

fn list() -> String {
    let line = |step: &Step| format!("{:<14}{}\n", step.name, step.about);
    let quick: Vec<_> = STEPS.iter().filter(|step| step.in_quick).map(|step| step.name).collect();
    STEPS.iter().map(line).collect::<String>() + &format!("{QUICK:<14}These: {}.\n", quick.join(", "))
}

/// Runs a step, or skips it or a part of it for what is missing.
fn run(
    lines: &mut Vec<Line>,
    step: &Step,
    missing: Option<&'static str>,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    match missing {
        None => timed(lines, step.name, Outcome::Passed, work),
        Some(reason) if step.in_part => timed(lines, step.name, Outcome::PassedInPart(reason), work),
        Some(reason) => timed(lines, step.name, Outcome::Skipped(reason), || Ok(())),
    }
}

/// Runs a step and prints how it ended, and how long it took. A failure prints the lines of all
/// steps so far.
fn timed(
    lines: &mut Vec<Line>,
    name: &'static str,
    outcome: Outcome,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    println!("\n=== {name} ===");
    let start = now();
    let result = work();
    let time = start.elapsed();
    let seconds = time.as_secs_f64();
    lines.push(Line { name, time, outcome: if result.is_ok() { outcome } else { Outcome::Failed } });
    match &result {
        Ok(()) => println!("=== {name} {outcome}, {seconds:.1} s ==="),
        Err(_) => println!("\n{}", table(lines)),
    }
    result.with_context(|| format!("step `{name}` FAILED after {seconds:.1} s"))
}

/// The current instant, for a tool that reports how long its work takes.
#[expect(clippy::disallowed_methods, reason = "only the machine is forbidden to read the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Result<Vec<&'static str>> {
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        Ok(chosen(&names)?.iter().map(|step| step.name).collect())
    }

    #[test]
    fn steps_are_chosen_by_name_and_by_group() {
        assert_eq!(names(&["surface", "lint"]).unwrap(), ["lint", "surface"]);
        assert_eq!(names(&["quick", "lint"]).unwrap(), ["lint", "machine", "reply", "surface"]);
        let all = names(&[]).unwrap();
        assert!(all.contains(&"native") && !all.contains(&"machine"), "`native` contains `machine`");
        assert!(names(&["lint", "no-such-step"]).unwrap_err().to_string().contains("`no-such-step`"));
    }

    #[test]
    fn a_failure_names_its_step() {
        let mut lines = Vec::new();
        let failure = timed(&mut lines, "lint", Outcome::Passed, || bail!("too long")).unwrap_err();
        let failure = format!("{failure:#}");
        assert!(failure.starts_with("step `lint` FAILED") && failure.ends_with("too long"), "{failure}");
        assert_eq!(outcomes(&lines), [("lint", Outcome::Failed)]);
    }

    #[test]
    fn a_step_without_what_it_needs_is_skipped_and_not_passed() {
        let mut lines = Vec::new();
        let step = |name: &str| STEPS.iter().find(|step| step.name == name).unwrap();
        let mut runs = Vec::new();
        for (name, missing) in
            [("firefox", Some("no Firefox")), ("webkit", None), ("headless", Some("no Firefox"))]
        {
            run(&mut lines, step(name), missing, || {
                runs.push(name);
                Ok(())
            })
            .unwrap();
        }
        assert_eq!(runs, ["webkit", "headless"]);
        let expected = [
            ("firefox", Outcome::Skipped("no Firefox")),
            ("webkit", Outcome::Passed),
            ("headless", Outcome::PassedInPart("no Firefox")),
        ];
        assert_eq!(outcomes(&lines), expected);
    }

    fn outcomes(lines: &[Line]) -> Vec<(&'static str, Outcome)> {
        lines.iter().map(|line| (line.name, line.outcome)).collect()
    }
}
