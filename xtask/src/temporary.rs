//! A folder outside of the checkout, for a while.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Outcome, While};

/// Dropping it removes the folder.
#[derive(Debug)]
#[must_use = "the folder is removed when this is dropped"]
pub(crate) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// An empty folder with `purpose` in its name.
    pub(crate) fn new(purpose: &str) -> Outcome<Self> {
        let name = format!("silent-session-{purpose}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).during(format_args!("making {}", path.display()))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // If it cannot be removed, the system's own cleaning will.
        let _ = fs::remove_dir_all(&self.0);
    }
}
