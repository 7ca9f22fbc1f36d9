//! The table at the end of `cargo xtask test`.

use std::fmt;
use std::time::Duration;

/// A step that has run or was skipped.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) time: Duration,
    pub(super) outcome: Outcome,
}

/// The end of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    /// A part of it was skipped, for this reason.
    PassedInPart(&'static str),
    /// The whole step was skipped, for this reason.
    Skipped(&'static str),
    Failed,
}

impl Outcome {
    pub(super) fn is_skipped(self) -> bool {
        matches!(self, Self::Skipped(_))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passed"),
            Self::PassedInPart(reason) => write!(f, "passed, in part SKIPPED ({reason})"),
            Self::Skipped(reason) => write!(f, "SKIPPED ({reason})"),
            Self::Failed => f.write_str("FAILED"),
        }
    }
}

/// All lines, and the time of the whole run: some steps run beside each other.
pub(super) fn table(lines: &[Line], in_all: Duration) -> String {
    let row = |name: &str, time: Duration| format!("{name:<14}{:>8.1} s", time.as_secs_f64());
    let rows = lines.iter().map(|Line { name, time, outcome }| format!("{}  {outcome}\n", row(name, *time)));
    rows.collect::<String>() + &row("in all", in_all) + "\n"
}

/// The last line of a run without a failure. It names the steps that were skipped.
pub(super) fn verdict(lines: &[Line], are_all: bool) -> String {
    let passed = if are_all { "all steps passed" } else { "passed" };
    let skipped = lines.iter().filter(|line| line.outcome != Outcome::Passed);
    match skipped.map(|line| line.name).collect::<Vec<_>>()[..] {
        [] => passed.to_owned(),
        ref skipped => format!("{passed}, except those skipped in whole or in part: {}", skipped.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IN_ALL: Duration = Duration::from_millis(10_700);

    fn lines(last: Outcome) -> [Line; 2] {
        let lint = Line { name: "lint", time: Duration::from_millis(1500), outcome: Outcome::Passed };
        [lint, Line { name: "firefox", time: Duration::from_secs(10), outcome: last }]
    }

    #[test]
    fn the_last_line_of_the_table_is_the_whole_run() {
        let expected = "lint               1.5 s  passed\n\
                        firefox           10.0 s  passed\n\
                        in all            10.7 s\n";
        assert_eq!(table(&lines(Outcome::Passed), IN_ALL), expected);
    }

    #[test]
    fn a_line_that_was_skipped_has_the_reason() {
        let skipped = table(&lines(Outcome::Skipped("no Firefox")), IN_ALL);
        assert!(skipped.contains("firefox           10.0 s  SKIPPED (no Firefox)\n"), "{skipped}");
        let in_part = table(&lines(Outcome::PassedInPart("no Firefox")), IN_ALL);
        assert!(
            in_part.contains("firefox           10.0 s  passed, in part SKIPPED (no Firefox)\n"),
            "{in_part}"
        );
    }

    #[test]
    fn the_verdict_names_what_was_skipped() {
        assert_eq!(verdict(&lines(Outcome::Passed), true), "all steps passed");
        assert_eq!(verdict(&lines(Outcome::Passed), false), "passed");
        for outcome in [Outcome::Skipped("no Firefox"), Outcome::PassedInPart("no Firefox")] {
            let all = verdict(&lines(outcome), true);
            assert_eq!(all, "all steps passed, except those skipped in whole or in part: firefox");
        }
    }
}
