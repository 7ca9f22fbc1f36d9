//! The length of the machine's files.

use std::fs;
use std::path::Path;

use crate::files::files_ending;

/// The folders of the machine.
const FOLDERS: [&str; 2] = ["src/session", "src/format"];

/// The most lines of a file, its tests included.
const MOST: usize = 350;

#[test]
fn no_file_of_the_machine_is_long() {
    for folder in FOLDERS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
        let files = files_ending(&path, ".rs").unwrap();
        assert!(files.len() > 10, "{folder} has moved");
        for file in files {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            assert!(lines <= MOST, "{}: {lines} lines", file.display());
        }
    }
}
