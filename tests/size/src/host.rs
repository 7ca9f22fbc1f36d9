//! What the host gives and takes.

use crate::session::Entropy;

#[link(wasm_import_module = "host")]
unsafe extern "C" {
    /// Returns the next word of what the host hands in.
    pub(crate) safe fn read() -> u64;
    /// Hands the next word out.
    pub(crate) safe fn write(word: u64);
    /// Returns 64 random bits.
    safe fn random() -> u64;
}

/// The host's random numbers.
pub(crate) struct Chance;

impl Entropy for Chance {
    fn next_u64(&mut self) -> u64 {
        random()
    }
}
