//! What a file was made from, to tell whether it has to be made again.

use std::fmt;
use std::fs::{self, DirEntry};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::Path;

use crate::failure::{Failure, Outcome, While};

/// A hash over everything that goes in. It need not outlive a compiler's update: the file is made once more then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fingerprint(DefaultHasher);

impl Fingerprint {
    /// Of the content of a file.
    pub(crate) fn of(path: &Path) -> Outcome<Self> {
        let mut hasher = DefaultHasher::new();
        fs::read(path).during(format_args!("reading {}", path.display()))?.hash(&mut hasher);
        Ok(Self(hasher))
    }

    /// And of a text.
    pub(crate) fn and(mut self, text: &str) -> Self {
        text.hash(&mut self.0);
        self
    }

    /// And of all files in a folder and below.
    pub(crate) fn and_folder(mut self, folder: &Path) -> Outcome<Self> {
        hash_folder(folder, &mut self.0).during(format_args!("reading {}", folder.display()))?;
        Ok(self)
    }

    /// Whether `stamp` was written with the same.
    pub(crate) fn is_in(&self, stamp: &Path) -> bool {
        fs::read_to_string(stamp).is_ok_and(|text| text == self.to_string())
    }

    /// Writes it down.
    pub(crate) fn write_to(&self, stamp: &Path) -> Outcome {
        let Some(folder) = stamp.parent() else {
            return Err(Failure::new(format!("{} is no file", stamp.display())));
        };
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(stamp, self.to_string()))
            .during(format_args!("writing {}", stamp.display()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0.finish())
    }
}

fn hash_folder(folder: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(DirEntry::file_name);
    for entry in entries {
        entry.file_name().hash(hasher);
        if entry.file_type()?.is_dir() {
            hash_folder(&entry.path(), hasher)?;
        } else {
            fs::read(entry.path())?.hash(hasher);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryFolder;

    #[test]
    fn only_the_same_inputs_leave_the_same_fingerprint() {
        let folder = TemporaryFolder::new("fingerprint").unwrap();
        let stamp = folder.path().join("new/stamp");
        let fingerprint = Fingerprint::default().and("a").and("b");
        assert!(!fingerprint.is_in(&stamp));
        fingerprint.write_to(&stamp).unwrap();
        assert!(fingerprint.is_in(&stamp));
        assert!(Fingerprint::default().and("a").and("b").is_in(&stamp));
        assert!(!Fingerprint::default().and("ab").is_in(&stamp));
    }

    #[test]
    fn a_file_that_changes_changes_the_fingerprint_of_its_folder() {
        let folder = TemporaryFolder::new("fingerprint-of-folder").unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        fs::write(inner.join("file"), "1").unwrap();
        let text = || Fingerprint::default().and_folder(folder.path()).unwrap().to_string();
        let before = text();
        assert_eq!(text(), before);
        fs::write(inner.join("file"), "2").unwrap();
        assert_ne!(text(), before);
        assert!(Fingerprint::default().and_folder(&folder.path().join("none")).is_err());
    }
}
