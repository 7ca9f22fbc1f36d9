//! The stored entries of a session: text in `localStorage`, values for the machine. The names of
//! the entries are in `pkg/src/storage.js`, their format in `src/format/entries.rs`.

use crate::session::{
    Companion, EpochId, InFlightList, Note, PendingSignOut, RefreshMarker, RefreshReply, SessionEntry, Spent,
    Stored, Write,
};

use super::clock;
use super::shell::Shell;

const SESSION: &str = "session";
const SIGN_OUT: &str = "sign-out";
const ATTEMPT: &str = "attempt";
const ANSWERED: &str = "answered";
const IN_FLIGHT: &str = "in-flight";
const SPENT: &str = "spent";
const COMPANY: &str = "company";

/// Reads all entries.
pub(super) fn recall(shell: &Shell) -> Stored {
    let marker = shell.read(ATTEMPT);
    let is_kept = shell.keeps();
    Stored {
        is_kept,
        company: !is_kept || shell.read(COMPANY).is_some(),
        session: session(shell),
        marker: marker.as_deref().and_then(RefreshMarker::from_entry),
        marked: marker.as_deref().and_then(RefreshMarker::attempt_of_entry),
        sign_out: sign_out(shell),
        answered: shell.read(ANSWERED).and_then(|entry| RefreshReply::from_entry(&entry)),
        companion: shell.companion().map(|value| Companion::of(&value)),
        in_flight: shell.read(IN_FLIGHT).map(|entry| InFlightList::from_entry(&entry)).unwrap_or_default(),
        spent: shell.read(SPENT).map(|entry| Spent::from_entry(&entry)).unwrap_or_default(),
    }
}

/// Stores or removes an entry.
pub(super) fn write(shell: &Shell, write: Write) {
    match write {
        Write::Session(entry) => {
            let kept = session(shell).map(|kept| kept.epoch());
            store_latest(shell, SESSION, &entry.to_entry(), entry.epoch(), kept);
        }
        Write::SignOut(pending) => {
            let kept = sign_out(shell).map(|kept| kept.until);
            store_latest(shell, SIGN_OUT, &pending.to_entry(), pending.until, kept);
        }
        Write::ClearSignOut { until } => clear_sign_out(shell, until),
        Write::Note(note) => keep_note(shell, note),
        Write::Company(company) => replace(shell, COMPANY, company.then(|| "1".to_owned())),
    }
}

/// Stores an entry up to `epoch`, unless another tab has been faster.
fn store_latest(shell: &Shell, name: &str, entry: &str, epoch: EpochId, kept: Option<EpochId>) {
    if !epoch.is_outdone_by(kept, clock::now().wall_ms()) {
        shell.store(name, entry);
    }
}

fn session(shell: &Shell) -> Option<SessionEntry> {
    shell.read(SESSION).and_then(|entry| SessionEntry::from_entry(&entry))
}

fn sign_out(shell: &Shell) -> Option<PendingSignOut> {
    shell.read(SIGN_OUT).and_then(|entry| PendingSignOut::from_entry(&entry))
}

/// Removes the sign-out of sessions up to this one. One that was stored since stays.
fn clear_sign_out(shell: &Shell, until: EpochId) {
    if sign_out(shell).is_none_or(|kept| kept.until <= until) {
        shell.remove(SIGN_OUT);
    }
}

fn keep_note(shell: &Shell, note: Note) {
    let before = recall(shell);
    let mut after = before;
    after.note(note);
    if after.marker() != before.marker() {
        let marker = after.marker().map(|(attempt, marker)| marker.to_entry(attempt));
        replace(shell, ATTEMPT, marker);
    }
    if after.in_flight != before.in_flight {
        let is_empty = after.in_flight.iter().next().is_none();
        replace(shell, IN_FLIGHT, (!is_empty).then(|| after.in_flight.to_entry()));
    }
    if after.answered != before.answered {
        replace(shell, ANSWERED, after.answered.map(RefreshReply::to_entry));
    }
    if after.spent != before.spent {
        let is_spent = after.spent != Spent::default();
        replace(shell, SPENT, is_spent.then(|| after.spent.to_entry()));
    }
}

fn replace(shell: &Shell, entry: &str, text: Option<String>) {
    match text {
        Some(text) => shell.store(entry, &text),
        None => shell.remove(entry),
    }
}
