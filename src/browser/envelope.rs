//! How one tab's message to the others is written. **Frozen**: a tab of yesterday's deploy lives beside one of today's.
//!
//! A message is an object with these members; times and durations are milliseconds, times since 1970.
//!
//! | `kind` | members beside `v`, `from` and `kind` | |
//! | --- | --- | --- |
//! | `"hello"` | | Here I am: answer with what you have. |
//! | `"here"` | | Here I am, and have nothing to give. |
//! | `"token"` | `epoch`, `token`, `lifetime` (or null), `age`, `sent`, and maybe `identity` | An access token: how long it lived from when it came, how long ago that was, when this was said, and whose it is where it does not say so itself. |
//! | `"began"` | `epoch`, `subject` | A session goes on; its token is not handed over. |
//! | `"over"` | `until`, `reason` (`"signed-out"`, `"rejected"`) | Every session that had begun by then is over. |
//! | `"bye"` | | I am going. |
//! | `"want"` (2) | `epoch` (or null), `age` | A worker wants a better token than its own, which came so long ago. |
//! | `"coming"` (2) | | A page answers that it is about to refresh. |
//!
//! `from`, `epoch` and `until` are 32 hexadecimal digits, `subject` is 16 of them or `-`: a digest of whose session it is,
//! salted with the epoch. **`v` is the version that a reader has to know**, 2 where the table
//! says so and 1 for the others, and stays so in every later version: a later one adds members, which earlier readers ignore, or
//! messages of its own with a higher `v`, which they ignore as a whole. So two versions hand tokens over to each other.
//! `tests/headless/messages-v1.json` holds them to it.
//!
//! Whatever is not of this form is ignored. Whose the token is, the reader sees in the token itself, unless the app
//! knows better (`identity`); nothing here is a secret but that, and nothing of the refresh token passes here.

use std::time::Duration;

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

use super::answer::{member, subject_of};
use super::memory::{digest_from_text, digest_to_text, reason_from_text};
use crate::session::{AccessToken, Begun, EpochId, Offer, PeerMessage, Subject, TabId};

/// Which version a reader has to know of.
fn version(message: &PeerMessage) -> f64 {
    match message {
        PeerMessage::Wanted { .. } | PeerMessage::Coming => 2.0,
        _ => 1.0,
    }
}

/// Longer than any server takes in a header. A tab with such a token fetches its own.
const LONGEST_TOKEN: usize = 65_536;

/// Writes a message.
pub(crate) fn seal(from: TabId, message: &PeerMessage) -> JsValue {
    let milliseconds = |duration: Duration| JsValue::from(duration.as_millis() as f64);
    let (kind, members) = match message {
        PeerMessage::Hello => ("hello", vec![]),
        PeerMessage::Here => ("here", vec![]),
        PeerMessage::Offered(offer) => {
            let mut members = vec![
                ("epoch", offer.epoch.to_hex().into()),
                ("token", offer.token.reveal().into()),
                ("lifetime", offer.lifetime.map_or(JsValue::NULL, milliseconds)),
                ("age", milliseconds(offer.age)),
                ("sent", JsValue::from(offer.sent as f64)),
            ];
            // A copy for whoever cannot ask the app: it has no answer to show to it.
            let told = offer.subject.as_ref().filter(|_| offer.subject != subject_of(offer.token.reveal()));
            members.extend(told.map(|told| ("identity", told.reveal().into())));
            ("token", members)
        }
        PeerMessage::Began(begun) => (
            "began",
            vec![("epoch", begun.epoch.to_hex().into()), ("subject", digest_to_text(begun.subject).into())],
        ),
        PeerMessage::Over { until, reason } => {
            ("over", vec![("until", until.to_hex().into()), ("reason", reason.as_str().into())])
        }
        PeerMessage::Bye => ("bye", vec![]),
        PeerMessage::Wanted { epoch, age } => {
            let epoch = epoch.map_or(JsValue::NULL, |epoch| epoch.to_hex().into());
            ("want", vec![("epoch", epoch), ("age", milliseconds(*age))])
        }
        PeerMessage::Coming => ("coming", vec![]),
    };
    let envelope = Object::new();
    let frame = [("v", version(message).into()), ("from", from.to_hex().into()), ("kind", kind.into())];
    for (name, value) in frame.into_iter().chain(members) {
        // A fresh object takes any member.
        let _ = Reflect::set(&envelope, &JsValue::from_str(name), &value);
    }
    envelope.into()
}

/// Reads a message; `None` for whatever is none of ours, or of a version that we do not know.
pub(crate) fn open(envelope: &JsValue) -> Option<(TabId, PeerMessage)> {
    let text = |name| member(envelope, name).as_string();
    let number = |name| member(envelope, name).as_f64().filter(|number| *number >= 0.0 && number.is_finite());
    let milliseconds = |name| number(name).map(|number| Duration::from_millis(number as u64));
    let epoch = |name| EpochId::parse(&text(name)?);
    let message = match text("kind")?.as_str() {
        "hello" => PeerMessage::Hello,
        "here" => PeerMessage::Here,
        "token" => {
            // It goes into a header: what could not have come out of one is no token.
            let token = text("token")
                .filter(|token| (1..=LONGEST_TOKEN).contains(&token.len()))
                .filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()))?;
            let lifetime = match member(envelope, "lifetime") {
                lifetime if lifetime.is_null() => None,
                _ => Some(milliseconds("lifetime")?),
            };
            PeerMessage::Offered(Offer {
                epoch: epoch("epoch")?,
                subject: text("identity")
                    .map_or_else(|| subject_of(&token), |told| Some(Subject::new(&told, None))),
                token: AccessToken::new(&token),
                lifetime,
                age: milliseconds("age")?,
                sent: number("sent")? as i64,
            })
        }
        "began" => {
            let subject = digest_from_text(&text("subject")?)?;
            PeerMessage::Began(Begun { epoch: epoch("epoch")?, subject })
        }
        "over" => PeerMessage::Over { until: epoch("until")?, reason: reason_from_text(&text("reason")?)? },
        "bye" => PeerMessage::Bye,
        "want" => {
            let epoch = match member(envelope, "epoch") {
                epoch if epoch.is_null() => None,
                _ => Some(epoch("epoch")?),
            };
            PeerMessage::Wanted { epoch, age: milliseconds("age")? }
        }
        "coming" => PeerMessage::Coming,
        _ => return None,
    };
    let is_known = member(envelope, "v").as_f64() == Some(version(&message));
    is_known.then_some((TabId::parse(&text("from")?)?, message))
}
