//! The table in `tests/README.md`: which test shows which scenario. Nothing but a test of its own.

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// The scenarios of the first version. Later ones only add to them.
    const FIRST: usize = 88;

    fn tests_folder() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests")
    }

    /// Number, rule, and what shows it.
    fn rows() -> Vec<(usize, Vec<String>)> {
        let readme = fs::read_to_string(tests_folder().join("README.md")).unwrap();
        let (_, table) = readme.split_once("## Scenarios").unwrap();
        table
            .lines()
            .filter_map(|line| {
                let mut cells = line.trim_matches('|').split(" | ").map(str::trim);
                let number = cells.next()?.parse().ok()?;
                let shown = cells.nth(1)?.split('`').skip(1).step_by(2).map(Into::into).collect();
                Some((number, shown))
            })
            .collect()
    }

    #[test]
    fn each_scenario_is_in_the_table_once_and_in_order() {
        let numbers: Vec<_> = rows().into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers[..FIRST], (1..=FIRST).collect::<Vec<_>>());
        assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    }

    #[test]
    fn each_test_that_the_table_names_is_there() {
        for (number, shown) in rows() {
            for named in shown {
                let (file, test) = named.split_once(": ").unwrap();
                let text = fs::read_to_string(tests_folder().join(file));
                let text = text.unwrap_or_else(|error| panic!("{number}: {file}: {error}"));
                assert!(!test.is_empty() && text.contains(test), "{number}: there is no `{test}` in {file}");
            }
        }
    }
}
