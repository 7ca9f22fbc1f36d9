//! What comes from outside, as bytes of any kind: tokens, the plain values of answers of the auth server, messages of other
//! tabs, entries in storage. Each function reads them as a page would, hands them to a session, and panics if anything is so that must not be.
//!
//! `cargo fuzz run <name>` calls them with whatever it comes up with; `cargo test` with what once found something
//! (`fuzz/corpus`), and with some bytes of chance.

mod answers;
mod claims;
mod entries;
mod json;
mod messages;
mod page;

pub use answers::answers;
pub use claims::claims;
pub use entries::entries;
pub use messages::messages;

/// One way to be hostile.
pub type Attack = fn(&[u8]);

/// All of them, by the names of their fuzz targets.
pub const ATTACKS: [(&str, Attack); 4] =
    [("answers", answers), ("claims", claims), ("entries", entries), ("messages", messages)];
