//! Faults to order: how tests make the server slow, wrong, or gone.
//!
//! [`Faults`] says what goes wrong where, [`Board`] holds what is in force, and [`around`] lets it happen.

mod board;
mod fault;
mod performance;

pub(crate) use board::{Board, Endpoint, Outage};
pub(crate) use fault::Faults;
pub(crate) use performance::{Outcome, around};
