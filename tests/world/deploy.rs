//! Deploys: what an application creates its sessions with. Tabs of several deploys live side by side, and all share one cookie.

use silent_session::format::Value;
use silent_session::session::{Config, EndReason};

/// One deploy of an application.
#[derive(Clone, Debug, Default)]
pub struct Deploy {
    pub config: Config,
    /// The name of its sessions. Another name has a channel and a session of its own; the lock and the marker are the cookie's.
    pub name: Name,
    pub version: Version,
}

/// A name of sessions, by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Name(pub usize);

impl Name {
    /// How many there are at most.
    pub const MOST: usize = 2;
}

/// A version of the library, as far as others notice: which messages and which words it knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// The first one: markers of four words, and no messages of version 2.
    First,
    /// 0.1.
    Released,
    #[default]
    Newest,
}

/// An entry in storage, as far as versions differ on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    Session,
    SignOut,
    Marker,
    Answered,
    InFlight,
    Spent,
}

impl Version {
    /// The words of an entry that this version writes, or sees.
    pub fn cut(self, entry: Entry, text: String) -> String {
        let most = match (self, entry) {
            (Self::Newest, _) => return text,
            (_, Entry::Session) => 3,
            (_, Entry::SignOut) => 5,
            (Self::First, Entry::Marker) => 4,
            (_, Entry::Marker) => 6,
            (_, Entry::Answered | Entry::InFlight | Entry::Spent) => 2,
        };
        let end = text.match_indices(' ').nth(most - 1).map_or(text.len(), |(at, _)| at);
        text[..end].to_owned()
    }

    /// Whether a page of this version can read an entry that has these words.
    pub fn can_read(self, entry: Entry, text: &str) -> bool {
        let word = |at| text.split(' ').nth(at).unwrap_or_default();
        match (self, entry) {
            (Self::Newest, _) | (_, Entry::SignOut | Entry::Answered) => true,
            (_, Entry::InFlight | Entry::Spent) => false,
            (_, Entry::Session) => word(0) != "over" || REASONS.contains(&word(2)),
            (Self::First, Entry::Marker) => ["out", "lost", "overtaken"].contains(&word(3)),
            (_, Entry::Marker) => ["out", "lost", "overtaken", "astray"].contains(&word(3)),
        }
    }

    /// Whether it knows messages of this number: members of later versions are ignored, messages as a whole.
    pub fn knows(self, number: &Value) -> bool {
        let most = match self {
            Self::First => 1.0,
            Self::Released => 2.0,
            Self::Newest => f64::INFINITY,
        };
        matches!(number, Value::Number(number) if *number <= most)
    }

    /// Whether it reads this member of a message.
    pub fn reads(self, member: &str) -> bool {
        self == Self::Newest || MEMBERS.contains(&member)
    }

    /// Whether it knows why a session has ended. It neither writes nor says what it has no word for.
    pub fn knows_reason(self, reason: EndReason) -> bool {
        self == Self::Newest || REASONS.contains(&reason.as_str())
    }
}

/// The members of messages in version 0.1.
const MEMBERS: [&str; 13] = [
    "v", "from", "kind", "epoch", "token", "lifetime", "age", "sent", "identity", "subject", "until",
    "reason", "kind",
];

/// The reasons for an end in version 0.1.
const REASONS: [&str; 2] = ["signed-out", "rejected"];
