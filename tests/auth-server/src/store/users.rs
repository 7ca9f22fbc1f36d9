//! The demo's users and the check of what they sign in with.

use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::{Store, StoreError};
use crate::password;

/// The users that are there from the start: name, shown name, password, scope, second factor.
const DEMO_USERS: [(&str, &str, &str, &str, Option<&str>); 3] = [
    ("alice", "Alice", "wonderland", "profile admin", None),
    ("bob", "Bob", "builder", "profile", None),
    // The code stands for what an authenticator app would show.
    ("carol", "Carol", "looking-glass", "profile", Some("123456")),
];

/// Who somebody is and what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    /// The name they sign in with.
    pub(crate) name: String,
    /// The name to show.
    pub(crate) display_name: String,
    /// What they may do, separated by spaces.
    pub(crate) scope: String,
}

/// What a sign-in came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// It is this user.
    Granted(User),
    /// The password is right; the code of the second factor is wanted.
    CodeWanted,
    /// Unknown user, wrong password or wrong code. Which of them is nobody's business.
    Refused,
}

struct Account {
    user: User,
    password_hash: String,
    second_factor: Option<String>,
}

impl Store {
    /// Puts the demo's users in, with their passwords hashed.
    pub(crate) fn seed_users(&self) -> Result<(), StoreError> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            for (name, display_name, password, scope, code) in DEMO_USERS {
                transaction.execute(
                    "INSERT INTO users VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (name) DO UPDATE SET \
                     display_name = ?2, scope = ?3, password_hash = ?4, second_factor = ?5",
                    params![name, display_name, scope, password::hash(password)?, code],
                )?;
            }
            Ok(transaction.commit()?)
        })
    }

    /// Checks what somebody signs in with. An unknown user costs the same work as a known one.
    pub(crate) async fn check_login(
        &self,
        name: String,
        password: String,
        code: Option<String>,
    ) -> Result<Login, StoreError> {
        let account = self.call(move |connection| Ok(find(connection, &name)?)).await?;
        let stand_in = match account {
            Some(_) => None,
            None => Some(self.call(|connection| Ok(any_hash(connection)?)).await?),
        };
        // Off the connection's lock: hashing is slow on purpose.
        let check = move || match (account, stand_in) {
            (Some(account), _) => account.check(&password, code.as_deref()),
            (None, hash) => {
                // Work for its time only: the answer is no, even if that is somebody else's password.
                let _ = password::matches(&password, &hash.unwrap_or_default());
                Login::Refused
            }
        };
        tokio::task::spawn_blocking(check).await.map_err(|_| StoreError::Interrupted)
    }
}

impl Account {
    fn check(self, password: &str, code: Option<&str>) -> Login {
        if !password::matches(password, &self.password_hash) {
            return Login::Refused;
        }
        match (self.second_factor, code) {
            (None, _) => Login::Granted(self.user),
            (Some(_), None) => Login::CodeWanted,
            // Hashed, so that the time of the comparison tells nothing of where the two differ.
            (Some(wanted), Some(given)) if Sha256::digest(&wanted) == Sha256::digest(given) => {
                Login::Granted(self.user)
            }
            (Some(_), Some(_)) => Login::Refused,
        }
    }
}

fn find(connection: &rusqlite::Connection, name: &str) -> rusqlite::Result<Option<Account>> {
    let columns = "SELECT name, display_name, scope, password_hash, second_factor FROM users WHERE name = ?1";
    connection
        .query_row(columns, [name], |row| {
            Ok(Account {
                user: User { name: row.get(0)?, display_name: row.get(1)?, scope: row.get(2)? },
                password_hash: row.get(3)?,
                second_factor: row.get(4)?,
            })
        })
        .optional()
}

fn any_hash(connection: &rusqlite::Connection) -> rusqlite::Result<String> {
    connection.query_row("SELECT password_hash FROM users LIMIT 1", (), |row| row.get(0))
}
