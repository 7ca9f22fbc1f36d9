//! The JavaScript entry: its tests in Node, and its types.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome, While};
use crate::process::run;
use crate::project::Project;
use crate::setup::browser::browser;

const TESTS: &str = "tests/js";
const TYPES: &str = "tests/types";

/// Runs both.
pub(crate) fn test(project: &Project) -> Outcome {
    if project.path(TESTS).is_dir() {
        // Node 20 takes no patterns.
        let files = test_files(&project.path(TESTS)).during(format_args!("looking through {TESTS}"))?;
        if files.is_empty() {
            return Err(Failure::new(format!("{TESTS} is there, but has no *.test.mjs in it")));
        }
        let browser = browser(project)?;
        run(project
            .command("node")
            .env("CHROME", browser.chrome)
            .args(["--test", "--test-reporter=spec", "--test-timeout=400000"])
            .args(files))?;
    } else {
        println!("skipped: there is no {TESTS}");
    }
    if project.path(TYPES).is_dir() {
        run(project.npm_program("tsc").args(["--project", TYPES]))
    } else {
        println!("skipped: there is no {TYPES}");
        Ok(())
    }
}

/// The `*.test.mjs` in the folder and below, sorted.
pub(crate) fn test_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    files_below(folder, ".test.mjs")
}

/// The files in the folder and below whose names end so, sorted.
pub(crate) fn files_below(folder: &Path, ending: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files.extend(files_below(&entry.path(), ending)?);
        } else if entry.file_name().to_string_lossy().ends_with(ending) {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryFolder;

    #[test]
    fn tests_are_found_in_folders_of_folders() {
        let folder = TemporaryFolder::new("test-files").unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir_all(path("b")).unwrap();
        for name in ["a.mjs", "z.test.mjs", "b/c.test.mjs"] {
            fs::write(path(name), "").unwrap();
        }
        assert_eq!(test_files(folder.path()).unwrap(), [path("b/c.test.mjs"), path("z.test.mjs")]);
    }
}
