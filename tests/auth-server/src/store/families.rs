//! Families of refresh tokens: how they begin and how they end.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError, User};
use crate::clock::Timestamp;
use crate::refresh_token::RefreshToken;

/// One sign-in.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    /// The `sid` of its access tokens.
    pub(crate) id: String,
    /// Who signed in.
    pub(crate) user: User,
    /// When it ends, refreshed or not.
    pub(crate) expires_at: Timestamp,
}

impl Store {
    /// Begins a family. Forgets, by the way, those that are over.
    pub(crate) async fn begin_family(
        &self,
        now: Timestamp,
        lifetime: Duration,
        user: User,
    ) -> Result<(Family, RefreshToken), StoreError> {
        self.call(move |connection| {
            let mut id = [0; 16];
            getrandom::fill(&mut id)?;
            let family = Family { id: URL_SAFE_NO_PAD.encode(id), user, expires_at: now.plus(lifetime) };
            let token = RefreshToken::random()?;
            let transaction = connection.transaction()?;
            transaction.execute("DELETE FROM families WHERE expires_at <= ?1", [now.as_millis()])?;
            transaction.execute(
                "INSERT INTO families VALUES (?1, ?2, ?3, NULL)",
                params![family.id, family.user.name, family.expires_at.as_millis()],
            )?;
            transaction.execute(
                "INSERT INTO refresh_tokens VALUES (?1, ?2, NULL, NULL, ?3, NULL)",
                params![token.hash().as_bytes(), family.id, now.as_millis()],
            )?;
            transaction.commit()?;
            Ok((family, token))
        })
        .await
    }

    /// Revokes the family that the token belongs to, whichever of its tokens it is.
    pub(crate) async fn revoke_family_of(
        &self,
        now: Timestamp,
        token: &RefreshToken,
    ) -> Result<(), StoreError> {
        let hash = token.hash();
        self.call(move |connection| {
            connection.execute(
                "UPDATE families SET revoked_at = ?1 WHERE revoked_at IS NULL \
                 AND id = (SELECT family FROM refresh_tokens WHERE hash = ?2)",
                params![now.as_millis(), hash.as_bytes()],
            )?;
            Ok(())
        })
        .await
    }

    /// Revokes every family.
    pub(crate) async fn revoke_all_families(&self, now: Timestamp) -> Result<(), StoreError> {
        self.call(move |connection| {
            connection
                .execute("UPDATE families SET revoked_at = ?1 WHERE revoked_at IS NULL", [now.as_millis()])?;
            Ok(())
        })
        .await
    }

    /// Whether there is such a family and nobody has revoked it.
    pub(crate) async fn is_live(&self, family: String) -> Result<bool, StoreError> {
        self.call(move |connection| {
            let found = connection
                .query_row(
                    "SELECT 1 FROM families WHERE id = ?1 AND revoked_at IS NULL",
                    [family],
                    |_| Ok(()),
                )
                .optional()?;
            Ok(found.is_some())
        })
        .await
    }
}
