//! Rotation: a refresh token works once, and a second use of it is theft.
//!
//! | the token presented | its direct successors | and | answer |
//! | --- | --- | --- | --- |
//! | unknown, family revoked or expired | | | refused |
//! | unspent | none | | a successor: *rotated* |
//! | spent | never presented | this attempt made one of them, less than [`REPLAY_WINDOW`] ago | that one again: *replayed* |
//! | spent | never presented | spent less than `grace` ago | another one: *graced* |
//! | spent | | else | refused: *reused*; and the family is revoked, unless [`Reuse::Refuses`] |
//!
//! The second row from the top is for the common case; the third for a browser that resends a request by itself
//! when the connection dies after the rotation, and for a client that asks again what became of its attempt.
//! A thief does not know the attempt id, and is found out once the successor has been presented.
//!
//! RFC 9700, section 4.14.2; OAuth 2.1, section 4.3.1.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{Family, Store, StoreError, User};
use crate::attempt::AttemptId;
use crate::clock::Timestamp;
use crate::config::Reuse;
use crate::refresh_token::{RefreshToken, SuccessorKey, TokenHash};

/// How long an attempt that comes again is answered with the same successor.
const REPLAY_WINDOW: Duration = Duration::from_secs(60);

/// What rotation goes by.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// Derives successors.
    pub(crate) key: SuccessorKey,
    /// How long after a rotation the preceding token is still accepted.
    pub(crate) grace: Duration,
    /// What a spent token comes to that is not accepted again.
    pub(crate) reuse: Reuse,
}

/// What became of a refresh token that was presented.
#[derive(Debug)]
pub(crate) enum Rotation {
    /// Spent for the first time.
    Rotated(Family, RefreshToken),
    /// The same attempt again: the same successor again.
    Replayed(Family, RefreshToken),
    /// Another attempt, within the grace: another successor.
    Graced(Family, RefreshToken),
    /// No.
    Refused(Refusal),
}

/// Why a refresh token was refused. For the log; the client learns `invalid_grant`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not one of ours, or one of a family that is long over.
    Unknown,
    /// Its family was revoked.
    Revoked,
    /// Its family's time is up.
    Expired,
    /// It was spent before: its family is revoked now, unless the policy says otherwise.
    Reused,
}

impl Refusal {
    /// In words, for the log.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Unknown => "unknown token",
            Self::Revoked => "revoked family",
            Self::Expired => "expired family",
            Self::Reused => "spent token",
        }
    }
}

struct Presented {
    family: Family,
    revoked: bool,
    spent_at: Option<Timestamp>,
    attempt: Option<String>,
    issued_at: Timestamp,
}

struct Successor {
    hash: Vec<u8>,
    attempt: Option<String>,
    issued_at: Timestamp,
    spent: bool,
}

impl Store {
    /// Presents a refresh token. All in one transaction that locks the database before it reads: of two requests
    /// with one token, one rotates it and the other sees that it is spent.
    pub(crate) async fn rotate(
        &self,
        now: Timestamp,
        policy: Policy,
        token: RefreshToken,
        attempt: AttemptId,
    ) -> Result<Rotation, StoreError> {
        self.call(move |connection| Ok(rotate(connection, now, &policy, &token, &attempt)?)).await
    }
}

fn rotate(
    connection: &mut Connection,
    now: Timestamp,
    policy: &Policy,
    token: &RefreshToken,
    attempt: &AttemptId,
) -> rusqlite::Result<Rotation> {
    let transaction = connection.transaction()?;
    let rotation = decide(&transaction, now, policy, token, attempt)?;
    transaction.commit()?;
    Ok(rotation)
}

fn decide(
    transaction: &Transaction<'_>,
    now: Timestamp,
    policy: &Policy,
    token: &RefreshToken,
    attempt: &AttemptId,
) -> rusqlite::Result<Rotation> {
    let parent = token.hash();
    let Some(Presented { family, revoked, spent_at, attempt: made_by, issued_at }) =
        find(transaction, &parent)?
    else {
        return Ok(Rotation::Refused(Refusal::Unknown));
    };
    if revoked {
        return Ok(Rotation::Refused(Refusal::Revoked));
    }
    if now >= family.expires_at {
        return Ok(Rotation::Refused(Refusal::Expired));
    }

    let successor = token.successor(&policy.key, attempt);
    let Some(spent_at) = spent_at else {
        // Its cookie has arrived, and nobody told the client: other answers of the attempt may still bring it again.
        let is_its_own = made_by.as_deref() == Some(attempt.as_str());
        if is_its_own && now.since(issued_at) < REPLAY_WINDOW {
            return Ok(Rotation::Replayed(family, token.clone()));
        }
        transaction.execute(
            "UPDATE refresh_tokens SET spent_at = ?1 WHERE hash = ?2",
            params![now.as_millis(), parent.as_bytes()],
        )?;
        issue(transaction, now, &family, &parent, attempt, &successor)?;
        return Ok(Rotation::Rotated(family, successor));
    };

    let successors = successors(transaction, &parent)?;
    if successors.iter().all(|other| !other.spent) {
        let graced = now.since(spent_at) < policy.grace;
        // The hash is compared too: in a copied database with another key the old successor cannot be derived.
        let same = successors.iter().find(|other| {
            other.attempt.as_deref() == Some(attempt.as_str()) && other.hash == successor.hash().as_bytes()
        });
        match same {
            Some(same) if graced || now.since(same.issued_at) < REPLAY_WINDOW => {
                return Ok(Rotation::Replayed(family, successor));
            }
            None if graced => {
                issue(transaction, now, &family, &parent, attempt, &successor)?;
                return Ok(Rotation::Graced(family, successor));
            }
            _ => {}
        }
    }

    if policy.reuse == Reuse::Revokes {
        transaction.execute(
            "UPDATE families SET revoked_at = ?1 WHERE id = ?2",
            params![now.as_millis(), family.id],
        )?;
    }
    Ok(Rotation::Refused(Refusal::Reused))
}

fn find(transaction: &Transaction<'_>, hash: &TokenHash) -> rusqlite::Result<Option<Presented>> {
    let joined = "SELECT f.id, f.expires_at, f.revoked_at IS NOT NULL, t.spent_at, u.name, u.display_name, u.scope, \
                  t.attempt, t.issued_at \
                  FROM refresh_tokens t JOIN families f ON f.id = t.family JOIN users u ON u.name = f.user \
                  WHERE t.hash = ?1";
    transaction
        .query_row(joined, [hash.as_bytes()], |row| {
            Ok(Presented {
                family: Family {
                    id: row.get(0)?,
                    user: User { name: row.get(4)?, display_name: row.get(5)?, scope: row.get(6)? },
                    expires_at: Timestamp::from_millis(row.get(1)?),
                },
                revoked: row.get(2)?,
                spent_at: row.get::<_, Option<i64>>(3)?.map(Timestamp::from_millis),
                attempt: row.get(7)?,
                issued_at: Timestamp::from_millis(row.get(8)?),
            })
        })
        .optional()
}

fn successors(transaction: &Transaction<'_>, parent: &TokenHash) -> rusqlite::Result<Vec<Successor>> {
    let mut statement = transaction.prepare_cached(
        "SELECT hash, attempt, issued_at, spent_at IS NOT NULL FROM refresh_tokens WHERE parent = ?1",
    )?;
    let rows = statement.query_map([parent.as_bytes()], |row| {
        Ok(Successor {
            hash: row.get(0)?,
            attempt: row.get(1)?,
            issued_at: Timestamp::from_millis(row.get(2)?),
            spent: row.get(3)?,
        })
    })?;
    rows.collect()
}

fn issue(
    transaction: &Transaction<'_>,
    now: Timestamp,
    family: &Family,
    parent: &TokenHash,
    attempt: &AttemptId,
    successor: &RefreshToken,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO refresh_tokens VALUES (?1, ?2, ?3, ?4, ?5, NULL)",
        params![successor.hash().as_bytes(), family.id, parent.as_bytes(), attempt.as_str(), now.as_millis()],
    )?;
    Ok(())
}
