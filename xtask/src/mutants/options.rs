//! The command line: which mutants, and for how long.

use super::mutant::Mutant;
use crate::arguments::Arguments;
use crate::failure::{Failure, Outcome};

/// What the arguments say.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// Parts of paths: files with one of them in it. All files where there is none.
    files: Vec<String>,
    /// Which part of all, of how many.
    shard: Option<(usize, usize)>,
    /// Only lines that differ from this revision.
    pub(super) changed_since: Option<String>,
    /// Those that have a verdict, too.
    pub(super) all: bool,
    /// Begins no mutant after so many minutes.
    pub(super) minutes: Option<u64>,
    /// Writes down as open what has no verdict.
    pub(super) leaves_open: bool,
}

impl Options {
    pub(super) fn read(mut arguments: Arguments) -> Outcome<Self> {
        let mut files = Vec::new();
        while let Some(file) = arguments.option("--files")? {
            files.push(file);
        }
        let shard = arguments.option::<String>("--shard")?.map(|shard| read_shard(&shard)).transpose()?;
        let options = Self {
            files,
            shard,
            changed_since: arguments.option("--changed-since")?,
            all: arguments.flag("--all"),
            minutes: arguments.option("--minutes")?,
            leaves_open: arguments.flag("--leave-open"),
        };
        arguments.finish()?;
        Ok(options)
    }

    /// Whether it is of these files and of this shard; `index` is its place in the whole list.
    pub(super) fn chooses(&self, index: usize, mutant: &Mutant) -> bool {
        let is_in = |file: &String| mutant.name.file.contains(file.as_str());
        (self.files.is_empty() || self.files.iter().any(is_in))
            && self.shard.is_none_or(|(shard, shards)| index % shards == shard - 1)
    }
}

fn read_shard(text: &str) -> Outcome<(usize, usize)> {
    let parts =
        text.split_once('/').and_then(|(shard, shards)| Some((shard.parse().ok()?, shards.parse().ok()?)));
    match parts {
        Some((shard, shards)) if (1..=shards).contains(&shard) => Ok((shard, shards)),
        _ => Err(Failure::new(format!("`{text}` is no shard: it is written 1/8 to 8/8"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::mutant::read_list;
    use super::*;

    #[test]
    fn each_mutant_is_in_one_shard() {
        let list = "src/a.rs:1:1: delete ! in f\nsrc/a.rs:2:1: delete ! in g\nsrc/b.rs:1:1: delete ! in h";
        let mutants = read_list(list, |_| String::new());
        let chosen = |files: &[&str], shard: &str| {
            let files = files.iter().map(ToString::to_string).collect();
            let options = Options { files, shard: read_shard(shard).ok(), ..Options::default() };
            let chosen = mutants.iter().enumerate().filter(|(index, mutant)| options.chooses(*index, mutant));
            chosen.map(|(index, _)| index).collect::<Vec<_>>()
        };
        assert_eq!(chosen(&[], ""), [0, 1, 2]);
        assert_eq!((chosen(&[], "1/2"), chosen(&[], "2/2")), (vec![0, 2], vec![1]));
        assert_eq!((chosen(&["b.rs"], ""), chosen(&["a.rs", "b.rs"], "1/2")), (vec![2], vec![0, 2]));
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for shard in ["", "1", "0/2", "3/2", "1/0", "a/b"] {
            assert!(read_shard(shard).is_err(), "{shard}");
        }
    }
}
