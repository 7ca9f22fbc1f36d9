//! The sign-out of which the server may not know yet.

pub(crate) mod progress;

use crate::session::renewal::backoff::Backoff;
use crate::session::sign_out::progress::{SignOutFailure, SignOutProgress, SignOutStatus};
use crate::session::storage::stored::PendingSignOut;
use crate::session::time::{Millis, Moment};
use crate::session::token::{Grant, Subject};

/// The pursuit of the last sign-out.
#[derive(Debug)]
pub(crate) struct SignOut {
    /// The sign-out that the server has not confirmed.
    pub(crate) pending: Option<PendingSignOut>,
    pub(crate) backoff: Backoff,
    /// The owner of a token that was compared with it: the same person, with another `sid`.
    pub(crate) compared: Option<Subject>,
    /// The token of the session that is signed out, where the endpoint requires it. Never stored.
    pub(crate) ending: Option<Grant>,
    /// Why the last try was not confirmed.
    pub(crate) failure: Option<SignOutFailure>,
    /// The outcome of the last sign-out, once nothing of it is pending.
    pub(crate) status: Option<SignOutStatus>,
}

/// The session that a pending sign-out has found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The session that was signed out.
    Pending,
    /// Another one: somebody has signed in since.
    Other,
    /// One of the same person, who may have signed in anew.
    Unclear,
}

impl Default for SignOut {
    fn default() -> Self {
        Self {
            pending: None,
            backoff: Backoff::of_sign_outs(),
            compared: None,
            ending: None,
            failure: None,
            status: None,
        }
    }
}

impl SignOut {
    /// Whether a token of the ending session is at hand that the endpoint would accept.
    pub(crate) fn has_token(&self, now: Moment) -> bool {
        self.ending.as_ref().is_some_and(|grant| grant.lasts(now, Millis::ZERO))
    }

    /// Tells by a token whose session there is. Another `sid` tells a new sign-in of the same person only where the server
    /// keeps it over refreshes: another refresh shows that.
    pub(crate) fn owner_of(&self, grant: &Grant) -> Owner {
        match (self.pending.filter(|pending| pending.is_of(grant)), &self.compared) {
            (None, _) => Owner::Other,
            (Some(pending), _) if pending.has_sid_of(grant) => Owner::Pending,
            (Some(_), None) => Owner::Unclear,
            (Some(_), compared) if *compared == grant.subject => Owner::Other,
            (Some(_), _) => Owner::Pending,
        }
    }

    /// Forgets the pending sign-out. Returns it.
    pub(crate) fn forget(&mut self) -> Option<PendingSignOut> {
        self.compared = None;
        self.ending = None;
        self.pending.take()
    }

    /// A session begins: nothing of the sign-out before it is shown or tried. Returns the one that was pending.
    pub(crate) fn reset(&mut self) -> Option<PendingSignOut> {
        std::mem::take(self).pending
    }

    /// Returns the progress of the last sign-out: to show.
    pub(crate) fn progress(&self) -> Option<SignOutProgress> {
        let status = match self.pending {
            Some(pending) if pending.is_given_up() => SignOutStatus::GivenUp,
            Some(_) => SignOutStatus::Pending,
            None => self.status?,
        };
        let is_pending = status == SignOutStatus::Pending;
        Some(SignOutProgress {
            status,
            asked: self.pending.map(|pending| pending.asked),
            tries: self.pending.map_or(0, |pending| pending.tries),
            retry_at: self.backoff.retry_at().filter(|_| is_pending),
            failure: self.failure.filter(|_| self.pending.is_some()),
        })
    }
}
