//! What can be set, with the reasons for the defaults.

use crate::session::time::Millis;

use crate::session::markers::in_flight::LONGEST_IN_FLIGHT;
use crate::session::markers::rotation::Rotation;

/// How a session behaves.
#[derive(Clone, Debug)]
pub struct Config {
    /// How long before the expiry to refresh. 60 s: longer than a slow request takes and than most clocks differ.
    /// Never more than a quarter of the lifetime, whatever is set here; but the token that comes after an outage is
    /// renewed as if it had come in time, so that not all of its clients come together again.
    pub leeway: Millis,
    /// Whether to refresh ahead of the expiry, or on demand only.
    pub refresh_ahead: bool,
    /// Whether to restore the session at the start. Without, it is [`Ended`](crate::session::Status::Ended) until a sign-in.
    pub restore: bool,
    /// After which an unanswered attempt counts as failed. 15 s: the rotation's database may be slow, and giving up
    /// early gains nothing, for the attempt is not aborted.
    pub timeout: Millis,
    /// How long a caller waits for a token, over failed attempts. 20 s: one time-out and one more try.
    pub patience: Millis,
    /// How long one tab may keep all others from the wire: a login that takes longer goes on, unordered, and a tab that
    /// holds the lock for longer is frozen, and loses it. 30 s: twice the time-out, and longer than a login's request
    /// takes. Never less than the time-out, whatever is set here: a refresh on the wire is no sign of freezing.
    pub lock_timeout: Millis,
    /// Whether tabs hand the token over to each other. Without, each fetches its own; they still take turns.
    pub shares_token: bool,
    /// Whether a refresh is left to another tab where one can: what a worker sends does not outlive it.
    pub defers: bool,
    /// Whether the server is told of a sign-out. Without, a sign-out is local: it holds in this browser until the next
    /// sign-in, and the server's session goes on.
    pub tells_sign_out: bool,
    /// What the server does with a refresh token that was used before. Without, [`Rotation::Revokes`] is assumed, until the server
    /// says by itself that it recognises attempt ids.
    pub rotation: Option<Rotation>,
    /// Whether the access token of the ending session goes along with a sign-out.
    pub sign_out_token: bool,
    /// Whether the server has said already that there is no session, where nothing is restored.
    pub has_none: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            leeway: Millis::from_secs(60),
            refresh_ahead: true,
            restore: true,
            timeout: Millis::from_secs(15),
            patience: Millis::from_secs(20),
            lock_timeout: Millis::from_secs(30),
            shares_token: true,
            defers: false,
            tells_sign_out: true,
            rotation: None,
            sign_out_token: false,
            has_none: false,
        }
    }
}

impl Config {
    /// The longest that something is on the wire in one turn.
    pub(crate) fn longest_turn(&self) -> Millis {
        self.lock_timeout.max(self.timeout)
    }

    /// The longest wait for the reply to a refresh whose page has gone: the time-out, and at most as long as any refresh counts
    /// as out.
    pub(crate) fn longest_orphan(&self) -> Millis {
        self.timeout.min(LONGEST_IN_FLIGHT)
    }

    /// How long a tab may not have run between asking for the lock and sending. One that has not for longer asks anew:
    /// the lock may have been taken from it.
    pub(crate) fn longest_gap(&self) -> Millis {
        self.longest_turn() / 4
    }

    /// How long the same tab may hold the lock before it is taken for frozen: longer than one that lives ever does.
    pub(crate) fn lock_patience(&self) -> Millis {
        self.longest_turn() + self.longest_gap()
    }
}

/// The shortest time between a token and the refresh ahead of its expiry, however short its life is.
pub(crate) const MIN_REFRESH_INTERVAL: Millis = Millis::from_secs(1);

/// A token with less than this left (and less than a tenth of its life) is taken for dead: it would be on arrival.
pub(crate) const TRAVEL_TIME: Millis = Millis::from_secs(2);

/// How long a server recognises an attempt id at the least, less what a request takes.
pub(crate) const RECOGNISED: Millis = Millis::from_secs(50);

/// How often the companion of the refresh cookie is looked at, while an orphan's cookie is waited for.
pub(crate) const COMPANION_LOOK: Millis = Millis::new(50);

/// How long after a rejection it is asked for once more, at the least; and twice that at the most.
pub(crate) const CONFIRMATION: Millis = Millis::new(500);

/// How often a sign-out is tried whose replies do not confirm it: a wrong URL must not be asked for ever.
pub(crate) const MOST_SIGN_OUT_TRIES: u32 = 20;

/// A sign-out that had to wait for longer than this for its turn is not sent before it is known whose session there is.
pub(crate) const YOUNG_SIGN_OUT: Millis = Millis::from_secs(5);

/// How long a sign-out is remembered: refresh cookies live for days or weeks, and none should outlive it.
pub(crate) const LONGEST_PENDING_SIGN_OUT: Millis = Millis::from_secs(60 * 86_400);
