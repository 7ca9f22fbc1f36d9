//! The day of all clients. None knows of the others, so that each core has a part of them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::thread;

use crate::client::Client;
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

/// Runs it on that many threads. The same seed makes the same day.
///
/// # Panics
///
/// When a machine panics.
pub fn run(clients: u32, seed: u64, jitter: Jitter, threads: u32) -> Load {
    let parts: Vec<_> = (0..threads)
        .map(|part| {
            thread::spawn(move || part_of_day((part..clients).step_by(threads as usize), seed, jitter))
        })
        .collect();
    let mut load = Load::default();
    for part in parts {
        load.add(&part.join().expect("a machine has panicked"));
    }
    load
}

fn part_of_day(numbers: impl Iterator<Item = u32>, seed: u64, jitter: Jitter) -> Load {
    let mut load = Load::default();
    let mut clients: Vec<Client> = numbers.map(|number| client(number, seed, jitter)).collect();
    let mut agenda: BinaryHeap<_> = clients
        .iter()
        .enumerate()
        .filter_map(|(index, client)| Some(Reverse((client.next_at()?, index))))
        .collect();
    while let Some(Reverse((_, index))) = agenda.pop() {
        clients[index].step(&mut load);
        if let Some(at) = clients[index].next_at() {
            agenda.push(Reverse((at, index)));
        }
    }
    load
}

fn client(number: u32, seed: u64, jitter: Jitter) -> Client {
    let mut own = Seed(seed ^ (u64::from(number) << 32));
    let chance = match jitter {
        Jitter::With => Chance::Seeded(Seed(own.next())),
        Jitter::Without => {
            own.next();
            Chance::None(0)
        }
    };
    Client::new(own, chance)
}

/// How much memory one client takes that is signed in, in bytes: a part of what many take. `None` where the system does
/// not say.
pub fn memory_of_one(clients: u32, seed: u64) -> Option<u64> {
    let before = resident()?;
    let mut load = Load::default();
    let signed_in: Vec<Client> = (0..clients)
        .map(|number| {
            let mut client = client(number, seed, Jitter::With);
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
