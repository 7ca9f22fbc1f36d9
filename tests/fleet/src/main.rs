//! `cargo xtask simulate-fleet` runs this: the day of many clients, with and without jitter, as numbers and as a picture.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use fleet::{Jitter, Load, memory_of_one, plot, run};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut number = || arguments.next().and_then(|number| number.parse::<u64>().ok());
    let (Some(clients), Some(seed)) = (number().and_then(|clients| u32::try_from(clients).ok()), number())
    else {
        eprintln!("fleet <clients> <seed> [file of the picture]");
        return ExitCode::FAILURE;
    };
    let picture = arguments.next().map(PathBuf::from);

    println!("seed {seed}: {clients} clients, tokens of 15 minutes, an outage of 10");
    let memory = memory_of_one(clients.min(200_000), seed);
    let with = day(clients, seed, Jitter::With);
    let without = day(clients, seed, Jitter::Without);
    let row = |name: &str, of: fn(&Load) -> f64| println!("{name:64} {:8.2} {:8.2}", of(&with), of(&without));
    println!("\n{:64} {:>8} {:>8}", "as a multiple of the mean", "jitter", "none");
    row("the ten minutes of the outage: highest, over the hour before", Load::outage);
    row("the five minutes after it: highest, over the hour before", Load::recovery);
    row("the four hours after that: highest, over the quarter around it", Load::after_recovery);
    if let Some(memory) = memory {
        println!("\none client that is signed in takes {memory} bytes");
    }
    if let Some(picture) = picture {
        if let Err(error) = fs::write(&picture, plot(&with, &without)) {
            eprintln!("{}: {error}", picture.display());
            return ExitCode::FAILURE;
        }
        println!("{}", picture.display());
    }
    ExitCode::SUCCESS
}

fn day(clients: u32, seed: u64, jitter: Jitter) -> Load {
    let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32);
    #[expect(clippy::disallowed_methods, reason = "a benchmark has to ask the clock")]
    let start = Instant::now();
    let load = run(clients, seed, jitter, threads);
    let took = start.elapsed();
    let each = took.as_nanos() as f64 * f64::from(threads) / load.events as f64;
    println!(
        "{jitter:?} jitter: {} events in {:.1} s, {each:.0} ns each; {} clients at the most at once",
        load.events,
        took.as_secs_f64(),
        load.most_clients
    );
    load
}
