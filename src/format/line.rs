//! A line of words, as entries and notes are written.

use crate::session::{AttemptId, EpochId};

/// A line that is written word by word.
#[derive(Debug, Default)]
pub(super) struct Line(String);

impl Line {
    /// Begins a line.
    pub(super) fn of(word: &str) -> Self {
        Self(word.to_owned())
    }

    /// Adds a word.
    #[inline(never)]
    pub(super) fn word(&mut self, word: &str) -> &mut Self {
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        self.0.push_str(word);
        self
    }

    /// Adds a number, or a date in milliseconds since 1970.
    #[inline(never)]
    pub(super) fn number(&mut self, number: i64) -> &mut Self {
        self.word(&number.to_string())
    }

    /// Adds a date in milliseconds since 1970, or `-` for none.
    pub(super) fn date(&mut self, date: Option<i64>) -> &mut Self {
        match date {
            Some(date) => self.number(date),
            None => self.word("-"),
        }
    }

    /// Returns the line.
    pub(super) fn finish(&mut self) -> String {
        std::mem::take(&mut self.0)
    }
}

/// Cuts a text at the first separator, an ASCII character. Returns what is before it and, if there is
/// one, what is after it. Smaller than [`str::split_once`].
#[inline(never)]
pub(super) fn cut(text: &str, separator: u8) -> (&str, Option<&str>) {
    match text.bytes().position(|byte| byte == separator) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        None => (text, None),
    }
}

/// Reads a number of at most 18 digits, which no calculation overflows. Smaller than [`str::parse`].
#[inline(never)]
pub(super) fn to_number(word: &str) -> Option<i64> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let is_number = (1..=18).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| {
        let number = digits.bytes().fold(0, |number, digit| 10 * number + i64::from(digit & 0xf));
        if digits.len() < word.len() { -number } else { number }
    })
}

/// Reads a line word by word.
#[derive(Debug)]
pub(super) struct Words<'a>(Option<&'a str>);

impl<'a> Words<'a> {
    /// Begins at the first word.
    pub(super) fn of(line: &'a str) -> Self {
        Self(Some(line))
    }

    /// Returns the next word, if there is one.
    #[inline(never)]
    pub(super) fn word(&mut self) -> Option<&'a str> {
        let (word, rest) = cut(self.0?, b' ');
        self.0 = rest;
        Some(word)
    }

    /// Returns the next word as a number, or as a date in milliseconds since 1970.
    #[inline(never)]
    pub(super) fn number(&mut self) -> Option<i64> {
        to_number(self.word()?)
    }

    /// Returns the next word as a number of 32 bits.
    pub(super) fn small(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    /// Returns the next word as the id of a turn.
    #[inline(never)]
    pub(super) fn attempt(&mut self) -> Option<AttemptId> {
        AttemptId::parse(self.word()?)
    }

    /// Returns the next word as the id of a session.
    #[inline(never)]
    pub(super) fn epoch(&mut self) -> Option<EpochId> {
        EpochId::parse(self.word()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_separated_by_one_space() {
        assert_eq!(Line::default().finish(), "");
        let mut line = Line::default();
        line.word("mark").number(-5).date(None).date(Some(i64::MAX));
        assert_eq!(line.finish(), "mark -5 - 9223372036854775807");
        assert_eq!(Line::of("under=").word("x").finish(), "under= x");
    }

    #[test]
    fn a_text_is_cut_at_the_first_separator() {
        for (text, cut_at) in
            [("", ("", None)), ("a", ("a", None)), (".", ("", Some(""))), ("é.b.c", ("é", Some("b.c")))]
        {
            assert_eq!(cut(text, b'.'), cut_at, "{text}");
        }
    }

    #[test]
    fn a_number_has_at_most_18_digits_and_nothing_else() {
        for (word, number) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("1792000000000", Some(1_792_000_000_000)),
            ("-999999999999999999", Some(-999_999_999_999_999_999)),
            ("1000000000000000000", None),
            ("", None),
            ("-", None),
            ("--1", None),
            ("+1", None),
            ("1.5", None),
            ("1e3", None),
            ("١", None),
        ] {
            assert_eq!(to_number(word), number, "{word}");
        }
        let long = "9".repeat(1_000);
        assert_eq!(to_number(&long), None);
    }

    #[test]
    fn a_line_is_read_as_far_as_it_goes() {
        let mut words = Words::of("mark -5  x");
        assert_eq!((words.word(), words.number()), (Some("mark"), Some(-5)));
        assert_eq!((words.word(), words.number(), words.word()), (Some(""), None, None));
        assert_eq!(Words::of("").word(), Some(""));
        for (word, small) in
            [("0", Some(0)), ("4294967295", Some(u32::MAX)), ("4294967296", None), ("-1", None)]
        {
            assert_eq!(Words::of(word).small(), small);
        }
        let (id, other) = ("00112233445566778899aabbccddeeff", "00112233445566778899aabbccddeeffg");
        assert_eq!(Words::of(id).attempt(), AttemptId::parse(id));
        assert_eq!(Words::of(id).epoch(), EpochId::parse(id));
        assert!(Words::of(id).epoch().is_some() && Words::of(other).attempt().is_none());
    }
}
