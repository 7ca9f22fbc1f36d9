//! The day of all clients. None knows of the others, so that each core has a part of them.

use std::thread;

use crate::client::Client;
use crate::day::Day;
use crate::load::Load;
use crate::seed::{Chance, Seed};

/// Whether the machines draw their pauses and deadlines, or all take the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// As they do.
    With,
    /// To compare.
    Without,
}

/// Runs it on that many threads, one client after the other. The same seed makes the same day.
///
/// # Panics
///
/// When a machine panics.
pub fn run(day: Day, clients: u32, seed: u64, jitter: Jitter, threads: u32) -> Load {
    let parts: Vec<_> = (0..threads)
        .map(|part| {
            thread::spawn(move || {
                let mut load = Load::new(&day);
                for number in (part..clients).step_by(threads as usize) {
                    let mut client = client(day, number, seed, jitter);
                    while client.step(&mut load) {}
                }
                load
            })
        })
        .collect();
    let mut load = Load::new(&day);
    for part in parts {
        load.add(&part.join().expect("a machine has panicked"));
    }
    load
}

fn client(day: Day, number: u32, seed: u64, jitter: Jitter) -> Client {
    let mut own = Seed(seed ^ (u64::from(number) << 32));
    let chance = match jitter {
        Jitter::With => Chance::Seeded(Seed(own.next())),
        Jitter::Without => {
            own.next();
            Chance::None(0)
        }
    };
    Client::new(day, own, chance)
}

/// How much memory one client takes that is signed in, in bytes: a part of what many take. `None` where the system does
/// not say.
pub fn memory_of_one(clients: u32, seed: u64) -> Option<u64> {
    let before = resident()?;
    let day = Day::default();
    let mut load = Load::new(&day);
    let signed_in: Vec<Client> = (0..clients)
        .map(|number| {
            let mut client = client(day, number, seed, Jitter::With);
            client.step(&mut load);
            client
        })
        .collect();
    let taken = resident()?.saturating_sub(before);
    drop(signed_in);
    taken.checked_div(clients.into())
}

/// The memory of this process, in bytes (Linux).
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1_024)
}
