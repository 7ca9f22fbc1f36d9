//! Installs what is missing, as far as possible, and otherwise reports what to install by hand.

pub(crate) mod browsers;
mod node;
pub(crate) mod python;
mod rust;
mod system;
pub(crate) mod tools;

use anyhow::Result;
use lexopt::Parser;

use crate::no_arguments;
use crate::project::Project;

/// Something that has to be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    WasmTarget,
    /// The source of Rust's standard library.
    RustSource,
    /// rustfmt and clippy.
    Components,
    /// Node, npm, and the packages of `package.json`.
    Node,
    /// Chromium and chromedriver, of one version.
    Chromium,
    /// Firefox, where possible.
    Firefox,
    /// WebKit's driver and a display for it, where possible.
    Webkit,
    /// The driver of Firefox for wasm-pack, where there is a Firefox.
    Geckodriver,
    /// Python with the packages of the back ends, where possible.
    Python,
    /// The runner of headless tests, of the version of wasm-bindgen.
    TestRunner,
    WasmPack,
    CargoMutants,
}

impl Need {
    /// All of them, the quick ones first.
    const ALL: [Self; 12] = [
        Self::WasmTarget,
        Self::RustSource,
        Self::Components,
        Self::Node,
        Self::Chromium,
        Self::Firefox,
        Self::Webkit,
        Self::Python,
        Self::TestRunner,
        Self::WasmPack,
        Self::Geckodriver,
        Self::CargoMutants,
    ];

    /// Installs it if it is missing. Returns a description of what is installed.
    fn provide(self, project: &Project) -> Result<String> {
        match self {
            Self::WasmTarget => rust::wasm_target(project),
            Self::RustSource => rust::source(project),
            Self::Components => rust::components(project),
            Self::Node => node::node_and_packages(project),
            Self::Chromium => browsers::chromium(project).map(|chromium| chromium.to_string()),
            Self::Firefox => browsers::provide_firefox(project),
            Self::Webkit => browsers::provide_webkit(project),
            Self::Geckodriver => browsers::provide_geckodriver(project),
            Self::Python => python::provide(project),
            Self::TestRunner => tools::test_runner(project)?.provide(project),
            Self::WasmPack => tools::wasm_pack().provide(project),
            Self::CargoMutants => tools::cargo_mutants().provide(project),
        }
    }

    /// The reason to skip its tests, with what to install by hand. `None` if it is there, or if
    /// tests without it fail instead.
    pub(crate) fn reason_to_skip(self, project: &Project) -> Result<Option<&'static str>> {
        let (is_there, reason) = match self {
            Self::Firefox => (
                browsers::find_firefox()?.is_some(),
                "no Firefox: install it (Debian: firefox-esr), or set FIREFOX to its path",
            ),
            Self::Webkit => (
                browsers::find_webkit()?.is_some(),
                "no WebKit: install its driver and Xvfb (Debian: webkit2gtk-driver, xvfb)",
            ),
            Self::Geckodriver => (
                browsers::find_geckodriver()?.is_some(),
                "no geckodriver: install it, or set GECKODRIVER to its path",
            ),
            Self::Python => (
                python::find(project)?.is_some(),
                "no Python of 3.10 or later with venv: install it (Debian: python3-venv)",
            ),
            Self::WasmTarget
            | Self::RustSource
            | Self::Components
            | Self::Node
            | Self::Chromium
            | Self::TestRunner
            | Self::WasmPack
            | Self::CargoMutants => return Ok(None),
        };
        Ok((!is_there).then_some(reason))
    }
}

/// `cargo xtask setup`
pub(crate) fn command(project: &Project, arguments: Parser) -> Result<()> {
    no_arguments(arguments)?;
    for need in Need::ALL {
        println!("ok  {}", need.provide(project)?);
    }
    Ok(())
}

/// Installs what is missing of `needs`. Prints nothing about the others.
pub(crate) fn ensure(project: &Project, needs: &[Need]) -> Result<()> {
    for need in Need::ALL.into_iter().filter(|need| needs.contains(need)) {
        need.provide(project)?;
    }
    Ok(())
}
