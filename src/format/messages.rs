//! Messages between tabs. **Frozen**: a tab of yesterday's deploy runs beside one of today's.
//!
//! A message is an object with these members. Durations are in milliseconds, dates in milliseconds
//! since 1970.
//!
//! | `kind` | members beside `v`, `from` and `kind` | meaning |
//! | --- | --- | --- |
//! | `"hello"` | | The tab asks the others to reply with what they have. |
//! | `"here"` | | The tab is there, and has nothing to give. |
//! | `"token"` | `epoch`, `token`, `lifetime` (or null), `age`, `sent`, `identity`?, `person`? | An access token. |
//! | `"began"` | `epoch`, `subject`, `person`? | A session goes on; its token is not handed over. |
//! | `"over"` | `until`, `reason` (`"signed-out"`, `"rejected"`), `closer`? (`"replaced"`) | Every session that had begun by `until` is over. |
//! | `"bye"` | | The tab is going away. |
//! | `"want"` (2) | `epoch` (or null), `age` | A worker needs a better token than its own. |
//! | `"coming"` (2) | | A page replies that it will refresh. |
//! | `"noted"` (3) | `kept`, `whole` (1 or 0), `sent`, `notes` | Notes about refreshes, one per line. |
//!
//! A question mark means that the member is optional. `from`, `epoch` and `until` are 32
//! hexadecimal digits.
//!
//! - `lifetime` is the lifetime of the token from when it was received, and `age` is the time since
//!   then. `sent` is the date of the message. In `"want"`, `age` is that of the worker's own token.
//! - `identity` is the owner of the token, unless the reader can read it in the token itself.
//!   `person` is the first part of `identity`, if that has two.
//! - `subject` is a digest of the owner, salted with `epoch`: 16 hexadecimal digits or `-`. In
//!   `"began"`, `person` is the digest of the person alone, if that differs.
//! - `kept`: whether the browser of this tab stores the notes. `whole`: whether these are the notes
//!   of all tabs.
//! - A line of `notes` begins with a word. `mark` and `remark` precede a marker, `unmark` and
//!   `unlist` an attempt, `list` a refresh in flight, and `answered` a reply. Each is written as in
//!   storage (`entries.rs`). `charged` has the number of a budget, a date, and the milliseconds that
//!   are taken out of it, or given back below zero. At most 16 lines are read.
//!
//! **`v` is the version that a reader must know**: 2 or 3 where the table has that number, else 1.
//! It stays so in every later version. A later version adds members, which earlier readers ignore.
//! It may also add messages with a higher `v`, which they ignore as a whole. So two versions can
//! hand tokens over to each other. `tests/messages/messages-v1.json` checks it.
//!
//! A message of any other form is ignored, and so is one that is dated more than a year ahead. A
//! duration is capped at a hundred years. The reader takes the owner of a token from the token
//! itself, unless the app knows better (`identity`). The access token and its owner are the only
//! secrets here. Nothing of the refresh token is sent.

use crate::session::Millis;

use super::claims::{claims_of, is_sendable, subject_in};
use super::entries::{digest_from_text, digest_to_text, read_begun, reason_from_text};
use super::json::{Record, Value};
use super::lifetime::LONGEST;
use super::line::cut;
use crate::session::{AccessToken, Subject};
use crate::session::{EpochId, TabId};
use crate::session::{Note, Noted};
use crate::session::{Offer, PeerMessage};

/// Returns the version that a reader must know.
fn version(message: &PeerMessage) -> f64 {
    match message {
        PeerMessage::Wanted { .. } | PeerMessage::Coming => 2.0,
        PeerMessage::Noted(_) => 3.0,
        _ => 1.0,
    }
}

/// The length of the longest token that is accepted, in bytes. No server accepts a longer header. A
/// tab with such a token fetches its own.
const LONGEST_TOKEN: usize = 65_536;

/// The members of a message that is written.
#[derive(Default)]
struct Members(Vec<(&'static str, Value)>);

impl Members {
    #[inline(never)]
    fn add(&mut self, name: &'static str, value: Value) {
        self.0.push((name, value));
    }

    fn text(&mut self, name: &'static str, text: &str) {
        self.add(name, Value::Text(text.into()));
    }

    fn number(&mut self, name: &'static str, number: f64) {
        self.add(name, Value::Number(number));
    }

    fn milliseconds(&mut self, name: &'static str, duration: Millis) {
        self.number(name, duration.get() as f64);
    }
}

/// Returns the members of a message.
pub fn write_message<R: Record>(from: TabId, message: &PeerMessage) -> Vec<(&'static str, Value)> {
    let mut members = Members::default();
    members.number("v", version(message));
    members.text("from", &from.to_hex());
    members.text("kind", kind(message));
    match message {
        PeerMessage::Hello | PeerMessage::Here | PeerMessage::Bye | PeerMessage::Coming => {}
        PeerMessage::Offered(offer) => {
            let token = offer.token.reveal();
            members.text("epoch", &offer.epoch.to_hex());
            members.text("token", token);
            match offer.lifetime {
                Some(lifetime) => members.milliseconds("lifetime", lifetime),
                None => members.add("lifetime", Value::Null),
            }
            members.milliseconds("age", offer.age);
            members.number("sent", offer.sent as f64);
            // The owner as the app has determined it, for a tab that has no response to show to the
            // app.
            let told = offer.subject.as_ref().filter(|_| offer.subject != subject_of::<R>(token));
            if let Some(told) = told {
                members.text("identity", told.reveal());
                if told.reveal().bytes().any(|byte| byte == b'\n') {
                    members.text("person", told.person());
                }
            }
        }
        PeerMessage::Began(begun) => {
            members.text("epoch", &begun.epoch.to_hex());
            members.text("subject", &digest_to_text(begun.subject));
            if begun.person != begun.subject {
                members.text("person", &digest_to_text(begun.person));
            }
        }
        PeerMessage::Over { until, reason } => {
            let known = reason.as_first_known();
            members.text("until", &until.to_hex());
            members.text("reason", known.as_str());
            if known != *reason {
                members.text("closer", reason.as_str());
            }
        }
        PeerMessage::Wanted { epoch, age } => {
            match epoch {
                Some(epoch) => members.text("epoch", &epoch.to_hex()),
                None => members.add("epoch", Value::Null),
            }
            members.milliseconds("age", *age);
        }
        PeerMessage::Noted(Noted { is_kept, is_whole, sent, notes }) => {
            let mut lines = String::new();
            for note in notes {
                if !lines.is_empty() {
                    lines.push('\n');
                }
                lines.push_str(&note.to_line());
            }
            members.number("kept", u8::from(*is_kept).into());
            members.number("whole", u8::from(*is_whole).into());
            members.number("sent", *sent as f64);
            members.text("notes", &lines);
        }
    }
    members.0
}

fn kind(message: &PeerMessage) -> &'static str {
    match message {
        PeerMessage::Hello => "hello",
        PeerMessage::Here => "here",
        PeerMessage::Offered(_) => "token",
        PeerMessage::Began(_) => "began",
        PeerMessage::Over { .. } => "over",
        PeerMessage::Bye => "bye",
        PeerMessage::Wanted { .. } => "want",
        PeerMessage::Coming => "coming",
        PeerMessage::Noted(_) => "noted",
    }
}

/// Reads a message. Returns `None` for an object of another form, or of an unknown version.
pub fn read_message<R: Record>(envelope: &R) -> Option<(TabId, PeerMessage)> {
    let text = |name| envelope.text(name);
    let number = |name| number(envelope, name);
    let milliseconds = |name| number(name).map(|number| Millis::new(number.min(LONGEST * 1000.0) as u64));
    let epoch = |name| epoch(envelope, name);
    let message = match text("kind")?.as_str() {
        "hello" => PeerMessage::Hello,
        "here" => PeerMessage::Here,
        "token" => {
            // The token goes into a header: a value that no header can carry is no token.
            let token = text("token")
                .filter(|token| (1..=LONGEST_TOKEN).contains(&token.len()))
                .filter(|token| is_sendable(token))?;
            let lifetime = match envelope.member("lifetime") {
                Value::Null => None,
                _ => Some(milliseconds("lifetime")?),
            };
            PeerMessage::Offered(Offer {
                epoch: epoch("epoch")?,
                subject: text("identity").map_or_else(
                    || subject_of::<R>(&token),
                    |told| Some(Subject::read(&told, text("person").as_deref())),
                ),
                token: AccessToken::new(&token),
                lifetime,
                age: milliseconds("age")?,
                sent: number("sent")? as i64,
            })
        }
        "began" => {
            let subject = digest_from_text(&text("subject")?)?;
            PeerMessage::Began(read_begun(epoch("epoch")?, subject, text("person").as_deref()))
        }
        "over" => {
            let reason = reason_from_text(&text("reason")?)?;
            let closer = text("closer").and_then(|closer| reason_from_text(&closer));
            PeerMessage::Over { until: epoch("until")?, reason: closer.unwrap_or(reason) }
        }
        "bye" => PeerMessage::Bye,
        "want" => {
            let epoch = match envelope.member("epoch") {
                Value::Null => None,
                _ => Some(epoch("epoch")?),
            };
            PeerMessage::Wanted { epoch, age: milliseconds("age")? }
        }
        "coming" => PeerMessage::Coming,
        "noted" => PeerMessage::Noted(Noted {
            is_kept: number("kept")? != 0.0,
            is_whole: number("whole")? != 0.0,
            sent: number("sent")? as i64,
            notes: read_notes(&text("notes")?),
        }),
        _ => return None,
    };
    let is_known = envelope.member("v") == Value::Number(version(&message));
    is_known.then_some((TabId::parse(&text("from")?)?, message))
}

/// Reads the first lines of a text as notes. A line of another form is left out.
fn read_notes(text: &str) -> Vec<Note> {
    let (mut notes, mut rest) = (Vec::new(), Some(text));
    for _ in 0..Noted::MOST {
        let Some(lines) = rest else { break };
        let (line, more) = cut(lines, b'\n');
        notes.extend(Note::from_line(line));
        rest = more;
    }
    notes
}

/// Returns a member that is a number, and neither negative nor infinite.
#[inline(never)]
fn number<R: Record>(envelope: &R, name: &str) -> Option<f64> {
    match envelope.member(name) {
        Value::Number(number) => Some(number).filter(|number| *number >= 0.0 && number.is_finite()),
        _ => None,
    }
}

/// Returns a member that is the id of a session.
#[inline(never)]
fn epoch<R: Record>(envelope: &R, name: &str) -> Option<EpochId> {
    EpochId::parse(&envelope.text(name)?)
}

/// Returns the owner of a token from its claims, or `None` for an opaque token.
fn subject_of<R: Record>(token: &str) -> Option<Subject> {
    claims_of::<R>(token).and_then(|claims| subject_in(&claims, "sub"))
}
