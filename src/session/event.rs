//! The events that the machine handles. They are in the past tense: the machine decides what
//! follows.

use crate::session::time::Millis;

use crate::session::error::RefreshFailure;
use crate::session::id::{AttemptId, EpochId, Generation, TabId, Ticket};
use crate::session::renewal::breaker::Audience;
use crate::session::storage::stored::Stored;
use crate::session::tabs::message::PeerMessage;
use crate::session::token::{AccessToken, Grant};

/// The only input of the machine.
#[derive(Clone, Debug)]
pub enum Event {
    /// Storage was read for the event that follows ([`Event::needs_storage`]). Alone it has no
    /// effect.
    StorageRead(Box<Stored>),
    /// The page has loaded, and has been activated if it was prerendered. It occurs once, and
    /// nothing begins before.
    Started,
    /// A caller has asked to send a login request while no other request of the session is in
    /// flight.
    SignInWanted {
        /// The ticket of the caller. [`Request::Login`](crate::session::Request::Login) tells it to
        /// begin; a reply follows at the end.
        ticket: Ticket,
    },
    /// The login that was told to begin has ended.
    LoginSettled {
        /// The ticket of its caller.
        ticket: Ticket,
        /// The token of the login; `None` if it brought none.
        grant: Option<Grant>,
    },
    /// A login outside the queue has brought a token.
    SignedIn {
        /// The ticket of the caller.
        ticket: Ticket,
        /// The token of the login.
        grant: Grant,
    },
    /// The page was delivered with a token. It belongs to the current session, or to one that began
    /// unnoticed.
    Seeded {
        /// The ticket of the caller.
        ticket: Ticket,
        /// The token.
        grant: Grant,
    },
    /// The cookie was replaced from outside the session object. One refresh follows, and begins a
    /// new session.
    CookieChanged {
        /// The ticket of the caller.
        ticket: Ticket,
    },
    /// The user has asked to sign out.
    SignOutWanted {
        /// The ticket of the caller, which waits for the first response of the server.
        ticket: Ticket,
        /// Whether the response to a login is being read. Its cookie has already been received.
        reads_login: bool,
    },
    /// The server has responded to a sign-out, or could not be reached.
    SignOutSettled {
        /// The turn of the sign-out.
        attempt: AttemptId,
        /// Whether the response confirms the sign-out. [`Rejected`](RefreshFailure::Rejected) is a
        /// rejection in the auth server's own format.
        outcome: Result<(), RefreshFailure>,
    },
    /// A caller has asked for a token.
    TokenWanted {
        /// The ticket of the caller.
        ticket: Ticket,
        /// The token that an API has just rejected, if any.
        not: Option<AccessToken>,
        /// The least remaining lifetime.
        min_validity: Millis,
    },
    /// A caller has asked for a refresh that begins after now.
    RenewalWanted {
        /// The ticket of the caller.
        ticket: Ticket,
    },
    /// An API responded to a token with 401.
    TokenRejected {
        /// The ticket of the caller, which waits for another token.
        ticket: Ticket,
        /// The session of the token.
        epoch: EpochId,
        /// The generation of the token.
        generation: Generation,
        /// The API that rejected it.
        audience: Audience,
    },
    /// An API responded to the replay with 401 as well: it rejects brand-new tokens.
    ReplayRejected {
        /// The API that rejected it.
        audience: Audience,
    },
    /// An API accepted a token.
    TokenAccepted {
        /// The session of the token.
        epoch: EpochId,
        /// The generation of the token.
        generation: Generation,
        /// The API that accepted it.
        audience: Audience,
    },
    /// A caller no longer waits. It receives no reply.
    Withdrawn {
        /// The ticket of the caller.
        ticket: Ticket,
    },
    /// The lock of a turn was granted.
    LockGranted {
        /// The turn.
        attempt: AttemptId,
        /// Whether another holder had the lock first. Its results may not be known here yet.
        contended: bool,
    },
    /// Storage was read once more under the lock, before the turn begins.
    LookedAgain {
        /// The turn.
        attempt: AttemptId,
    },
    /// The holder of the lock has changed: the queue of tabs moves.
    LockMoved {
        /// The turn that waits for the lock.
        attempt: AttemptId,
    },
    /// A refresh has received a response, or has failed.
    RefreshSettled {
        /// The turn of the refresh.
        attempt: AttemptId,
        /// The token of the refresh, or its failure.
        outcome: Result<Grant, RefreshFailure>,
        /// Whether the server has sent the attempt id back. Such a server recognises attempt ids.
        echoes: bool,
    },
    /// Another tab has sent a message.
    PeerSpoke {
        /// The tab that sent it.
        from: TabId,
        /// The message.
        message: PeerMessage,
    },
    /// Another tab has changed the stored entries.
    StorageChanged,
    /// The user or `Clear-Site-Data` has cleared all stored entries.
    StorageCleared,
    /// The page was hidden.
    Hidden,
    /// The page was shown again, or was resumed.
    Woken {
        /// Whether the page was frozen or in the back/forward cache. Then it has missed messages.
        was_away: bool,
        /// Whether the page is visible now.
        is_seen: bool,
    },
    /// The page is entering the back/forward cache, or is being unloaded.
    Left,
    /// Time has passed: whatever is due is done.
    Tick,
    /// The network is back: failed attempts may be retried at once.
    CameOnline,
    /// The session object is no longer needed.
    Closed,
}

impl Event {
    /// Returns the ticket of the caller that this event is from, who waits for a reply.
    pub(crate) fn caller(&self) -> Option<Ticket> {
        match self {
            Self::SignInWanted { ticket }
            | Self::SignedIn { ticket, .. }
            | Self::Seeded { ticket, .. }
            | Self::CookieChanged { ticket }
            | Self::SignOutWanted { ticket, .. }
            | Self::TokenWanted { ticket, .. }
            | Self::RenewalWanted { ticket }
            | Self::TokenRejected { ticket, .. } => Some(*ticket),
            _ => None,
        }
    }

    /// Whether storage is read, and an [`Event::StorageRead`] handled, right before this event.
    pub fn needs_storage(&self) -> bool {
        matches!(
            self,
            Self::Started
                | Self::LoginSettled { .. }
                | Self::SignedIn { .. }
                | Self::Seeded { .. }
                | Self::CookieChanged { .. }
                | Self::SignOutWanted { .. }
                | Self::SignOutSettled { .. }
                | Self::LockGranted { .. }
                | Self::LookedAgain { .. }
                | Self::RefreshSettled { .. }
                | Self::StorageChanged
                | Self::Woken { .. }
                | Self::CameOnline
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_again_and_again_reads_no_storage() {
        let often = [Event::Tick, Event::Hidden, Event::Left, Event::StorageCleared];
        for event in often {
            assert!(!event.needs_storage(), "{event:?}");
        }
        assert!(Event::Started.needs_storage() && Event::StorageChanged.needs_storage());
    }
}
