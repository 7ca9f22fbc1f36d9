//! What goes wrong with a request to the auth server.

use silent_session::session::{Millis, RefreshFailure, TokenFault};

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A status that is no answer: 500, 503, 429.
    Status(u16, Option<u64>),
    /// The connection dies before the server has seen anything.
    Reset,
    /// There is no network, and the browser says so.
    Offline,
    /// It is refused by a server that has the session: by an instance with an old key, say.
    Refused,
    /// The answer holds no token.
    Malformed,
    /// The token in the answer has lapsed by the server's own clock.
    Expired,
    /// A captive portal answers 403 in HTML.
    Portal,
    /// The server takes this many milliseconds longer.
    Slow(i64),
    /// The connection dies after this many milliseconds, before the server has seen anything.
    SlowReset(i64),
    /// Neither an answer nor an error, ever; the server has seen nothing.
    Silence,
    /// The server rotates, and the connection dies before the answer.
    Lost,
    /// The same; and the browser, which had used the connection before, sends the request once more
    /// by itself.
    Resent,
}

/// What a fault looks like to the client; `None` for those that are no failure of their own.
pub fn failure_of(fault: Fault) -> Option<RefreshFailure> {
    match fault {
        Fault::Status(status, seconds) => Some(RefreshFailure::Unavailable {
            status: Some(status),
            retry_after: seconds.map(Millis::from_secs),
        }),
        Fault::Reset | Fault::SlowReset(_) => {
            Some(RefreshFailure::Unavailable { status: None, retry_after: None })
        }
        Fault::Offline => Some(RefreshFailure::Offline),
        Fault::Refused => Some(RefreshFailure::Rejected { status: 401 }),
        Fault::Malformed => Some(RefreshFailure::Malformed(TokenFault::Missing)),
        Fault::Expired => Some(RefreshFailure::Malformed(TokenFault::Expired)),
        Fault::Portal => Some(RefreshFailure::Foreign { status: 403 }),
        Fault::Slow(_) | Fault::Silence | Fault::Lost | Fault::Resent => None,
    }
}
