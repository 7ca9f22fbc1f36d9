//! `cargo xtask simulate-fleet` runs this: the day of many clients, with and without jitter, as numbers and as a picture.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use fleet::{Day, Jitter, Load, Table, memory_of_one, plot, run, tables};

/// Of the other days there are many: each is run with so much fewer clients.
const FEWER: u32 = 10;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut number = || arguments.next().and_then(|number| number.parse::<u64>().ok());
    let (Some(clients), Some(seed)) = (number().and_then(|clients| u32::try_from(clients).ok()), number())
    else {
        eprintln!("fleet <clients> <seed> [folder of the page and the picture]");
        return ExitCode::FAILURE;
    };
    let folder = arguments.next().map(PathBuf::from);
    let page = folder.as_ref().map(|folder| folder.join("fleet.md"));
    let picture = folder.map(|folder| folder.join("fleet.svg"));

    println!("seed {seed}: {clients} clients, tokens of 15 minutes, an outage of 10");
    let memory = memory_of_one(clients.min(200_000), seed);
    let day = Day::default();
    let with = timed(day, clients, seed, Jitter::With);
    let without = timed(day, clients, seed, Jitter::Without);
    println!("\nhighest half minute, as a multiple of the mean (burst also: how many minutes above 1.5)");
    println!("{:38}{:>9}{:>9}{:>9}{:>9}", "", "outage", "burst", "minutes", "echo");
    row("503 for ten minutes", &with);
    row("the same without jitter", &without);
    println!("\nwith {} clients:", clients / FEWER);
    for table in tables() {
        let measured = table.measure(clients / FEWER, seed, threads());
        println!("\n{measured}");
        if let Some(page) = &page
            && let Err(error) = write_into(page, &table, &measured)
        {
            eprintln!("{}: {error}", page.display());
            return ExitCode::FAILURE;
        }
    }
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

/// Writes a table into the page that has its place.
fn write_into(page: &Path, table: &Table, measured: &str) -> io::Result<()> {
    let text = fs::read_to_string(page)?;
    let [before, _, after] = table.find(&text).ok_or_else(|| io::Error::other("no place for a table"))?;
    fs::write(page, [before, measured, after].concat())
}

fn row(name: &str, load: &Load) {
    let (outage, burst, minutes, echo) = (load.outage(), load.burst(), load.burst_minutes(), load.echo());
    println!("{name:38}{outage:9.2}{burst:9.2}{minutes:9.1}{echo:9.2}");
}

fn timed(day: Day, clients: u32, seed: u64, jitter: Jitter) -> Load {
    #[expect(clippy::disallowed_methods, reason = "a benchmark has to ask the clock")]
    let start = Instant::now();
    let load = run(day, clients, seed, jitter, threads());
    let took = start.elapsed();
    let each = took.as_nanos() as f64 * f64::from(threads()) / load.events as f64;
    println!(
        "{jitter:?} jitter: {} events in {:.1} s, {each:.0} ns each; {} clients at the most at once",
        load.events,
        took.as_secs_f64(),
        load.most_clients()
    );
    load
}

fn threads() -> u32 {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32)
}
