//! The machine alone, with a numeric boundary: everything goes in and out as words, and no text does.
//!
//! A host creates a session, hands it events, and performs its outboxes. The machine imports `read`, which returns the next
//! word that goes in, and `write`, which takes the next word that comes out. `members.rs` has their order.
#![cfg(target_family = "wasm")]

#[allow(dead_code, unused_imports, reason = "formats and shells use more of it")]
#[path = "../../../src/session/mod.rs"]
mod session;

mod host;
mod members;
mod tokens;
mod words;

use host::Chance;
use session::{Config, Event, Moment, Session};
use words::{FromHost, ToHost};

/// The same as that of the package.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// A session, as the host holds it.
type Machine = Session<Chance>;

/// Reads a [`Config`].
#[unsafe(no_mangle)]
extern "C" fn create() -> Box<Machine> {
    Box::new(Session::new(Config::read(), Chance))
}

/// Releases a session.
#[unsafe(no_mangle)]
extern "C" fn free(machine: Box<Machine>) {
    drop(machine);
}

/// Reads a [`Moment`] and an [`Event`]; writes an [`Outbox`](session::Outbox).
#[unsafe(no_mangle)]
extern "C" fn handle(machine: &mut Machine) {
    let now = Moment::read();
    machine.handle(now, Event::read()).write();
}

/// Reads a [`Moment`]; writes how long until a tick is wanted.
#[unsafe(no_mangle)]
extern "C" fn deadline(machine: &Machine) {
    machine.deadline(Moment::read()).write();
}

/// Reads a [`Moment`]; writes the token that needs no waiting for.
#[unsafe(no_mangle)]
extern "C" fn in_hand(machine: &Machine) {
    machine.in_hand(Moment::read()).write();
}

/// Writes what the app may see.
#[unsafe(no_mangle)]
extern "C" fn status(machine: &Machine) {
    machine.status().write();
}

/// Writes how far a sign-out has come.
#[unsafe(no_mangle)]
extern "C" fn sign_out_progress(machine: &Machine) {
    machine.sign_out_progress().write();
}

/// Writes what an inspection shows.
#[unsafe(no_mangle)]
extern "C" fn inspect(machine: &Machine) {
    let (tab, tabs) = machine.tabs();
    tab.write();
    tabs.write();
    machine.progress().write();
    machine.last_failure().write();
}
