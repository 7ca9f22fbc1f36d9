//! How what the browser keeps is written: one line of words each. **Frozen**: old tabs outlive deploys.
//!
//! | what | words |
//! | --- | --- |
//! | [`Remembered`] | `begun <session> <digest of the subject, or ->`, or `over <session> <reason>` |
//! | [`PendingSignOut`] | `<sessions until> <when: milliseconds since 1970> <tries> <session, or -> <digest of the subject, or ->` |
//! | [`Unsettled`] | `<attempt> <attempt id sent> <when: milliseconds since 1970> <out, lost, overtaken or astray> <digest of the companion cookie, or -> <when one went astray: milliseconds since 1970, or ->` |
//! | [`Answered`] | `<when its token came: milliseconds since 1970> <how many milliseconds it took>` |
//!
//! What is not of this form is taken for absent; words after the last are those of a later version.

use std::time::Duration;

use super::id::{AttemptId, EpochId};
use super::memo::{Answered, Begun, Companion, PendingSignOut, Remembered, Standing, Unsettled};
use super::status::EndReason;

impl Remembered {
    /// Writes it.
    pub fn to_entry(self) -> String {
        match self {
            Self::Begun(begun) => {
                ["begun ", &begun.epoch.to_hex(), " ", &digest_to_text(begun.subject)].concat()
            }
            Self::Over { until, reason } => ["over ", &until.to_hex(), " ", reason.as_str()].concat(),
        }
    }

    /// Reads it.
    pub fn from_entry(entry: &str) -> Option<Self> {
        let mut words = entry.split(' ');
        let (kind, epoch, detail) = (words.next()?, EpochId::parse(words.next()?)?, words.next()?);
        match kind {
            "begun" => Some(Self::Begun(Begun { epoch, subject: digest_from_text(detail)? })),
            "over" => Some(Self::Over { until: epoch, reason: reason_from_text(detail)? }),
            _ => None,
        }
    }
}

impl PendingSignOut {
    /// Writes it.
    pub fn to_entry(self) -> String {
        let Self { until, session, asked, tries } = self;
        let epoch = session.map_or_else(|| "-".into(), |session| session.epoch.to_hex());
        let subject = digest_to_text(session.and_then(|session| session.subject));
        [until.to_hex(), asked.to_string(), tries.to_string(), epoch, subject].join(" ")
    }

    /// Reads it.
    pub fn from_entry(entry: &str) -> Option<Self> {
        let mut words = entry.split(' ');
        let until = EpochId::parse(words.next()?)?;
        let (asked, tries) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let session = match (words.next()?, digest_from_text(words.next()?)?) {
            ("-", None) => None,
            (epoch, subject) => Some(Begun { epoch: EpochId::parse(epoch)?, subject }),
        };
        Some(Self { until, session, asked, tries })
    }
}

impl Unsettled {
    /// Writes it: the marker of this attempt.
    pub fn to_entry(self, attempt: AttemptId) -> String {
        let Self { id, sent, standing, companion, astray } = self;
        let companion = digest_to_text(companion.map(|companion| companion.0));
        let astray = astray.map_or_else(|| "-".into(), |sent| sent.to_string());
        let (attempt, id, sent) = (attempt.to_hex(), id.to_hex(), sent.to_string());
        [&attempt, &*id, &sent, standing.as_str(), &companion, &astray].join(" ")
    }

    /// Reads it, whichever attempt's it is.
    pub fn from_entry(marker: &str) -> Option<Self> {
        let mut words = marker.split(' ').skip(1);
        let id = AttemptId::parse(words.next()?)?;
        let sent = words.next()?.parse().ok()?;
        let standing = Standing::parse(words.next()?)?;
        // Not there in the markers of the first version.
        let companion = words.next().and_then(digest_from_text).flatten().map(Companion);
        let astray = words.next().and_then(|sent| sent.parse().ok());
        Some(Self { id, sent, standing, companion, astray })
    }
}

impl Answered {
    /// Writes it.
    pub fn to_entry(self) -> String {
        let took = self.took.as_millis().min(u128::from(u32::MAX));
        [self.at.to_string(), took.to_string()].join(" ")
    }

    /// Reads it.
    pub fn from_entry(entry: &str) -> Option<Self> {
        let mut words = entry.split(' ');
        let at = words.next()?.parse().ok()?;
        Some(Self { at, took: Duration::from_millis(words.next()?.parse::<u32>().ok()?.into()) })
    }
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
