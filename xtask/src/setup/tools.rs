//! Programs that come as crates. They are built once and kept outside of the checkout, each version
//! apart.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use xshell::cmd;

use crate::project::Project;

// Any version will do, as long as everybody has the same: none influences the published package.
const WASM_PACK: &str = "0.15.1";
const GECKODRIVER: &str = "0.37.1";
const CARGO_FUZZ: &str = "0.13.2";
const CARGO_MUTANTS: &str = "27.1.0";

/// A crate with programs.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    package: &'static str,
    version: String,
    /// The programs that are used.
    programs: &'static [&'static str],
}

/// The runner of headless tests. It reads what wasm-bindgen of exactly the same version has
/// written.
pub(crate) fn test_runner(project: &Project) -> Result<Tool> {
    let version = project.locked_version("wasm-bindgen")?;
    Ok(Tool { package: "wasm-bindgen-cli", version, programs: &["wasm-bindgen-test-runner"] })
}

/// wasm-pack, for its headless tests.
pub(crate) fn wasm_pack() -> Tool {
    Tool { package: "wasm-pack", version: WASM_PACK.to_owned(), programs: &["wasm-pack"] }
}

/// The driver of Firefox.
pub(crate) fn geckodriver() -> Tool {
    Tool { package: "geckodriver", version: GECKODRIVER.to_owned(), programs: &["geckodriver"] }
}

/// The fuzzer's front end.
pub(crate) fn cargo_fuzz() -> Tool {
    Tool { package: "cargo-fuzz", version: CARGO_FUZZ.to_owned(), programs: &["cargo-fuzz"] }
}

/// Mutation testing.
pub(crate) fn cargo_mutants() -> Tool {
    Tool { package: "cargo-mutants", version: CARGO_MUTANTS.to_owned(), programs: &["cargo-mutants"] }
}

impl Tool {
    fn root(&self) -> PathBuf {
        folder(&format!("{}-{}", self.package, self.version))
    }

    /// The folder of its programs.
    pub(crate) fn folder(&self) -> PathBuf {
        self.root().join("bin")
    }

    /// The path of one of its programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// Builds it if it is missing. Returns a description of it.
    pub(crate) fn provide(&self, project: &Project) -> Result<String> {
        let is_there = || self.programs.iter().all(|name| self.program(name).is_file());
        if !is_there() {
            println!("{} {} is built once, for all checkouts.", self.package, self.version);
            // The lock file of its authors is the second choice: the newest dependencies may not
            // build.
            self.install(project, None).or_else(|_| self.install(project, Some("--locked")))?;
            ensure!(is_there(), "{} is not in {}", self.package, self.folder().display());
        }
        Ok(format!("{} {} in {}", self.package, self.version, self.folder().display()))
    }

    fn install(&self, project: &Project, locked: Option<&str>) -> Result<()> {
        let (sh, package, version, root) = (&project.shell, self.package, &self.version, self.root());
        // Debug builds are quick, and nobody measures the speed of the tools.
        cmd!(sh, "cargo install --debug {package} --version {version} {locked...} --root {root}")
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            // All tools share one folder, because many dependencies are the same.
            .env("CARGO_TARGET_DIR", project.target("tools"))
            .run()?;
        Ok(())
    }
}

/// The folder of what is called `name` and kept for all checkouts.
pub(super) fn folder(name: &str) -> PathBuf {
    let cache = match env::var_os("XDG_CACHE_HOME").map(PathBuf::from) {
        // A relative one is to be ignored: XDG Base Directory Specification.
        Some(cache) if cache.is_absolute() => cache,
        _ => env::home_dir().unwrap_or_else(env::temp_dir).join(".cache"),
    };
    cache.join("silent-session/tools").join(name)
}
