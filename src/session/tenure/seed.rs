//! A token that the page was delivered with. It waits until it is known whether a session goes on.

use crate::session::id::{EpochId, Ticket};
use crate::session::storage::stored::Fingerprint;
use crate::session::time::Moment;
use crate::session::token::Grant;

/// A token that the page was delivered with.
#[derive(Debug)]
pub(crate) struct Seed {
    /// The ticket of its caller.
    pub(crate) ticket: Ticket,
    pub(crate) grant: Grant,
    /// The moment when the app handed it over.
    pub(crate) handed: Moment,
    /// The latest session that was known then.
    pub(crate) latest: Option<EpochId>,
}

impl Seed {
    /// Whether another user may have signed in since it was handed over. The page may have been
    /// prerendered, or may have waited for other tabs.
    pub(crate) fn is_outdated(&self, known: Option<Fingerprint>) -> bool {
        let has_begun = |session: &Fingerprint| {
            Some(session.epoch) > self.latest && session.epoch.is_after(self.handed.wall_ms())
        };
        let may_be_others = |session: &Fingerprint| session.person.is_none() || !session.is_of(&self.grant);
        known.is_some_and(|known| has_begun(&known) && may_be_others(&known))
    }
}
