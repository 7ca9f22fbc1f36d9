//! Access tokens: JWTs after RFC 9068, signed with HS256.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::clock::Timestamp;
use crate::store::Family;

/// The `typ` of RFC 9068, so that no other JWT of the same key passes for an access token.
const TYPE: &str = "at+jwt";
/// Who the tokens are for.
const AUDIENCE: &str = "urn:silent-session:api";
/// Who issues them, where the server has no public origin.
const ISSUER: &str = "urn:silent-session:auth-server";

/// Issues access tokens and verifies them.
pub(crate) struct AccessTokens {
    issuer: String,
    /// HMAC with the key, before any input.
    mac: Hmac<Sha256>,
    /// The last serial number given out. They ascend, over restarts too: see [`AccessTokens::next_serial`].
    last_serial: AtomicI64,
    /// Tokens up to this serial number are revoked.
    revoked_up_to: AtomicI64,
}

/// What a token says. RFC 9068, section 2.2.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    /// The user's name.
    pub(crate) sub: String,
    iat: i64,
    exp: i64,
    /// Serial number and a random tail: unique, and in the order of issue.
    jti: String,
    /// The family that the token was issued for.
    pub(crate) sid: String,
    /// What the user may do.
    pub(crate) scope: String,
    /// The name to show.
    pub(crate) name: String,
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InvalidToken {
    /// Not a token of ours: malformed, wrongly signed, for somebody else.
    Unverified,
    /// Its time is up.
    Expired,
    /// It was revoked, or its family was.
    Revoked,
}

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unverified => "the access token is malformed or not ours",
            Self::Expired => "the access token has expired",
            Self::Revoked => "the access token was revoked",
        })
    }
}

impl AccessTokens {
    /// Signs with `key`, in the name of `public_origin` if there is one.
    pub(crate) fn new(key: &[u8; 32], public_origin: Option<&str>) -> Self {
        // HMAC pads a short key with zeros.
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(key);
        Self {
            issuer: public_origin.unwrap_or(ISSUER).to_owned(),
            mac: Hmac::new(&block.into()),
            last_serial: AtomicI64::new(0),
            revoked_up_to: AtomicI64::new(0),
        }
    }

    /// A token for the family's user. Times are whole seconds, rounded down, as with most servers: `exp - iat` is
    /// the lifetime, of which up to a second is already over.
    pub(crate) fn issue(
        &self,
        now: Timestamp,
        lifetime: Duration,
        family: &Family,
    ) -> Result<String, IssueError> {
        let iat = now.as_seconds();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: family.user.name.clone(),
            iat,
            exp: iat.saturating_add(i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX)),
            jti: format!("{:016x}-{:016x}", self.next_serial(now), getrandom::u64()?),
            sid: family.id.clone(),
            scope: family.user.scope.clone(),
            name: family.user.display_name.clone(),
        };
        Ok(self.encode(TYPE, &claims)?)
    }

    /// Signs claims, as a JWT of this type. HS256 alone needs no library for JWTs, which would bring RSA and
    /// elliptic curves along.
    fn encode(&self, typ: &str, claims: &Claims) -> Result<String, serde_json::Error> {
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?);
        let signed = format!("{}.{payload}", header(typ));
        let signature = URL_SAFE_NO_PAD.encode(self.mac(&signed).finalize().into_bytes());
        Ok(format!("{signed}.{signature}"))
    }

    /// Returns the claims of a token that was signed with this key, under the one header that is issued here.
    fn decode(&self, token: &str) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let payload = signed.strip_prefix(&header(TYPE))?.strip_prefix('.')?;
        self.mac(signed).verify_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }

    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        self.mac.clone().chain_update(signed)
    }

    /// What a token says, if it can be believed. Whether its family is alive is not asked here.
    pub(crate) fn verify(&self, now: Timestamp, token: &str) -> Result<Claims, InvalidToken> {
        let claims = self.decode(token).ok_or(InvalidToken::Unverified)?;
        if claims.iss != self.issuer || claims.aud != AUDIENCE {
            return Err(InvalidToken::Unverified);
        }
        let serial = serial_of(&claims.jti).ok_or(InvalidToken::Unverified)?;
        if now.as_seconds() >= claims.exp {
            return Err(InvalidToken::Expired);
        }
        if serial <= self.revoked_up_to.load(Ordering::SeqCst) {
            return Err(InvalidToken::Revoked);
        }
        Ok(claims)
    }

    /// Revokes every token that was issued until now. One that is issued right after is good: it is serial
    /// numbers that are compared, not times.
    pub(crate) fn revoke_all(&self, now: Timestamp) {
        self.revoked_up_to.store(self.next_serial(now), Ordering::SeqCst);
    }

    /// A number greater than all before: microseconds, or the last one plus one. With the clock in it, the
    /// numbers of a server that was started again are greater than those of before.
    fn next_serial(&self, now: Timestamp) -> i64 {
        let by_clock = now.as_millis().saturating_mul(1000);
        let next = |last: i64| by_clock.max(last.saturating_add(1));
        match self.last_serial.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(next(last))) {
            Ok(last) | Err(last) => next(last),
        }
    }
}

/// The header of a JWT of this type, encoded.
fn header(typ: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!(r#"{{"typ":"{typ}","alg":"HS256"}}"#))
}

fn serial_of(jti: &str) -> Option<i64> {
    let (serial, _) = jti.split_once('-')?;
    i64::from_str_radix(serial, 16).ok()
}

/// Why a token could not be issued.
#[derive(Debug)]
pub(crate) enum IssueError {
    /// The system had no randomness to give.
    Randomness(getrandom::Error),
    /// It could not be signed.
    Signing(serde_json::Error),
}

impl fmt::Display for IssueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Randomness(_) => "the system had no randomness to give",
            Self::Signing(_) => "the access token could not be signed",
        })
    }
}

impl std::error::Error for IssueError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Randomness(error) => Some(error),
            Self::Signing(error) => Some(error),
        }
    }
}

impl From<getrandom::Error> for IssueError {
    fn from(error: getrandom::Error) -> Self {
        Self::Randomness(error)
    }
}

impl From<serde_json::Error> for IssueError {
    fn from(error: serde_json::Error) -> Self {
        Self::Signing(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::User;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_500);
    const LIFETIME: Duration = Duration::from_secs(900);

    fn family() -> Family {
        let user = User { name: "bob".into(), display_name: "Bob".into(), scope: "profile".into() };
        Family { id: "f".into(), user, expires_at: NOW.plus(LIFETIME) }
    }

    #[test]
    fn a_token_is_good_until_its_expiry_and_only_with_its_own_key() {
        let tokens = AccessTokens::new(&[7; 32], None);
        let token = tokens.issue(NOW, LIFETIME, &family()).unwrap();
        let claims = tokens.verify(NOW, &token).unwrap();
        assert_eq!((claims.sub.as_str(), claims.sid.as_str(), claims.exp - claims.iat), ("bob", "f", 900));
        assert_eq!(tokens.verify(NOW.plus(LIFETIME), &token).unwrap_err(), InvalidToken::Expired);
        let other_key = AccessTokens::new(&[8; 32], None);
        assert_eq!(other_key.verify(NOW, &token).unwrap_err(), InvalidToken::Unverified);
        let other_issuer = AccessTokens::new(&[7; 32], Some("https://auth.example"));
        assert_eq!(other_issuer.verify(NOW, &token).unwrap_err(), InvalidToken::Unverified);
    }

    #[test]
    fn a_token_issued_right_after_a_revocation_is_good() {
        let tokens = AccessTokens::new(&[7; 32], None);
        let before = tokens.issue(NOW, LIFETIME, &family()).unwrap();
        tokens.revoke_all(NOW);
        let after = tokens.issue(NOW, LIFETIME, &family()).unwrap();
        assert_eq!(tokens.verify(NOW, &before).unwrap_err(), InvalidToken::Revoked);
        assert!(tokens.verify(NOW, &after).is_ok());
    }

    #[test]
    fn a_jwt_of_another_type_is_no_access_token() {
        let tokens = AccessTokens::new(&[7; 32], None);
        let token = tokens.issue(NOW, LIFETIME, &family()).unwrap();
        let claims = tokens.verify(NOW, &token).unwrap();
        let plain = tokens.encode("JWT", &claims).unwrap();
        assert_eq!(tokens.verify(NOW, &plain).unwrap_err(), InvalidToken::Unverified);
        assert!(tokens.verify(NOW, &tokens.encode(TYPE, &claims).unwrap()).is_ok());
    }
}
