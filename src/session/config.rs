//! What can be set, with the reasons for the defaults.

use std::time::Duration;

/// How a session behaves.
#[derive(Clone, Debug)]
pub struct Config {
    /// How long before the expiry to refresh. 60 s: longer than a slow request takes and than most clocks differ.
    /// Never more than a quarter of the lifetime, whatever is set here.
    pub leeway: Duration,
    /// Whether to refresh ahead of the expiry, or on demand only.
    pub refresh_ahead: bool,
    /// Whether to restore the session at the start. Without, it is [`Ended`](super::Status::Ended) until a sign-in.
    pub restore: bool,
    /// After which an unanswered attempt counts as failed. 15 s: the rotation's database may be slow, and giving up
    /// early gains nothing, for the attempt is not aborted.
    pub timeout: Duration,
    /// How long a caller waits for a token, over failed attempts. 20 s: one time-out and one more try.
    pub patience: Duration,
    /// Whether the server is told of a sign-out.
    pub tells_sign_out: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            leeway: Duration::from_secs(60),
            refresh_ahead: true,
            restore: true,
            timeout: Duration::from_secs(15),
            patience: Duration::from_secs(20),
            tells_sign_out: true,
        }
    }
}

/// How long a login may keep refreshes waiting. A login that takes longer goes on, unordered.
pub(crate) const LOGIN_BOUND: Duration = Duration::from_secs(60);

/// How many time-outs the lock is waited for before it is taken from its holder.
pub(crate) const LOCK_PATIENCE: u32 = 4;

/// The shortest time between a token and the refresh ahead of its expiry, however short its life is.
pub(crate) const MIN_REFRESH_INTERVAL: Duration = Duration::from_secs(1);

/// A token with less than this left (and less than a tenth of its life) is taken for dead: it would be on arrival.
pub(crate) const TRAVEL_TIME: Duration = Duration::from_secs(2);
