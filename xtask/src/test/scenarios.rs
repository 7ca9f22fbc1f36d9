//! `cargo xtask scenarios`: the table in `tests/README.md`. Tests are tagged with the numbers of
//! the scenarios that they show: `// Scenarios 1, 12.` above them, or `tag: ["@scenario-1"]` in
//! Playwright.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use lexopt::Parser;

use crate::files::files;
use crate::no_arguments;
use crate::project::Project;

const TABLE: &str = "tests/README.md";

/// The tests of each scenario, by number.
type Shown = BTreeMap<u32, Vec<String>>;

/// `cargo xtask scenarios`
pub(crate) fn command(project: &Project, arguments: Parser) -> Result<()> {
    no_arguments(arguments)?;
    let text = project.shell.read_file(TABLE)?;
    Ok(project.shell.write_file(TABLE, generated(&text, &tagged(project)?)?)?)
}

/// The tagged tests of the checkout.
fn tagged(project: &Project) -> Result<Shown> {
    let mut shown = Shown::new();
    for (folder, prefix) in [("tests", ""), ("src", "../src/")] {
        let folder = project.path(folder);
        for file in files(&folder)? {
            let name = file.strip_prefix(&folder)?.to_string_lossy().replace('\\', "/");
            if !name.ends_with(".rs") && !name.ends_with(".mjs") || name.contains("node_modules/") {
                continue;
            }
            for (number, test) in tags(&project.shell.read_file(&file)?) {
                let test = test.with_context(|| format!("{name}: no test after scenario {number}"))?;
                shown.entry(number).or_default().push(format!("`{prefix}{name}: {test}`"));
            }
        }
    }
    Ok(shown)
}

/// The numbers in a file, each with the name of its test.
fn tags(text: &str) -> Vec<(u32, Option<String>)> {
    let mut tags = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let after = &text[at + line.len()..];
        if let Some(list) = line.trim().strip_prefix("// Scenario") {
            let numbers = list.trim_start_matches('s').trim_end_matches('.').split(',');
            tags.extend(numbers.filter_map(|number| Some((number.trim().parse().ok()?, test_in(after)))));
        }
        for (index, tag) in line.match_indices("\"@scenario-") {
            let number = line[index + tag.len()..].split('"').next().and_then(|number| number.parse().ok());
            let title = text[..at + index].rfind("test(").and_then(|start| literal(&text[start..]));
            tags.extend(number.map(|number| (number, title)));
        }
        at += line.len();
    }
    tags
}

/// The first test in a text: the name of a Rust function, or a title in JavaScript.
fn test_in(text: &str) -> Option<String> {
    if text.trim_start().starts_with('#') {
        let name = text.split_once("fn ")?.1;
        return Some(
            name.split(|letter: char| letter != '_' && !letter.is_alphanumeric()).next()?.to_owned(),
        );
    }
    literal(text)
}

/// The first string in a text of JavaScript, as it can stand between backticks and in a table. What
/// a template inserts differs from case to case: an ellipsis stands for it.
fn literal(text: &str) -> Option<String> {
    let rest = &text[text.find(['"', '\'', '`'])?..];
    let quote = rest.chars().next()?;
    let mut characters = rest.chars().skip(1).peekable();
    let mut title = String::new();
    while let Some(character) = characters.next().filter(|character| *character != quote) {
        match character {
            '\\' => title.push(characters.next()?),
            '$' if quote == '`' && characters.peek() == Some(&'{') => {
                let mut depth = 0;
                characters.find(|character| {
                    depth += i32::from(*character == '{') - i32::from(*character == '}');
                    depth == 0
                })?;
                title.push('…');
            }
            _ => title.push(character),
        }
    }
    Some(title.replace('`', "'").replace('|', "\\|"))
}

/// The text of the page, with the third column made from the tags.
fn generated(text: &str, shown: &Shown) -> Result<String> {
    let (before, section) = text.split_once("## Scenarios").context("no section `Scenarios`")?;
    let mut left = shown.clone();
    let row = |line: &str| -> Result<String> {
        let mut cells = line.trim_end_matches('|').splitn(4, '|').map(str::trim);
        let (_, number, rule) = (cells.next(), cells.next(), cells.next().unwrap_or_default());
        let Some(number) = number.and_then(|number| number.parse().ok()) else { return Ok(line.to_owned()) };
        let tests = left.remove(&number).unwrap_or_default();
        ensure!(!tests.is_empty(), "no test is tagged with scenario {number}");
        Ok(format!("| {number} | {rule} | {} |", tests.join("<br>")))
    };
    let rows = section.split('\n').map(row).collect::<Result<Vec<_>>>()?;
    ensure!(left.is_empty(), "the table has no row for scenarios {:?}", left.keys());
    Ok(format!("{before}## Scenarios{}", rows.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_up_to_date() {
        let project = Project::find().unwrap();
        let text = project.shell.read_file(TABLE).unwrap();
        let up_to_date = generated(&text, &tagged(&project).unwrap()).unwrap();
        assert!(text == up_to_date, "run `cargo xtask scenarios`");
        let numbers =
            text.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok());
        assert!(numbers.collect::<Vec<u32>>().is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn tags_are_read_in_rust_and_javascript() {
        let read = |text: &str| -> Vec<_> {
            tags(text).into_iter().map(|(number, test)| (number, test.unwrap())).collect()
        };
        let rust = "// Scenarios 1, 12.\n#[test]\nfn it_holds<T>() {\n// Scenario 3.\n    #[test]\n    fn b(";
        let name = "it_holds".to_owned();
        assert_eq!(read(rust), [(1, name.clone()), (12, name), (3, "b".to_owned())]);
        let playwright = "test(\n  \"a \\\"b\\\" | c\",\n  { tag: [\"@scenario-4\", \"@scenario-51\"] },";
        let title = "a \"b\" \\| c".to_owned();
        assert_eq!(read(playwright), [(4, title.clone()), (51, title)]);
        let comment = "  // Scenario 7.\n  rule(\n    'costs $1', async () => {});";
        assert_eq!(read(comment), [(7, "costs $1".to_owned())]);
        assert!(read("// Scenarios of users.\n").is_empty());
    }

    #[test]
    fn an_ellipsis_stands_for_what_a_template_inserts() {
        let title = |text: &str| literal(text).unwrap();
        assert_eq!(title("`a clock ${where} costs $1, ${a(() => { b })}`, {"), "a clock … costs $1, …");
        assert_eq!(title("\"`${name}` is kept\""), "'${name}' is kept");
        assert_eq!(literal("`never ${closed`"), None);
    }

    #[test]
    fn each_row_has_a_test_and_each_tag_a_row() {
        let text = "## Scenarios\n\n| | | shown by |\n| --- | --- | --- |\n| 1 | a rule | old |\n\nEnd.\n";
        let shown = Shown::from([(1, vec!["`a`".to_owned(), "`b`".to_owned()])]);
        let expected = text.replace("old", "`a`<br>`b`");
        assert_eq!(generated(text, &shown).unwrap(), expected);
        assert!(generated(text, &Shown::new()).unwrap_err().to_string().contains("scenario 1"));
        let more = Shown::from([(1, vec!["`a`".to_owned()]), (2, Vec::new())]);
        assert!(generated(text, &more).unwrap_err().to_string().contains('2'));
    }
}
