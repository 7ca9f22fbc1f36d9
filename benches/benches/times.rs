//! Time per event, by the number of waiting calls and of other tabs: tables of
//! `docs/performance.md`. With `WRITE_TABLE`, as `cargo xtask bench` has it, they are written anew.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion};
use performance::{Tab, Wait, write_table};

/// The names and sizes of a table: one column for each size.
struct Table {
    name: &'static str,
    /// The noun for the sizes.
    noun: &'static str,
    sizes: [u32; 3],
    rows: &'static [Row],
}

/// One line of a table.
struct Row {
    what: &'static str,
    id: &'static str,
    bench: fn(&mut BenchmarkGroup<'_, WallTime>, BenchmarkId, u32),
    /// The number of events, or of calls, that one measured time is for.
    parts: fn(u32) -> u32,
}

const WAITERS: Table = Table {
    name: "waiters",
    noun: "waiting calls",
    sizes: [1, 100, 10_000],
    rows: &[
        Row {
            what: "a call starts to wait, or is aborted",
            id: "abort",
            bench: |group, id, size| {
                let mut tab = Tab::with_waiting(size, Wait::Token);
                group.bench_function(id, |bencher| {
                    bencher.iter(|| {
                        let call = tab.call(Wait::Token);
                        tab.abort(call);
                    });
                });
            },
            parts: |_| 2,
        },
        Row {
            what: "the same, where all calls are `refresh()`",
            id: "abort-renewal",
            bench: |group, id, size| {
                let mut tab = Tab::with_waiting(size, Wait::Refresh);
                group.bench_function(id, |bencher| {
                    bencher.iter(|| {
                        let call = tab.call(Wait::Refresh);
                        tab.abort(call);
                    });
                });
            },
            parts: |_| 2,
        },
        Row {
            what: "the timer fires",
            id: "timer",
            bench: |group, id, size| {
                let mut tab = Tab::with_waiting(size, Wait::Token);
                group.bench_function(id, |bencher| bencher.iter(|| tab.fire_timer()));
            },
            parts: |_| 1,
        },
        Row {
            what: "another tab closes, or opens",
            id: "message",
            bench: |group, id, size| {
                let mut tab = Tab::with_waiting(size, Wait::Token);
                group.bench_function(id, |bencher| bencher.iter(|| tab.hear_reopened()));
            },
            parts: |_| 2,
        },
        Row {
            what: "the refresh fails, and all calls wait on",
            id: "failure",
            bench: |group, id, size| each_time(group, id, size, Wait::Token, Tab::lose_refresh),
            parts: |_| 1,
        },
        Row {
            what: "another tab offers a newer token, all calls are `refresh()`",
            id: "new-token",
            bench: |group, id, size| {
                each_time(group, id, size, Wait::Refresh, |tab| tab.hear_new_token("newer"));
            },
            parts: |_| 1,
        },
        Row {
            what: "the refresh brings a token: time per call",
            id: "token",
            bench: |group, id, size| each_time(group, id, size, Wait::Token, Tab::receive_token),
            parts: |size| size,
        },
        Row {
            what: "the same, where all calls are `refresh()`",
            id: "token-renewal",
            bench: |group, id, size| each_time(group, id, size, Wait::Refresh, Tab::receive_token),
            parts: |size| size,
        },
    ],
};

const TABS: Table = Table {
    name: "tabs",
    noun: "other tabs",
    sizes: [1, 10, 100],
    rows: &[
        Row {
            what: "a call gets the token at once",
            id: "call",
            bench: |group, id, size| {
                with_siblings(group, id, size, |tab| {
                    tab.call(Wait::Token);
                });
            },
            parts: |_| 1,
        },
        Row {
            what: "the timer fires",
            id: "timer",
            bench: |group, id, size| with_siblings(group, id, size, Tab::fire_timer),
            parts: |_| 1,
        },
        Row {
            what: "another tab offers the same token",
            id: "same-token",
            bench: |group, id, size| with_siblings(group, id, size, Tab::hear_same_token),
            parts: |_| 1,
        },
        Row {
            what: "another tab offers a newer token",
            id: "new-token",
            bench: |group, id, size| {
                let mut tab = Tab::with_siblings(size);
                let mut number = 0_u64;
                let mut next = move || {
                    number += 1;
                    format!("{number:0600}")
                };
                group.bench_function(id, |bencher| {
                    bencher.iter_batched(
                        &mut next,
                        |token| tab.hear_new_token(&token),
                        BatchSize::SmallInput,
                    );
                });
            },
            parts: |_| 1,
        },
        Row {
            what: "another tab closes, or opens",
            id: "reopened",
            bench: |group, id, size| with_siblings(group, id, size, Tab::hear_reopened),
            parts: |_| 2,
        },
        Row {
            what: "a tab opens, gets a reply, and closes: time per message",
            id: "visitor",
            bench: |group, id, size| with_siblings(group, id, size, Tab::hear_visitor),
            parts: |_| 3,
        },
    ],
};

/// Measures what happens once to a tab with so many waiting calls.
fn each_time(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: BenchmarkId,
    size: u32,
    wait: Wait,
    happens: fn(&mut Tab),
) {
    // Few tabs at a time: each of them may take a megabyte.
    let batch = BatchSize::NumIterations(u64::from(10_000 / size).clamp(8, 1_000));
    group.bench_function(id, |bencher| {
        bencher.iter_batched_ref(|| Tab::with_waiting(size, wait), happens, batch);
    });
}

/// Measures what happens again and again to a tab that knows so many others.
fn with_siblings(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: BenchmarkId,
    size: u32,
    happens: fn(&mut Tab),
) {
    let mut tab = Tab::with_siblings(size);
    let before = tab.siblings();
    group.bench_function(id, |bencher| bencher.iter(|| happens(&mut tab)));
    assert_eq!(tab.siblings(), before, "it is about as many tabs at the end");
}

impl Table {
    fn measure(&self, criterion: &mut Criterion) {
        let mut group = criterion.benchmark_group(self.name);
        for row in self.rows {
            for size in self.sizes {
                (row.bench)(&mut group, BenchmarkId::new(row.id, size), size);
            }
        }
        group.finish();
    }

    /// The time for one event at the first size, and the ratios to it at the others.
    fn write(&self, results: &Path) -> io::Result<()> {
        let [few, some, many] = self.sizes.map(grouped);
        let mut table = format!("| {} | {few} | {some} | {many} |\n", self.noun);
        table.push_str("| --- | ---: | ---: | ---: |\n");
        for row in self.rows {
            let mut times = [0.0; 3];
            for (time, size) in times.iter_mut().zip(self.sizes) {
                let folder = results.join(self.name).join(row.id).join(size.to_string());
                *time = fastest(&folder.join("new/sample.json"))? / f64::from((row.parts)(size));
            }
            let [first, second, third] = times;
            let (second, third) = (second / first, third / first);
            let what = row.what;
            let _ = writeln!(table, "| {what} | {first:.0} ns | × {second:.2} | × {third:.2} |");
        }
        write_table(self.name, &table)
    }
}

/// Writes a number with a comma between thousands.
fn grouped(number: u32) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", number / 1_000, number % 1_000),
    }
}

/// Reads the time of the fastest sample in nanoseconds. Other programs only ever make one slower.
fn fastest(samples: &Path) -> io::Result<f64> {
    let samples: serde_json::Value = serde_json::from_str(&fs::read_to_string(samples)?)?;
    let numbers = |name: &str| samples[name].as_array().into_iter().flatten().filter_map(|one| one.as_f64());
    let each = numbers("times").zip(numbers("iters")).map(|(time, times)| time / times);
    each.min_by(f64::total_cmp).ok_or_else(|| io::Error::other("no samples"))
}

/// The machine and the compiler.
fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let name = name.map_or(env::consts::ARCH, |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rustc = Command::new("rustc").arg("--version").output().ok();
    let rustc = rustc.and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    let rustc = rustc.split(' ').take(2).collect::<Vec<_>>().join(" ");
    format!("{name}, {cores} cores, {}, {rustc}.\n", env::consts::OS)
}

fn main() -> io::Result<()> {
    let results = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("criterion");
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .output_directory(&results)
        .configure_from_args();
    for table in [WAITERS, TABS] {
        table.measure(&mut criterion);
    }
    criterion.final_summary();
    if env::var_os("WRITE_TABLE").is_some() {
        for table in [WAITERS, TABS] {
            table.write(&results)?;
        }
        write_table("machine", &machine())?;
    }
    Ok(())
}
