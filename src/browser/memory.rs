//! What the browser remembers from one page to the next and from tab to tab, in `localStorage`: which sign-in it is,
//! which refresh is on the wire, which sign-out the server may not know of, whether there is company. No token, no name.
//!
//! | entry | value |
//! | --- | --- |
//! | `silent-session:1:session:<name>:<refresh URL>` | `begun <session> <digest of the subject, or ->`, or `over <session> <reason>` |
//! | `silent-session:1:sign-out:<name>:<refresh URL>` | `<sessions until> <when: milliseconds since 1970> <tries> <session, or -> <digest of the subject, or ->` |
//! | `silent-session:1:attempt:<auth origin> <refresh path>` | `<attempt> <attempt id sent> <when: milliseconds since 1970> <out, lost or overtaken> <digest of the companion cookie, or ->` |
//! | `silent-session:1:answered:<auth origin> <refresh path>` | when the last refresh has brought a token, how many milliseconds it took |
//! | `silent-session:1:company:<name>:<refresh URL>` | `1`: a tab of this session was there |
//!
//! The attempt is the cookie's, whatever the session is called: two sessions by different names on one cookie find each
//! other's.
//!
//! **Names and values are frozen**: old tabs outlive deploys. What a tab cannot read it takes for absent. Where
//! storage is refused (a sandboxed frame, a worker, a full disk) nothing is remembered: each page has a session id of
//! its own, and a tab that was frozen hears of a sign-out at its next refresh.

use std::cell::Cell;
use std::time::Duration;

use js_sys::Reflect;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Storage;

use super::cookie;
use crate::session::{
    Answered, AttemptId, Begun, Companion, EndReason, EpochId, Memo, PendingSignOut, Remembered, Standing,
    Unsettled,
};

/// The entries of one session. Tenants by path do not meet: the URL is part of the name.
#[derive(Debug)]
pub(crate) struct Memory {
    session: String,
    sign_out: String,
    attempt: String,
    answered: String,
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
        key.is_none_or(|key| key == self.session)
    }

    /// What was written down last.
    pub(crate) fn recall(&self) -> Memo {
        Memo {
            is_kept: self.is_kept(),
            session: get(&self.session).and_then(|entry| read(&entry)),
            unsettled: get(&self.attempt).and_then(|marker| read_marker(&marker)),
            sign_out: get(&self.sign_out).and_then(|entry| read_sign_out(&entry)),
            answered: get(&self.answered).and_then(|entry| read_answered(&entry)),
            companion: self
                .companion
                .as_ref()
                .and_then(|name| cookie::read(name))
                .map(|value| Companion::of(&value)),
        }
    }

    /// Writes down what has become of the session, unless something later is there: another tab was faster.
    pub(crate) fn keep(&self, remembered: Remembered) {
        if self.recall().session.is_some_and(|kept| kept.epoch() > remembered.epoch()) {
            return;
        }
        let entry = match remembered {
            Remembered::Begun(begun) => {
                ["begun ", &begun.epoch.to_hex(), " ", &digest_to_text(begun.subject)].concat()
            }
            Remembered::Over { until, reason } => ["over ", &until.to_hex(), " ", reason.as_str()].concat(),
        };
        self.set(&self.session, &entry);
    }

    /// Writes down that the server may not know of a sign-out.
    pub(crate) fn keep_sign_out(&self, pending: PendingSignOut) {
        let PendingSignOut { until, session, asked, tries } = pending;
        let epoch = session.map_or_else(|| "-".into(), |session| session.epoch.to_hex());
        let subject = digest_to_text(session.and_then(|session| session.subject));
        let entry = [until.to_hex(), asked.to_string(), tries.to_string(), epoch, subject].join(" ");
        self.set(&self.sign_out, &entry);
    }

    /// Removes that of sessions up to this one; one that was written since stays.
    pub(crate) fn forget_sign_out(&self, until: EpochId) {
        let kept = get(&self.sign_out).and_then(|entry| read_sign_out(&entry));
        if kept.is_none_or(|kept| kept.until <= until) {
            remove(&self.sign_out);
        }
    }

    /// Writes down that an attempt is on the wire, before it is.
    pub(crate) fn mark(&self, attempt: AttemptId, unsettled: Unsettled) {
        let Unsettled { id, sent, standing, companion } = unsettled;
        let (attempt, id, sent) = (attempt.to_hex(), id.to_hex(), sent.to_string());
        let companion = digest_to_text(companion.map(|companion| companion.0));
        self.set(&self.attempt, &[&attempt, &*id, &sent, standing.as_str(), &companion].join(" "));
    }

    /// Writes down what else is known of it, if no other was marked since.
    pub(crate) fn remark(&self, attempt: AttemptId, unsettled: Unsettled) {
        if self.is_marked(attempt) {
            self.mark(attempt, unsettled);
        }
    }

    /// Writes down when a refresh has brought a token, and how long that took.
    pub(crate) fn note_answered(&self, Answered { at, took }: Answered) {
        let took = took.as_millis().min(u128::from(u32::MAX));
        self.set(&self.answered, &[at.to_string(), took.to_string()].join(" "));
    }

    /// Removes the marker of this attempt, and no other's.
    pub(crate) fn unmark(&self, attempt: AttemptId) {
        if self.is_marked(attempt) {
            remove(&self.attempt);
        }
    }

    /// A quota that is used up leaves the old entry: it names another subject, or an epoch that is over.
    fn set(&self, key: &str, entry: &str) {
        if let Some(storage) = storage() {
            self.refused.set(storage.set_item(key, entry).is_err());
        }
    }

    fn is_marked(&self, attempt: AttemptId) -> bool {
        get(&self.attempt).is_some_and(|marker| marker.starts_with(&attempt.to_hex()))
    }

    /// Whether there may be other tabs. Where nothing can be remembered there may.
    pub(crate) fn company(&self) -> bool {
        storage().is_none() || get(&self.company).is_some()
    }

    /// Writes down whether there is company for the next page.
    pub(crate) fn expect_company(&self, company: bool) {
        match company {
            true => self.set(&self.company, "1"),
            false => remove(&self.company),
        }
    }
}

fn read(entry: &str) -> Option<Remembered> {
    let mut parts = entry.split(' ');
    let (kind, epoch, detail) = (parts.next()?, EpochId::parse(parts.next()?)?, parts.next()?);
    match kind {
        "begun" => Some(Remembered::Begun(Begun { epoch, subject: digest_from_text(detail)? })),
        "over" => Some(Remembered::Over { until: epoch, reason: reason_from_text(detail)? }),
        _ => None,
    }
}

fn read_sign_out(entry: &str) -> Option<PendingSignOut> {
    let mut parts = entry.split(' ');
    let until = EpochId::parse(parts.next()?)?;
    let (asked, tries) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let session = match (parts.next()?, digest_from_text(parts.next()?)?) {
        ("-", None) => None,
        (epoch, subject) => Some(Begun { epoch: EpochId::parse(epoch)?, subject }),
    };
    Some(PendingSignOut { until, session, asked, tries })
}

fn read_answered(entry: &str) -> Option<Answered> {
    let (at, took) = entry.split_once(' ')?;
    let took = Duration::from_millis(took.parse::<u32>().ok()?.into());
    Some(Answered { at: at.parse().ok()?, took })
}

fn read_marker(marker: &str) -> Option<Unsettled> {
    let mut parts = marker.split(' ').skip(1);
    let id = AttemptId::parse(parts.next()?)?;
    let sent = parts.next()?.parse().ok()?;
    let standing = Standing::parse(parts.next()?)?;
    // Not there in the markers of the first version.
    let companion = parts.next().and_then(digest_from_text).flatten().map(Companion);
    Some(Unsettled { id, sent, standing, companion })
}

/// A digest as it is written here and in messages: 16 hexadecimal digits, or `-` where there is none.
pub(crate) fn digest_to_text(digest: Option<u64>) -> String {
    let Some(digest) = digest else { return "-".into() };
    (0..16).rev().filter_map(|at| char::from_digit(((digest >> (4 * at)) & 0xf) as u32, 16)).collect()
}

/// Reads it; `None` for anything else.
#[expect(clippy::option_option, reason = "none is one of the things that can be read")]
pub(crate) fn digest_from_text(text: &str) -> Option<Option<u64>> {
    match text {
        "-" => Some(None),
        _ if text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            u64::from_str_radix(text, 16).ok().map(Some)
        }
        _ => None,
    }
}

/// Why sessions are over that had begun; `None` for anything else.
pub(crate) fn reason_from_text(text: &str) -> Option<EndReason> {
    EndReason::parse(text).filter(|reason| *reason != EndReason::None)
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
