//! The checkout, cargo's target folder, and the programs that run there.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use xshell::{Cmd, Shell};

/// The target that the library is built for.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The checkout that this `xtask` was compiled from.
#[derive(Debug)]
pub(crate) struct Project {
    /// Runs programs at the root of the checkout.
    pub(crate) shell: Shell,
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// Finds the checkout by the path that cargo set at compile time.
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(target) => std::path::absolute(target)?,
            None => root.join("target"),
        };
        let shell = Shell::new()?;
        shell.change_dir(&root);
        shell.set_var("CARGO_TARGET_DIR", &target);
        Ok(Self { shell, root, target })
    }

    /// A path below the checkout.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// A path below cargo's target folder.
    pub(crate) fn target(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.target.join(relative)
    }

    /// A path for files that are made again when they are missing.
    pub(crate) fn scratch(&self, relative: &str) -> PathBuf {
        self.target.join("xtask").join(relative)
    }

    /// A program of an npm package that `package.json` lists.
    pub(crate) fn npm_program(&self, name: &str) -> Cmd<'_> {
        self.shell.cmd(self.path("node_modules/.bin").join(name))
    }

    /// The version of a package in `Cargo.lock`.
    pub(crate) fn locked_version(&self, package: &str) -> Result<String> {
        let lock = self.shell.read_file("Cargo.lock")?;
        let (_, after) = lock
            .split_once(&format!("\nname = \"{package}\"\nversion = \""))
            .with_context(|| format!("Cargo.lock has no `{package}`"))?;
        Ok(after.split('"').next().unwrap_or_default().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_has_the_version_of_the_library() {
        let version = |package| Project::find().unwrap().locked_version(package).unwrap();
        assert_eq!(version("wasm-bindgen-cli-support"), version("wasm-bindgen"));
    }
}
