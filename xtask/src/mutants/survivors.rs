//! Why the mutants survive that do: a file written by hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::mutant::Name;
use crate::failure::{Failure, Outcome, While};

/// The reason for each.
#[derive(Clone, Debug, Default)]
pub(super) struct Survivors(BTreeMap<Name, String>);

impl Survivors {
    /// Reads the file.
    pub(super) fn read(path: &Path) -> Outcome<Self> {
        let text = fs::read_to_string(path).during(format_args!("reading {}", path.display()))?;
        Self::parse(&text)
    }

    /// Reads its text: a mutant a line, and below it its reason, indented.
    fn parse(text: &str) -> Outcome<Self> {
        let mut survivors: Vec<(Name, String)> = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            if !line.starts_with(' ') {
                let name = line.parse().map_err(|_| Failure::new(format!("this is no mutant: {line}")))?;
                survivors.push((name, String::new()));
            } else if let Some((_, reason)) = survivors.last_mut() {
                reason.push_str(line.trim());
            }
        }
        match survivors.iter().find(|(_, reason)| reason.is_empty()) {
            Some((name, _)) => Err(Failure::new(format!("there is no reason below: {name}"))),
            None => Ok(Self(survivors.into_iter().collect())),
        }
    }

    /// Whether there is a reason for this one.
    pub(super) fn have(&self, name: &Name) -> bool {
        self.0.contains_key(name)
    }

    /// Their names.
    pub(super) fn names(&self) -> impl Iterator<Item = &Name> {
        self.0.keys()
    }
}

#[cfg(test)]
mod tests {
    use super::super::records::{Records, Verdict};
    use super::super::{RESULTS, SURVIVORS};
    use super::*;

    #[test]
    fn each_survivor_has_a_reason() {
        let text = "# A comment\n\nsrc/a.rs: delete ! in f #2\n    Equivalent: both\n    are zero.\n";
        let survivors = Survivors::parse(text).unwrap();
        assert!(survivors.have(&"src/a.rs: delete ! in f #2".parse().unwrap()));
        assert!(!survivors.have(&"src/a.rs: delete ! in f".parse().unwrap()));
        let failure = Survivors::parse("src/a.rs: delete ! in f\n\nsrc/b.rs: delete ! in g\n  Why.");
        assert!(failure.unwrap_err().to_string().ends_with("src/a.rs: delete ! in f"));
        assert!(Survivors::parse("nothing at all").is_err());
    }

    #[test]
    fn the_committed_survivors_are_those_with_a_reason() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let survivors = Survivors::read(&root.join(SURVIVORS)).unwrap();
        let records = Records::read(&root.join(RESULTS)).unwrap();
        for name in records.with(Verdict::Missed) {
            assert!(survivors.have(name), "there is no reason in {SURVIVORS} for {name}");
        }
        for name in survivors.names() {
            assert!(
                records.with(Verdict::Missed).any(|missed| missed == name),
                "{RESULTS} does not say so: {name}"
            );
        }
    }
}
