//! The configuration of a session, with the reasons for the defaults.

use crate::session::time::Millis;

use crate::session::markers::in_flight::LONGEST_IN_FLIGHT;
use crate::session::markers::rotation::Rotation;

/// The behaviour of a session.
#[derive(Clone, Debug)]
pub struct Config {
    /// Time before the expiry at which the token is refreshed. Default: 60 s, longer than a slow
    /// request takes and than most clocks differ.
    ///
    /// Up to a quarter of it is added as jitter. In all it is never more than a quarter of the
    /// lifetime.
    ///
    /// A token that is received late, after an outage, is refreshed as if it had been received in
    /// time. Otherwise all clients of the outage would refresh together again.
    pub leeway: Millis,
    /// Whether to refresh ahead of the expiry. Otherwise tokens are refreshed on demand only.
    /// Default: true.
    pub refresh_ahead: bool,
    /// Whether to restore the session at the start. Otherwise it is
    /// [`Ended`](crate::session::Status::Ended) until a sign-in. Default: true.
    pub restore: bool,
    /// Time after which an attempt without a response counts as failed. Default: 15 s.
    ///
    /// The database behind the rotation may be slow. Giving up early gains nothing, because the
    /// attempt is not aborted.
    pub timeout: Millis,
    /// Time for which a caller waits for a token, across failed attempts. Default: 20 s, one
    /// time-out and one retry.
    pub patience: Millis,
    /// Time for which one tab may keep all others from sending. Default: 30 s, twice the time-out,
    /// and longer than the request of a login takes.
    ///
    /// A login that takes longer continues, but other requests may overlap it. A tab that holds the
    /// lock for longer is frozen, and loses it. A value below the time-out counts as the time-out:
    /// a refresh in flight is no sign of freezing.
    pub lock_timeout: Millis,
    /// Whether tabs hand the token over to each other. Otherwise each tab fetches its own; they
    /// still take turns. Default: true.
    pub shares_token: bool,
    /// Whether to leave a refresh to another tab if one can send it. A worker's requests do not
    /// outlive the worker. Default: false.
    pub defers: bool,
    /// Whether the server is informed of a sign-out. Default: true.
    ///
    /// Otherwise a sign-out is local: it holds in this browser until the next sign-in, and the
    /// server's session goes on.
    pub tells_sign_out: bool,
    /// The reaction of the server to a spent refresh token. Default: none; [`Rotation::Revokes`] is
    /// assumed, until the server shows that it recognises attempt ids.
    pub rotation: Option<Rotation>,
    /// Whether a sign-out request carries the access token of the ending session. Default: false.
    pub sign_out_token: bool,
    /// Whether the server has already reported that there is no session, if nothing is restored.
    /// Default: false.
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
    /// Returns the longest time for which a request is in flight in one turn.
    pub(crate) fn longest_turn(&self) -> Millis {
        self.lock_timeout.max(self.timeout)
    }

    /// Returns the longest wait for the reply to an orphan: the time-out, but no longer than any
    /// refresh counts as in flight.
    pub(crate) fn longest_orphan(&self) -> Millis {
        self.timeout.min(LONGEST_IN_FLIGHT)
    }

    /// Returns the longest time that a tab may be suspended between the request for the lock and
    /// its own request. After a longer suspension it requests the lock again, because the lock may
    /// have been taken from it.
    pub(crate) fn longest_gap(&self) -> Millis {
        self.longest_turn() / 4
    }

    /// Returns the time after which the holder of the lock counts as frozen. No tab that runs holds
    /// it for so long.
    pub(crate) fn lock_patience(&self) -> Millis {
        self.longest_turn() + self.longest_gap()
    }
}

/// The shortest time between the receipt of a token and its refresh ahead of the expiry, however
/// short the lifetime.
pub(crate) const MIN_REFRESH_INTERVAL: Millis = Millis::from_secs(1);

/// The remaining lifetime below which a token counts as expired, if it is also below a tenth of the
/// lifetime. The token would expire on its way to the API.
pub(crate) const TRAVEL_TIME: Millis = Millis::from_secs(2);

/// The least time for which a server recognises an attempt id, less the duration of a request.
pub(crate) const RECOGNISED: Millis = Millis::from_secs(50);

/// Time between two looks at the companion of the refresh cookie, while the cookie of an orphan is
/// awaited.
pub(crate) const COMPANION_LOOK: Millis = Millis::new(50);

/// The shortest time between a rejection and the refresh that confirms it. The longest is twice
/// that.
pub(crate) const CONFIRMATION: Millis = Millis::new(500);

/// Number of attempts to sign out whose responses do not confirm it. A wrong URL must not be
/// requested forever.
pub(crate) const MOST_SIGN_OUT_TRIES: u32 = 20;

/// The longest wait for its turn after which a sign-out is sent at once. After a longer one, a
/// refresh first shows whose session there is.
pub(crate) const YOUNG_SIGN_OUT: Millis = Millis::from_secs(5);

/// The longest time for which a login puts a pending sign-out off. Its page may have gone.
pub(crate) const LONGEST_LOGIN: Millis = Millis::from_secs(600);

/// Time for which a sign-out is stored. Refresh cookies live for days or weeks, and none should
/// outlive it.
pub(crate) const LONGEST_PENDING_SIGN_OUT: Millis = Millis::from_secs(60 * 86_400);
