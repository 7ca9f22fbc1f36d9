//! The rules of the reference auth server, over real HTTP on 127.0.0.1.

#![allow(clippy::unwrap_used, reason = "a test may panic, and so may what it is made of")]

mod api;
mod at_rest;
mod client;
mod cors;
mod faults;
mod login;
mod outage;
mod rotation;
mod shutdown;
mod site;
