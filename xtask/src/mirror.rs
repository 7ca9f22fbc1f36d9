//! A copy of files, to be changed in place.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Outcome, While};

/// Makes `to` the same as `from`. Equal files are left alone, so that cargo has nothing to build.
pub(crate) fn mirror(from: &Path, to: &Path) -> Outcome {
    if !from.is_dir() {
        let bytes = fs::read(from).during(format_args!("reading {}", from.display()))?;
        if fs::read(to).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        return fs::write(to, bytes).during(format_args!("writing {}", to.display()));
    }
    fs::create_dir_all(to).during(format_args!("making {}", to.display()))?;
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

fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let list = fs::read_dir(folder).during(format_args!("listing {}", folder.display()))?;
    list.map(|entry| Ok(entry.during("listing")?.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryFolder;

    #[test]
    fn a_mirror_has_the_same_files_and_no_others() {
        let folder = TemporaryFolder::new("mirror").unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("inner")).unwrap();
        fs::write(from.join("inner/file"), "1").unwrap();
        mirror(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("inner/file")).unwrap(), "1");

        fs::write(to.join("inner/file"), "mutated").unwrap();
        fs::write(to.join("more"), "").unwrap();
        mirror(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("inner/file")).unwrap(), "1");
        assert!(!to.join("more").exists());
    }

    #[test]
    fn an_equal_file_is_not_written_again() {
        let folder = TemporaryFolder::new("mirror-of-equal").unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::write(&from, "1").unwrap();
        mirror(&from, &to).unwrap();
        let modified = || fs::metadata(&to).unwrap().modified().unwrap();
        let before = modified();
        mirror(&from, &to).unwrap();
        assert_eq!(modified(), before);
    }
}
