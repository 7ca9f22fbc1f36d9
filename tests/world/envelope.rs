//! A message as it passes the channel: written by one version of the library, read by another.

use silent_session::format::{Record, Value, read_message, write_message};
use silent_session::session::{PeerMessage, TabId};

use super::deploy::Version;

/// The members of a message.
#[derive(Clone, Debug)]
pub struct Envelope(Vec<(&'static str, Value)>);

impl Envelope {
    /// As a tab of this version writes it; `None` where it has no such message.
    pub(super) fn write(version: Version, from: TabId, message: &PeerMessage) -> Option<Self> {
        if matches!(message, PeerMessage::Over { reason, .. } if !version.knows_reason(*reason)) {
            return None;
        }
        Self(write_message::<Self>(from, message)).seen_by(version)
    }

    /// What a tab of this version reads.
    pub(super) fn read(&self, version: Version) -> Option<(TabId, PeerMessage)> {
        match version {
            Version::Newest => read_message(self),
            _ => read_message(&self.clone().seen_by(version)?),
        }
    }

    fn seen_by(mut self, version: Version) -> Option<Self> {
        self.0.retain(|(name, _)| version.reads(name));
        Some(self).filter(|envelope| version.knows(&envelope.member("v")))
    }
}

impl Record for Envelope {
    fn member(&self, name: &str) -> Value {
        let member = self.0.iter().find(|(its, _)| *its == name);
        member.map_or(Value::Absent, |(_, value)| value.clone())
    }

    fn record(&self, _name: &str) -> Option<Self> {
        None
    }

    /// No token of this world is a JWT.
    fn parse(_json: &str) -> Option<Self> {
        None
    }

    fn to_number(_text: &str) -> f64 {
        f64::NAN
    }

    fn to_text(number: f64) -> String {
        number.to_string()
    }
}
