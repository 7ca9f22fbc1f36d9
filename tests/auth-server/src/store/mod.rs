//! What is kept in SQLite: users, families of refresh tokens, and the server's two keys.
//!
//! A *family* is one sign-in and all the refresh tokens that descend from it. Its tokens are stored as hashes:
//! who steals the database cannot refresh. Who steals it can sign access tokens, though, and so can who writes
//! to it: the keys are in it, so that a restart does not end sessions.

mod database;
mod families;
mod rotation;
mod users;

pub(crate) use database::Store;
pub use database::StoreError;
pub(crate) use families::Family;
pub(crate) use rotation::{Policy, Refusal, Rotation};
pub(crate) use users::{Login, User};
