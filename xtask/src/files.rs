//! Folders: looked through, hashed and mirrored.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use walkdir::{DirEntry, WalkDir};

/// The files in the folder and below, sorted.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().collect::<Result<Vec<_>, _>>()?;
    let files = entries.into_iter().filter(|entry| !entry.file_type().is_dir());
    Ok(files.map(DirEntry::into_path).collect())
}

/// The files in the folder and below whose names end so, sorted.
pub(crate) fn files_ending(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut files = files(folder)?;
    files.retain(|file| file.to_string_lossy().ends_with(ending));
    Ok(files)
}

/// A hash of the names and contents of all files in the folder and below. A later compiler may
/// compute another one.
pub(crate) fn hash(folder: &Path) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for file in files(folder)? {
        file.hash(&mut hasher);
        read(&file)?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// Makes `to` the same as `from`. Equal files are left alone, so that cargo rebuilds nothing.
pub(crate) fn mirror(from: &Path, to: &Path) -> Result<()> {
    if to.is_dir() {
        for there in files(to)? {
            if !from.join(there.strip_prefix(to)?).is_file() {
                fs::remove_file(&there).with_context(|| there.display().to_string())?;
            }
        }
    }
    for file in files(from)? {
        // `join` of an empty path appends a separator: `from` may be a file.
        let copy = if file == from { to.to_owned() } else { to.join(file.strip_prefix(from)?) };
        let bytes = read(&file)?;
        if fs::read(&copy).is_ok_and(|there| there == bytes) {
            continue;
        }
        fs::create_dir_all(copy.parent().unwrap_or(to))?;
        fs::write(&copy, bytes).with_context(|| copy.display().to_string())?;
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_has_the_same_files_and_no_others() {
        let folder = xshell::Shell::new().unwrap().create_temp_dir().unwrap();
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

        let (file, copy) = (from.join("inner/file"), to.join("copy"));
        mirror(&file, &copy).unwrap();
        let modified = || fs::metadata(&copy).unwrap().modified().unwrap();
        let before = modified();
        mirror(&file, &copy).unwrap();
        assert_eq!(modified(), before, "an equal file is not written again");
    }

    #[test]
    fn a_hash_changes_with_each_file() {
        let folder = xshell::Shell::new().unwrap().create_temp_dir().unwrap();
        let file = folder.path().join("inner/file");
        fs::create_dir(folder.path().join("inner")).unwrap();
        fs::write(&file, "1").unwrap();
        let before = hash(folder.path()).unwrap();
        assert_eq!(hash(folder.path()).unwrap(), before);
        fs::write(&file, "2").unwrap();
        assert_ne!(hash(folder.path()).unwrap(), before);
        assert!(hash(&folder.path().join("none")).is_err());
    }
}
