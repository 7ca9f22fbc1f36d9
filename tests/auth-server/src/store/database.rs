//! The SQLite connection and its schema.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::config::Database;
use crate::refresh_token::SuccessorKey;

const SCHEMA: &str = "
    PRAGMA foreign_keys = ON;
    -- A rotation that a power failure undoes signs its user out: every commit reaches the disk.
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS server (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        successor_key BLOB NOT NULL,
        access_key BLOB NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS users (
        name TEXT PRIMARY KEY,
        display_name TEXT NOT NULL,
        scope TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        second_factor TEXT
    ) STRICT;
    CREATE TABLE IF NOT EXISTS families (
        id TEXT PRIMARY KEY,
        user TEXT NOT NULL REFERENCES users (name),
        expires_at INTEGER NOT NULL,
        revoked_at INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS refresh_tokens (
        hash BLOB PRIMARY KEY,
        family TEXT NOT NULL REFERENCES families (id) ON DELETE CASCADE,
        parent BLOB,             -- the token that it replaced
        attempt TEXT,            -- the attempt that made it
        issued_at INTEGER NOT NULL,
        spent_at INTEGER         -- when it was presented first; each token is good for one rotation
    ) STRICT;
    CREATE INDEX IF NOT EXISTS refresh_tokens_by_parent ON refresh_tokens (parent);
    CREATE INDEX IF NOT EXISTS refresh_tokens_by_family ON refresh_tokens (family);
";

/// How long a transaction waits for another process on the same file, in milliseconds.
const BUSY_MILLIS: u64 = 5000;

/// The database, shared by all requests. One connection: what writes is serialised anyway.
#[derive(Clone)]
pub(crate) struct Store(Arc<Mutex<Connection>>);

impl Store {
    /// Opens the database and brings its schema about.
    pub(crate) fn open(database: &Database) -> Result<Self, StoreError> {
        let mut connection = match database {
            Database::Memory => Connection::open_in_memory()?,
            Database::File(path) => Connection::open(path)?,
        };
        connection.busy_timeout(std::time::Duration::from_millis(BUSY_MILLIS))?;
        connection.execute_batch(SCHEMA)?;
        // Lock before reading: what was read is then still so when it is written.
        connection.set_transaction_behavior(TransactionBehavior::Immediate);
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Runs `work` on the connection, at once: for the start.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // A panic rolls its transaction back, so that a poisoned connection is as good as another.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs `work` on the connection, on a thread that may block.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.with(work)).await.map_err(|_| StoreError::Interrupted)?
    }

    /// The server's keys, drawn when the database is new.
    pub(crate) fn keys(&self) -> Result<Keys, StoreError> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            let found = transaction
                .query_row("SELECT successor_key, access_key FROM server", (), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            let (successor, access) = match found {
                Some(keys) => keys,
                None => {
                    let mut keys = ([0; SuccessorKey::LENGTH], [0; 32]);
                    getrandom::fill(&mut keys.0)?;
                    getrandom::fill(&mut keys.1)?;
                    transaction.execute("INSERT INTO server VALUES (1, ?1, ?2)", params![keys.0, keys.1])?;
                    keys
                }
            };
            transaction.commit()?;
            Ok(Keys { successor: SuccessorKey::from_bytes(successor), access })
        })
    }
}

/// What the server signs and derives with.
pub(crate) struct Keys {
    /// Derives successors of refresh tokens.
    pub(crate) successor: SuccessorKey,
    /// Signs access tokens.
    pub(crate) access: [u8; 32],
}

/// Why the store did not answer.
#[derive(Debug)]
pub enum StoreError {
    /// SQLite said no.
    Sqlite(rusqlite::Error),
    /// The system had no randomness to give.
    Randomness(getrandom::Error),
    /// A password could not be hashed.
    Hashing(argon2::password_hash::Error),
    /// The server is being taken down.
    Interrupted,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "the database failed",
            Self::Randomness(_) => "the system had no randomness to give",
            Self::Hashing(_) => "a password could not be hashed",
            Self::Interrupted => "the server is being taken down",
        })
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Sqlite(error) => Some(error),
            Self::Randomness(error) => Some(error),
            Self::Hashing(error) => Some(error),
            Self::Interrupted => None,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<getrandom::Error> for StoreError {
    fn from(error: getrandom::Error) -> Self {
        Self::Randomness(error)
    }
}

impl From<argon2::password_hash::Error> for StoreError {
    fn from(error: argon2::password_hash::Error) -> Self {
        Self::Hashing(error)
    }
}
