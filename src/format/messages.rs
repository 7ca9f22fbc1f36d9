//! How one tab's message to the others is written. **Frozen**: a tab of yesterday's deploy lives beside one of today's.
//!
//! A message is an object with these members; times and durations are milliseconds, times since 1970.
//!
//! | `kind` | members beside `v`, `from` and `kind` | |
//! | --- | --- | --- |
//! | `"hello"` | | Here I am: answer with what you have. |
//! | `"here"` | | Here I am, and have nothing to give. |
//! | `"token"` | `epoch`, `token`, `lifetime` (or null), `age`, `sent`, and maybe `identity` and `person` | An access token: how long it lived from when it came, how long ago that was, when this was said, and whose it is where it does not say so itself: `person` is the first part of `identity`, where that has two. |
//! | `"began"` | `epoch`, `subject`, and maybe `person` | A session goes on; its token is not handed over. |
//! | `"over"` | `until`, `reason` (`"signed-out"`, `"rejected"`), and maybe `closer` (`"replaced"`) | Every session that had begun by then is over. |
//! | `"bye"` | | I am going. |
//! | `"want"` (2) | `epoch` (or null), `age` | A worker wants a better token than its own, which came so long ago. |
//! | `"coming"` (2) | | A page answers that it is about to refresh, or that its own is slow. |
//! | `"tried"` (3) | | A refresh has failed, or no token's lifetime required it. |
//! | `"noted"` (3) | `kept`, `whole` (1 or 0), `sent`, `notes` | Notes about refreshes, a line each. `kept`: whether the browser of this tab keeps them. `whole`: the notes of all tabs, not only those of this one. |
//!
//! `from`, `epoch` and `until` are 32 hexadecimal digits, `subject` is 16 of them or `-`: a check value of whose session it
//! is, derived from the epoch. A line of `notes` is `mark` or `remark` and a marker, `unmark` or `unlist` and an attempt,
//! `list` and a refresh that is out, or `answered` and a reply; each is written as in storage (`entries.rs`). At most 16
//! lines are read. In `"began"`, `person` is the check value of the person alone, where that differs.
//!
//! **`v` is the version that a reader has to know**: 2 or 3 where the table says so, 1 for the others. It stays so in every
//! later version. A later one adds members, which earlier readers ignore, or messages of its own with a higher `v`, which
//! they ignore as a whole. So two versions hand tokens over to each other.
//! `tests/headless/messages-v1.json` holds them to it.
//!
//! Whatever is not of this form is ignored, and what is dated more than a year ahead. A duration counts as a hundred years at
//! most. Whose the token is, the reader sees in the token itself, unless the app
//! knows better (`identity`); nothing here is a secret but that, and nothing of the refresh token passes here.

use crate::session::Millis;

use super::claims::{claims_of, subject_in};
use super::entries::{digest_from_text, digest_to_text, read_begun, reason_from_text};
use super::json::{Record, Value};
use super::lifetime::LONGEST;
use super::token_lookup::is_sendable;
use crate::session::EndReason;
use crate::session::{AccessToken, Subject};
use crate::session::{EpochId, TabId};
use crate::session::{Note, Noted};
use crate::session::{Offer, PeerMessage};

/// Which version a reader has to know of.
fn version(message: &PeerMessage) -> f64 {
    match message {
        PeerMessage::Wanted { .. } | PeerMessage::Coming => 2.0,
        PeerMessage::Tried | PeerMessage::Noted(_) => 3.0,
        _ => 1.0,
    }
}

/// Longer than any server takes in a header. A tab with such a token fetches its own.
const LONGEST_TOKEN: usize = 65_536;

/// Writes a message: the members of an object.
pub fn write_message<R: Record>(from: TabId, message: &PeerMessage) -> Vec<(&'static str, Value)> {
    let milliseconds = |duration: Millis| Value::Number(duration.get() as f64);
    let (kind, members) = match message {
        PeerMessage::Hello => ("hello", vec![]),
        PeerMessage::Here => ("here", vec![]),
        PeerMessage::Offered(offer) => {
            let mut members = vec![
                ("epoch", Value::Text(offer.epoch.to_hex())),
                ("token", Value::Text(offer.token.reveal().into())),
                ("lifetime", offer.lifetime.map_or(Value::Null, milliseconds)),
                ("age", milliseconds(offer.age)),
                ("sent", Value::Number(offer.sent as f64)),
            ];
            // A copy for whoever cannot ask the app: it has no answer to show to it.
            let by_itself = subject_of::<R>(offer.token.reveal());
            let told = offer.subject.as_ref().filter(|_| offer.subject != by_itself);
            members.extend(told.map(|told| ("identity", Value::Text(told.reveal().into()))));
            let apart = told.filter(|told| told.reveal().contains('\n'));
            members.extend(apart.map(|told| ("person", Value::Text(told.person().into()))));
            ("token", members)
        }
        PeerMessage::Began(begun) => {
            let digest = |digest| Value::Text(digest_to_text(digest));
            let mut members =
                vec![("epoch", Value::Text(begun.epoch.to_hex())), ("subject", digest(begun.subject))];
            members.extend((begun.person != begun.subject).then(|| ("person", digest(begun.person))));
            ("began", members)
        }
        PeerMessage::Over { until, reason } => {
            let known = reason.as_first_known();
            let word = |reason: EndReason| Value::Text(reason.as_str().into());
            let mut members = vec![("until", Value::Text(until.to_hex())), ("reason", word(known))];
            members.extend((known != *reason).then(|| ("closer", word(*reason))));
            ("over", members)
        }
        PeerMessage::Bye => ("bye", vec![]),
        PeerMessage::Wanted { epoch, age } => {
            let epoch = epoch.map_or(Value::Null, |epoch| Value::Text(epoch.to_hex()));
            ("want", vec![("epoch", epoch), ("age", milliseconds(*age))])
        }
        PeerMessage::Coming => ("coming", vec![]),
        PeerMessage::Tried => ("tried", vec![]),
        PeerMessage::Noted(Noted { is_kept, is_whole, sent, notes }) => {
            let flag = |flag: bool| Value::Number(f64::from(u8::from(flag)));
            let lines: Vec<String> = notes.iter().map(|note| note.to_line()).collect();
            let members = vec![
                ("kept", flag(*is_kept)),
                ("whole", flag(*is_whole)),
                ("sent", Value::Number(*sent as f64)),
                ("notes", Value::Text(lines.join("\n"))),
            ];
            ("noted", members)
        }
    };
    let mut envelope = vec![
        ("v", Value::Number(version(message))),
        ("from", Value::Text(from.to_hex())),
        ("kind", Value::Text(kind.into())),
    ];
    envelope.extend(members);
    envelope
}

/// Reads a message; `None` for whatever is none of ours, or of a version that we do not know.
pub fn read_message<R: Record>(envelope: &R) -> Option<(TabId, PeerMessage)> {
    let text = |name| envelope.text(name);
    let number = |name| match envelope.member(name) {
        Value::Number(number) => Some(number).filter(|number| *number >= 0.0 && number.is_finite()),
        _ => None,
    };
    let milliseconds = |name| number(name).map(|number| Millis::new(number.min(LONGEST * 1000.0) as u64));
    let epoch = |name| EpochId::parse(&text(name)?);
    let message = match text("kind")?.as_str() {
        "hello" => PeerMessage::Hello,
        "here" => PeerMessage::Here,
        "token" => {
            // It goes into a header: what could not have come out of one is no token.
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
        "tried" => PeerMessage::Tried,
        "noted" => PeerMessage::Noted(Noted {
            is_kept: number("kept")? != 0.0,
            is_whole: number("whole")? != 0.0,
            sent: number("sent")? as i64,
            notes: text("notes")?.lines().take(Noted::MOST).filter_map(Note::from_line).collect(),
        }),
        _ => return None,
    };
    let is_known = envelope.member("v") == Value::Number(version(&message));
    is_known.then_some((TabId::parse(&text("from")?)?, message))
}

/// Whose token it is, by its claims; `None` for an opaque token.
fn subject_of<R: Record>(token: &str) -> Option<Subject> {
    claims_of::<R>(token).and_then(|claims| subject_in(&claims, "sub"))
}
