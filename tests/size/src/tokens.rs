//! Texts that are opaque to the machine: a word stands for each.

use crate::session::{AccessToken, Audience, Subject};
use crate::words::{FromHost, ToHost};

/// The number of bytes of each text.
const LENGTH: usize = 8;

/// A text of eight characters.
struct Text([u8; LENGTH]);

impl Text {
    fn as_str(&self) -> &str {
        // SAFETY: `read` has left seven bits of each byte, so all of them are ASCII.
        unsafe { str::from_utf8_unchecked(&self.0) }
    }
}

impl FromHost for Text {
    fn read() -> Self {
        Self((u64::read() & 0x7f7f_7f7f_7f7f_7f7f).to_le_bytes())
    }
}

impl FromHost for AccessToken {
    fn read() -> Self {
        Self::new(Text::read().as_str())
    }
}

impl ToHost for AccessToken {
    fn write(&self) {
        self.reveal().write();
    }
}

impl FromHost for Subject {
    fn read() -> Self {
        let person = Text::read();
        Self::new(person.as_str(), Option::<Text>::read().as_ref().map(Text::as_str))
    }
}

impl ToHost for Subject {
    fn write(&self) {
        self.reveal().write();
    }
}

impl FromHost for Audience {
    fn read() -> Self {
        let origin = Text::read();
        let direct = Self::new(origin.as_str(), Text::read().as_str());
        if bool::read() { direct.redirected() } else { direct }
    }
}

/// The word that a text was read from, or begins with.
impl ToHost for str {
    fn write(&self) {
        self.as_bytes().first_chunk().copied().map_or(0, u64::from_le_bytes).write();
    }
}
