//! The tables of the machine's manual: which changes of phase and stage there are, and at which events.

use std::fmt;
use std::sync::LazyLock;

use silent_session::session::{Event, Progress, Status};

const MANUAL: &str = include_str!("../../src/session/mod.rs");

/// What another tab says or has stored arrives with these.
const HEARD: [&str; 9] = [
    "PeerSpoke",
    "StorageChanged",
    "Started",
    "Woken",
    "CameOnline",
    "LockGranted",
    "LookedAgain",
    "RefreshSettled",
    "Seeded",
];

/// A row of a table.
#[derive(Debug)]
pub struct Row {
    pub from: String,
    pub to: String,
    at: Vec<String>,
}

pub static PHASES: LazyLock<Vec<Row>> = LazyLock::new(|| rows("# Phases"));
pub static STAGES: LazyLock<Vec<Row>> = LazyLock::new(|| rows("# Stages of a turn"));

/// The rows of the table in a section of the manual.
fn rows(section: &str) -> Vec<Row> {
    let lines = MANUAL.lines().filter_map(|line| line.strip_prefix("//!")).map(str::trim);
    let section =
        lines.skip_while(|line| *line != section).skip(1).take_while(|line| !line.starts_with("# "));
    let rows = section.filter(|line| line.starts_with('|')).skip(2);
    let rows: Vec<Row> = rows
        .map(|line| {
            let cells: Vec<String> =
                line.split('|').map(|cell| cell.replace('`', "").trim().into()).collect();
            let [_, from, to, at, _, _] = &cells[..] else { panic!("{line}") };
            Row { from: from.clone(), to: to.clone(), at: at.split(", ").map(Into::into).collect() }
        })
        .collect();
    assert!(rows.len() > 5, "{rows:?}");
    rows
}

impl Row {
    fn allows(&self, from: &str, to: &str, event: &str) -> bool {
        let is =
            |cell: &str, name: &str| cell == "any" || cell == name || name.starts_with(&format!("{cell}("));
        let is_event = |at: &String| match at.as_str() {
            "any" => true,
            "heard" => HEARD.contains(&event),
            at => at == event,
        };
        is(&self.from, from) && is(&self.to, to) && self.at.iter().any(is_event)
    }
}

/// Keeps what is written first, and wants no more.
#[derive(Default)]
struct First(String);

impl fmt::Write for First {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(text);
        Err(fmt::Error)
    }
}

/// The name of an event, as the manual spells it. Its members are not formatted: that would take as long as a history.
pub fn name_of(event: &Event) -> String {
    let mut name = First::default();
    let _ = fmt::Write::write_fmt(&mut name, format_args!("{event:?}"));
    name.0
}

/// The name of a phase, as the manual spells it.
pub fn phase_of(status: &Status) -> String {
    match status {
        Status::Unknown { .. } => "Unknown".into(),
        Status::Active { .. } => "Active".into(),
        Status::Ended { reason, .. } => format!("Ended({reason:?})"),
        Status::Closed => "Closed".into(),
    }
}

/// Whether two states are those of different sessions.
fn is_other_session(before: &Status, after: &Status) -> bool {
    match (before, after) {
        (Status::Active { epoch: before, .. }, Status::Active { epoch: after, .. }) => before != after,
        _ => false,
    }
}

/// Checks that a change of the phase is in the table.
pub fn check_phase(before: &Status, event: &str, after: &Status) {
    let (from, to) = (phase_of(before), phase_of(after));
    if from != to || is_other_session(before, after) {
        let is_known = PHASES.iter().any(|row| row.allows(&from, &to, event));
        assert!(is_known, "the manual does not say that {from} becomes {to} at {event}");
    }
}

/// Checks that a change of the stage is in the table.
pub fn check_stage(before: Progress, event: &str, after: Progress) {
    if before != after {
        let (from, to) = (format!("{before:?}"), format!("{after:?}"));
        let is_known = STAGES.iter().any(|row| row.allows(&from, &to, event));
        assert!(is_known, "the manual does not say that {from} becomes {to} at {event}");
    }
}
