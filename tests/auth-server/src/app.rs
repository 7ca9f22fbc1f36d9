//! What all requests share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::access_token::AccessTokens;
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::counters::Counters;
use crate::faults::Board;
use crate::refresh_token::SuccessorKey;
use crate::store::{Policy, Store, StoreError};

/// What all requests share.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) counters: Counters,
    pub(crate) faults: Board,
    successor_key: SuccessorKey,
    access_seconds: AtomicU64,
    api_answers: AtomicU64,
}

/// A handle to it.
pub(crate) type SharedApp = Arc<App>;

impl App {
    /// Opens the database and seeds the users.
    pub(crate) fn new(config: Config) -> Result<SharedApp, StoreError> {
        let store = Store::open(&config.database)?;
        let keys = store.keys()?;
        store.seed_users()?;
        Ok(Arc::new(Self {
            access_tokens: AccessTokens::new(&keys.access, config.public_origin.as_deref()),
            counters: Counters::default(),
            faults: Board::default(),
            successor_key: keys.successor,
            access_seconds: AtomicU64::new(config.access_lifetime.as_secs()),
            api_answers: AtomicU64::new(0),
            store,
            config,
        }))
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock().now()
    }

    /// The clock.
    pub(crate) fn clock(&self) -> &Clock {
        &self.config.clock
    }

    /// What rotation goes by.
    pub(crate) fn policy(&self) -> Policy {
        Policy { key: self.successor_key.clone(), grace: self.config.grace, reuse: self.config.reuse }
    }

    /// How long the access tokens live that are issued from now on.
    pub(crate) fn access_lifetime(&self) -> Duration {
        Duration::from_secs(self.access_seconds.load(Ordering::SeqCst))
    }

    /// Has them live that long; `None`: as long as configured.
    pub(crate) fn set_access_lifetime(&self, lifetime: Option<Duration>) {
        let lifetime = lifetime.unwrap_or(self.config.access_lifetime);
        self.access_seconds.store(lifetime.as_secs(), Ordering::SeqCst);
    }

    /// How many answers the API has given since the start, the one that asks included.
    pub(crate) fn count_api_answer(&self) -> u64 {
        self.api_answers.fetch_add(1, Ordering::SeqCst) + 1
    }
}
