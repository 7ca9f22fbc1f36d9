//! The stored entries, each a line of words. **Frozen**: old tabs outlive deploys.
//!
//! Dates are milliseconds since 1970, durations are milliseconds. `-` means that there is no value.
//! Words in square brackets are optional.
//!
//! | entry | words |
//! | --- | --- |
//! | [`SessionEntry`] | `begun <session> <subject digest or -> [<person digest>]` |
//! | | `over <session> <reason> [<closer reason, or abandoned>]` |
//! | [`PendingSignOut`] | `<until: session> <date> <tries> <session or -> <subject digest or -> <person digest or -> <not before: date or ->` |
//! | [`RefreshMarker`] | `<attempt> <attempt id sent> <sent: date> <state> <companion digest or -> <stray since: date or -> <gone: date or -> [first=<date>] [under=<session>]` |
//! | [`RefreshReply`] | `<date> <took> <slowest> <usual> <echoes or ->` |
//! | [`InFlightList`] | `<attempt> <sent: date> <gone: date or ->` for each refresh |
//! | [`Spent`] | `<date> <date> <date>`, for each [`Budget`](crate::session::Budget) when it is full again |
//!
//! The state of a marker is `out` (in flight), `lost`, `overtaken` (superseded) or `astray`
//! (stray). `first` is the date of the first refresh with the same attempt id; it is omitted when
//! that is this refresh. `under` is the session in which the refresh was sent. A reply contains
//! `echoes` if the server sends attempt ids back.
//!
//! In the entry of a session, the digest of the person is written where it differs from that of the
//! subject. Earlier versions did not write it. Words after the last one belong to a later version.
//!
//! An entry of any other form counts as absent. So does one that is dated more than a year ahead
//! (`horizon.rs`).

use super::ids::push_hex;
use super::line::{Line, Words, to_number};
use crate::session::Millis;

use crate::session::EndReason;
use crate::session::Pace;
use crate::session::Spent;
use crate::session::{AttemptId, EpochId};
use crate::session::{Companion, MarkerState, RefreshMarker};
use crate::session::{Fingerprint, PendingSignOut, RefreshReply, SessionEntry};
use crate::session::{InFlight, InFlightList};

/// The prefix of the date of the first refresh with the same attempt id, in a marker.
const FIRST: &str = "first=";

/// The prefix of the session in a marker.
const UNDER: &str = "under=";

/// The word of a sign-out that is abandoned.
const ABANDONED: &str = "abandoned";

impl SessionEntry {
    /// Writes the entry.
    pub fn to_entry(self) -> String {
        let mut line = Line::default();
        match self {
            Self::Begun(begun) => {
                line.word("begun").word(&begun.epoch.to_hex());
                write_digests(&mut line, begun);
            }
            Self::Over { until, reason } => write_over(&mut line, until, reason, reason.as_str()),
            Self::Abandoned { until } => write_over(&mut line, until, EndReason::SignedOut, ABANDONED),
        }
        line.finish()
    }

    /// Reads an entry; `None` for any other text.
    pub fn from_entry(entry: &str) -> Option<Self> {
        let mut words = Words::of(entry);
        let (kind, epoch, detail) = (words.word()?, words.epoch()?, words.word()?);
        match kind {
            "begun" => Some(Self::Begun(read_begun(epoch, digest_from_text(detail)?, words.word()))),
            "over" => {
                let reason = reason_from_text(detail)?;
                let closer = words.word();
                if closer == Some(ABANDONED) {
                    return Some(Self::Abandoned { until: epoch });
                }
                let closer = closer.and_then(reason_from_text);
                Some(Self::Over { until: epoch, reason: closer.unwrap_or(reason) })
            }
            _ => None,
        }
    }
}

impl PendingSignOut {
    /// Writes the entry.
    pub fn to_entry(self) -> String {
        let Self { until, session, asked, tries, not_before } = self;
        let mut line = Line::of(&until.to_hex());
        line.number(asked).number(tries.into());
        match session {
            Some(session) => line.word(&session.epoch.to_hex()),
            None => line.word("-"),
        };
        let (subject, person) = session.map_or((None, None), |session| (session.subject, session.person));
        line.word(&digest_to_text(subject)).word(&digest_to_text(person)).date(not_before);
        line.finish()
    }

    /// Reads an entry; `None` for any other text.
    pub fn from_entry(entry: &str) -> Option<Self> {
        let mut words = Words::of(entry);
        let until = words.epoch()?;
        let (asked, tries) = (words.number()?, words.small()?);
        let (epoch, subject) = (words.word()?, digest_from_text(words.word()?)?);
        let person = words.word();
        let session = match (epoch, subject) {
            ("-", None) => None,
            _ => Some(read_begun(EpochId::parse(epoch)?, subject, person)),
        };
        Some(Self { until, session, asked, tries, not_before: words.number() })
    }
}

impl RefreshMarker {
    /// Writes the entry: the marker of this attempt.
    pub fn to_entry(self, attempt: AttemptId) -> String {
        let Self { id, sent, state, companion, stray_since, gone, under, first } = self;
        let mut line = Line::of(&attempt.to_hex());
        line.word(&id.to_hex()).number(sent).word(state.as_str());
        line.word(&digest_to_text(companion.map(|companion| companion.0)));
        line.date(stray_since).date(gone);
        if first != sent {
            line.word(&(FIRST.to_owned() + &first.to_string()));
        }
        if let Some(session) = under {
            line.word(&(UNDER.to_owned() + &session.to_hex()));
        }
        line.finish()
    }

    /// Reads the attempt of a marker, even if this version cannot read the rest.
    pub fn attempt_of_entry(marker: &str) -> Option<AttemptId> {
        Words::of(marker).attempt()
    }

    /// Reads the marker of any attempt; `None` for any other text.
    pub fn from_entry(marker: &str) -> Option<Self> {
        let mut words = Words::of(marker);
        words.word()?;
        let id = words.attempt()?;
        let sent = words.number()?;
        let state = MarkerState::parse(words.word()?)?;
        // Absent in the markers of earlier versions.
        let companion = words.word().and_then(digest_from_text).flatten().map(Companion);
        let stray_since = words.number().or((state == MarkerState::Stray).then_some(sent));
        let gone = words.number();
        let (mut first, mut under) = (sent, None);
        while let Some(word) = words.word() {
            if let Some(date) = word.strip_prefix(FIRST).and_then(to_number) {
                first = date;
            }
            under = under.or(word.strip_prefix(UNDER).and_then(EpochId::parse));
        }
        Some(Self { id, sent, state, companion, stray_since, gone, under, first })
    }
}

impl RefreshReply {
    /// Writes the entry.
    pub fn to_entry(self) -> String {
        let mut line = Line::default();
        line.number(self.at);
        for duration in [self.took, self.pace.slowest, self.pace.usual] {
            line.number(duration.signed().min(u32::MAX.into()));
        }
        line.word(if self.echoes { "echoes" } else { "-" }).finish()
    }

    /// Reads an entry; `None` for any other text.
    pub fn from_entry(entry: &str) -> Option<Self> {
        let mut words = Words::of(entry);
        let at = words.number()?;
        let mut milliseconds = || words.small().map(|number| Millis::new(number.into()));
        let took = milliseconds()?;
        // Absent in the entries of earlier versions.
        let slowest = milliseconds().unwrap_or(took);
        let usual = milliseconds().unwrap_or(took);
        Some(Self { at, took, pace: Pace { slowest, usual }, echoes: words.word() == Some("echoes") })
    }
}

impl InFlightList {
    /// Writes the entry.
    pub fn to_entry(self) -> String {
        let mut line = Line::default();
        for InFlight { attempt, sent, gone } in self.iter() {
            line.word(&attempt.to_hex()).number(*sent).date(*gone);
        }
        line.finish()
    }

    /// Reads an entry up to the first word that is not of this form.
    pub fn from_entry(entry: &str) -> Self {
        let mut words = Words::of(entry);
        let mut next = || {
            let (attempt, sent) = (words.attempt()?, words.number()?);
            Some(InFlight { attempt, sent, gone: to_number(words.word()?) })
        };
        let mut list = Self::default();
        while let Some(listed) = next() {
            list = list.with(listed);
        }
        list
    }
}

impl Spent {
    /// Writes the entry.
    pub fn to_entry(self) -> String {
        let mut line = Line::default();
        for debt in self.0 {
            line.number(debt.0);
        }
        line.finish()
    }

    /// Reads an entry. A budget is full if its word is not of this form.
    pub fn from_entry(entry: &str) -> Self {
        let (mut spent, mut words) = (Self::default(), Words::of(entry));
        for debt in &mut spent.0 {
            debt.0 = words.number().unwrap_or_default();
        }
        spent
    }
}

/// Writes a digest for an entry or a message: 16 hexadecimal digits, or `-` for none.
pub(super) fn digest_to_text(digest: Option<u64>) -> String {
    let mut text = String::new();
    match digest {
        Some(digest) => push_hex(&mut text, digest),
        None => text.push('-'),
    }
    text
}

/// Reads a digest, or `-` for none; `None` for any other text.
#[expect(clippy::option_option, reason = "none is one of the things that can be read")]
pub(super) fn digest_from_text(text: &str) -> Option<Option<u64>> {
    match text {
        "-" => Some(None),
        _ if text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            u64::from_str_radix(text, 16).ok().map(Some)
        }
        _ => None,
    }
}

/// Writes that sessions are over, and `closer` if it says more than the reason.
fn write_over(line: &mut Line, until: EpochId, reason: EndReason, closer: &str) {
    let known = reason.as_first_known().as_str();
    line.word("over").word(&until.to_hex()).word(known);
    if known != closer {
        line.word(closer);
    }
}

/// Writes the digest of the subject, and that of the person if it is another.
fn write_digests(line: &mut Line, session: Fingerprint) {
    line.word(&digest_to_text(session.subject));
    if session.person != session.subject {
        line.word(&digest_to_text(session.person));
    }
}

/// Returns the session of an entry or a message. Earlier versions wrote no digest of the person.
/// The digest of the subject takes its place.
pub(super) fn read_begun(epoch: EpochId, subject: Option<u64>, person: Option<&str>) -> Fingerprint {
    let person = person.and_then(digest_from_text).flatten().or(subject);
    Fingerprint { epoch, subject, person }
}

/// Reads why sessions are over; `None` for any other text, and for `none`.
pub(super) fn reason_from_text(text: &str) -> Option<EndReason> {
    EndReason::parse(text).filter(|reason| *reason != EndReason::None)
}

#[cfg(test)]
mod tests;
