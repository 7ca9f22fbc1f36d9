//! The tables of `docs/performance.md`. Each stands between `<!-- name -->` and `<!-- /name -->`.

use std::fs;
use std::io;
use std::path::PathBuf;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/performance.md")
}

/// Splits a page into what is before a table, the table, and what is after it.
fn split<'a>(page: &'a str, name: &str) -> Option<[&'a str; 3]> {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let first = page.find(&begin)? + begin.len();
    let last = first + page[first..].find(&end)?;
    Some([&page[..first], &page[first..last], &page[last..]])
}

fn missing(name: &str) -> io::Error {
    io::Error::other(format!("docs/performance.md has no place for the table `{name}`"))
}

/// Reads a table of the page.
pub fn table(name: &str) -> io::Result<String> {
    let page = fs::read_to_string(path())?;
    let [_, table, _] = split(&page, name).ok_or_else(|| missing(name))?;
    Ok(table.to_owned())
}

/// Replaces a table of the page.
pub fn write_table(name: &str, table: &str) -> io::Result<()> {
    let page = fs::read_to_string(path())?;
    let [before, _, after] = split(&page, name).ok_or_else(|| missing(name))?;
    fs::write(path(), [before, table, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_stands_between_its_markers() {
        let page = "a\n<!-- one -->\n| 1 |\n<!-- /one -->\nb\n";
        assert_eq!(split(page, "one"), Some(["a\n<!-- one -->\n", "| 1 |\n", "<!-- /one -->\nb\n"]));
        assert_eq!(split(page, "two"), None);
    }
}
