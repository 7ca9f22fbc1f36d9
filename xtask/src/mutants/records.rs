//! What became of each mutant, kept in a file that is committed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::mutant::{Mutant, Name};
use crate::failure::{Failure, Outcome, While};

const HEAD: &str = "\
# What became of each mutant: the verdict, a hash of the function around it, the mutant.
# Written by `cargo xtask mutants`, see README.md.
";

/// What the tests say of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A test fails.
    Caught,
    /// The tests do not end in time: it spins.
    TimedOut,
    /// All tests pass.
    Missed,
    /// It does not compile.
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

/// What is known, by mutant.
#[derive(Clone, Debug, Default)]
pub(super) struct Records(BTreeMap<Name, (Verdict, u32)>);

impl Records {
    /// Reads the file; an absent one is empty.
    pub(super) fn read(path: &Path) -> Outcome<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(path).during(format_args!("reading {}", path.display()))?;
        Self::parse(&text)
    }

    /// Reads its text.
    pub(super) fn parse(text: &str) -> Outcome<Self> {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let records = lines.map(|line| {
            record(line).ok_or_else(|| Failure::new(format!("this is no verdict on a mutant: {line}")))
        });
        Ok(Self(records.collect::<Outcome<_>>()?))
    }

    /// Writes the file.
    pub(super) fn write(&self, path: &Path) -> Outcome {
        fs::write(path, self.to_text()).during(format_args!("writing {}", path.display()))
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

    /// Drops what is in no list any more.
    pub(super) fn keep_only(&mut self, listed: &[Mutant]) {
        self.0.retain(|name, _| listed.iter().any(|mutant| mutant.name == *name));
    }

    /// Those with this verdict.
    #[cfg(test)]
    pub(super) fn with(&self, wanted: Verdict) -> impl Iterator<Item = &Name> {
        self.0.iter().filter(move |(_, (verdict, _))| *verdict == wanted).map(|(name, _)| name)
    }
}

fn record(line: &str) -> Option<(Name, (Verdict, u32))> {
    let (word, rest) = line.split_once(' ')?;
    let (hash, name) = rest.trim_start().split_once(' ')?;
    let verdict = Verdict::ALL.into_iter().find(|verdict| verdict.as_str() == word)?;
    Some((name.parse().ok()?, (verdict, u32::from_str_radix(hash, 16).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::super::mutant::read_list;
    use super::*;

    fn mutant(source: &str) -> Mutant {
        read_list("src/a.rs:1:1: replace < with > in f", |_| source.to_owned()).remove(0)
    }

    #[test]
    fn what_is_written_is_read_again() {
        for verdict in Verdict::ALL {
            let mut records = Records::default();
            records.add(&mutant("1 < 2"), verdict);
            let again = Records::parse(&records.to_text()).unwrap();
            assert_eq!(again.current(&mutant("1 < 2")), Some(verdict));
            assert_eq!(again.to_text(), records.to_text());
        }
        assert!(Records::parse("caught everything").is_err());
    }

    #[test]
    fn a_verdict_holds_until_its_function_changes() {
        let mut records = Records::default();
        records.add(&mutant("1 < 2"), Verdict::Caught);
        assert_eq!(records.current(&mutant("1 < 3")), None);
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
}
