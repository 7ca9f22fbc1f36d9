//! Brings what is missing, as far as it can be brought; says what to do where it cannot.

pub(crate) mod browser;
mod debian;
pub(crate) mod firefox;
mod node;
pub(crate) mod python;
mod rust;
mod search;
pub(crate) mod tools;
mod version;

use crate::arguments::Arguments;
use crate::failure::Outcome;
use crate::project::Project;

/// Something that has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Rust's standard library for wasm.
    WasmTarget,
    /// The source of Rust's standard library.
    RustSource,
    /// rustfmt and clippy.
    Components,
    /// Node, npm, and the packages of `package.json`.
    Node,
    /// The wasm-bindgen program, of the version of the library.
    WasmBindgen,
    /// The wasm-pack program.
    WasmPack,
    /// The cargo-mutants program.
    CargoMutants,
    /// Chromium and chromedriver, of one version.
    Browser,
    /// Firefox and geckodriver, where they can be had.
    Firefox,
    /// Python with the packages of the back ends, where it can be had.
    Python,
}

/// All of it, the quick ones first.
const ALL: &[Need] = &[
    Need::WasmTarget,
    Need::RustSource,
    Need::Components,
    Need::Node,
    Need::Browser,
    Need::Firefox,
    Need::Python,
    Need::WasmBindgen,
    Need::WasmPack,
    Need::CargoMutants,
];

/// `cargo xtask setup`
pub(crate) fn command(project: &Project, arguments: Arguments) -> Outcome {
    arguments.finish()?;
    for &need in ALL {
        println!("ok  {}", provide(project, need)?);
    }
    Ok(())
}

/// Brings what is missing of `needs`. Says nothing about what is there.
pub(crate) fn ensure(project: &Project, needs: &[Need]) -> Outcome {
    for &need in ALL.iter().filter(|need| needs.contains(need)) {
        provide(project, need)?;
    }
    Ok(())
}

/// Returns what there is, in words.
fn provide(project: &Project, need: Need) -> Outcome<String> {
    match need {
        Need::WasmTarget => rust::wasm_target(project),
        Need::RustSource => rust::source(project),
        Need::Components => rust::components(project),
        Need::Node => node::node_and_packages(project),
        Need::Browser => browser::browser(project).map(|browser| browser.to_string()),
        Need::Firefox => firefox::provide(project),
        Need::Python => python::provide(project),
        Need::WasmBindgen => tools::wasm_bindgen(project)?.provide(project),
        Need::WasmPack => tools::wasm_pack().provide(project),
        Need::CargoMutants => tools::cargo_mutants().provide(project),
    }
}
