//! Many clients, each a [`Session`](silent_session::session::Session) of its own with one tab, on the clock of one day.
//!
//! They sign in over the day, most of them in the morning, stay for some hours, call their API now and then, and go. For
//! ten minutes the auth server answers nobody (or for another time, in another way: [`Day`]). What is counted is what it
//! sees: attempts to refresh, in each half minute.

mod client;
mod day;
mod load;
mod plot;
mod run;
mod seed;
mod storage;
mod tables;

pub use day::{Day, Fault, Patience, bad_hours, other_days};
pub use load::Load;
pub use plot::plot;
pub use run::{Jitter, memory_of_one, run};
pub use tables::{Table, tables};
