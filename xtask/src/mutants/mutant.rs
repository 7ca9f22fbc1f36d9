//! Mutants as cargo-mutants lists them, and names for them that outlive edits elsewhere in the
//! file.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use anyhow::{Context as _, Error};

/// The name of a change. It has neither line nor column: those move with every edit above.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    /// The path from the root, with `/`.
    pub(super) file: String,
    /// The description of cargo-mutants, the function included.
    change: String,
    /// Counts the same change within the file, from 1.
    number: u32,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.change)?;
        if self.number > 1 { write!(f, " #{}", self.number) } else { Ok(()) }
    }
}

impl FromStr for Name {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (file, change) = text.split_once(": ").with_context(|| format!("this is no mutant: {text}"))?;
        let numbered =
            change.rsplit_once(" #").and_then(|(change, number)| Some((change, number.parse().ok()?)));
        let (change, number) = numbered.unwrap_or((change, 1));
        Ok(Self { file: file.to_owned(), change: change.to_owned(), number })
    }
}

/// A mutant of the tree as it is.
#[derive(Clone, Debug)]
pub(super) struct Mutant {
    pub(super) name: Name,
    /// The line of cargo-mutants' list.
    pub(super) listed: String,
    /// A hash of the function that it is in.
    pub(super) hash: u32,
    /// The index in the list of its file.
    pub(super) index: usize,
}

/// Reads a list. `source` returns the text of a file; a line that is no mutant is skipped.
pub(super) fn read_list(list: &str, source: impl Fn(&str) -> String) -> Vec<Mutant> {
    let mut sources = BTreeMap::new();
    let mut in_file = BTreeMap::new();
    let mut same = BTreeMap::new();
    let mut mutants = Vec::new();
    for listed in list.lines() {
        let Some((file, line, change)) = split(listed) else { continue };
        let text = sources.entry(file).or_insert_with(|| source(file));
        let index = in_file.entry(file).or_insert(0);
        let number = same.entry((file, change)).or_insert(0);
        *number += 1;
        mutants.push(Mutant {
            name: Name { file: file.to_owned(), change: change.to_owned(), number: *number },
            listed: listed.to_owned(),
            hash: hash(function_at(text, line)),
            index: *index,
        });
        *index += 1;
    }
    mutants
}

/// The file, the line and the change of `src/a.rs:12:5: replace …`.
fn split(listed: &str) -> Option<(&str, usize, &str)> {
    let (place, change) = listed.split_once(": ")?;
    let mut parts = place.rsplitn(3, ':');
    let (_column, line, file) = (parts.next()?, parts.next()?, parts.next()?);
    Some((file, line.parse().ok()?, change))
}

/// The lines of the innermost function around a line, in a text that rustfmt has formatted; outside
/// of functions, the line.
fn function_at(text: &str, line: usize) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    let at = line.saturating_sub(1);
    let Some(here) = lines.get(at) else { return Vec::new() };
    let is_start = |index: &usize| {
        let is_around = *index == at || indent(lines[*index]) < indent(here);
        is_around && is_function(lines[*index].trim_start())
    };
    let Some(start) = (0..=at).rev().find(is_start) else { return vec![here] };
    let closes = |line: &str| line.trim() == "}" && indent(line) == indent(lines[start]);
    let length = lines[start..].iter().position(|line| closes(line)).unwrap_or(0);
    lines[start..=at.max(start + length)].to_vec()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_function(line: &str) -> bool {
    let words = line.split_whitespace().take_while(|word| !word.starts_with("//") && !word.contains('"'));
    words.take(6).any(|word| word == "fn")
}

/// FNV-1a over the lines, without indentation and comments. It is committed, and so has to stay the
/// same.
fn hash(lines: Vec<&str>) -> u32 {
    let code = lines.into_iter().map(str::trim).filter(|line| !line.starts_with("//"));
    code.flat_map(|line| line.bytes().chain([b'\n']))
        .fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
const A: u32 = 1 + 2;

impl Thing {
    /// Says so.
    pub(crate) fn first(
        &self,
        other: u32,
    ) -> bool {
        // A comment.
        let is_it = |one: u32| one < other;
        is_it(self.0) && is_it(self.1)
    }

    fn second(&self) -> bool {
        self.0 < 1 && self.1 < 1
    }
}
";

    const LIST: &str = "\
src/a.rs:1:18: replace + with -
src/a.rs:9:9: replace Thing::first -> bool with true
src/a.rs:10:37: replace < with == in Thing::first
src/a.rs:15:16: replace < with == in Thing::second
src/a.rs:15:30: replace < with == in Thing::second
";

    fn listed(source: &str) -> Vec<Mutant> {
        read_list(LIST, |file| if file == "src/a.rs" { source.to_owned() } else { String::new() })
    }

    #[test]
    fn a_name_has_no_line_and_counts_equal_changes() {
        let names: Vec<String> = listed(SOURCE).iter().map(|mutant| mutant.name.to_string()).collect();
        assert_eq!(names[0], "src/a.rs: replace + with -");
        assert_eq!(names[3], "src/a.rs: replace < with == in Thing::second");
        assert_eq!(names[4], "src/a.rs: replace < with == in Thing::second #2");
        for Mutant { name, .. } in listed(SOURCE) {
            assert_eq!(name.to_string().parse::<Name>().unwrap(), name);
        }
        assert_eq!(listed(SOURCE)[4].index, 4);
    }

    #[test]
    fn a_function_that_changes_has_another_hash_and_the_others_keep_theirs() {
        let hashes = |source: &str| -> Vec<u32> { listed(source).iter().map(|mutant| mutant.hash).collect() };
        let before = hashes(SOURCE);
        assert_eq!((before[1], before[3]), (before[2], before[4]));
        assert!(before[0] != before[1] && before[1] != before[3]);
        let changed = |from: &str, to: &str| {
            let after = hashes(&SOURCE.replace(from, to));
            before.iter().zip(after).map(|(before, after)| *before != after).collect::<Vec<_>>()
        };
        assert_eq!(changed("1 + 2", "1 + 3"), [true, false, false, false, false]);
        assert_eq!(changed("is_it(self.1)", "is_it(self.2)"), [false, true, true, false, false]);
        assert_eq!(changed("other: u32,", "other: u64,"), [false, true, true, false, false]);
        assert_eq!(changed("self.1 < 1", "self.1 < 2"), [false, false, false, true, true]);
        assert_eq!(changed("A comment", "Another comment"), [false; 5]);
        assert_eq!(changed("Says so", "Says nothing"), [false; 5]);
    }

    #[test]
    fn what_is_no_mutant_is_skipped() {
        assert!(read_list("Found 3 mutants to test\n\nWARN nothing: at all\n", |_| String::new()).is_empty());
    }
}
