//! Version numbers in what programs say of themselves.

/// The first number with a dot in it, up to the first dot: 156 of `Chromium 156.0.8078.79 built on Debian 12.1`.
pub(crate) fn major(said: &str) -> Option<u32> {
    said.split(|character: char| !character.is_ascii_digit() && character != '.')
        .find_map(|word| word.split_once('.')?.0.parse().ok())
}

/// The number after that, if the major version is this one: 11 of `3.11.7 (main, Feb 3 2024)`.
pub(crate) fn minor(said: &str, of: u32) -> Option<u32> {
    let (_, rest) = said.split_once(&format!("{of}.")).filter(|_| major(said) == Some(of))?;
    rest.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_found_in_what_programs_say() {
        assert_eq!(major("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)"), Some(156));
        assert_eq!(
            major("ChromeDriver 156.0.8078.79 (a21ce95c24ce-refs/branch-heads/8078@{#1704})"),
            Some(156)
        );
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("Google Chrome for Testing 99.1 "), Some(99));
        assert_eq!(major("no version here. 7"), None);
    }

    #[test]
    fn the_minor_version_is_that_of_the_major_one_only() {
        assert_eq!(minor("3.11.7 (main, Feb  3 2024, 00:06:49) [GCC 12.2.0]", 3), Some(11));
        assert_eq!(minor("2.7.18", 3), None);
        assert_eq!(minor("3.", 3), None);
    }
}
