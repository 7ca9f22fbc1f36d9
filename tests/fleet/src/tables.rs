//! The tables of `docs/fleet.md`.

use std::fmt::Write as _;

use crate::day::{Day, bad_hours, other_days};
use crate::load::Load;
use crate::run::{Jitter, run};

/// A table of the page, and the rows that a fleet makes of it.
#[derive(Debug)]
pub struct Table {
    /// The page has the table between `<!-- name -->` and `<!-- /name -->`.
    pub name: &'static str,
    /// The lines above the rows.
    head: &'static str,
    days: Vec<(&'static str, Day)>,
    figures: fn(&Load) -> Vec<String>,
}

/// All of them.
pub fn tables() -> [Table; 2] {
    [
        Table {
            name: "outages",
            head: "| | outage | burst | minutes | echo |\n| --- | --- | --- | --- | --- |\n",
            days: other_days(),
            figures: |load| {
                let (burst, minutes) = (load.burst(), load.burst_minutes());
                vec![
                    format!("{:.1}", load.outage()),
                    format!("{burst:.1}"),
                    format!("{minutes}"),
                    format!("{:.2}", load.echo()),
                ]
            },
        },
        Table {
            name: "hours",
            head: "| | peak | per hour and client | the same, over the steady one | most of one client |\n\
                   | --- | --- | --- | --- | --- |\n",
            days: bad_hours(),
            figures: |load| {
                vec![
                    format!("{:.1}", load.outage()),
                    format!("{:.1}", load.rate()),
                    format!("{:.1}", load.rate() / load.usual_rate()),
                    format!("{}", load.most_of_one()),
                ]
            },
        },
    ]
}

impl Table {
    /// Runs its days, and writes it.
    pub fn measure(&self, clients: u32, seed: u64, threads: u32) -> String {
        let mut table = self.head.to_owned();
        for (name, day) in &self.days {
            let load = run(*day, clients, seed, Jitter::With, threads);
            let _ = writeln!(table, "| {name} | {} |", (self.figures)(&load).join(" | "));
        }
        table
    }

    /// The table in a page, and what is before and after it.
    pub fn find<'a>(&self, page: &'a str) -> Option<[&'a str; 3]> {
        let (begin, end) = (format!("<!-- {} -->\n", self.name), format!("<!-- /{} -->", self.name));
        let first = page.find(&begin)? + begin.len();
        let last = first + page[first..].find(&end)?;
        Some([&page[..first], &page[first..last], &page[last..]])
    }
}
