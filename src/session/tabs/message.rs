//! What tabs say to each other.

use crate::session::id::EpochId;
use crate::session::status::EndReason;
use crate::session::storage::note::Noted;
use crate::session::storage::stored::Fingerprint;
use crate::session::time::{Millis, Moment};
use crate::session::token::{AccessToken, Grant, Subject};

/// What one tab says to all others of its session. It may be lost, late or out of order: it saves work, and nothing
/// depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerMessage {
    /// Here I am: answer with what you have.
    Hello,
    /// Here I am, and have nothing to give.
    Here,
    /// A token.
    Offered(Offer),
    /// A session has begun, or goes on; its token is not handed over.
    Began(Fingerprint),
    /// Every session that had begun by then is over.
    Over {
        /// The last one, or later.
        until: EpochId,
        /// Why.
        reason: EndReason,
    },
    /// A worker wants a better token than the one that it has: a page may refresh for it.
    Wanted {
        /// Of which sign-in the one that it has is; `None` where it has none.
        epoch: Option<EpochId>,
        /// How long ago that came.
        age: Millis,
    },
    /// I am about to refresh.
    Coming,
    /// A refresh was sent that failed, or that no token's lifetime required: one for which nobody waits may have to wait.
    Tried,
    /// What I have noted of refreshes.
    Noted(Noted),
    /// I am going.
    Bye,
}

impl PeerMessage {
    /// Whether it says what its tab has: somebody may have asked for that.
    pub(crate) fn is_reply(&self) -> bool {
        matches!(self, Self::Here | Self::Offered(_) | Self::Began(_) | Self::Over { .. })
    }
}

/// A token that is handed over. All about it is relative, for the monotonic clocks of two tabs have nothing in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Of which sign-in.
    pub epoch: EpochId,
    /// The token.
    pub token: AccessToken,
    /// Whose it is, by the token itself.
    pub subject: Option<Subject>,
    /// How long it lived from when it came; `None` where the server did not say.
    pub lifetime: Option<Millis>,
    /// How long ago it came, when the message was sent.
    pub age: Millis,
    /// When the message was sent: milliseconds since 1970. A message to a frozen tab waits.
    pub sent: i64,
}

impl Offer {
    /// What a tab says of the token in its hand.
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

    /// The same as a grant of this tab's, by its own clocks.
    pub(crate) fn grant(self, now: Moment) -> Grant {
        Grant {
            token: self.token,
            received: now.before(self.age + now.wall_since(self.sent)),
            lifetime: self.lifetime,
            subject: self.subject,
        }
    }
}
