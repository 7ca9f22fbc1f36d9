//! The steps, in their order: what is quick and likely to fail comes first.

use super::{backends, check_server, fetch, firefox, headless, javascript, libraries, package, rust, tabs};
use crate::build::{self, Profile};
use crate::demo;
use crate::failure::Outcome;
use crate::mutants;
use crate::project::Project;
use crate::setup::Need;
use crate::simulate;
use crate::size;

/// One step.
#[derive(Debug)]
pub(crate) struct Step {
    /// What `--only` calls it.
    pub(crate) name: &'static str,
    /// What has to be there.
    pub(crate) needs: &'static [Need],
    /// Does it.
    pub(crate) run: fn(&Project) -> Outcome,
}

/// All of them.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "format", needs: &[Need::Components], run: rust::format },
    Step { name: "lint", needs: &[Need::Components, Need::WasmTarget], run: rust::lint },
    Step { name: "native", needs: &[Need::WasmTarget], run: rust::native },
    Step { name: "simulate", needs: &[], run: simulate::some },
    Step { name: "mutants", needs: &[Need::CargoMutants], run: mutants::test },
    Step { name: "build", needs: build::NEEDS, run: build },
    Step { name: "size", needs: build::NEEDS, run: size::test },
    Step { name: "steps", needs: &[Need::WasmTarget, Need::RustSource, Need::Node], run: size::count_steps },
    Step {
        name: "headless",
        needs: &[Need::WasmTarget, Need::WasmBindgen, Need::WasmPack, Need::Browser],
        run: headless::test,
    },
    Step {
        name: "js",
        needs: build::NEEDS,
        run: |project| built(project).and_then(|()| javascript::test(project)),
    },
    Step {
        name: "fetch",
        needs: build::NEEDS,
        run: |project| built(project).and_then(|()| fetch::test(project)),
    },
    Step { name: "check-server", needs: &[Need::Node], run: check_server::test },
    Step {
        name: "package",
        needs: build::NEEDS,
        run: |project| built(project).and_then(|()| package::test(project)),
    },
    Step {
        name: "demo",
        needs: demo::NEEDS,
        run: |project| built(project).and_then(|()| demo::check(project)),
    },
    Step {
        name: "tabs",
        needs: demo::NEEDS,
        run: |project| built(project).and_then(|()| tabs::test(project)),
    },
    Step {
        name: "libraries",
        needs: demo::NEEDS,
        run: |project| built(project).and_then(|()| libraries::test(project)),
    },
    Step {
        name: "backends",
        needs: &[
            Need::WasmTarget,
            Need::RustSource,
            Need::WasmBindgen,
            Need::Node,
            Need::Browser,
            Need::Python,
        ],
        run: |project| built(project).and_then(|()| backends::test(project)),
    },
    Step {
        name: "firefox",
        needs: &[Need::WasmTarget, Need::RustSource, Need::WasmBindgen, Need::Node, Need::Firefox],
        run: |project| built(project).and_then(|()| firefox::test(project)),
    },
];

fn build(project: &Project) -> Outcome {
    built(project)?;
    build::print_sizes(project)
}

/// Quick when it is built already. Steps can be run alone.
fn built(project: &Project) -> Outcome {
    build::build(project, Profile::Lean)
}
