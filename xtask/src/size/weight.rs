//! Sizes of files, compressed and not.

use std::fmt;

use anyhow::{Context as _, Result};
use xshell::cmd;

use crate::project::Project;

/// Bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight {
    pub(super) raw: u64,
    pub(super) gzip: u64,
    pub(super) brotli: u64,
}

impl Weight {
    /// The sum over files that are compressed one by one. Node has brotli built in: none is
    /// compiled.
    pub(super) fn of(project: &Project, files: &[std::path::PathBuf]) -> Result<Self> {
        let sh = &project.shell;
        let printed = cmd!(sh, "node xtask/weigh.mjs {files...}").quiet().read()?;
        let sum = printed.lines().try_fold(Self::default(), Self::plus);
        sum.with_context(|| format!("weigh.mjs printed {printed:?}"))
    }

    /// Adds a line: raw, gzip, brotli.
    fn plus(self, line: &str) -> Option<Self> {
        let numbers = line.split(' ').map(|number| number.parse().ok()).collect::<Option<Vec<u64>>>()?;
        let [raw, gzip, brotli] = numbers[..] else { return None };
        Some(Self { raw: self.raw + raw, gzip: self.gzip + gzip, brotli: self.brotli + brotli })
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
    fn weights_are_added_by_column() {
        let one = Weight { raw: 3, gzip: 2, brotli: 1 };
        assert_eq!(one.plus("30 20 10"), Some(Weight { raw: 33, gzip: 22, brotli: 11 }));
        for line in ["", "30 20", "30 20 10 0", "30 20 x"] {
            assert_eq!(one.plus(line), None, "{line}");
        }
    }

    #[test]
    fn kilobytes_are_rounded_up() {
        assert_eq!([0, 1, 100, 42_701, 100_000].map(in_kb), ["0.0", "0.1", "0.1", "42.8", "100.0"]);
    }
}
