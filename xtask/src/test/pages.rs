//! The steps in `docs/following-a-token.md` and `CONTRIBUTING.md`. Each names a file and something
//! that the file declares.

use std::fs;
use std::path::{Path, PathBuf};

/// The pages, and how many lists of steps each has.
const PAGES: [(&str, usize); 2] = [("docs/following-a-token.md", 2), ("CONTRIBUTING.md", 3)];

/// The words that declare a name.
const DECLARES: [&str; 8] =
    ["fn", "struct", "enum", "trait", "interface", "function", "const", "macro_rules!"];

/// A step: ``3. `file`, `name`: what happens there``.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    number: usize,
    file: String,
    name: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The step of a line. `None` if the line does not begin with a number.
fn step_of(line: &str) -> Option<Step> {
    let (number, rest) = line.split_once(". ")?;
    let number = number.parse().ok()?;
    let named = rest.strip_prefix('`').and_then(|rest| rest.split_once("`, `"));
    let named = named.and_then(|(file, rest)| Some((file, rest.split_once("`: ")?.0)));
    let (file, name) = named.unwrap_or_else(|| panic!("not a step: {line}"));
    Some(Step { number, file: file.into(), name: name.into() })
}

fn steps_of(page: &str) -> Vec<Step> {
    fs::read_to_string(root().join(page)).unwrap().lines().filter_map(step_of).collect()
}

/// Whether a line begins a method of a JavaScript class: `async name(parameters) {`.
fn declares_method(text: &str, name: &str) -> bool {
    text.lines().map(str::trim_start).any(|line| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        line.ends_with('{') && line.strip_prefix(name).is_some_and(|rest| rest.starts_with('('))
    })
}

fn declares(text: &str, name: &str) -> bool {
    let is_declared = DECLARES.iter().any(|word| {
        let declaration = format!("{word} {name}");
        text.match_indices(&declaration).any(|(at, _)| {
            let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
            let starts = !text[..at].ends_with(is_part);
            starts && !text[at + declaration.len()..].starts_with(is_part)
        })
    });
    is_declared || declares_method(text, name)
}

#[test]
fn the_steps_of_each_list_are_numbered_in_order() {
    for (page, lists) in PAGES {
        let numbers: Vec<_> = steps_of(page).into_iter().map(|step| step.number).collect();
        assert_eq!(numbers.iter().filter(|number| **number == 1).count(), lists, "{page}");
        for pair in numbers.windows(2) {
            assert!(pair[1] == 1 || pair[1] == pair[0] + 1, "{page}: {pair:?}");
        }
    }
}

#[test]
fn each_file_declares_what_its_step_names() {
    for (page, _) in PAGES {
        for Step { number, file, name } in steps_of(page) {
            let text = fs::read_to_string(root().join(&file));
            let text = text.unwrap_or_else(|error| panic!("{page}, {number}: {file}: {error}"));
            assert!(declares(&text, &name), "{page}, {number}: {file} has no `{name}`");
        }
    }
}

#[test]
fn a_step_is_read_in_its_one_form() {
    let step = Step { number: 12, file: "a/b.rs".into(), name: "c".into() };
    assert_eq!(step_of("12. `a/b.rs`, `c`: does something."), Some(step));
    for line in ["", "Text. More text.", "   continues. 1", "- `a/b.rs`, `c`: no number"] {
        assert_eq!(step_of(line), None, "{line}");
    }
}

#[test]
fn a_declaration_is_the_whole_name() {
    let text = "pub(super) fn send_refresh<T>() {}\nexport interface Options {";
    assert!(declares(text, "send_refresh") && declares(text, "Options"));
    for name in ["send", "refresh", "Option", "T"] {
        assert!(!declares(text, name), "{name}");
    }
    let class = "  async #next(credential, audience) {\n    if (!(await this.run())) {\n";
    assert!(declares(class, "#next"));
    for name in ["next", "run"] {
        assert!(!declares(class, name), "{name}");
    }
}
