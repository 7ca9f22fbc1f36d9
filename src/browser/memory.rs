//! What the browser remembers from one page to the next and from tab to tab, in `localStorage`: which sign-in it is,
//! which refresh is on the wire, which sign-out the server may not know of, whether there is company. No token, and no name; but whoever can
//! read these entries can test guesses of the name by their check values (`Subject::digest`).
//!
//! | entry | value |
//! | --- | --- |
//! | `silent-session:1:session:<name>:<refresh URL>` | [`SessionEntry`] |
//! | `silent-session:1:sign-out:<name>:<refresh URL>` | [`PendingSignOut`] |
//! | `silent-session:1:attempt:<auth origin> <refresh path>` | [`RefreshMarker`]: the marker |
//! | `silent-session:1:answered:<auth origin> <refresh path>` | [`RefreshReply`] |
//! | `silent-session:1:in-flight:<auth origin> <refresh path>` | [`InFlightList`]: refreshes that are out and unanswered |
//! | `silent-session:1:company:<name>:<refresh URL>` | `1`: a tab of this session was there |
//! | `silent-session:1:hint:<name>:<refresh URL>` | `1`: the server was asked and sets the session hint (`pkg/hint.js`) |
//!
//! The attempt is the cookie's, whatever the session is called: two sessions by different names on one cookie find each
//! other's.
//!
//! **Names and values are frozen** (`src/format/entries.rs` writes the values): old tabs outlive deploys. What a tab cannot read it takes for absent. Where
//! storage is refused (a sandboxed frame, a worker, a full disk) nothing is remembered: each page has a session id of
//! its own, and a tab that was frozen hears of a sign-out at its next refresh.

use std::cell::Cell;

use js_sys::Reflect;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Storage;

use super::{clock, cookie};
use crate::session::{
    Companion, EpochId, InFlightList, Note, PendingSignOut, RefreshMarker, RefreshReply, SessionEntry, Stored,
};

/// The entries of one session. Tenants by path do not meet: the URL is part of the name.
#[derive(Debug)]
pub(crate) struct Memory {
    session: String,
    sign_out: String,
    attempt: String,
    answered: String,
    in_flight: String,
    company: String,
    /// Which cookie changes with each rotation, and can be read.
    companion: Option<String>,
    /// The last entry could not be written.
    refused: Cell<bool>,
}

impl Memory {
    /// For the session of this name at this refresh endpoint.
    pub(crate) fn new(name: &str, auth_origin: &str, refresh_url: &str, companion: Option<String>) -> Self {
        let of_session = |kind| ["silent-session:1:", kind, ":", name, ":", refresh_url].concat();
        let path = refresh_url.strip_prefix(auth_origin).unwrap_or(refresh_url);
        let of_cookie = |kind| ["silent-session:1:", kind, ":", auth_origin, " ", path].concat();
        Self {
            session: of_session("session"),
            sign_out: of_session("sign-out"),
            attempt: of_cookie("attempt"),
            answered: of_cookie("answered"),
            in_flight: of_cookie("in-flight"),
            company: of_session("company"),
            companion,
            refused: Cell::new(false),
        }
    }

    /// Whether the browser keeps what is written down: it may refuse (a frame of another site, a worker), or be full.
    pub(crate) fn is_kept(&self) -> bool {
        !self.refused.get() && storage().is_some()
    }

    /// Whether an entry of this key concerns the session; without a key, all have been cleared.
    pub(crate) fn is_about(&self, key: Option<&str>) -> bool {
        key.is_none_or(|key| key == self.session || key == self.in_flight)
    }

    /// What was written down last.
    pub(crate) fn recall(&self) -> Stored {
        let marker = get(&self.attempt);
        Stored {
            is_kept: self.is_kept(),
            company: storage().is_none() || get(&self.company).is_some(),
            session: get(&self.session).and_then(|entry| SessionEntry::from_entry(&entry)),
            marker: marker.as_deref().and_then(RefreshMarker::from_entry),
            marked: marker.as_deref().and_then(RefreshMarker::attempt_of_entry),
            sign_out: get(&self.sign_out).and_then(|entry| PendingSignOut::from_entry(&entry)),
            answered: get(&self.answered).and_then(|entry| RefreshReply::from_entry(&entry)),
            companion: self
                .companion
                .as_ref()
                .and_then(|name| cookie::read(name))
                .map(|value| Companion::of(&value)),
            in_flight: get(&self.in_flight).map(|entry| InFlightList::from_entry(&entry)).unwrap_or_default(),
        }
    }

    /// Writes down what has become of the session, unless something later is there: another tab was faster.
    pub(crate) fn keep(&self, remembered: SessionEntry) {
        if remembered.is_outdone_by(self.recall().session, clock::now().wall_ms()) {
            return;
        }
        self.set(&self.session, &remembered.to_entry());
    }

    /// Writes down that the server may not know of a sign-out.
    pub(crate) fn keep_sign_out(&self, pending: PendingSignOut) {
        self.set(&self.sign_out, &pending.to_entry());
    }

    /// Removes that of sessions up to this one; one that was written since stays.
    pub(crate) fn forget_sign_out(&self, until: EpochId) {
        let kept = get(&self.sign_out).and_then(|entry| PendingSignOut::from_entry(&entry));
        if kept.is_none_or(|kept| kept.until <= until) {
            remove(&self.sign_out);
        }
    }

    /// Writes down what is to be noted of a refresh.
    pub(crate) fn note(&self, note: Note) {
        let before = self.recall();
        let mut after = before;
        after.note(note);
        if after.marker() != before.marker() {
            let marker = after.marker().map(|(attempt, marker)| marker.to_entry(attempt));
            self.replace(&self.attempt, marker);
        }
        if after.in_flight != before.in_flight {
            let is_empty = after.in_flight.iter().next().is_none();
            self.replace(&self.in_flight, (!is_empty).then(|| after.in_flight.to_entry()));
        }
        if after.answered != before.answered {
            self.replace(&self.answered, after.answered.map(RefreshReply::to_entry));
        }
    }

    fn replace(&self, key: &str, entry: Option<String>) {
        match entry {
            Some(entry) => self.set(key, &entry),
            None => remove(key),
        }
    }

    /// A quota that is used up leaves the old entry: it names another subject, or an epoch that is over.
    fn set(&self, key: &str, entry: &str) {
        if let Some(storage) = storage() {
            self.refused.set(storage.set_item(key, entry).is_err());
        }
    }

    /// Writes down whether there is company for the next page.
    pub(crate) fn expect_company(&self, company: bool) {
        self.replace(&self.company, company.then(|| "1".to_owned()));
    }
}

fn get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

fn remove(key: &str) {
    let _ = storage().map(|storage| storage.remove_item(key));
}

/// Reading the property throws where third-party storage is blocked.
fn storage() -> Option<Storage> {
    let storage = Reflect::get(&js_sys::global(), &JsValue::from_str("localStorage")).ok()?;
    storage.is_object().then(|| storage.unchecked_into())
}
