//! What to do. In the imperative: the shell obeys, and reports back in events.

use super::error::Denial;
use super::event::Remembered;
use super::id::{AttemptId, Ticket};
use super::token::Credential;

/// One thing to do. They are done in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a command that is dropped leaves somebody waiting"]
pub enum Command {
    /// Ask for the turn at the wire, and say [`LockGranted`](super::Event::LockGranted) when it has come.
    AcquireLock {
        /// Which turn.
        attempt: AttemptId,
    },
    /// Take the turn from whoever has it and gives no sign of life, and say
    /// [`LockGranted`](super::Event::LockGranted) then. Those who wait go on waiting.
    StealLock {
        /// Whose turn it is now.
        attempt: AttemptId,
    },
    /// Give the turn back, or withdraw the request for it.
    ReleaseLock {
        /// Which turn.
        attempt: AttemptId,
    },
    /// Send a refresh. It is never aborted.
    SendRefresh {
        /// Which turn it is.
        attempt: AttemptId,
        /// What goes along with it: the same as before when nobody knows what became of the one before, so that the
        /// server can tell a retry from a theft.
        id: AttemptId,
    },
    /// Tell the server of the sign-out.
    SendSignOut {
        /// Goes along with it.
        attempt: AttemptId,
    },
    /// Send the login request now.
    RunLogin {
        /// Whose.
        ticket: Ticket,
    },
    /// Answer a caller. Each ticket is answered exactly once.
    Answer {
        /// Whom.
        ticket: Ticket,
        /// What.
        answer: Result<Reply, Denial>,
    },
    /// [`Session::status`](super::Session::status) has changed: show it.
    Publish,
    /// Keep this for the next page, or forget it.
    Remember(Option<Remembered>),
}

/// What a caller asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A token.
    Token(Credential),
    /// It is done.
    Done,
}
