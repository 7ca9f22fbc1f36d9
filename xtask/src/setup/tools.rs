//! Programs that come as crates. They are built once and kept outside of the checkout, each version apart.

use std::env;
use std::path::PathBuf;

use crate::cargo_lock::locked_version;
use crate::failure::{Failure, Outcome};
use crate::process::run;
use crate::project::Project;

// Of no influence on what is published, so any version that works will do, as long as it is the same for everybody.
const WASM_PACK: &str = "0.15.1";
const GECKODRIVER: &str = "0.37.1";
const CARGO_FUZZ: &str = "0.13.2";
const CARGO_MUTANTS: &str = "27.1.0";

/// One such crate.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    package: &'static str,
    version: String,
    programs: &'static [&'static str],
    root: PathBuf,
}

/// wasm-bindgen and its test runner. They read what the library of exactly the same version has written.
pub(crate) fn wasm_bindgen(project: &Project) -> Outcome<Tool> {
    let version = locked_version(project, "wasm-bindgen")?;
    Ok(Tool::new("wasm-bindgen-cli", version, &["wasm-bindgen", "wasm-bindgen-test-runner"]))
}

/// wasm-pack, for its headless tests.
pub(crate) fn wasm_pack() -> Tool {
    Tool::new("wasm-pack", WASM_PACK.to_owned(), &["wasm-pack"])
}

/// The driver of Firefox. Debian has none.
pub(crate) fn geckodriver() -> Tool {
    Tool::new("geckodriver", GECKODRIVER.to_owned(), &["geckodriver"])
}

/// The fuzzer's front end.
pub(crate) fn cargo_fuzz() -> Tool {
    Tool::new("cargo-fuzz", CARGO_FUZZ.to_owned(), &["cargo-fuzz"])
}

/// Mutation testing.
pub(crate) fn cargo_mutants() -> Tool {
    Tool::new("cargo-mutants", CARGO_MUTANTS.to_owned(), &["cargo-mutants"])
}

impl Tool {
    fn new(package: &'static str, version: String, programs: &'static [&'static str]) -> Self {
        let root = folder(&format!("{package}-{version}"));
        Self { package, version, programs, root }
    }

    /// Its version.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// The folder of its programs.
    pub(crate) fn folder(&self) -> PathBuf {
        self.root.join("bin")
    }

    /// The path of one of its programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder().join(name).with_extension(env::consts::EXE_EXTENSION)
    }

    /// Builds it if it is not there; says what there is.
    pub(crate) fn provide(&self, project: &Project) -> Outcome<String> {
        if !self.is_there() {
            println!(
                "{} {} is built once, for all checkouts. This takes some minutes.",
                self.package, self.version
            );
            // With what its authors have tested, if its newest dependencies do not build.
            self.install(project, &[]).or_else(|_| self.install(project, &["--locked"]))?;
            if !self.is_there() {
                return Err(Failure::new(format!("{} is not in {}", self.package, self.folder().display())));
            }
        }
        Ok(format!("{} {} in {}", self.package, self.version, self.folder().display()))
    }

    fn is_there(&self) -> bool {
        self.programs.iter().all(|name| self.program(name).is_file())
    }

    fn install(&self, project: &Project, more: &[&str]) -> Outcome {
        let mut cargo = project.cargo();
        // In a folder that cargo removes: it is large, and of no use later.
        cargo.env_remove("CARGO_TARGET_DIR");
        cargo.args(["install", self.package, "--version", &self.version]);
        run(cargo.args(more).arg("--root").arg(&self.root))
    }
}

/// Where what is called `name` is kept, for all checkouts.
pub(super) fn folder(name: &str) -> PathBuf {
    cache().join("silent-session/tools").join(name)
}

fn cache() -> PathBuf {
    match env::var_os("XDG_CACHE_HOME").map(PathBuf::from) {
        // A relative one is to be ignored: XDG Base Directory Specification.
        Some(cache) if cache.is_absolute() => cache,
        _ => env::home_dir().unwrap_or_else(env::temp_dir).join(".cache"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_has_its_own_folder() {
        let tool = |version: &str| Tool::new("wasm-pack", version.to_owned(), &["wasm-pack"]);
        assert!(tool("1.2.3").folder().ends_with("silent-session/tools/wasm-pack-1.2.3/bin"));
        assert_ne!(tool("1.2.3").folder(), tool("1.2.4").folder());
        assert!(!tool("0.0.0").is_there());
    }
}
