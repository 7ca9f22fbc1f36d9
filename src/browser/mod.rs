//! The thin shell: one web API per small file, RAII handles, and a driver that carries events in and commands out.
//!
//! Nothing here decides. What happens is turned into an [`Event`](crate::session::Event), what the machine
//! [`Outbox`](crate::session::Outbox)s is performed. No borrow is alive while JavaScript can run.

mod answer;
mod channel;
mod clock;
mod cookie;
mod discard;
mod driver;
mod endpoint;
mod fetch;
mod fetcher;
mod identity;
mod listener;
mod local_lock;
mod lock;
mod memory;
mod object;
mod origin;
mod page;
mod race;
mod random;
mod refresh;
mod reporter;
mod sign_in;
mod sign_out;
mod timer;
mod token_place;

pub use driver::{Driver, Inspection, Settings};
pub use endpoint::{Csrf, Ends, Way};
pub use fetch::{FetchFailure, Policy, Rejection, Request, TokenUse, fetch, fetch_held, unless_aborted};
pub use fetcher::Fetcher;
pub use identity::Identity;
pub use origin::Targets;
pub use reporter::Reporter;
pub use sign_in::{SignInFailure, seed, sign_in, sign_in_with};
pub use token_place::TokenPlace;
