//! Why a command did not succeed, in words for the person at the terminal.

use std::fmt;

/// What each part of a command ends with.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// A message; nobody handles failures differently by kind.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure that says `message`.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Says what was being done when an error came.
pub(crate) trait While<T> {
    /// `what` completes "while …".
    fn during(self, what: impl fmt::Display) -> Outcome<T>;
}

impl<T, E: fmt::Display> While<T> for Result<T, E> {
    fn during(self, what: impl fmt::Display) -> Outcome<T> {
        self.map_err(|error| Failure(format!("while {what}: {error}")))
    }
}
