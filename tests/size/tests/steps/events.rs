//! Events and what follows from them in words, as `src/members.rs` has them.

/// What follows is there.
const SOME: u64 = 1;
/// Nothing follows.
const NONE: u64 = 0;
const NO: u64 = 0;
const YES: u64 = 1;
pub(crate) const OK: u64 = 0;
/// `Err`, and `Denial::Unavailable`.
pub(crate) const UNAVAILABLE: [u64; 2] = [1, 3];

/// `LockTask::Acquire`, up to its attempt.
pub(crate) const ACQUIRE: &[u64] = &[SOME, 0];
/// `LockTask::ReadAgain`, up to its attempt.
pub(crate) const READ_AGAIN: &[u64] = &[SOME, 3];
/// `Request::Refresh`, up to its attempt, which its id follows.
pub(crate) const REFRESH: &[u64] = &[SOME, 0];

/// How long a call waits, in milliseconds: no test takes so long.
pub(crate) const PATIENCE: u64 = 1_000_000;

/// The defaults, with more patience.
pub(crate) const CONFIG: &[u64] = &[60_000, YES, YES, 15_000, PATIENCE, 30_000, YES, NO, YES, NONE, NO, NO];

/// `StorageRead`: nothing is stored, but could be.
pub(crate) const STORAGE_READ: &[u64] = &[0, YES, NO, NONE, NONE, NONE, NONE, NONE, NONE, 0, 0, 0, 0];

/// An event.
pub(crate) struct Event {
    /// Its words.
    pub(crate) words: Vec<u64>,
    /// Whether [`STORAGE_READ`] comes before it.
    pub(crate) needs_storage: bool,
}

impl Event {
    fn new(words: &[u64]) -> Self {
        Self { words: words.to_vec(), needs_storage: false }
    }

    fn after_storage(words: &[u64]) -> Self {
        Self { needs_storage: true, ..Self::new(words) }
    }
}

/// `Started`.
pub(crate) fn started() -> Event {
    Event::after_storage(&[1])
}

/// `TokenWanted`, without a token that was rejected.
pub(crate) fn token_wanted(ticket: u64) -> Event {
    Event::new(&[9, ticket, NONE, 0])
}

/// `RenewalWanted`.
pub(crate) fn renewal_wanted(ticket: u64) -> Event {
    Event::new(&[10, ticket])
}

/// `Withdrawn`.
pub(crate) fn withdrawn(ticket: u64) -> Event {
    Event::new(&[14, ticket])
}

/// `LockGranted`, at the first request.
pub(crate) fn lock_granted([first, second]: [u64; 2]) -> Event {
    Event::after_storage(&[15, first, second, NO])
}

/// `LookedAgain`.
pub(crate) fn looked_again([first, second]: [u64; 2]) -> Event {
    Event::after_storage(&[16, first, second])
}

/// The word of a token.
pub(crate) const TOKEN: u64 = 0x41;

/// `RefreshSettled` with a token that lives for a quarter of an hour.
pub(crate) fn refreshed([first, second]: [u64; 2], now: u64) -> Event {
    let grant = [TOKEN, now, now, SOME, 900_000, SOME, 0x42, NONE];
    Event::after_storage(&[&[18, first, second, OK], &grant[..], &[NO]].concat())
}

/// `PeerSpoke`: another tab has come, and asks what there is.
pub(crate) fn hello(tab: u64) -> Event {
    Event::new(&[19, tab, tab, 0])
}

/// `PeerSpoke`: another tab that is there, and has nothing to give.
pub(crate) fn here(tab: u64) -> Event {
    Event::new(&[19, tab, tab, 1])
}

/// `PeerSpoke`: another tab is about to refresh.
pub(crate) fn coming(tab: u64) -> Event {
    Event::new(&[19, tab, tab, 6])
}

/// `StorageChanged`.
pub(crate) fn storage_changed() -> Event {
    Event::after_storage(&[20])
}

/// `Tick`.
pub(crate) fn tick() -> Event {
    Event::new(&[25])
}
