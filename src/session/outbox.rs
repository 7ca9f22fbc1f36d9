//! The actions after an event. The shell performs them, and reports back in events.

use crate::session::error::Denial;
use crate::session::id::{AttemptId, EpochId, Ticket};
use crate::session::report::Report;
use crate::session::sign_out::progress::SignOutStatus;
use crate::session::storage::note::Note;
use crate::session::storage::stored::{PendingSignOut, SessionEntry};
use crate::session::tabs::message::PeerMessage;
use crate::session::token::{AccessToken, Credential};

/// All actions after one event. The fields are performed in their order, and so are the items of
/// each.
///
/// What other tabs and the next page need comes first, because the app may close the page when its
/// code runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "an outbox that is dropped leaves somebody waiting"]
pub struct Outbox {
    /// Entries to store.
    pub writes: Vec<Write>,
    /// Messages to the other tabs.
    pub messages: Vec<PeerMessage>,
    /// Locks to release. If a lock was not granted yet, its request is withdrawn.
    pub releases: Vec<AttemptId>,
    /// The action on the lock that is needed next.
    pub lock: Option<LockTask>,
    /// Replies to callers. Each ticket receives exactly one, unless it was withdrawn.
    pub replies: Vec<(Ticket, Result<Reply, Denial>)>,
    /// Actions that may run code of the app.
    pub app: AppCalls,
}

/// Actions that may run code of the app: its listeners, its `fetch`, its functions. No lock is held
/// for them, except the one of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppCalls {
    /// Whether [`Session::status`](crate::session::Session::status) has changed, and the listeners
    /// are called.
    pub publish: bool,
    /// The request to send, under the lock of its turn.
    pub request: Option<Request>,
    /// Reports for metrics and logs.
    pub reports: Vec<Report>,
}

/// One entry to store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// Store which session goes on or is over, unless a later one is stored.
    Session(SessionEntry),
    /// Store a sign-out that the server may not know of.
    SignOut(PendingSignOut),
    /// Remove the stored sign-out, unless it is a later one than this.
    ClearSignOut {
        /// [`PendingSignOut::until`].
        until: EpochId,
    },
    /// Store a note about a refresh.
    Note(Note),
    /// Store whether the next page may have other tabs beside it.
    Company(bool),
}

/// An action on the lock of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockTask {
    /// Request the lock. [`Event::LockGranted`](crate::session::Event::LockGranted) follows when it
    /// is granted.
    Acquire(AttemptId),
    /// Look up the holder of the lock. [`Event::LockMoved`](crate::session::Event::LockMoved)
    /// follows if it has changed since the last look, or since the lock was requested.
    Watch(AttemptId),
    /// Look up the holder of the lock, and steal the lock if the holder has not changed since the
    /// last look. [`Event::LockGranted`](crate::session::Event::LockGranted) or
    /// [`Event::LockMoved`](crate::session::Event::LockMoved) follows.
    Steal(AttemptId),
    /// Read the stored entries once more, under the lock.
    /// [`Event::LookedAgain`](crate::session::Event::LookedAgain) follows.
    ReadAgain(AttemptId),
}

/// A request to send. It is never aborted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// A refresh. [`Event::RefreshSettled`](crate::session::Event::RefreshSettled) follows.
    Refresh {
        /// The turn that it belongs to.
        attempt: AttemptId,
        /// The attempt id to send. It is that of the refresh before, while the outcome of that one
        /// is unknown. The server tells a retry from a theft by it.
        id: AttemptId,
    },
    /// A sign-out. [`Event::SignOutSettled`](crate::session::Event::SignOutSettled) follows.
    SignOut {
        /// The turn that it belongs to.
        attempt: AttemptId,
        /// The access token of the ending session, if the endpoint requires one.
        token: Option<AccessToken>,
    },
    /// A login: the login function may run.
    /// [`Event::LoginSettled`](crate::session::Event::LoginSettled) follows.
    Login {
        /// The ticket of its caller.
        ticket: Ticket,
    },
}

/// The reply to a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A token.
    Token(Credential),
    /// Completion, without a value.
    Done,
    /// The user is signed out here. The status tells what the server knows.
    SignedOut(SignOutStatus),
}

impl Outbox {
    /// Releases the lock of a turn, or withdraws the request for it.
    pub(crate) fn release(&mut self, attempt: AttemptId) {
        self.lock.take_if(|task| task.attempt() == attempt);
        self.releases.push(attempt);
    }
}

impl LockTask {
    /// Returns the turn of the lock.
    pub fn attempt(self) -> AttemptId {
        match self {
            Self::Acquire(attempt)
            | Self::Watch(attempt)
            | Self::Steal(attempt)
            | Self::ReadAgain(attempt) => attempt,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_is_released_is_not_asked_for() {
        let [first, second] = [1, 2].map(|number| AttemptId::from_words([0, number]));
        for (task, is_dropped) in [
            (LockTask::Acquire(first), true),
            (LockTask::Watch(first), true),
            (LockTask::Steal(first), true),
            (LockTask::ReadAgain(first), true),
            (LockTask::Acquire(second), false),
        ] {
            let mut outbox = Outbox { lock: Some(task), ..Outbox::default() };
            outbox.release(first);
            assert_eq!((outbox.lock.is_none(), outbox.releases), (is_dropped, vec![first]), "{task:?}");
        }
    }
}
