//! A simulated world: a browser with tabs, a channel between them, storage, a cookie and a lock, a network, an auth server with strict rotation, an API.
//!
//! Time is a number, chance a seed; nothing sleeps. Whatever a history does can be done again.
#![allow(unreachable_pub, dead_code, unused_imports, reason = "each test program uses a part of the world")]

mod apis;
mod app;
mod browser;
mod channel;
mod command;
mod deploy;
mod envelope;
mod fault;
mod habits;
mod invariants;
mod issued;
mod lock;
mod logout;
pub mod manual;
mod network;
mod pages;
mod replies;
mod request;
mod server;
mod shell;
mod storage;
mod tab;

pub use apis::{APIS, Mood};
pub use browser::World;
#[allow(unused_imports, reason = "not all tests look at single events")]
pub use command::Command;
pub use deploy::{Deploy, Name, Version};
pub use fault::Fault;
pub use habits::Habit;
pub use issued::{Says, Tells};
pub use logout::Logout;
pub use replies::Replies;
pub use request::Outcome;
pub use server::OnSpent;
pub use tab::TabId;

/// A small generator of good numbers (splitmix64).
#[derive(Clone, Debug)]
pub struct Seed(pub u64);

impl Seed {
    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
