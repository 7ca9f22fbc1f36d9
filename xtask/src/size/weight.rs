//! How many bytes a few files have.

use std::fmt;
use std::iter::Sum;
use std::path::PathBuf;

use crate::failure::{Failure, Outcome};
use crate::process::output;
use crate::project::Project;

/// Bytes, compressed and not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight {
    pub(super) raw: u64,
    pub(super) gzip: u64,
    pub(super) brotli: u64,
}

impl Weight {
    /// The sum over files that are compressed one by one. Node does the compressing: it has brotli built in.
    pub(super) fn of(project: &Project, files: &[PathBuf]) -> Outcome<Self> {
        let said = output(project.command("node").arg(project.path("xtask/weigh.mjs")).args(files))?;
        let weights = said.lines().map(Self::parse).collect::<Option<Vec<_>>>();
        match weights {
            Some(weights) if weights.len() == files.len() => Ok(weights.into_iter().sum()),
            _ => Err(Failure::new(format!("weigh.mjs says {said:?}"))),
        }
    }

    /// Reads a line: raw, gzip, brotli.
    fn parse(line: &str) -> Option<Self> {
        let numbers = line.split(' ').map(|number| number.parse().ok()).collect::<Option<Vec<u64>>>()?;
        let [raw, gzip, brotli] = numbers[..] else { return None };
        Some(Self { raw, gzip, brotli })
    }
}

impl Sum for Weight {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            raw: sum.raw + one.raw,
            gzip: sum.gzip + one.gzip,
            brotli: sum.brotli + one.brotli,
        })
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [raw, gzip, brotli] = [self.raw, self.gzip, self.brotli].map(in_kb);
        write!(f, "{raw:>10}{gzip:>10}{brotli:>12}")
    }
}

/// Bytes in kB of 1,000, rounded up: nothing looks lighter than it is.
pub(super) fn in_kb(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100);
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_three_numbers() {
        assert_eq!(Weight::parse("30 20 10"), Some(Weight { raw: 30, gzip: 20, brotli: 10 }));
        for line in ["", "30 20", "30 20 10 0", "30 20 x"] {
            assert_eq!(Weight::parse(line), None, "{line}");
        }
    }

    #[test]
    fn weights_are_added_by_column() {
        let one = Weight { raw: 3, gzip: 2, brotli: 1 };
        assert_eq!([one, one].into_iter().sum::<Weight>(), Weight { raw: 6, gzip: 4, brotli: 2 });
    }

    #[test]
    fn kilobytes_are_rounded_up() {
        assert_eq!([0, 1, 100, 42_701, 100_000].map(in_kb), ["0.0", "0.1", "0.1", "42.8", "100.0"]);
    }
}
