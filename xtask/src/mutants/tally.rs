//! What a run has found.

use std::time::Duration;

use super::SURVIVORS;
use super::mutant::Mutant;
use super::records::Verdict;
use crate::failure::{Failure, Outcome};

/// Verdicts, and how long they took.
#[derive(Debug, Default)]
pub(super) struct Tally {
    verdicts: Vec<Verdict>,
    took: Duration,
    longest: Duration,
    /// Survivors without a reason, as cargo-mutants lists them.
    survivors: Vec<String>,
    /// Not begun: the time was over.
    pub(super) left: usize,
}

impl Tally {
    /// Adds one, and prints it.
    pub(super) fn add(&mut self, mutant: &Mutant, verdict: Verdict, took: Duration, has_reason: bool) {
        println!("{:<8} {:>4.1} s  {}", verdict.as_str(), took.as_secs_f64(), mutant.listed);
        self.verdicts.push(verdict);
        self.took += took;
        self.longest = self.longest.max(took);
        if verdict == Verdict::Missed && !has_reason {
            self.survivors.push(mutant.listed.clone());
        }
    }

    /// Prints the sums; fails if a mutant has survived for no reason.
    pub(super) fn finish(self) -> Outcome {
        let counted = |verdict| self.verdicts.iter().filter(|one| **one == verdict).count();
        let counts: Vec<String> = Verdict::ALL
            .into_iter()
            .filter(|verdict| counted(*verdict) > 0)
            .map(|verdict| format!("{} {}", counted(verdict), verdict.as_str()))
            .collect();
        if let Ok(judged) = u32::try_from(self.verdicts.len())
            && judged > 0
        {
            let (mean, longest) = ((self.took / judged).as_secs_f64(), self.longest.as_secs_f64());
            println!("{judged} judged, {mean:.1} s each, {longest:.1} s at most: {}", counts.join(", "));
        }
        if self.left > 0 {
            println!("{} are left for the next run: the time is over", self.left);
        }
        if self.survivors.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!(
            "no test notices:\n  {}\nWrite the test that does; where none can, put the mutant and the reason into {SURVIVORS}.",
            self.survivors.join("\n  ")
        )))
    }
}
