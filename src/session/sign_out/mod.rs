//! The pursuit of a sign-out, until the server has confirmed it.
//!
//! A sign-out takes effect here at once. It is stored before anything is sent. It stays stored
//! until the server has confirmed it, or until a later session begins. It is given up after 20
//! failed attempts or 60 days. Then it stays stored as well: nothing is restored, and nothing is
//! sent, before the next sign-in.
//!
//! | the pursuit | on | becomes |
//! | --- | --- | --- |
//! | any | `ask` | pending |
//! | none | `keep_local` | local |
//! | any | `read`: another tab has a pending one | pending, or given up |
//! | any | `read`: another tab has finished it | as before it |
//! | pending | `fail` | pending, after a pause; given up after the last attempt |
//! | pending | `confirm` | confirmed |
//! | pending | `put_off`: somebody is signing in | pending, after a longer pause |
//! | pending | `resume`: the login has failed | pending |
//! | any | `abandon`, `forget`, `reset` | none |

pub(crate) mod findings;
pub(crate) mod progress;

use crate::session::config::LONGEST_LOGIN;
use crate::session::error::RefreshFailure;
use crate::session::id::{Entropy, EpochId};
use crate::session::outbox::{Outbox, Write};
use crate::session::renewal::backoff::Backoff;
use crate::session::report::Report;
use crate::session::sign_out::findings::{Found, Owner, Step};
use crate::session::sign_out::progress::{SignOutFailure, SignOutProgress, SignOutStatus};
use crate::session::storage::stored::{PendingSignOut, SessionEntry, Stored};
use crate::session::time::{Millis, Moment};
use crate::session::token::{AccessToken, Grant, Subject};

/// The pursuit of the last sign-out.
#[derive(Debug)]
pub(crate) struct SignOut {
    /// The sign-out that the server has not confirmed.
    pending: Option<PendingSignOut>,
    backoff: Backoff,
    /// The owner of a token that was compared with it: the same person, with another `sid`.
    compared: Option<Subject>,
    /// The token of the ending session, if the endpoint requires it. It is never stored.
    ending: Option<Grant>,
    /// The reason why the last attempt was not confirmed.
    failure: Option<SignOutFailure>,
    /// The outcome of the last sign-out, once it is no longer pending.
    outcome: Option<SignOutStatus>,
}

impl Default for SignOut {
    fn default() -> Self {
        Self {
            pending: None,
            backoff: Backoff::of_sign_outs(),
            compared: None,
            ending: None,
            failure: None,
            outcome: None,
        }
    }
}

impl SignOut {
    /// Returns the sign-out that the server has not confirmed.
    pub(crate) fn pending(&self) -> Option<PendingSignOut> {
        self.pending
    }

    /// Returns the id up to which sessions are signed out, but not confirmed.
    pub(crate) fn until(&self) -> Option<EpochId> {
        self.pending.map(|pending| pending.until)
    }

    /// Whether the server has confirmed the last sign-out.
    pub(crate) fn is_confirmed(&self) -> bool {
        self.pending.is_none() && self.outcome == Some(SignOutStatus::Confirmed)
    }

    /// Returns the time until the next attempt, if a pause is running or somebody is signing in.
    pub(crate) fn pause(&self, now: Moment) -> Option<Millis> {
        let paused = self.backoff.until(now).map(|until| until.remaining(now));
        paused.max(self.login_wait(now))
    }

    /// Returns the time until the next attempt, if somebody is signing in.
    pub(crate) fn login_wait(&self, now: Moment) -> Option<Millis> {
        self.pending.and_then(|pending| pending.login_wait(now))
    }

    /// Ends the pause, because the network is back or the user has signed out again.
    pub(crate) fn end_pause(&mut self) {
        self.backoff.reset();
    }

    /// Begins the pursuit of a sign-out. `ending` is the token that the endpoint requires.
    pub(crate) fn ask(&mut self, pending: PendingSignOut, ending: Option<Grant>, outbox: &mut Outbox) {
        self.ending = ending;
        self.failure = None;
        self.compared = None;
        self.store(pending, outbox);
    }

    /// Continues the pursuit, because the user has signed out once more.
    pub(crate) fn ask_again(&mut self, outbox: &mut Outbox) {
        self.compared = None;
        self.resume(outbox);
    }

    /// Stores the pending sign-out once more, because its entry was removed.
    pub(crate) fn restore(&self, outbox: &mut Outbox) {
        if let Some(pending) = self.pending {
            outbox.writes.push(Write::SignOut(pending));
        }
    }

    /// Continues the pursuit that a login had put off.
    pub(crate) fn resume(&mut self, outbox: &mut Outbox) {
        self.put_off_until(None, outbox);
    }

    /// Notes that a sign-out takes effect without the server.
    pub(crate) fn keep_local(&mut self) {
        self.outcome = Some(SignOutStatus::Local);
    }

    /// Forgets the pending sign-out.
    pub(crate) fn forget(&mut self, outbox: &mut Outbox) {
        self.compared = None;
        self.ending = None;
        if let Some(pending) = self.pending.take() {
            outbox.writes.push(Write::ClearSignOut { until: pending.until });
        }
    }

    /// Abandons the pursuit, because somebody may have signed in since. The other tabs see in the
    /// stored session that it was not confirmed.
    pub(crate) fn abandon(&mut self, outbox: &mut Outbox) {
        if let Some(until) = self.until() {
            outbox.writes.push(Write::Session(SessionEntry::Abandoned { until }));
        }
        self.forget(outbox);
    }

    /// Puts the pursuit off in all tabs, because somebody is signing in. The new session must not
    /// be signed out for the one before it.
    pub(crate) fn put_off(&mut self, now: Moment, outbox: &mut Outbox) {
        self.put_off_until(now.wall_ms().checked_add(LONGEST_LOGIN.signed()), outbox);
    }

    fn put_off_until(&mut self, date: Option<i64>, outbox: &mut Outbox) {
        if let Some(pending) = &mut self.pending {
            pending.not_before = date;
        }
        self.restore(outbox);
    }

    /// Forgets the pursuit, because a session begins.
    pub(crate) fn reset(&mut self, outbox: &mut Outbox) {
        self.forget(outbox);
        *self = Self::default();
    }

    /// Reads the stored sign-out. Another page may have left one, or have finished this one.
    pub(crate) fn read(
        &mut self,
        stored: &Stored,
        now: Moment,
        entropy: &mut impl Entropy,
        outbox: &mut Outbox,
    ) -> Found {
        // A sign-out that another tab has finished leaves an entry of the session.
        if stored.sign_out.is_none() && stored.session.is_none() && self.pending.is_some() {
            return Found::Cleared;
        }
        let before = std::mem::replace(&mut self.pending, stored.sign_out);
        let Some(pending) = stored.sign_out else { return Found::Nothing };
        if pending.is_outdated(stored.session) {
            self.forget(outbox);
            return Found::Nothing;
        }
        if before.is_some_and(|before| before.until != pending.until) {
            // Another sign-out was stored since. This token may belong to the session before it.
            self.ending = None;
        }
        let is_tried = |before: PendingSignOut| before.until == pending.until && before.tries < pending.tries;
        if !pending.is_given_up() && pending.is_too_old(now) {
            self.give_up(pending, outbox);
        } else if before.is_some_and(is_tried) {
            // Another tab has just failed. It counts as an attempt of this tab.
            self.backoff.catch_up(pending.tries - 1);
            self.backoff.fail(now, &RefreshFailure::TimedOut, entropy);
        }
        Found::Pending(pending.until)
    }

    /// Returns the next step.
    pub(crate) fn step(&self) -> Step {
        match self.pending {
            None => Step::Rest,
            Some(pending) if pending.is_given_up() => Step::Show,
            Some(_) => Step::Try,
        }
    }

    /// Whether a refresh is sent before the next attempt, to find out whose session there is.
    ///
    /// `is_sure`: whether the user has just signed out. `needs_token`: whether the endpoint
    /// requires a token of the session.
    pub(crate) fn must_compare(&self, is_sure: bool, needs_token: bool, now: Moment) -> bool {
        let is_sure = is_sure && self.login_wait(now).is_none();
        let may_be_anothers =
            |pending: PendingSignOut| pending.can_compare() && !(is_sure && pending.is_young(now));
        self.pending.is_some_and(may_be_anothers) || (needs_token && self.token(now).is_none())
    }

    /// Returns the token of the ending session, while the endpoint would accept it.
    pub(crate) fn token(&self, now: Moment) -> Option<&AccessToken> {
        let ending = self.ending.as_ref().filter(|grant| grant.lasts(now, Millis::ZERO));
        ending.map(|grant| &grant.token)
    }

    /// Keeps a token of the ending session for the next attempt.
    pub(crate) fn keep_token(&mut self, grant: Grant) {
        self.ending = Some(grant);
    }

    /// Returns the session to which a token belongs. Another `sid` proves a new sign-in of the same
    /// person only if the server keeps `sid` across refreshes. A second refresh shows that.
    pub(crate) fn owner_of(&self, grant: &Grant) -> Owner {
        match (self.pending.filter(|pending| pending.is_of(grant)), &self.compared) {
            (None, _) => Owner::Other,
            (Some(pending), _) if pending.has_sid_of(grant) => Owner::Pending,
            (Some(_), None) => Owner::Unclear,
            (Some(_), compared) if *compared == grant.subject => Owner::Other,
            (Some(_), _) => Owner::Pending,
        }
    }

    /// Drops the token of the ending session.
    pub(crate) fn drop_token(&mut self) {
        self.ending = None;
    }

    /// Keeps the unclear owner of a token, to compare it with the next one.
    pub(crate) fn compare_again(&mut self, grant: Grant) {
        self.compared = grant.subject;
    }

    /// Notes that an attempt was not confirmed. All tabs and earlier pages have 20 attempts
    /// together.
    pub(crate) fn fail(
        &mut self,
        failed: SignOutFailure,
        now: Moment,
        entropy: &mut impl Entropy,
        outbox: &mut Outbox,
    ) {
        let Some(mut pending) = self.pending else { return };
        self.failure = Some(failed);
        if !failed.failure.reached_nobody() {
            pending.tries = pending.tries.saturating_add(1);
            self.store(pending, outbox);
        }
        if pending.is_given_up() || pending.is_too_old(now) {
            return self.give_up(pending, outbox);
        }
        self.report(SignOutStatus::Pending, pending.tries, outbox);
        self.backoff.catch_up(pending.tries.saturating_sub(1));
        self.backoff.fail(now, &failed.failure, entropy);
    }

    /// Notes that the server knows of all sessions up to `told`. `is_ended`: whether the session is
    /// over here.
    ///
    /// Returns whether nothing more is to be sent. The tab may have been frozen, and the user may
    /// have signed in and out since.
    pub(crate) fn confirm(&mut self, told: Option<EpochId>, is_ended: bool, outbox: &mut Outbox) -> bool {
        self.backoff.reset();
        if self.until() > told {
            return false;
        }
        let tries = self.pending.map_or(0, |pending| pending.tries);
        self.forget(outbox);
        self.failure = None;
        if is_ended {
            self.outcome = Some(SignOutStatus::Confirmed);
        }
        self.report(SignOutStatus::Confirmed, tries, outbox);
        true
    }

    /// Returns the progress of the last sign-out, for display.
    pub(crate) fn progress(&self) -> Option<SignOutProgress> {
        let status = match self.pending {
            Some(pending) if pending.is_given_up() => SignOutStatus::GivenUp,
            Some(_) => SignOutStatus::Pending,
            None => self.outcome?,
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

    /// Gives up. The entry stays stored, so that nothing is restored before the next sign-in.
    fn give_up(&mut self, pending: PendingSignOut, outbox: &mut Outbox) {
        let pending = pending.given_up();
        self.ending = None;
        self.store(pending, outbox);
        self.report(SignOutStatus::GivenUp, pending.tries, outbox);
    }

    fn store(&mut self, pending: PendingSignOut, outbox: &mut Outbox) {
        self.pending = Some(pending);
        self.restore(outbox);
    }

    fn report(&self, status: SignOutStatus, tries: u32, outbox: &mut Outbox) {
        outbox.app.reports.push(Report::SignOutSettled { status, tries, failure: self.failure });
    }
}

#[cfg(test)]
mod tests;
