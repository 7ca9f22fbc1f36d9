//! `cargo xtask test`: every test there is, step by step, up to the first that fails.

mod backends;
mod check_server;
mod fetch;
mod files;
mod firefox;
mod headless;
mod javascript;
mod libraries;
mod package;
mod pages;
mod report;
mod rust;
mod scenarios;
mod step;
mod tabs;

use std::collections::BTreeSet;

use crate::arguments::Arguments;
use crate::failure::{Failure, Outcome};
use crate::project::Project;
use crate::setup;
use crate::stopwatch::Stopwatch;
use report::Report;
use step::{STEPS, Step};

/// `cargo xtask test [--only STEP]…`
pub(crate) fn command(project: &Project, mut arguments: Arguments) -> Outcome {
    let mut only = BTreeSet::new();
    while let Some(name) = arguments.option::<String>("--only")? {
        only.insert(name);
    }
    arguments.finish()?;
    let steps = chosen(&only)?;

    let mut report = Report::default();
    timed(&mut report, "setup", || steps.iter().try_for_each(|step| setup::ensure(project, step.needs)))?;
    for step in &steps {
        timed(&mut report, step.name, || (step.run)(project))?;
    }
    print!("\n{report}");
    println!("{}", if only.is_empty() { "all steps passed" } else { "passed" });
    Ok(())
}

fn timed(report: &mut Report, name: &'static str, run: impl FnOnce() -> Outcome) -> Outcome {
    println!("\n=== {name} ===");
    let stopwatch = Stopwatch::start();
    let outcome = run();
    let elapsed = stopwatch.elapsed();
    report.add(name, elapsed);
    let seconds = elapsed.as_secs_f64();
    match outcome {
        Ok(()) => {
            println!("=== {name} passed in {seconds:.1} s ===");
            Ok(())
        }
        Err(failure) => Err(Failure::new(format!(
            "step `{name}` FAILED after {seconds:.1} s: {failure}\n\n{report}\nAgain: {}",
            if name == "setup" {
                "cargo xtask setup".to_owned()
            } else {
                format!("cargo xtask test --only {name}")
            }
        ))),
    }
}

fn chosen(only: &BTreeSet<String>) -> Outcome<Vec<&'static Step>> {
    if let Some(unknown) = only.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        return Err(Failure::new(format!("there is no step `{unknown}`, only {}", names.join(", "))));
    }
    Ok(STEPS.iter().filter(|step| only.is_empty() || only.contains(step.name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: &[&str]) -> Outcome<Vec<&'static str>> {
        let only = only.iter().map(ToString::to_string).collect();
        Ok(chosen(&only)?.iter().map(|step| step.name).collect())
    }

    #[test]
    fn all_steps_are_run_unless_some_are_chosen() {
        assert_eq!(names(&[]).unwrap().len(), STEPS.len());
        assert_eq!(names(&["js", "lint"]).unwrap(), ["lint", "js"]);
        assert!(names(&["lint", "no-such-step"]).unwrap_err().to_string().contains("`no-such-step`"));
    }

    #[test]
    fn a_failure_names_its_step() {
        let mut report = Report::default();
        let failure = timed(&mut report, "lint", || Err(Failure::new("too long"))).unwrap_err().to_string();
        assert!(failure.starts_with("step `lint` FAILED"), "{failure}");
        assert!(failure.contains("too long") && failure.contains("--only lint"), "{failure}");
    }
}
