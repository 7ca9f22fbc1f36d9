//! The length of the files of the machine. Nothing but a test of its own.

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use crate::test::javascript::files_below;

    /// The folders of the machine.
    const FOLDERS: [&str; 2] = ["src/session", "src/format"];

    /// Number of lines that a file may have, its tests included.
    const MOST: usize = 350;

    #[test]
    fn no_file_of_the_machine_is_long() {
        for folder in FOLDERS {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
            let files = files_below(&path, ".rs").unwrap();
            assert!(files.len() > 10, "{folder} has moved");
            for file in files {
                let lines = fs::read_to_string(&file).unwrap().lines().count();
                assert!(lines <= MOST, "{}: {lines} lines", file.display());
            }
        }
    }
}
