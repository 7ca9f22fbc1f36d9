//! Where programs are.

use std::env;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};

/// The program that an environment variable names, if it is set.
pub(crate) fn named_by(variable: &str) -> Outcome<Option<PathBuf>> {
    match env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from) {
        Some(path) if !path.is_file() => {
            Err(Failure::new(format!("{variable} is {}, where no program is", path.display())))
        }
        path => Ok(path),
    }
}

/// The first of `names` in the folders of `PATH`.
pub(crate) fn in_path(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<_> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    first(names, &folders, &|path| path.is_file())
}

/// An earlier name is preferred to an earlier folder.
fn first(names: &[&str], folders: &[PathBuf], is_there: &dyn Fn(&Path) -> bool) -> Option<PathBuf> {
    let paths = names.iter().flat_map(|name| {
        folders.iter().map(move |folder| folder.join(name).with_extension(env::consts::EXE_EXTENSION))
    });
    paths.into_iter().find(|path| is_there(path))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_name_is_preferred_to_an_earlier_folder() {
        let there = [Path::new("/a/google-chrome"), Path::new("/b/chromium")];
        let folders = ["/a".into(), "/b".into()];
        let found = |names: &[&str]| first(names, &folders, &|path| there.contains(&path));
        assert_eq!(found(&["chromium", "google-chrome"]), Some("/b/chromium".into()));
        assert_eq!(found(&["chrome", "google-chrome"]), Some("/a/google-chrome".into()));
        assert_eq!(found(&["firefox"]), None);
    }

    #[test]
    fn a_variable_that_names_no_program_is_a_mistake() {
        assert_eq!(named_by("NO_SUCH_VARIABLE_OF_SILENT_SESSION").unwrap(), None);
        assert!(named_by("PATH").unwrap_err().to_string().starts_with("PATH is "));
    }
}
