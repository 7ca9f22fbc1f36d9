//! `cargo xtask test`: step by step, up to the first that fails.

#[cfg(test)]
mod files;
mod headless;
#[cfg(test)]
mod pages;
mod run;
pub(crate) mod scenarios;
mod steps;
pub(crate) mod suites;
mod table;

use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use lexopt::{Arg, Parser, ValueExt as _};

use crate::build;
use crate::project::Project;
use crate::setup;
use run::Run;
use steps::{STEPS, Step};
use table::Outcome;

/// The group of steps that answers within three minutes once everything is built.
const QUICK: &str = "quick";

/// `cargo xtask test [NAME]…`, `cargo xtask test --list`. With `--bare`, by which a run starts steps
/// in processes of their own, nothing is set up and reported.
pub(crate) fn command(project: &Project, mut arguments: Parser) -> Result<()> {
    let (mut names, mut is_bare) = (Vec::new(), false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Value(name) => names.push(name.string()?),
            Arg::Long("only") => names.push(arguments.value()?.string()?),
            Arg::Long("bare") => is_bare = true,
            Arg::Long("list") => {
                print!("{}", list());
                return Ok(());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let steps = chosen(&names)?;
    if is_bare {
        return steps.iter().try_for_each(|step| (step.run)(project));
    }
    let mut run = Run::begin();
    let needs = steps.iter().flat_map(|step| step.needs).copied().collect::<Vec<_>>();
    run.one("setup", Outcome::Passed, || {
        setup::ensure(project, &needs)?;
        // Steps that run side by side would wait for each other to look whether these are built.
        if steps.len() > 1 {
            build::build_programs(project).run()?;
        }
        Ok(())
    })
    .context("again: cargo xtask setup")?;
    run.all(project, &steps)?;
    print!("\n{}", run.table());
    println!("{}", run.verdict(names.is_empty()));
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
}
