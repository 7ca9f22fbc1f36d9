//! Habits of an auth server: how it replies to refreshes, over and over again.

use super::fault::Fault;

/// One reply to a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// A token.
    Token,
    /// The token that the preceding reply brought, as long as it lives.
    SameToken,
    /// No token, for this reason.
    Fault(Fault),
}

/// The replies, one after the other, and from the start again. Without any, each refresh brings a token.
#[derive(Debug, Default)]
pub struct Habits {
    pub replies: Vec<Habit>,
    given: usize,
}

impl Habits {
    /// The reply to the next refresh.
    pub(super) fn next(&mut self) -> Habit {
        let reply = self.replies.get(self.given % self.replies.len().max(1));
        self.given += 1;
        reply.copied().unwrap_or(Habit::Token)
    }
}
