//! How long each step took.

use std::fmt;
use std::time::Duration;

/// Prints as a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report(Vec<(&'static str, Duration)>);

impl Report {
    /// Adds a step.
    pub(crate) fn add(&mut self, step: &'static str, duration: Duration) {
        self.0.push((step, duration));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (step, duration) in &self.0 {
            writeln!(f, "{step:<10}{:>8.1} s", duration.as_secs_f64())?;
        }
        let all: Duration = self.0.iter().map(|(_, duration)| *duration).sum();
        writeln!(f, "{:<10}{:>8.1} s", "in all", all.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_sum() {
        let mut report = Report::default();
        report.add("lint", Duration::from_millis(1500));
        report.add("native", Duration::from_secs(10));
        assert_eq!(report.to_string(), "lint           1.5 s\nnative        10.0 s\nin all        11.5 s\n");
    }
}
