//! The sums of a run.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::SURVIVORS;
use super::mutant::Mutant;
use super::records::Verdict;

/// Verdicts, and how long they took.
#[derive(Debug, Default)]
pub(super) struct Tally {
    verdicts: Vec<(Verdict, Duration)>,
    /// Survivors without a reason, as cargo-mutants lists them.
    survivors: Vec<String>,
    /// The number of mutants for which there was no time.
    pub(super) left: usize,
}

impl Tally {
    /// Adds one, and prints it.
    pub(super) fn add(&mut self, mutant: &Mutant, verdict: Verdict, took: Duration, has_reason: bool) {
        println!("{:<8} {:>4.1} s  {}", verdict.as_str(), took.as_secs_f64(), mutant.listed);
        self.verdicts.push((verdict, took));
        if verdict == Verdict::Missed && !has_reason {
            self.survivors.push(mutant.listed.clone());
        }
    }

    /// Prints the sums. Fails if a mutant has survived for no reason.
    pub(super) fn finish(self) -> Result<()> {
        let count = |verdict| self.verdicts.iter().filter(|(one, _)| *one == verdict).count();
        let all: Duration = self.verdicts.iter().map(|(_, took)| *took).sum();
        print!("{} judged in {:.0} s", self.verdicts.len(), all.as_secs_f64());
        for verdict in Verdict::ALL.into_iter().filter(|verdict| count(*verdict) > 0) {
            print!(", {} {}", count(verdict), verdict.as_str());
        }
        println!();
        if self.left > 0 {
            println!("{} are left for the next run: the time is over", self.left);
        }
        ensure!(
            self.survivors.is_empty(),
            "no test notices:\n  {}\nWrite the test that does; where none can, put the mutant and the reason into \
             {SURVIVORS}.",
            self.survivors.join("\n  ")
        );
        Ok(())
    }
}
