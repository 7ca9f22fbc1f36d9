#![doc = include_str!("../README.md")]

mod access_token;
mod app;
mod attempt;
mod clock;
mod config;
mod connection;
mod counters;
mod faults;
mod http;
mod origins;
mod password;
mod refresh_token;
mod server;
mod shutdown;
mod store;

pub use clock::{Clock, Timestamp};
pub use config::{Config, Database, Reuse};
pub use origins::{AllowedOrigin, AllowedOrigins, InvalidOrigin};
pub use server::{Server, StartError};
pub use store::StoreError;
