//! Version numbers in what programs say of themselves.

/// The first number with a dot in it, up to the first dot: 156 of `Chromium 156.0.8078.79 built on Debian 12.1`.
pub(crate) fn major(said: &str) -> Option<u32> {
    said.split(|character: char| !character.is_ascii_digit() && character != '.')
        .find_map(|word| word.split_once('.')?.0.parse().ok())
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
}
