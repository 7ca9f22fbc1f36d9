//! The messages between tabs.

use crate::session::end_reason::EndReason;
use crate::session::id::EpochId;
use crate::session::storage::note::Noted;
use crate::session::storage::stored::Fingerprint;
use crate::session::time::{Millis, Moment};
use crate::session::token::{AccessToken, Grant, Subject};

/// A message from one tab to all others of its session. It may be lost, late or out of order. It
/// saves work, and nothing depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerMessage {
    /// The tab asks all others to reply with what they have.
    Hello,
    /// The tab is there, and has nothing to give.
    Here,
    /// The tab has a token.
    Offered(Offer),
    /// A session has begun, or goes on; its token is not handed over.
    Began(Fingerprint),
    /// Every session up to this id is over.
    Over {
        /// The last session that is over, or a later id.
        until: EpochId,
        /// The reason.
        reason: EndReason,
    },
    /// A worker needs a better token than its own. A page may refresh for it.
    Wanted {
        /// The session of its own token; `None` if it has none.
        epoch: Option<EpochId>,
        /// The age of its own token.
        age: Millis,
    },
    /// The tab is about to refresh.
    Coming,
    /// Notes about refreshes.
    Noted(Noted),
    /// The tab is going away.
    Bye,
}

impl PeerMessage {
    /// Whether it contains what its tab has. Another tab may have asked for that.
    pub(crate) fn is_reply(&self) -> bool {
        matches!(self, Self::Here | Self::Offered(_) | Self::Began(_) | Self::Over { .. })
    }
}

/// A token that is handed over. Its times are relative, because the monotonic clocks of two tabs
/// have nothing in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The session of the token.
    pub epoch: EpochId,
    /// The token.
    pub token: AccessToken,
    /// The owner of the token.
    pub subject: Option<Subject>,
    /// The lifetime from when it was received; `None` if the server did not state it.
    pub lifetime: Option<Millis>,
    /// The age of the token when the message was sent.
    pub age: Millis,
    /// The date when the message was sent, in milliseconds since 1970. A message to a frozen tab
    /// waits.
    pub sent: i64,
}

impl Offer {
    /// Returns the offer of a tab's current token.
    pub(crate) fn of(grant: &Grant, epoch: EpochId, now: Moment) -> Self {
        Self {
            epoch,
            token: grant.token.clone(),
            subject: grant.subject.clone(),
            lifetime: grant.lifetime,
            age: now.since(grant.received),
            sent: now.wall_ms(),
        }
    }

    /// Returns the token as a grant of this tab, by its own clocks.
    pub(crate) fn grant(self, now: Moment) -> Grant {
        Grant {
            token: self.token,
            received: now.before(self.age + now.wall_since(self.sent)),
            lifetime: self.lifetime,
            subject: self.subject,
        }
    }
}
