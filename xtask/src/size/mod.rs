//! What the package weighs, and the machine alone. No row may be heavier than its budget.

mod budgets;
pub(crate) mod machine;
mod package;
mod weight;

use crate::arguments::Arguments;
use crate::build::{self, Profile};
use crate::failure::Outcome;
use crate::project::Project;
use crate::setup;
use budgets::Budgets;
use weight::Weight;

/// `cargo xtask size`
pub(crate) fn command(project: &Project, arguments: Arguments) -> Outcome {
    arguments.finish()?;
    setup::ensure(project, build::NEEDS)?;
    test(project)
}

/// The step of `cargo xtask test`.
pub(crate) fn test(project: &Project) -> Outcome {
    let budgets = Budgets::read(project)?;
    budgets.check_history(project)?;
    let rows = [
        Row::new("package, lean", package::weigh(project, Profile::Lean)?),
        Row::new("package, stable", package::weigh(project, Profile::Stable)?),
        Row::new("machine, lean", machine::weigh(project, Profile::Lean)?),
        Row::new("machine, stable", machine::weigh(project, Profile::Stable)?),
    ];
    println!("\n{:<16}{:>10}{:>10}{:>12}{:>10}", "kB", "raw", "gzip -9", "brotli 11", "budget");
    for row in &rows {
        let budget = budgets.of(row.name).map_or("none".to_owned(), weight::in_kb);
        println!("{:<16}{}{budget:>10}", row.name, row.weight);
    }
    budgets.check(&rows)
}

/// The step that counts: what one of many waiters costs, and an event beside many tabs.
pub(crate) fn count_steps(project: &Project) -> Outcome {
    machine::count_steps(project)
}

/// One line of the table.
#[derive(Debug)]
struct Row {
    name: &'static str,
    weight: Weight,
}

impl Row {
    fn new(name: &'static str, weight: Weight) -> Self {
        Self { name, weight }
    }
}
