//! The most that each row may weigh. Budgets stand in one file, and only go down.

use std::collections::BTreeMap;
use std::fs;

use super::Row;
use super::weight::in_kb;
use crate::failure::{Failure, Outcome, While};
use crate::process::output;
use crate::project::Project;

const FILE: &str = "tests/size/budgets.txt";

/// Bytes after brotli, by the name of the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Budgets(BTreeMap<String, u64>);

impl Budgets {
    /// Reads the file.
    pub(super) fn read(project: &Project) -> Outcome<Self> {
        let text = fs::read_to_string(project.path(FILE)).during(format_args!("reading {FILE}"))?;
        Self::parse(&text)
    }

    /// Reads its text: a line for each row, its name and a number.
    fn parse(text: &str) -> Outcome<Self> {
        let mut budgets = BTreeMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let budget =
                line.rsplit_once(' ').and_then(|(name, bytes)| Some((name.trim_end(), bytes.parse().ok()?)));
            let Some((name, bytes)) = budget else {
                return Err(Failure::new(format!("{FILE}: this is no budget: {line}")));
            };
            if budgets.insert(name.to_owned(), bytes).is_some() {
                return Err(Failure::new(format!("{FILE}: there are two budgets for {name}")));
            }
        }
        Ok(Self(budgets))
    }

    /// The budget of a row.
    pub(super) fn of(&self, name: &str) -> Option<u64> {
        self.0.get(name).copied()
    }

    /// Fails if a row is above its budget, or has none.
    pub(super) fn check(&self, rows: &[Row]) -> Outcome {
        let complaints = rows.iter().filter_map(|Row { name, weight }| match self.of(name) {
            None => Some(format!("{name} has no budget")),
            Some(budget) if weight.brotli > budget => {
                let by = in_kb(weight.brotli - budget);
                Some(format!(
                    "{name} has {} bytes after brotli: {by} kB above its budget of {budget}",
                    weight.brotli
                ))
            }
            Some(_) => None,
        });
        none(complaints.collect())
    }

    /// Fails if a budget is higher than in an earlier commit. Without a history there is nothing to compare.
    pub(super) fn check_history(&self, project: &Project) -> Outcome {
        let git = |arguments: &[&str]| output(project.command("git").args(arguments));
        let Ok(commits) = git(&["log", "--full-history", "--diff-filter=AM", "--format=%h", "--", FILE])
        else {
            return Ok(());
        };
        for commit in commits.lines() {
            let earlier = Self::parse(&git(&["show", &format!("{commit}:./{FILE}")])?)?;
            self.check_raised(&earlier, commit)?;
        }
        Ok(())
    }

    fn check_raised(&self, earlier: &Self, commit: &str) -> Outcome {
        let complaints = self.0.iter().filter_map(|(name, budget)| {
            let before = earlier.of(name).filter(|before| before < budget)?;
            Some(format!(
                "{FILE}: the budget of {name} is {budget}, and was {before} in {commit}: budgets only go down"
            ))
        });
        none(complaints.collect())
    }
}

/// Fails with all of them, one a line.
fn none(complaints: Vec<String>) -> Outcome {
    if complaints.is_empty() { Ok(()) } else { Err(Failure::new(complaints.join("\n"))) }
}

#[cfg(test)]
mod tests {
    use super::super::weight::Weight;
    use super::*;

    fn row(name: &'static str, brotli: u64) -> Row {
        Row::new(name, Weight { brotli, ..Weight::default() })
    }

    fn budgets(text: &str) -> Budgets {
        Budgets::parse(text).unwrap()
    }

    #[test]
    fn a_line_is_a_name_and_a_number() {
        let read = budgets("# Bytes.\n\npackage, lean   99\nmachine, lean 7\n");
        assert_eq!(read.of("package, lean"), Some(99));
        assert_eq!(read.of("machine, lean"), Some(7));
        assert_eq!(read.of("package"), None);
        for text in ["package", "package 1 kB", "package -1", "a 1\na 2"] {
            assert!(Budgets::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_row_above_its_budget_is_named_with_both_sizes() {
        let read = budgets("one 10\nother 10");
        assert!(read.check(&[row("one", 10), row("other", 9)]).is_ok());
        let failure = read.check(&[row("one", 10), row("other", 1011)]).unwrap_err().to_string();
        assert_eq!(failure, "other has 1011 bytes after brotli: 1.1 kB above its budget of 10");
        assert!(read.check(&[row("third", 0)]).unwrap_err().to_string().contains("third has no budget"));
    }

    #[test]
    fn a_budget_only_goes_down() {
        let before = budgets("one 10\nother 10");
        for text in ["one 10\nother 10", "one 9\nother 10", "one 10\nnew 99"] {
            assert!(budgets(text).check_raised(&before, "abc").is_ok(), "{text}");
        }
        let failure = budgets("one 11\nother 9").check_raised(&before, "abc").unwrap_err().to_string();
        assert!(failure.contains("one is 11, and was 10 in abc"), "{failure}");
    }

    #[test]
    fn the_budgets_of_this_repository_have_not_been_raised() {
        let project = Project::find().unwrap();
        Budgets::read(&project).unwrap().check_history(&project).unwrap();
    }
}
