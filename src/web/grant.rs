//! From the plain values of a reply to a token with its lifetime and owner.

use wasm_bindgen::JsValue;

use crate::format::{ServerClock, Times, claims_of, subject_in};
use crate::session::{AccessToken, Grant, Moment, Subject};

use super::plain::Members;
use super::snapshot;

/// The plain values of a reply. A number that the reply does not contain is NaN.
pub(super) struct Read<'a> {
    /// The token. A header can carry it.
    pub(super) token: &'a str,
    /// Seconds.
    pub(super) expires_in: f64,
    /// Seconds since 1970.
    pub(super) expires_at: f64,
    /// The `Date` of the response, in seconds since 1970.
    pub(super) server_now: f64,
    /// The claim that names the owner; empty if the app has named the owner itself.
    pub(super) claim: &'a str,
    /// The owner, as the app has named it.
    pub(super) owner: Option<String>,
}

/// The tokens that were read and not used yet, and what all of them prove about the server's clock.
#[derive(Default)]
pub(super) struct Grants {
    read: Vec<(u32, Grant)>,
    last: u32,
    server_clock: ServerClock,
}

impl Grants {
    /// Reads a token: see `Core::read`.
    pub(super) fn read(&mut self, read: Read<'_>, received: Moment) -> Members {
        let claims = claims_of::<JsValue>(read.token);
        let local_now = received.wall_ms() as f64 / 1000.0;
        let times = Times::new(claims.as_ref(), read.expires_in, read.expires_at, read.server_now, local_now);
        let mut members = Members::default();
        match self.server_clock.lifetime(&times, received) {
            Err(fault) => members.word("fault", snapshot::fault(fault)),
            Ok(lifetime) => {
                let subject = match read.claim {
                    "" => read.owner.map(|owner| Subject::new(&owner, None)),
                    claim => claims.as_ref().and_then(|claims| subject_in(claims, claim)),
                };
                self.last += 1;
                members.number("read", self.last.into());
                members.flag("hasOwner", subject.is_some());
                let token = AccessToken::new(read.token);
                self.read.push((self.last, Grant { token, received, lifetime, subject }));
            }
        }
        members
    }

    /// Takes the token with this number.
    pub(super) fn take(&mut self, number: u32) -> Option<Grant> {
        let index = self.read.iter().position(|(its, _)| *its == number)?;
        Some(self.read.swap_remove(index).1)
    }
}
