//! The attempt id that a client sends with a refresh.

/// Names one try to refresh: the value of `X-Requested-With`. A request that a browser resends by itself after
/// a lost connection carries the same one. Not a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AttemptId(String);

impl AttemptId {
    /// The longest id that is taken, in bytes.
    const LONGEST: usize = 200;

    /// Reads a header's value; `None` for one that is empty, too long, or not plain printable ASCII.
    pub(crate) fn from_header(value: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(value).ok()?.trim();
        let good = !text.is_empty()
            && text.len() <= Self::LONGEST
            && text.bytes().all(|b| (b' '..=b'~').contains(&b));
        good.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}
