//! Mutation testing of the machine by cargo-mutants. `tests/mutants/README.md` explains how to use
//! it.

mod judge;
mod mutant;
mod options;
mod records;
mod tally;

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use anyhow::Result;
use lexopt::Parser;

use crate::project::Project;
use crate::setup::{self, Need};
use crate::test::now;
use judge::Judge;
use mutant::{Mutant, Name};
use options::Options;
use records::{Records, Verdict, read_survivors};
use tally::Tally;

const RESULTS: &str = "tests/mutants/results.txt";
const SURVIVORS: &str = "tests/mutants/survivors.txt";
/// The time of the step of `cargo xtask test`.
const STEP: Duration = Duration::from_secs(300);

/// `cargo xtask mutants [--files PART]… [--shard I/N] [--changed-since REVISION] [--all] [--minutes N] [--leave-open]`
pub(crate) fn command(project: &Project, arguments: Parser) -> Result<()> {
    let options = Options::read(arguments)?;
    setup::ensure(project, &[Need::CargoMutants])?;
    let run = Run::new(project)?;
    let changed = options.changed_since.as_ref().map(|revision| run.judge.list_changed(revision));
    let changed = changed.transpose()?;
    let is_changed = |mutant: &Mutant| {
        changed.as_ref().is_none_or(|list| list.lines().any(|listed| listed == mutant.listed))
    };
    let chosen = run.listed.iter().enumerate().filter(|(index, mutant)| {
        options.chooses(*index, mutant) && is_changed(mutant) && (options.all || run.is_due(mutant, true))
    });
    let chosen: Vec<&Mutant> = chosen.map(|(_, mutant)| mutant).collect();
    let mut records = run.records.clone();
    records.keep_only(&run.listed);
    let tally = run.judge_all(&chosen, options.bound, |mutant, verdict| {
        records.add(mutant, verdict);
        records.write(&project.path(RESULTS))
    })?;
    let is_open =
        |records: &Records, mutant: &Mutant| matches!(records.current(mutant), None | Some(Verdict::Open));
    let open: Vec<_> = run.listed.iter().filter(|mutant| is_open(&records, mutant)).collect();
    println!("{} of {} mutants are not judged yet", open.len(), run.listed.len());
    if options.leaves_open {
        open.into_iter().for_each(|mutant| records.add(mutant, Verdict::Open));
    }
    records.write(&project.path(RESULTS))?;
    tally.finish()
}

/// The step of `cargo xtask test`: mutants of functions that have changed since their verdict, and
/// survivors without a reason. Writes no verdict: the checkout stays as it is.
pub(crate) fn step(project: &Project) -> Result<()> {
    let run = Run::new(project)?;
    let mut due: Vec<&Mutant> = run.listed.iter().filter(|mutant| run.is_due(mutant, false)).collect();
    // If time is short, each run tries others.
    let chance = RandomState::new();
    due.sort_by_cached_key(|mutant| chance.hash_one(&mutant.listed));
    let (due_count, all) = (due.len(), run.listed.len());
    println!("{due_count} of {all} mutants are in functions that have changed since their verdict");
    run.judge_all(&due, Some(STEP), |_, _| Ok(()))?.finish()
}

/// The mutants of the tree, and what is known of them.
#[derive(Debug)]
struct Run<'a> {
    judge: Judge<'a>,
    listed: Vec<Mutant>,
    records: Records,
    /// The reasons of survivors.
    survivors: BTreeMap<Name, String>,
}

impl<'a> Run<'a> {
    fn new(project: &'a Project) -> Result<Self> {
        let judge = Judge::new(project)?;
        let listed = judge.list()?;
        let records = Records::read(&project.path(RESULTS))?;
        let survivors = read_survivors(&project.shell.read_file(SURVIVORS)?)?;
        for name in survivors.keys().filter(|name| !listed.iter().any(|mutant| mutant.name == **name)) {
            println!("{SURVIVORS}: there is no such mutant any more: {name}");
        }
        Ok(Self { judge, listed, records, survivors })
    }

    fn is_due(&self, mutant: &Mutant, with_open: bool) -> bool {
        match self.records.current(mutant) {
            None => true,
            Some(Verdict::Open) => with_open,
            Some(Verdict::Missed) => !self.survivors.contains_key(&mutant.name),
            Some(Verdict::Caught | Verdict::TimedOut | Verdict::Unviable) => false,
        }
    }

    /// Judges one after the other, until `bound` has passed.
    fn judge_all(
        &self,
        mutants: &[&Mutant],
        bound: Option<Duration>,
        mut note: impl FnMut(&Mutant, Verdict) -> Result<()>,
    ) -> Result<Tally> {
        let mut tally = Tally::default();
        if mutants.is_empty() {
            return Ok(tally);
        }
        let mut in_file = BTreeMap::new();
        for mutant in &self.listed {
            *in_file.entry(&mutant.name.file).or_insert(0) += 1;
        }
        let start = now();
        self.judge.try_without()?;
        println!("the tests pass without a mutant");
        for (index, mutant) in mutants.iter().enumerate() {
            if bound.is_some_and(|bound| start.elapsed() >= bound) {
                tally.left = mutants.len() - index;
                break;
            }
            let begun = now();
            let verdict = self.judge.judge(mutant, in_file[&mutant.name.file])?;
            tally.add(mutant, verdict, begun.elapsed(), self.survivors.contains_key(&mutant.name));
            note(mutant, verdict)?;
        }
        Ok(tally)
    }
}
