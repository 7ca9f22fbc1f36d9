//! The versions that `Cargo.lock` pins.

use std::fs;

use crate::failure::{Failure, Outcome, While};
use crate::project::Project;

/// The version of the package, which must be in the lock file.
pub(crate) fn locked_version(project: &Project, package: &str) -> Outcome<String> {
    let path = project.path("Cargo.lock");
    let text = fs::read_to_string(&path).during(format_args!("reading {}", path.display()))?;
    match version_in(&text, package) {
        Some(version) => Ok(version.to_owned()),
        None => Err(Failure::new(format!("Cargo.lock has no `{package}`"))),
    }
}

/// cargo writes one `[[package]]` table for each, the name in one line and the version in the next.
fn version_in<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
version = 4

[[package]]
name = "wasm-bindgen-futures"
version = "0.4.80"
dependencies = [
 "wasm-bindgen",
]

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
source = "registry+https://github.com/rust-lang/crates.io-index"
"#;

    #[test]
    fn a_version_is_found_by_the_whole_name() {
        assert_eq!(version_in(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(version_in(LOCK, "wasm-bindgen-futures"), Some("0.4.80"));
        assert_eq!(version_in(LOCK, "wasm"), None);
        assert_eq!(version_in("name = \"wasm\"", "wasm"), None);
    }

    #[test]
    fn this_repository_pins_wasm_bindgen() {
        let project = Project::find().unwrap();
        assert!(locked_version(&project, "wasm-bindgen").unwrap().starts_with("0.2."));
    }
}
