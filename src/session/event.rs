//! What happened. In the past tense: the machine decides what follows.

use crate::session::time::Millis;

use crate::session::error::RefreshFailure;
use crate::session::id::{AttemptId, EpochId, Generation, TabId, Ticket};
use crate::session::renewal::breaker::Audience;
use crate::session::storage::stored::Stored;
use crate::session::tabs::message::PeerMessage;
use crate::session::token::{AccessToken, Grant};

/// The one input of the machine.
#[derive(Clone, Debug)]
pub enum Event {
    /// What is stored was read, for the event that follows ([`Event::needs_storage`]). Nothing follows from it alone.
    StorageRead(Box<Stored>),
    /// The page has loaded, and been activated if it was prerendered; said once. Nothing begins before.
    Started {
        /// Whether there may be other tabs of this session.
        company: bool,
    },
    /// A caller wants to send a login request where nothing else of ours is on the wire.
    SignInWanted {
        /// Who waits: is told to begin ([`Request::Login`](crate::session::Request::Login)), then answered.
        ticket: Ticket,
    },
    /// The login that was told to begin has come to its end.
    LoginSettled {
        /// Whose it was.
        ticket: Ticket,
        /// What it brought; `None` when it brought no token.
        grant: Option<Grant>,
    },
    /// A login that nobody ordered has brought a token.
    SignedIn {
        /// Who waits.
        ticket: Ticket,
        /// What it brought.
        grant: Grant,
    },
    /// The page was delivered with a token: of the session that goes on, or of one that began unseen.
    Seeded {
        /// Who waits.
        ticket: Ticket,
        /// The token.
        grant: Grant,
    },
    /// Somebody else has set a new cookie: one refresh, a new session.
    CookieChanged {
        /// Who waits.
        ticket: Ticket,
    },
    /// The user wants out.
    SignOutWanted {
        /// Who waits for the first reply of the server.
        ticket: Ticket,
        /// Whether the reply of a login is being read, whose cookie has come already.
        reads_login: bool,
    },
    /// The server has replied to a sign-out, or could not be reached.
    SignOutSettled {
        /// Which one.
        attempt: AttemptId,
        /// Whether the reply confirms it. A [`Rejected`](RefreshFailure::Rejected) one refuses it in the auth
        /// server's own format.
        outcome: Result<(), RefreshFailure>,
    },
    /// A caller wants a token.
    TokenWanted {
        /// Who waits.
        ticket: Ticket,
        /// The token that was just refused, where there was one.
        not: Option<AccessToken>,
        /// How long it must still live.
        min_validity: Millis,
    },
    /// A caller wants a refresh that begins after now.
    RenewalWanted {
        /// Who waits.
        ticket: Ticket,
    },
    /// An API answered 401 to a token of ours.
    TokenRejected {
        /// Who waits for another one.
        ticket: Ticket,
        /// Of which sign-in the token was.
        epoch: EpochId,
        /// Which token of it.
        generation: Generation,
        /// Who refused it.
        audience: Audience,
    },
    /// An API answered 401 to the replay as well: it refuses brand-new tokens.
    ReplayRejected {
        /// Who refused it.
        audience: Audience,
    },
    /// An API took a token of ours.
    TokenAccepted {
        /// Of which sign-in the token was.
        epoch: EpochId,
        /// Which token of it.
        generation: Generation,
        /// Who took it.
        audience: Audience,
    },
    /// A caller waits no longer; it gets no answer.
    Withdrawn {
        /// Who waited.
        ticket: Ticket,
    },
    /// It is our turn at the wire.
    LockGranted {
        /// Which turn.
        attempt: AttemptId,
        /// Somebody else had it first: what that one has done may not be known here yet.
        contended: bool,
    },
    /// What is stored was looked at once more, before the turn begins.
    LookedAgain {
        /// Which turn.
        attempt: AttemptId,
    },
    /// Somebody else has our turn now: the queue moves.
    LockMoved {
        /// Which turn is waited for.
        attempt: AttemptId,
    },
    /// A refresh was answered, or failed.
    RefreshSettled {
        /// Which one.
        attempt: AttemptId,
        /// How it went.
        outcome: Result<Grant, RefreshFailure>,
        /// Whether the server has sent the attempt id back: it recognises attempt ids.
        echoes: bool,
    },
    /// Another tab has said something.
    PeerSpoke {
        /// Which one.
        from: TabId,
        /// What.
        message: PeerMessage,
    },
    /// Another tab has changed what is stored.
    StorageChanged,
    /// All that was stored has been cleared, by the user or by `Clear-Site-Data`.
    StorageCleared,
    /// Nobody sees the page any more.
    Hidden,
    /// The page is seen again, or was woken.
    Woken {
        /// It was frozen or in the back/forward cache: it has heard nothing.
        was_away: bool,
        /// Somebody sees it now.
        is_seen: bool,
    },
    /// The page goes into the back/forward cache, or for good.
    Left,
    /// Time has passed: see what is due.
    Tick,
    /// The network is back: what failed may be tried again at once.
    CameOnline,
    /// The session object is of no more use.
    Closed,
}

impl Event {
    /// Whether storage is read, and an [`Event::StorageRead`] handled, right before this event.
    pub fn needs_storage(&self) -> bool {
        matches!(
            self,
            Self::Started { .. }
                | Self::LoginSettled { .. }
                | Self::SignedIn { .. }
                | Self::Seeded { .. }
                | Self::CookieChanged { .. }
                | Self::SignOutWanted { .. }
                | Self::LockGranted { .. }
                | Self::LookedAgain { .. }
                | Self::RefreshSettled { .. }
                | Self::StorageChanged
                | Self::Woken { .. }
                | Self::CameOnline
        )
    }
}
