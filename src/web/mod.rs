//! What Rust does in a browser: it holds the session, arms the one timer, builds the refresh
//! request, and makes plain objects for the shell.
//!
//! The shell (`pkg/src`) calls the methods of [`core::Core`], and the core calls the methods of
//! [`shell::Shell`]. Neither waits for the other: what takes time is reported by a later call, with
//! the id of what it belongs to.
//!
//! No borrow of the session is alive while JavaScript runs, except while random numbers are drawn.
//! So each method that only reads takes the session if it is free, and otherwise returns nothing.

mod alarm;
mod clock;
mod core;
mod entries;
mod grant;
mod inspection;
mod outbox;
mod outcome;
mod plain;
mod random;
mod record;
mod report;
mod request;
mod shell;
mod snapshot;
