//! `cargo xtask test`: step by step, up to the first that fails.

#[cfg(test)]
mod files;
mod headless;
#[cfg(test)]
mod pages;
pub(crate) mod scenarios;
mod steps;
pub(crate) mod suites;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use lexopt::{Arg, Parser, ValueExt as _};

use crate::project::Project;
use crate::setup;
use steps::{STEPS, Step};

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
    let mut times = Vec::new();
    let needs = steps.iter().flat_map(|step| step.needs).copied().collect::<Vec<_>>();
    timed(&mut times, "setup", || setup::ensure(project, &needs)).context("again: cargo xtask setup")?;
    for step in steps {
        timed(&mut times, step.name, || (step.run)(project))
            .with_context(|| format!("again: cargo xtask test {}", step.name))?;
    }
    print!("\n{}", table(&times));
    println!("{}", if names.is_empty() { "all steps passed" } else { "passed" });
    Ok(())
}

/// The steps of these names, in their order. Without names, all but those that are only in the group.
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

type Times = Vec<(&'static str, Duration)>;

/// Runs a step and prints how long it took. A failure prints the times of all steps so far.
fn timed(times: &mut Times, name: &'static str, run: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("\n=== {name} ===");
    let start = now();
    let result = run();
    times.push((name, start.elapsed()));
    let seconds = start.elapsed().as_secs_f64();
    if result.is_ok() {
        println!("=== {name} passed in {seconds:.1} s ===");
    } else {
        println!("\n{}", table(times));
    }
    result.with_context(|| format!("step `{name}` FAILED after {seconds:.1} s"))
}

/// The current instant, for a tool that reports how long its work takes.
#[expect(clippy::disallowed_methods, reason = "only the machine is forbidden to read the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

fn table(times: &Times) -> String {
    let line = |name: &str, time: Duration| format!("{name:<14}{:>8.1} s\n", time.as_secs_f64());
    let lines: String = times.iter().map(|(name, time)| line(name, *time)).collect();
    lines + &line("in all", times.iter().map(|(_, time)| *time).sum())
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
        assert_eq!(names(&["quick", "lint"]).unwrap(), ["lint", "machine", "surface"]);
        let all = names(&[]).unwrap();
        assert!(all.contains(&"native") && !all.contains(&"machine"), "`native` contains `machine`");
        assert!(names(&["lint", "no-such-step"]).unwrap_err().to_string().contains("`no-such-step`"));
    }

    #[test]
    fn a_failure_names_its_step() {
        let mut times = Times::new();
        let failure = timed(&mut times, "lint", || bail!("too long")).unwrap_err();
        let failure = format!("{failure:#}");
        assert!(failure.starts_with("step `lint` FAILED") && failure.ends_with("too long"), "{failure}");
        assert_eq!(times.len(), 1);
    }

    #[test]
    fn the_last_line_of_the_table_is_the_sum() {
        let times = vec![("lint", Duration::from_millis(1500)), ("native", Duration::from_secs(10))];
        let expected = "lint               1.5 s\nnative            10.0 s\nin all            11.5 s\n";
        assert_eq!(table(&times), expected);
    }
}
