//! Verdicts on mutants, in a file that is committed, and the reasons why some survive, written by
//! hand.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::mutant::{Mutant, Name};

const HEAD: &str = "\
# What became of each mutant: the verdict, a hash of the function around it, the mutant.
# Written by `cargo xtask mutants`, see README.md.
";

/// The verdict of the tests on a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A test fails.
    Caught,
    /// The tests do not end in time: it spins.
    TimedOut,
    /// All tests pass.
    Missed,
    /// The mutant does not compile.
    Unviable,
    /// Nobody has tried yet.
    Open,
}

impl Verdict {
    /// All of them.
    pub(super) const ALL: [Self; 5] =
        [Self::Caught, Self::TimedOut, Self::Missed, Self::Unviable, Self::Open];

    /// The word of cargo-mutants for it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::TimedOut => "timeout",
            Self::Missed => "missed",
            Self::Unviable => "unviable",
            Self::Open => "open",
        }
    }
}

/// The verdicts, and the hashes of the functions that they hold for.
#[derive(Clone, Debug, Default)]
pub(super) struct Records(BTreeMap<Name, (Verdict, u32)>);

impl Records {
    /// Reads the file. An absent one is empty.
    pub(super) fn read(path: &Path) -> Result<Self> {
        Self::parse(&fs::read_to_string(path).unwrap_or_default())
    }

    fn parse(text: &str) -> Result<Self> {
        let record = |line: &str| {
            let (word, rest) = line.split_once(' ')?;
            let (hash, name) = rest.trim_start().split_once(' ')?;
            let verdict = Verdict::ALL.into_iter().find(|verdict| verdict.as_str() == word)?;
            Some((name.parse().ok()?, (verdict, u32::from_str_radix(hash, 16).ok()?)))
        };
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let records = lines.map(|line| record(line).with_context(|| format!("this is no verdict: {line}")));
        Ok(Self(records.collect::<Result<_>>()?))
    }

    /// Writes the file.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        fs::write(path, self.to_text()).with_context(|| path.display().to_string())
    }

    fn to_text(&self) -> String {
        let mut text = HEAD.to_owned();
        for (name, (verdict, hash)) in &self.0 {
            let _ = writeln!(text, "{:<8} {hash:08x} {name}", verdict.as_str());
        }
        text
    }

    /// The verdict on a mutant, if its function has not changed since.
    pub(super) fn current(&self, mutant: &Mutant) -> Option<Verdict> {
        self.0.get(&mutant.name).filter(|(_, hash)| *hash == mutant.hash).map(|(verdict, _)| *verdict)
    }

    /// Adds a verdict.
    pub(super) fn add(&mut self, mutant: &Mutant, verdict: Verdict) {
        self.0.insert(mutant.name.clone(), (verdict, mutant.hash));
    }

    /// Drops mutants that are in no list any more.
    pub(super) fn keep_only(&mut self, listed: &[Mutant]) {
        self.0.retain(|name, _| listed.iter().any(|mutant| mutant.name == *name));
    }
}

/// Reads the survivors and their reasons: a mutant a line, and below it its reason, indented.
pub(super) fn read_survivors(text: &str) -> Result<BTreeMap<Name, String>> {
    let mut survivors: Vec<(Name, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if !line.starts_with(' ') {
            survivors.push((line.parse()?, String::new()));
        } else if let Some((_, reason)) = survivors.last_mut() {
            reason.push_str(line.trim());
        }
    }
    if let Some((name, _)) = survivors.iter().find(|(_, reason)| reason.is_empty()) {
        bail!("there is no reason below: {name}");
    }
    Ok(survivors.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::mutant::read_list;
    use super::super::{RESULTS, SURVIVORS};
    use super::*;
    use crate::project::Project;

    fn mutant(source: &str) -> Mutant {
        read_list("src/a.rs:1:1: replace < with > in f", |_| source.to_owned()).remove(0)
    }

    #[test]
    fn a_verdict_is_read_again_and_holds_until_its_function_changes() {
        for verdict in Verdict::ALL {
            let mut records = Records::default();
            records.add(&mutant("1 < 2"), verdict);
            let again = Records::parse(&records.to_text()).unwrap();
            assert_eq!(again.current(&mutant("1 < 2")), Some(verdict));
            assert_eq!(again.current(&mutant("1 < 3")), None);
            assert_eq!(again.to_text(), records.to_text());
        }
        assert!(Records::parse("caught everything").is_err());
    }

    #[test]
    fn a_mutant_that_is_gone_is_dropped() {
        let mut records = Records::default();
        records.add(&mutant("1 < 2"), Verdict::Caught);
        records.keep_only(&[mutant("1 < 3")]);
        assert_eq!(records.0.len(), 1);
        records.keep_only(&[]);
        assert_eq!(records.0.len(), 0);
    }

    #[test]
    fn each_survivor_has_a_reason() {
        let text = "# A comment\n\nsrc/a.rs: delete ! in f #2\n    Equivalent: both\n    are zero.\n";
        let survivors = read_survivors(text).unwrap();
        assert!(survivors.contains_key(&"src/a.rs: delete ! in f #2".parse().unwrap()));
        let failure = read_survivors("src/a.rs: delete ! in f\n\nsrc/b.rs: delete ! in g\n  Why.");
        assert!(failure.unwrap_err().to_string().ends_with("src/a.rs: delete ! in f"));
        assert!(read_survivors("nothing at all").is_err());
    }

    #[test]
    fn the_committed_survivors_are_those_with_a_reason() {
        let project = Project::find().unwrap();
        let survivors = read_survivors(&project.shell.read_file(SURVIVORS).unwrap()).unwrap();
        let records = Records::read(&project.path(RESULTS)).unwrap();
        let missed = records.0.into_iter().filter(|(_, (verdict, _))| *verdict == Verdict::Missed);
        let missed: BTreeSet<_> = missed.map(|(name, _)| name).collect();
        assert_eq!(missed, survivors.into_keys().collect(), "{RESULTS} and {SURVIVORS} differ");
    }
}
