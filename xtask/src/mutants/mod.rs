//! Mutation testing of the machine by cargo-mutants. `tests/mutants/README.md` says how to use it.

mod judge;
mod mutant;
mod options;
mod records;
mod survivors;
mod tally;

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use crate::arguments::Arguments;
use crate::failure::Outcome;
use crate::project::Project;
use crate::setup::{self, Need};
use crate::stopwatch::Stopwatch;
use judge::Judge;
use mutant::Mutant;
use options::Options;
use records::{Records, Verdict};
use survivors::Survivors;
use tally::Tally;

const RESULTS: &str = "tests/mutants/results.txt";
const SURVIVORS: &str = "tests/mutants/survivors.txt";

/// How long the step of `cargo xtask test` goes on.
const STEP: Duration = Duration::from_secs(300);

/// `cargo xtask mutants [--files PART]… [--shard I/N] [--changed-since REVISION] [--all] [--minutes N] [--leave-open]`
pub(crate) fn command(project: &Project, arguments: Arguments) -> Outcome {
    let options = Options::read(arguments)?;
    setup::ensure(project, &[Need::CargoMutants])?;
    let run = Run::new(project)?;
    let changed =
        options.changed_since.as_ref().map(|revision| run.judge.list_changed(revision)).transpose()?;
    let is_changed = |mutant: &Mutant| {
        changed.as_ref().is_none_or(|list| list.lines().any(|listed| listed == mutant.listed))
    };
    let chosen = run.listed.iter().enumerate().filter(|(index, mutant)| {
        options.chooses(*index, mutant) && is_changed(mutant) && (options.all || run.is_due(mutant, true))
    });
    let chosen: Vec<&Mutant> = chosen.map(|(_, mutant)| mutant).collect();
    let mut records = run.records.clone();
    records.keep_only(&run.listed);
    let bound = options.minutes.map(|minutes| Duration::from_secs(60 * minutes));
    let tally = run.judge_all(&chosen, bound, |mutant, verdict| {
        records.add(mutant, verdict);
        records.write(&project.path(RESULTS))
    })?;
    if options.leaves_open {
        for mutant in &run.listed {
            if records.current(mutant).is_none() {
                records.add(mutant, Verdict::Open);
            }
        }
    }
    records.write(&project.path(RESULTS))?;
    let open =
        run.listed.iter().filter(|mutant| matches!(records.current(mutant), None | Some(Verdict::Open)));
    println!("{} of {} mutants are not judged yet", open.count(), run.listed.len());
    tally.finish()
}

/// The step of `cargo xtask test`: mutants of functions that have changed since their verdict, and survivors without a
/// reason. Writes nothing down: the checkout stays as it is.
pub(crate) fn test(project: &Project) -> Outcome {
    let run = Run::new(project)?;
    let mut due: Vec<&Mutant> = run.listed.iter().filter(|mutant| run.is_due(mutant, false)).collect();
    // Where not all of them fit, others each time.
    let chance = RandomState::new();
    due.sort_by_cached_key(|mutant| chance.hash_one(&mutant.listed));
    println!(
        "{} of {} mutants are in functions that have changed since their verdict",
        due.len(),
        run.listed.len()
    );
    run.judge_all(&due, Some(STEP), |_, _| Ok(()))?.finish()
}

/// What there is to judge, and what is known.
#[derive(Debug)]
struct Run<'a> {
    judge: Judge<'a>,
    listed: Vec<Mutant>,
    records: Records,
    survivors: Survivors,
}

impl<'a> Run<'a> {
    fn new(project: &'a Project) -> Outcome<Self> {
        let judge = Judge::new(project)?;
        let listed = judge.list()?;
        let records = Records::read(&project.path(RESULTS))?;
        let survivors = Survivors::read(&project.path(SURVIVORS))?;
        for name in survivors.names().filter(|name| !listed.iter().any(|mutant| mutant.name == **name)) {
            println!("{SURVIVORS}: there is no such mutant any more: {name}");
        }
        Ok(Self { judge, listed, records, survivors })
    }

    fn is_due(&self, mutant: &Mutant, with_open: bool) -> bool {
        match self.records.current(mutant) {
            None => true,
            Some(Verdict::Open) => with_open,
            Some(Verdict::Missed) => !self.survivors.have(&mutant.name),
            Some(Verdict::Caught | Verdict::TimedOut | Verdict::Unviable) => false,
        }
    }

    /// Judges one after the other, until `bound` has passed.
    fn judge_all(
        &self,
        mutants: &[&Mutant],
        bound: Option<Duration>,
        mut note: impl FnMut(&Mutant, Verdict) -> Outcome,
    ) -> Outcome<Tally> {
        let mut tally = Tally::default();
        if mutants.is_empty() {
            return Ok(tally);
        }
        let mut in_file = BTreeMap::new();
        for mutant in &self.listed {
            *in_file.entry(&mutant.name.file).or_insert(0) += 1;
        }
        let whole = Stopwatch::start();
        self.judge.try_without()?;
        println!("the tests pass without a mutant");
        for (index, mutant) in mutants.iter().enumerate() {
            if bound.is_some_and(|bound| whole.elapsed() >= bound) {
                tally.left = mutants.len() - index;
                break;
            }
            let stopwatch = Stopwatch::start();
            let verdict = self.judge.judge(mutant, in_file[&mutant.name.file])?;
            tally.add(mutant, verdict, stopwatch.elapsed(), self.survivors.have(&mutant.name));
            note(mutant, verdict)?;
        }
        Ok(tally)
    }
}
