//! What to do after an event. The shell performs it, and reports back in events.

use crate::session::error::Denial;
use crate::session::id::{AttemptId, EpochId, Ticket};
use crate::session::report::Report;
use crate::session::sign_out::progress::SignOutStatus;
use crate::session::storage::note::Note;
use crate::session::storage::stored::{PendingSignOut, SessionEntry};
use crate::session::tabs::message::PeerMessage;
use crate::session::token::{AccessToken, Credential};

/// Everything to do after one event. The fields are performed in their order, and so are the items of each.
///
/// What other tabs and the next page need comes first: the app may close the page when its turn comes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "an outbox that is dropped leaves somebody waiting"]
pub struct Outbox {
    /// Entries to store.
    pub writes: Vec<Write>,
    /// Messages to the other tabs.
    pub messages: Vec<PeerMessage>,
    /// Locks to release. If one is only waited for, its request is withdrawn.
    pub releases: Vec<AttemptId>,
    /// What to do about the lock that is needed next.
    pub lock: Option<LockTask>,
    /// Replies to callers. Each ticket receives exactly one, unless it was withdrawn.
    pub replies: Vec<(Ticket, Result<Reply, Denial>)>,
    /// What may run code of the app.
    pub app: AppCalls,
}

/// What may run code of the app: its listeners, its `fetch`, its functions. No lock is held for it but that of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppCalls {
    /// Whether [`Session::status`](crate::session::Session::status) has changed: tell the listeners.
    pub publish: bool,
    /// The request to send, under the lock of its turn.
    pub request: Option<Request>,
    /// What has happened, for metrics and logs.
    pub reports: Vec<Report>,
}

/// One entry to store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// Store which session goes on or is over, unless a later one is stored.
    Session(SessionEntry),
    /// Store a sign-out of which the server may not know.
    SignOut(PendingSignOut),
    /// Remove the stored sign-out, unless it is a later one than this.
    ClearSignOut {
        /// [`PendingSignOut::until`].
        until: EpochId,
    },
    /// Store something of a refresh.
    Note(Note),
    /// Store whether the next page may have other tabs beside it.
    Company(bool),
}

/// What to do about the lock of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockTask {
    /// Request it. [`Event::LockGranted`](crate::session::Event::LockGranted) follows when it is granted.
    Acquire(AttemptId),
    /// See who holds it. [`Event::LockMoved`](crate::session::Event::LockMoved) follows if that is not the holder of the last look, or
    /// of the time of the request.
    Watch(AttemptId),
    /// See who holds it, and steal it from the holder of the last look.
    /// [`Event::LockGranted`](crate::session::Event::LockGranted) or [`Event::LockMoved`](crate::session::Event::LockMoved) follows.
    Steal(AttemptId),
    /// Read what is stored once more, under the lock. [`Event::LookedAgain`](crate::session::Event::LookedAgain) follows.
    ReadAgain(AttemptId),
}

/// A request to send. It is never aborted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// A refresh. [`Event::RefreshSettled`](crate::session::Event::RefreshSettled) follows.
    Refresh {
        /// The turn that it belongs to.
        attempt: AttemptId,
        /// The attempt id to send: the one of the refresh before, while nobody knows what became of that. The server tells a
        /// retry from a theft by it.
        id: AttemptId,
    },
    /// A sign-out. [`Event::SignOutSettled`](crate::session::Event::SignOutSettled) follows.
    SignOut {
        /// The turn that it belongs to.
        attempt: AttemptId,
        /// The access token of the ending session, where the endpoint requires one.
        token: Option<AccessToken>,
    },
    /// A login: the login function may run. [`Event::LoginSettled`](crate::session::Event::LoginSettled) follows.
    Login {
        /// The ticket of its caller.
        ticket: Ticket,
    },
}

/// What a caller receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A token.
    Token(Credential),
    /// Nothing more than that it is done.
    Done,
    /// Signed out here; and what the server knows of it.
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
    /// The turn whose lock it is.
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
