//! The command line: which mutants, and for how long.

use std::time::Duration;

use anyhow::{Context as _, Result};
use lexopt::{Arg, Parser, ValueExt as _};

use super::mutant::Mutant;

/// The choices of a command line of `cargo xtask mutants`.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// Parts of paths: a file is chosen if its path contains one. Empty: all files.
    files: Vec<String>,
    /// The number of the part, and the number of parts.
    shard: Option<(usize, usize)>,
    /// Only lines that differ from this revision.
    pub(super) changed_since: Option<String>,
    /// Whether mutants with a verdict are tried again.
    pub(super) all: bool,
    /// Begins no mutant after this time.
    pub(super) bound: Option<Duration>,
    /// Records mutants without a verdict as open.
    pub(super) leaves_open: bool,
}

impl Options {
    /// Reads the command line.
    pub(super) fn read(mut arguments: Parser) -> Result<Self> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Long("files") => options.files.push(arguments.value()?.string()?),
                Arg::Long("shard") => options.shard = Some(shard(&arguments.value()?.string()?)?),
                Arg::Long("changed-since") => options.changed_since = Some(arguments.value()?.string()?),
                Arg::Long("minutes") => {
                    options.bound = Some(Duration::from_secs(60 * arguments.value()?.parse::<u64>()?));
                }
                Arg::Long("all") => options.all = true,
                Arg::Long("leave-open") => options.leaves_open = true,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }

    /// Whether the mutant is in these files and in this shard; `index` is its place in the whole
    /// list.
    pub(super) fn chooses(&self, index: usize, mutant: &Mutant) -> bool {
        let is_in = |file: &String| mutant.name.file.contains(file.as_str());
        (self.files.is_empty() || self.files.iter().any(is_in))
            && self.shard.is_none_or(|(shard, shards)| index % shards == shard - 1)
    }
}

fn shard(text: &str) -> Result<(usize, usize)> {
    let parts = text.split_once('/').and_then(|(one, all)| Some((one.parse().ok()?, all.parse().ok()?)));
    let shard = parts.filter(|(shard, shards)| (1..=*shards).contains(shard));
    shard.with_context(|| format!("`{text}` is no shard: they are written 1/8 to 8/8"))
}

#[cfg(test)]
mod tests {
    use super::super::mutant::read_list;
    use super::*;

    #[test]
    fn each_mutant_is_in_one_shard() {
        let list = "src/a.rs:1:1: delete ! in f\nsrc/a.rs:2:1: delete ! in g\nsrc/b.rs:1:1: delete ! in h";
        let mutants = read_list(list, |_| String::new());
        let chosen = |arguments: &[&str]| {
            let options = Options::read(Parser::from_args(arguments)).unwrap();
            let chosen = mutants.iter().enumerate().filter(|(index, mutant)| options.chooses(*index, mutant));
            chosen.map(|(index, _)| index).collect::<Vec<_>>()
        };
        assert_eq!(chosen(&[]), [0, 1, 2]);
        assert_eq!((chosen(&["--shard=1/2"]), chosen(&["--shard", "2/2"])), (vec![0, 2], vec![1]));
        assert_eq!(chosen(&["--files=b.rs"]), [2]);
        assert_eq!(chosen(&["--files", "a.rs", "--files", "b.rs", "--shard=1/2"]), [0, 2]);
        for shard in ["", "1", "0/2", "3/2", "1/0", "a/b"] {
            assert!(Options::read(Parser::from_args(["--shard", shard])).is_err(), "{shard}");
        }
    }
}
