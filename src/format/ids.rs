//! Ids as text: 32 hexadecimal digits, in storage, in messages and in the header of a refresh.
//! **Frozen**.

use crate::session::{AttemptId, EpochId, TabId};

impl EpochId {
    /// Returns the 32 hexadecimal digits of the id.
    pub fn to_hex(self) -> String {
        to_hex(self.words())
    }

    /// Reads 32 hexadecimal digits. Returns `None` for any other text, and for a date that no clock
    /// can show.
    pub fn parse(hex: &str) -> Option<Self> {
        words_of(hex).and_then(Self::from_words)
    }
}

impl AttemptId {
    /// Returns the 32 hexadecimal digits of the id.
    pub fn to_hex(self) -> String {
        to_hex(self.words())
    }

    /// Reads 32 hexadecimal digits. Returns `None` for any other text.
    pub fn parse(hex: &str) -> Option<Self> {
        words_of(hex).map(Self::from_words)
    }
}

impl TabId {
    /// Returns the 32 hexadecimal digits of the id.
    pub fn to_hex(self) -> String {
        to_hex(self.words())
    }

    /// Reads 32 hexadecimal digits. Returns `None` for any other text.
    pub fn parse(hex: &str) -> Option<Self> {
        words_of(hex).map(Self::from_words)
    }
}

fn to_hex(words: [u64; 2]) -> String {
    let mut hex = String::with_capacity(32);
    for word in words {
        push_hex(&mut hex, word);
    }
    hex
}

/// Adds the 16 hexadecimal digits of a word.
pub(super) fn push_hex(hex: &mut String, word: u64) {
    for at in (0..16).rev() {
        hex.push(char::from(b"0123456789abcdef"[(word >> (at * 4)) as usize & 0xf]));
    }
}

fn words_of(hex: &str) -> Option<[u64; 2]> {
    if hex.len() != 32 {
        return None;
    }
    let mut words = [0u64; 2];
    for (index, digit) in hex.chars().enumerate() {
        let word = &mut words[index / 16];
        *word = (*word << 4) + u64::from(digit.to_digit(16)?);
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        let epoch = EpochId::draw(&mut || 0xfedc_ba98_7654_3210, NOW, None);
        assert_eq!(epoch.to_hex(), "018bcfe568003210fedcba9876543210");
        assert_eq!(EpochId::parse(&epoch.to_hex()), Some(epoch));
        let (attempt, tab) = (AttemptId::from_words([1, 2]), TabId::from_words([3, 3]));
        assert_eq!(attempt.to_hex(), "00000000000000010000000000000002");
        assert_eq!(AttemptId::parse(&attempt.to_hex()), Some(attempt));
        assert_eq!(tab.to_hex(), "00000000000000030000000000000003");
        assert_eq!(TabId::parse(&tab.to_hex()), Some(tab));
    }

    #[test]
    fn other_text_is_no_id() {
        for text in ["", "0", "zz", &"g".repeat(32), &"0".repeat(33), &"é".repeat(16)] {
            assert_eq!(
                (EpochId::parse(text), AttemptId::parse(text), TabId::parse(text)),
                (None, None, None),
                "{text}"
            );
        }
    }

    #[test]
    fn a_session_dated_after_the_end_of_time_is_none() {
        let last = EpochId::last(i64::MAX, None);
        assert_eq!(EpochId::parse(&last.to_hex()), Some(last));
        for late in [&"f".repeat(32), "80000000000000000000000000000000"] {
            assert_eq!(EpochId::parse(late), None, "{late}");
        }
    }
}
