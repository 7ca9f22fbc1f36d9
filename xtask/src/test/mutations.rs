//! Breaks the machine on purpose, one line at a time, and sees the named test fail: a test that cannot fail proves
//! nothing. In a copy of the tree; the tree itself is not touched.

mod list;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::failure::{Failure, Outcome, While};
use crate::project::Project;
use list::MUTATIONS;

/// One way to break it.
#[derive(Debug)]
struct Mutation {
    /// What it amounts to.
    what: &'static str,
    /// Which file.
    file: &'static str,
    /// What is there, once.
    from: &'static str,
    /// What is put in its place.
    to: &'static str,
    /// The scenario that fails then.
    caught_by: &'static str,
}

/// Applies each in turn.
pub(crate) fn test(project: &Project) -> Outcome {
    let copy = project.scratch("mutations");
    fs::create_dir_all(&copy).during(format_args!("making {}", copy.display()))?;
    for part in ["Cargo.toml", "Cargo.lock", "src", "tests", "xtask"] {
        mirror(&project.path(part), &copy.join(part))?;
    }
    let mut survivors = Vec::new();
    for mutation in MUTATIONS {
        let is_caught = is_caught(project, &copy, mutation)?;
        let verdict = if is_caught { "caught  " } else { "SURVIVED" };
        println!("{verdict} {:<44} {}", mutation.what, mutation.caught_by);
        if !is_caught {
            survivors.push(mutation.what);
        }
    }
    if survivors.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("not caught: {}", survivors.join("; "))))
    }
}

fn is_caught(project: &Project, copy: &Path, mutation: &Mutation) -> Outcome<bool> {
    let path = copy.join(mutation.file);
    let right = fs::read_to_string(&path).during(format_args!("reading {}", mutation.file))?;
    if right.matches(mutation.from).count() != 1 {
        return Err(Failure::new(format!(
            "`{}`: {} does not have, exactly once: {}",
            mutation.what, mutation.file, mutation.from
        )));
    }
    let write = |text: &str| fs::write(&path, text).during(format_args!("writing {}", path.display()));
    write(&right.replace(mutation.from, mutation.to))?;
    let mut cargo = project.cargo();
    cargo.current_dir(copy).env("CARGO_TARGET_DIR", copy.join("target")).env("RUST_BACKTRACE", "0");
    cargo.args(["test", "--quiet", "--package", "silent-session", "--test", "scenarios", "--", "--exact"]);
    let output = cargo.arg(mutation.caught_by).stdin(Stdio::null()).output().during("starting cargo")?;
    write(&right)?;
    let said = String::from_utf8_lossy(&output.stdout);
    if said.contains("test result: FAILED. 0 passed; 1 failed") {
        return Ok(true);
    }
    if said.contains("test result: ok. 1 passed") {
        return Ok(false);
    }
    // It does not compile, or there is no such test.
    let error = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(format!(
        "`{}` says nothing about {}:\n{said}{error}",
        mutation.what, mutation.caught_by
    )))
}

/// Makes `to` the same as `from`. What is the same already is left alone, so that cargo has nothing to build.
fn mirror(from: &Path, to: &Path) -> Outcome {
    if !from.is_dir() {
        let bytes = fs::read(from).during(format_args!("reading {}", from.display()))?;
        if fs::read(to).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        return fs::write(to, bytes).during(format_args!("writing {}", to.display()));
    }
    fs::create_dir_all(to).during(format_args!("making {}", to.display()))?;
    let entries = |folder: &Path| -> Outcome<Vec<PathBuf>> {
        let list = fs::read_dir(folder).during(format_args!("listing {}", folder.display()))?;
        list.map(|entry| Ok(entry.during("listing")?.path())).collect()
    };
    for there in entries(to)? {
        if there.file_name().is_some_and(|name| !from.join(name).exists()) {
            let removed = if there.is_dir() { fs::remove_dir_all(&there) } else { fs::remove_file(&there) };
            removed.during(format_args!("removing {}", there.display()))?;
        }
    }
    for path in entries(from)? {
        if let Some(name) = path.file_name() {
            mirror(&path, &to.join(name))?;
        }
    }
    Ok(())
}
