//! What to do. In the imperative: the shell obeys, and reports back in events.

use super::error::Denial;
use super::id::{AttemptId, EpochId, Ticket};
use super::memo::{PendingSignOut, Remembered};
use super::note::Note;
use super::peers::PeerMessage;
use super::report::Report;
use super::signing_out::SignOutStatus;
use super::token::{AccessToken, Credential};

/// One thing to do. They are done in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a command that is dropped leaves somebody waiting"]
pub enum Command {
    /// Ask for the turn at the wire, and say [`LockGranted`](super::Event::LockGranted) when it has come.
    AcquireLock {
        /// Which turn.
        attempt: AttemptId,
    },
    /// See who has the turn, and say [`LockMoved`](super::Event::LockMoved) if it is not the one who had it when it was
    /// asked for, or at the last look.
    WatchLock {
        /// Whose turn is waited for.
        attempt: AttemptId,
    },
    /// The same; but if it is the one who had it, take it from there, and say
    /// [`LockGranted`](super::Event::LockGranted) then.
    StealLock {
        /// Whose turn it is now.
        attempt: AttemptId,
    },
    /// See what is stored once more, and say [`LookedAgain`](super::Event::LookedAgain): the turn begins next.
    LookAgain {
        /// Which turn.
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
    /// Send the sign-out to the server.
    SendSignOut {
        /// The turn that it belongs to.
        attempt: AttemptId,
        /// The access token of the ending session, where the endpoint requires one.
        token: Option<AccessToken>,
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
    /// Write this down for the next page and for the other tabs, unless something later is there already.
    Remember(Remembered),
    /// Write this down of a refresh.
    Note(Note),
    /// Write down that the server may not know of a sign-out.
    RememberSignOut(PendingSignOut),
    /// It knows, or need not know any more. If a later one was written down since, leave that.
    ForgetSignOut {
        /// [`PendingSignOut::until`].
        until: EpochId,
    },
    /// Write down whether the next page will have company.
    ExpectCompany(bool),
    /// Say this to the other tabs.
    Tell(PeerMessage),
    /// Tell whoever keeps metrics or a log.
    Report(Report),
}

impl Command {
    /// Which go first: what other tabs wait for, then the lock, then the app's view of it; nothing of these runs the
    /// app's code but the last two: what is on its way to the server is so before metrics are kept of it.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Tell(_)
            | Self::Remember(_)
            | Self::RememberSignOut(_)
            | Self::ForgetSignOut { .. }
            | Self::Note(_) => 0,
            Self::ReleaseLock { .. } => 1,
            Self::Publish => 2,
            Self::Report(_) => 4,
            _ => 3,
        }
    }
}

/// What a caller asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A token.
    Token(Credential),
    /// It is done.
    Done,
    /// Signed out here; and what the server knows of it.
    SignedOut(SignOutStatus),
}

#[cfg(test)]
mod tests {
    use super::super::EndReason;
    use super::*;

    #[test]
    fn what_may_run_code_of_the_app_comes_after_what_others_wait_for() {
        let attempt = AttemptId::draw(&mut || 1);
        let reason = EndReason::SignedOut;
        for two in [
            Command::Tell(PeerMessage::Bye),
            Command::ReleaseLock { attempt },
            Command::Publish,
            Command::SendRefresh { attempt, id: attempt },
            Command::Report(Report::Ended { reason, elsewhere: false }),
        ]
        .windows(2)
        {
            let [first, next] = two else { unreachable!() };
            assert!(first.rank() < next.rank(), "{first:?}, {next:?}");
        }
        let until = EpochId::draw(&mut || 1, 0, None);
        for kept in [
            Command::Note(Note::Unmark { attempt }),
            Command::Remember(Remembered::Over { until, reason }),
            Command::ForgetSignOut { until },
        ] {
            assert_eq!(kept.rank(), Command::Tell(PeerMessage::Bye).rank(), "{kept:?}");
        }
    }
}
