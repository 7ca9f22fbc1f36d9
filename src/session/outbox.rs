//! The actions after an event. The shell performs them, and reports back in events.

use crate::session::error::Denial;
use crate::session::id::{AttemptId, EpochId, Ticket};
use crate::session::report::Report;
use crate::session::sign_out::progress::SignOutStatus;
use crate::session::storage::note::Note;
use crate::session::storage::stored::{PendingSignOut, SessionEntry};
use crate::session::tabs::message::PeerMessage;
use crate::session::token::{AccessToken, Credential};

/// All actions after one event. [`Outbox::perform`] performs the fields in their order, and so the
/// items of each.
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

/// One action of an outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Store an entry.
    Write(Write),
    /// Send a message to the other tabs.
    Tell(PeerMessage),
    /// Release a lock, or withdraw the request for it.
    Release(AttemptId),
    /// Act on a lock.
    Lock(LockTask),
    /// Reply to the caller with this ticket.
    Reply(Ticket, Result<Reply, Denial>),
    /// Call the listeners.
    Publish,
    /// Send a request.
    Request(Request),
    /// Report to metrics and logs.
    Report(Report),
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
    /// Performs all actions in their order.
    pub fn perform(self, mut act: impl FnMut(Action)) {
        let Self { writes, messages, releases, lock, replies, app } = self;
        writes.into_iter().for_each(|write| act(Action::Write(write)));
        messages.into_iter().for_each(|message| act(Action::Tell(message)));
        releases.into_iter().for_each(|attempt| act(Action::Release(attempt)));
        lock.into_iter().for_each(|task| act(Action::Lock(task)));
        replies.into_iter().for_each(|(ticket, reply)| act(Action::Reply(ticket, reply)));
        let AppCalls { publish, request, reports } = app;
        if publish {
            act(Action::Publish);
        }
        request.into_iter().for_each(|request| act(Action::Request(request)));
        reports.into_iter().for_each(|report| act(Action::Report(report)));
    }

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
    fn what_other_tabs_need_is_done_before_code_of_the_app_may_run() {
        let attempt = AttemptId::from_words([0, 1]);
        let app = AppCalls {
            publish: true,
            request: Some(Request::Login { ticket: Ticket(1) }),
            reports: vec![Report::Adopted],
        };
        let outbox = Outbox {
            app,
            replies: vec![(Ticket(2), Ok(Reply::Done)), (Ticket(1), Ok(Reply::Done))],
            lock: Some(LockTask::Acquire(attempt)),
            releases: vec![attempt],
            messages: vec![PeerMessage::Hello, PeerMessage::Here],
            writes: vec![Write::Company(true), Write::Company(false)],
        };
        let mut performed = Vec::new();
        outbox.perform(|action| performed.push(action));
        let expected = [
            Action::Write(Write::Company(true)),
            Action::Write(Write::Company(false)),
            Action::Tell(PeerMessage::Hello),
            Action::Tell(PeerMessage::Here),
            Action::Release(attempt),
            Action::Lock(LockTask::Acquire(attempt)),
            Action::Reply(Ticket(2), Ok(Reply::Done)),
            Action::Reply(Ticket(1), Ok(Reply::Done)),
            Action::Publish,
            Action::Request(Request::Login { ticket: Ticket(1) }),
            Action::Report(Report::Adopted),
        ];
        assert_eq!(performed, expected);
    }

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
