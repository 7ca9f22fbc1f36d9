//! The steps, in their order: the build first, then what is quick and likely to fail, then the
//! browsers.

use anyhow::Result;
use xshell::cmd;

use super::table::Outcome;
use super::{headless, suites};
use crate::build::{self, Profile};
use crate::project::{Project, WASM_TARGET};
use crate::setup::Need;
use crate::{mutants, simulations, size};

/// A step of `cargo xtask test`.
#[derive(Debug)]
pub(crate) struct Step {
    /// The name on the command line.
    pub(crate) name: &'static str,
    /// A description for the list.
    pub(crate) about: &'static str,
    /// The tools that have to be installed.
    pub(crate) needs: &'static [Need],
    /// Whether it runs where no step is named.
    pub(crate) in_all: bool,
    /// Whether it is in the group `quick`.
    pub(crate) in_quick: bool,
    /// Whether it starts many pages at once, or is needed by the others of these: no two of them run
    /// at the same time.
    pub(crate) is_heavy: bool,
    /// Whether a part of it runs where Firefox, WebKit or Python is missing. Other steps are then
    /// skipped as a whole.
    pub(crate) in_part: bool,
    /// Runs it.
    pub(crate) run: fn(&Project) -> Result<()>,
}

const fn step(
    name: &'static str,
    about: &'static str,
    needs: &'static [Need],
    run: fn(&Project) -> Result<()>,
) -> Step {
    Step { name, about, needs, in_all: true, in_quick: false, is_heavy: false, in_part: false, run }
}

const fn heavy(step: Step) -> Step {
    Step { is_heavy: true, ..step }
}

const fn quick(step: Step) -> Step {
    Step { in_quick: true, ..step }
}

impl Step {
    /// Returns the outcome unless the step fails: passed, or skipped because a tool is missing.
    pub(super) fn outcome(&self, project: &Project) -> Result<Outcome> {
        let missing = self.needs.iter().find_map(|need| need.reason_to_skip(project).transpose());
        Ok(self.outcome_without(missing.transpose()?))
    }

    /// Returns the same outcome, given the reason to skip it.
    fn outcome_without(&self, missing: Option<&'static str>) -> Outcome {
        match missing {
            None => Outcome::Passed,
            Some(reason) if self.in_part => Outcome::PassedInPart(reason),
            Some(reason) => Outcome::Skipped(reason),
        }
    }
}

/// All steps.
pub(crate) const STEPS: &[Step] = &[
    heavy(step("build", "The npm package", build::NEEDS, |project| {
        build::build(project, Profile::Lean)?;
        build::print_sizes(project)
    })),
    step("lint", "rustfmt, Biome and clippy", LINT, lint),
    Step {
        in_all: false,
        ..quick(step("machine", "Unit tests, scenarios and 2,000 histories; in `native` too", &[], machine))
    },
    step("native", "Every test without a browser, and the documentation", &[Need::WasmTarget], native),
    step("simulate", "40,000 random histories, others each time", &[], simulations::some_histories),
    step("mutants", "Mutants of functions that changed, for five minutes", MUTANTS, mutants::step),
    step("types", "The types, the examples of the README, and that neither drifts", build::NEEDS, types),
    quick(step("reply", "The rules that read a reply, in Node", &[Need::Node], |project| {
        suites::node(project, "tests/reply")
    })),
    step("package", "What npm packs, installed into an empty project", build::NEEDS, suites::package),
    step("size", "The budgets of the package and the machine", build::NEEDS, size::test),
    step("check-server", "The kit that tries servers", &[Need::Node], |project| {
        suites::node(project, "tests/check-server")
    }),
    Step {
        in_part: true,
        ..step("headless", "The exports of the crate in browsers, by wasm-pack", HEADLESS, headless::test)
    },
    step("steps", "The steps of the machine, counted in an interpreter", build::NEEDS, size::count_steps),
    step("demo", "The whole story of the demo", suites::NEEDS, |project| suites::browser(project, "demo")),
    step("libraries", "The libraries that take `session.fetch`", suites::NEEDS, |project| {
        suites::browser(project, "libraries")
    }),
    step("webkit", "The main story in WebKit, where there is one", suites::WEBKIT_NEEDS, |project| {
        suites::browser(project, "webkit")
    }),
    heavy(quick(step("surface", "The JavaScript surface", suites::NEEDS, |project| {
        suites::browser(project, "surface")
    }))),
    heavy(step("fetch", "`session.fetch` beside native fetch", suites::NEEDS, |project| {
        suites::browser(project, "fetch")
    })),
    heavy(step("tabs", "Many tabs against the reference server", suites::NEEDS, |project| {
        suites::browser(project, "tabs")
    })),
    heavy(step("backends", "Django and Flask, where there is Python", suites::BACKENDS_NEEDS, |project| {
        suites::browser(project, "backends")
    })),
    heavy(step(
        "firefox",
        "Tabs and fetch in Firefox, where there is one",
        suites::FIREFOX_NEEDS,
        |project| suites::browser(project, "firefox"),
    )),
];

const LINT: &[Need] = &[Need::Components, Need::WasmTarget, Need::Node];
const MUTANTS: &[Need] = &[Need::CargoMutants];
const HEADLESS: &[Need] =
    &[Need::WasmTarget, Need::TestRunner, Need::WasmPack, Need::Chromium, Need::Firefox, Need::Geckodriver];

/// The format and lints of Rust (native, for wasm, and without the JavaScript surface) and
/// JavaScript.
fn lint(project: &Project) -> Result<()> {
    let sh = &project.shell;
    cmd!(sh, "cargo fmt --all --check").run()?;
    cmd!(sh, "cargo fmt --manifest-path tests/size/Cargo.toml --check").run()?;
    project.npm_program("biome").args(["ci", "--error-on-warnings"]).run()?;
    for arguments in [
        "--workspace --all-targets --features performance/times",
        "--package silent-session --target wasm32-unknown-unknown --all-targets --all-features",
        "--package silent-session --target wasm32-unknown-unknown --lib --no-default-features",
        "--manifest-path tests/size/Cargo.toml --target wasm32-unknown-unknown --lib",
        "--manifest-path tests/size/Cargo.toml --tests",
    ] {
        let arguments = arguments.split(' ');
        cmd!(sh, "cargo clippy {arguments...} -- --deny warnings").run()?;
    }
    Ok(())
}

/// The part of `native` that concerns the machine, with fewer histories.
fn machine(project: &Project) -> Result<()> {
    let sh = &project.shell;
    Ok(cmd!(sh, "cargo test --package silent-session").env("HISTORIES", "2000").run()?)
}

/// All tests that run without a browser, and the documentation, which must have no broken link.
fn native(project: &Project) -> Result<()> {
    let sh = &project.shell;
    cmd!(sh, "cargo test --workspace").run()?;
    cmd!(sh, "cargo doc --no-deps --package silent-session --target {WASM_TARGET}")
        .env("RUSTDOCFLAGS", "--deny=warnings")
        .run()?;
    Ok(())
}

/// Checks that the declarations match their uses and the implementation.
fn types(project: &Project) -> Result<()> {
    build::build(project, Profile::Lean)?;
    let drift = "tests/types/drift";
    let emit =
        "--allowJs --declaration --emitDeclarationOnly --skipLibCheck --module nodenext --target es2024";
    let made =
        project.npm_program("tsc").args(emit.split(' ')).args(["--outDir", "tests/types/drift/declared"]);
    made.args(["pkg/index.js", "pkg/presets.js"]).run()?;
    for folder in ["tests/types", drift] {
        project.npm_program("tsc").args(["--project", folder]).run()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_without_what_it_needs_is_skipped_and_not_passed() {
        let step = |name: &str| STEPS.iter().find(|step| step.name == name).unwrap();
        for (name, missing, outcome) in [
            ("firefox", Some("no Firefox"), Outcome::Skipped("no Firefox")),
            ("webkit", None, Outcome::Passed),
            ("headless", Some("no Firefox"), Outcome::PassedInPart("no Firefox")),
        ] {
            assert_eq!(step(name).outcome_without(missing), outcome, "{name}");
        }
    }
}
