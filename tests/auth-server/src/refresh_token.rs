//! The secret in the refresh cookie.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::attempt::AttemptId;

/// An opaque 256-bit secret. It is never stored, only its hash is; it prints as `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RefreshToken([u8; 32]);

impl RefreshToken {
    /// A new random token, for a sign-in.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The token that replaces this one when `attempt` rotates it.
    ///
    /// It is derived (HMAC-SHA256 over a label, this token and the attempt id) and not random, so that a request
    /// which comes twice can be answered with the same successor although only hashes are stored. Who has the key
    /// alone, or this token alone, cannot derive it. This token has a fixed length: the input has one reading.
    pub(crate) fn successor(&self, key: &SuccessorKey, attempt: &AttemptId) -> Self {
        let mut mac = Hmac::<Sha256>::new(&key.0.into());
        mac.update(b"silent-session auth-server: refresh successor, 1\0");
        mac.update(&self.0);
        mac.update(attempt.as_str().as_bytes());
        Self(mac.finalize().into_bytes().into())
    }

    /// What is stored in place of the token. A plain hash will do: 256 random bits cannot be guessed.
    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }

    /// A short name of it that may be read by script: it changes with each rotation, and says nothing of the token.
    pub(crate) fn stamp(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"silent-session auth-server: refresh stamp, 1\0");
        hash.update(self.0);
        URL_SAFE_NO_PAD.encode(&hash.finalize()[..8])
    }

    /// Reads a cookie's value; `None` if it cannot be one of ours.
    pub(crate) fn from_cookie(value: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The cookie's value: the one place where the secret leaves.
    pub(crate) fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// SHA-256 of a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash as it is stored.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The server's key for deriving successors: random, one per database, stored in it. Prints as `[redacted]`.
#[derive(Clone)]
pub(crate) struct SuccessorKey([u8; SuccessorKey::LENGTH]);

impl SuccessorKey {
    /// Its length in bytes: one block of SHA-256, which HMAC takes as it is.
    pub(crate) const LENGTH: usize = 64;

    /// The key with these bytes.
    pub(crate) const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for SuccessorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_successor_depends_on_the_token_the_attempt_and_the_key() {
        let attempt = |id: &str| AttemptId::from_header(id.as_bytes()).unwrap();
        let (key, token) = (SuccessorKey([1; 64]), RefreshToken([2; 32]));
        let successor = token.successor(&key, &attempt("a"));
        assert_eq!(successor, token.successor(&key, &attempt("a")));
        assert_ne!(successor, token.successor(&key, &attempt("b")));
        assert_ne!(successor, token.successor(&SuccessorKey([3; 64]), &attempt("a")));
        assert_ne!(successor, RefreshToken([4; 32]).successor(&key, &attempt("a")));
    }

    #[test]
    fn a_stamp_names_a_token_and_gives_nothing_of_it_away() {
        let (one, two) = (RefreshToken([2; 32]), RefreshToken([3; 32]));
        assert_eq!((one.stamp(), one.stamp().len()), (RefreshToken([2; 32]).stamp(), 11));
        assert_ne!(one.stamp(), two.stamp());
        assert_ne!(one.stamp(), URL_SAFE_NO_PAD.encode(&one.hash().as_bytes()[..8]));
    }

    #[test]
    fn a_token_survives_the_cookie_and_prints_nothing() {
        let token = RefreshToken::random().unwrap();
        assert_eq!(RefreshToken::from_cookie(&token.reveal()), Some(token.clone()));
        assert_eq!(format!("{token:?}"), "[redacted]");
        assert_eq!(RefreshToken::from_cookie("short"), None);
    }
}
