//! What a worker leaves to a page.
//!
//! A refresh that a worker sends does not outlive it (Chromium drops its cookie), and a worker has no storage to mark it
//! in. So it asks the pages of the session to refresh, and refreshes itself only where none says that it will.

use super::super::time::Millis;

use super::super::id::{Entropy, EpochId};
use super::super::peers::{ANSWER_PATIENCE, PeerMessage};
use super::super::replies::Debt;
use super::super::report::{Delay, Report};
use super::super::time::{Deadline, Moment};
use super::{Phase, Session};

/// How much older the worker's token has to be for the page's to count as another one: ages are measured twice.
const SAME_AGE: Millis = Millis::from_secs(1);

/// How far a worker has come with that.
#[derive(Debug, Default)]
pub(super) enum Deferral {
    /// Nobody was asked.
    #[default]
    No,
    /// Until then a page is waited for that says that it will.
    Until(Deadline),
    /// Until then the refresh of one that has said so. It is not waited for any longer, however often that is said.
    Coming(Deadline),
    /// No page has helped: it refreshes itself.
    Over,
}

impl<E: Entropy> Session<E> {
    /// How long until this tab may refresh, if it is to: a worker waits for the pages first.
    pub(super) fn own_refresh_wait(&self, now: Moment) -> Option<Millis> {
        let due = self.refresh_wait(now)?;
        let deferred = match self.deferral {
            _ if !self.may_defer() => Millis::ZERO,
            Deferral::Until(until) | Deferral::Coming(until) => until.remaining(now),
            // Who is there will be known in a moment.
            Deferral::No => self.peers.answer_wait(now).unwrap_or_default(),
            Deferral::Over => Millis::ZERO,
        };
        Some(due.max(deferred))
    }

    /// Whether a refresh that is due is left to a page. Asks, the first time.
    pub(super) fn defer(&mut self, now: Moment) -> bool {
        match self.deferral {
            _ if !self.may_defer() => false,
            Deferral::No if !self.peers.siblings().is_empty() => {
                let (epoch, age) = match &self.phase {
                    Phase::Active(held) => (Some(held.epoch), now.since(held.grant.received)),
                    _ => (None, Millis::ZERO),
                };
                self.tell(PeerMessage::Wanted { epoch, age });
                self.deferral = Deferral::Until(Deadline::new(now, ANSWER_PATIENCE));
                self.report(Report::Deferred { why: Delay::Page, wait: ANSWER_PATIENCE });
                true
            }
            Deferral::No | Deferral::Until(_) | Deferral::Coming(_) | Deferral::Over => {
                self.deferral = Deferral::Over;
                false
            }
        }
    }

    /// Whatever a page can bring will do.
    fn may_defer(&self) -> bool {
        self.config.defers
            && self.config.shares_token
            && !self.callers.want_refresh()
            && !self.cookie.in_doubt
    }

    /// A page refreshes: it is waited for as long as a refresh may take.
    pub(super) fn help_is_coming(&mut self, now: Moment) {
        if matches!(self.deferral, Deferral::Until(_)) {
            self.deferral = Deferral::Coming(Deadline::new(now, self.config.longest_orphan()));
            self.report(Report::Deferred { why: Delay::Page, wait: self.config.longest_orphan() });
        }
    }

    /// A worker wants a better token than one of this epoch that came so long ago.
    pub(super) fn wanted(&mut self, now: Moment, epoch: Option<EpochId>, age: Millis) {
        if self.config.defers || !self.config.shares_token || !self.started || self.away {
            return;
        }
        self.reply_or_owe(now, Debt::Help { epoch, age });
    }

    /// Hands the worker a better token than the one that it has, or refreshes for it.
    pub(super) fn help(&mut self, now: Moment, epoch: Option<EpochId>, age: Millis) {
        let has_better = match &self.phase {
            Phase::Active(held) => {
                let is_other = epoch != Some(held.epoch) || now.since(held.grant.received) + SAME_AGE < age;
                is_other && !held.refused && !held.is_seed && held.grant.lasts(now, Millis::ZERO)
            }
            Phase::Unknown { .. } => false,
            Phase::Ended { .. } | Phase::Closed { .. } => true,
        };
        if has_better {
            self.reply(now);
        } else if !self.awaits_sign_out() && (self.is_free_to_refresh(now) || self.has_open_refresh()) {
            self.is_asked = true;
            self.tell(PeerMessage::Coming);
        }
    }
    /// Whether nothing holds back a refresh for which nobody waits here.
    fn is_free_to_refresh(&self, now: Moment) -> bool {
        self.backoff.until(now).is_none() && self.allowance.wait(now).is_zero()
    }

    /// Whether a refresh is out, or may have rotated the cookie: the next one has to have its id, which a worker does not know.
    fn has_open_refresh(&self) -> bool {
        let is_open = self.markers.newest.is_some_and(|marker| marker.is_open());
        is_open || self.turns.in_flight().next().is_some()
    }
}
