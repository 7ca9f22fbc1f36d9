//! A line of words, as entries and notes are written.

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
}
