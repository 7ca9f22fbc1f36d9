//! Hashing and checking of passwords.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

/// Memory in KiB. Far below what OWASP asks of a real server (19 MiB, two passes): the passwords here are
/// printed in a README, and a sign-in has to take less than 100 ms in a debug build of argon2.
const MEMORY_KIB: u32 = 512;
/// Passes over that memory.
const PASSES: u32 = 1;
/// Lanes.
const LANES: u32 = 1;

/// Hashes with argon2id and a random salt, to a PHC string.
///
/// # Errors
/// When the system has no randomness to give.
pub(crate) fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Ok(argon2.hash_password(password.as_bytes())?.to_string())
}

/// Whether the password is the hashed one. The parameters are those of the hash.
pub(crate) fn matches(password: &str, hash: &str) -> bool {
    Argon2::default().verify_password(password.as_bytes(), hash).is_ok()
}
