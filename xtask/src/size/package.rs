//! The package as an app loads it: its JavaScript in one file, and the wasm that this file loads.

use std::fs;
use std::path::{Path, PathBuf};

use super::weight::Weight;
use crate::build::{self, Profile};
use crate::failure::{Outcome, While};
use crate::mirror::mirror;
use crate::process::run;
use crate::project::Project;

/// Builds and weighs it.
pub(super) fn weigh(project: &Project, profile: Profile) -> Outcome<Weight> {
    let package = match profile {
        Profile::Lean => project.path("pkg"),
        // Only the published build is in `pkg/`.
        Profile::Stable | Profile::Dev => copy(project)?,
    };
    build::build_in(project, profile, &package)?;
    let bundle = project.scratch(&format!("size/{profile:?}.js"));
    let mut esbuild = project.npm_program("esbuild");
    esbuild.arg(package.join("index.js")).args([
        "--bundle",
        "--minify",
        "--format=esm",
        "--log-level=warning",
    ]);
    run(esbuild.arg(format!("--outfile={}", bundle.display())))?;
    let mut files = loaded_wasm(&bundle, &package.join("dist"))?;
    files.push(bundle);
    Weight::of(project, &files)
}

/// A copy of `pkg/`, without what is built.
fn copy(project: &Project) -> Outcome<PathBuf> {
    let (from, to) = (project.path("pkg"), project.scratch("size/package"));
    fs::create_dir_all(&to).during(format_args!("making {}", to.display()))?;
    for entry in fs::read_dir(&from).during(format_args!("listing {}", from.display()))? {
        let name = entry.during("listing the package")?.file_name();
        if name != "dist" {
            mirror(&from.join(&name), &to.join(&name))?;
        }
    }
    Ok(to)
}

/// The wasm files of the folder that a bundle names. One that contains its wasm names none.
fn loaded_wasm(bundle: &Path, dist: &Path) -> Outcome<Vec<PathBuf>> {
    let text = fs::read_to_string(bundle).during(format_args!("reading {}", bundle.display()))?;
    let mut files = Vec::new();
    for entry in fs::read_dir(dist).during(format_args!("listing {}", dist.display()))? {
        let path = entry.during("listing what was built")?.path();
        let is_wasm = path.extension().is_some_and(|extension| extension == "wasm");
        if is_wasm && path.file_name().is_some_and(|name| text.contains(&*name.to_string_lossy())) {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryFolder;

    #[test]
    fn only_the_wasm_that_is_loaded_counts() {
        let folder = TemporaryFolder::new("loaded-wasm").unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["a.wasm", "b.wasm", "a.js"] {
            fs::write(path(name), "").unwrap();
        }
        let bundle = path("bundle");
        fs::write(&bundle, r#"new URL("a.wasm", import.meta.url)"#).unwrap();
        assert_eq!(loaded_wasm(&bundle, folder.path()).unwrap(), [path("a.wasm")]);
        fs::write(&bundle, "").unwrap();
        assert!(loaded_wasm(&bundle, folder.path()).unwrap().is_empty());
    }
}
