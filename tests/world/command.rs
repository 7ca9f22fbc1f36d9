//! The items of an outbox as one list, in the order in which they are performed: to search, and to perform one by one.

use silent_session::session::{
    AccessToken, Action, AttemptId, Denial, EpochId, LockTask, Note, Outbox, PeerMessage, PendingSignOut,
    Reply, Report, Request, SessionEntry, Ticket, Write,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Remember(SessionEntry),
    RememberSignOut(PendingSignOut),
    ForgetSignOut { until: EpochId },
    Note(Note),
    ExpectCompany(bool),
    Tell(PeerMessage),
    ReleaseLock { attempt: AttemptId },
    AcquireLock { attempt: AttemptId },
    WatchLock { attempt: AttemptId },
    StealLock { attempt: AttemptId },
    LookAgain { attempt: AttemptId },
    Answer { ticket: Ticket, answer: Result<Reply, Denial> },
    Publish,
    SendRefresh { attempt: AttemptId, id: AttemptId },
    SendSignOut { attempt: AttemptId, token: Option<AccessToken> },
    RunLogin { ticket: Ticket },
    Report(Report),
}

impl Command {
    /// What an outbox has in it.
    pub fn all(outbox: Outbox) -> Vec<Self> {
        let mut all = Vec::new();
        outbox.perform(|action| all.push(Self::from(action)));
        all
    }
}

impl From<Action> for Command {
    fn from(action: Action) -> Self {
        match action {
            Action::Write(write) => write.into(),
            Action::Tell(message) => Self::Tell(message),
            Action::Release(attempt) => Self::ReleaseLock { attempt },
            Action::Lock(task) => task.into(),
            Action::Reply(ticket, answer) => Self::Answer { ticket, answer },
            Action::Publish => Self::Publish,
            Action::Request(request) => request.into(),
            Action::Report(report) => Self::Report(report),
        }
    }
}

impl From<Write> for Command {
    fn from(write: Write) -> Self {
        match write {
            Write::Session(session) => Self::Remember(session),
            Write::SignOut(pending) => Self::RememberSignOut(pending),
            Write::ClearSignOut { until } => Self::ForgetSignOut { until },
            Write::Note(note) => Self::Note(note),
            Write::Company(company) => Self::ExpectCompany(company),
        }
    }
}

impl From<LockTask> for Command {
    fn from(task: LockTask) -> Self {
        match task {
            LockTask::Acquire(attempt) => Self::AcquireLock { attempt },
            LockTask::Watch(attempt) => Self::WatchLock { attempt },
            LockTask::Steal(attempt) => Self::StealLock { attempt },
            LockTask::ReadAgain(attempt) => Self::LookAgain { attempt },
        }
    }
}

impl From<Request> for Command {
    fn from(request: Request) -> Self {
        match request {
            Request::Refresh { attempt, id } => Self::SendRefresh { attempt, id },
            Request::SignOut { attempt, token } => Self::SendSignOut { attempt, token },
            Request::Login { ticket } => Self::RunLogin { ticket },
        }
    }
}
