//! The most that each row may weigh. Budgets are in one file, and only go down.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use xshell::cmd;

use super::Row;
use super::weight::in_kb;
use crate::project::Project;

const FILE: &str = "tests/size/budgets.txt";

/// Bytes after brotli, by the name of the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Budgets(BTreeMap<String, u64>);

impl Budgets {
    /// Reads the file.
    pub(super) fn read(project: &Project) -> Result<Self> {
        Self::parse(&project.shell.read_file(FILE)?)
    }

    /// Reads its text: a line for each row, with its name and a number.
    fn parse(text: &str) -> Result<Self> {
        let mut budgets = BTreeMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let (name, bytes) = line.rsplit_once(' ').with_context(|| format!("{FILE}: {line}"))?;
            let bytes = bytes.parse().with_context(|| format!("{FILE}: {line}"))?;
            let before = budgets.insert(name.trim_end().to_owned(), bytes);
            ensure!(before.is_none(), "{FILE}: there are two budgets for {name}");
        }
        Ok(Self(budgets))
    }

    /// The budget of a row.
    pub(super) fn of(&self, name: &str) -> Option<u64> {
        self.0.get(name).copied()
    }

    /// Fails if a row is above its budget, or has none.
    pub(super) fn check(&self, rows: &[Row]) -> Result<()> {
        let complaints = rows.iter().filter_map(|Row { name, weight }| match self.of(name) {
            None => Some(format!("{name} has no budget")),
            Some(budget) if weight.brotli > budget => {
                let (bytes, by) = (weight.brotli, in_kb(weight.brotli - budget));
                Some(format!("{name} has {bytes} bytes after brotli: {by} kB above its budget of {budget}"))
            }
            Some(_) => None,
        });
        none(complaints.collect())
    }

    /// Fails if a budget is higher than in an earlier commit. Without a history nothing is
    /// compared.
    pub(super) fn check_history(&self, project: &Project) -> Result<()> {
        let sh = &project.shell;
        let log = cmd!(sh, "git log --full-history --diff-filter=AM --format=%h -- {FILE}").quiet().read();
        for commit in log.unwrap_or_default().lines() {
            let earlier = Self::parse(&cmd!(sh, "git show {commit}:./{FILE}").quiet().read()?)?;
            self.check_raised(&earlier, commit)?;
        }
        Ok(())
    }

    fn check_raised(&self, earlier: &Self, commit: &str) -> Result<()> {
        let complaints = self.0.iter().filter_map(|(name, budget)| {
            let before = earlier.of(name).filter(|before| before < budget)?;
            Some(format!(
                "{FILE}: the budget of {name} is {budget}, and was {before} in {commit}: budgets only go down"
            ))
        });
        none(complaints.collect())
    }
}

fn none(complaints: Vec<String>) -> Result<()> {
    ensure!(complaints.is_empty(), complaints.join("\n"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::weight::Weight;
    use super::*;

    fn row(name: &'static str, brotli: u64) -> Row {
        Row { name, weight: Weight { brotli, ..Weight::default() } }
    }

    fn budgets(text: &str) -> Budgets {
        Budgets::parse(text).unwrap()
    }

    #[test]
    fn a_line_is_a_name_and_a_number() {
        let read = budgets("# Bytes.\n\npackage, lean   99\nmachine, lean 7\n");
        assert_eq!((read.of("package, lean"), read.of("machine, lean")), (Some(99), Some(7)));
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
        let project = Project::find().unwrap();
        Budgets::read(&project).unwrap().check_history(&project).unwrap();
    }
}
