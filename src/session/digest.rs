//! Digests by which what is stored is recognised.

/// The 64-bit FNV-1a digest of nothing.
pub(crate) const FNV1A: u64 = 0xcbf2_9ce4_8422_2325;

/// Returns the 64-bit FNV-1a digest of what has this digest, followed by these bytes. It recognises
/// a value, and protects none.
#[inline(never)]
pub(crate) fn fnv1a(digest: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(digest, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
