//! Refreshes that a worker leaves to a page.
//!
//! A refresh of a worker does not outlive it (Chromium drops its cookie), and a worker has no
//! storage for its marker. So it asks the pages of the session to refresh. It refreshes itself if
//! no page replies that it will.

use crate::session::id::{Entropy, EpochId};
use crate::session::machine::Session;
use crate::session::renewal::Deferral;
use crate::session::report::{Delay, Report};
use crate::session::tabs::ANSWER_PATIENCE;
use crate::session::tabs::message::PeerMessage;
use crate::session::tabs::replies::Debt;
use crate::session::tenure::Phase;
use crate::session::time::{Deadline, Millis, Moment};

/// The least difference in age of two different tokens. Both tabs measure the age, at different
/// times.
const SAME_AGE: Millis = Millis::from_secs(1);

impl<E: Entropy> Session<E> {
    /// Returns how long until this tab may refresh; `None` if no refresh is due. A worker waits for
    /// the pages first.
    pub(super) fn own_refresh_wait(&self, now: Moment) -> Option<Millis> {
        let due = self.refresh_wait(now)?;
        let deferred = match self.renewal.deferral {
            _ if !self.may_defer() => Millis::ZERO,
            Deferral::Until(until) | Deferral::Coming(until) => until.remaining(now),
            // The other tabs are about to reply.
            Deferral::No => self.tabs.answer_wait(now).unwrap_or_default(),
            Deferral::Over => Millis::ZERO,
        };
        Some(due.max(deferred))
    }

    /// Whether a due refresh is left to a page. Asks the pages the first time.
    pub(super) fn defer(&mut self, now: Moment) -> bool {
        match self.renewal.deferral {
            _ if !self.may_defer() => false,
            Deferral::No if !self.tabs.siblings().is_empty() => {
                let (epoch, age) = match &self.tenure.phase {
                    Phase::Active(current) => (Some(current.epoch), now.since(current.grant.received)),
                    _ => (None, Millis::ZERO),
                };
                self.tell(PeerMessage::Wanted { epoch, age });
                self.renewal.deferral = Deferral::Until(Deadline::new(now, ANSWER_PATIENCE));
                self.report(Report::Deferred { why: Delay::Page, wait: ANSWER_PATIENCE });
                true
            }
            Deferral::No | Deferral::Until(_) | Deferral::Coming(_) | Deferral::Over => {
                self.renewal.deferral = Deferral::Over;
                false
            }
        }
    }

    /// Whether any token of a page is good enough.
    fn may_defer(&self) -> bool {
        self.config.defers
            && self.config.shares_token
            && !self.waiters.want_refresh()
            && !self.tenure.cookie.must_verify
    }

    /// Waits for the refresh of a page, as long as a refresh may take.
    pub(super) fn help_is_coming(&mut self, now: Moment) {
        if matches!(self.renewal.deferral, Deferral::Until(_)) {
            self.renewal.deferral = Deferral::Coming(Deadline::new(now, self.config.longest_orphan()));
            self.report(Report::Deferred { why: Delay::Page, wait: self.config.longest_orphan() });
        }
    }

    /// Replies to a worker that wants a newer token than its own, which is of this session and this
    /// age.
    pub(super) fn wanted(&mut self, now: Moment, epoch: Option<EpochId>, age: Millis) {
        if self.config.defers || !self.config.shares_token || !self.page.may_act() {
            return;
        }
        self.reply_or_owe(now, Debt::Help { epoch, age });
    }

    /// Sends a worker a newer token than its own, or refreshes for it.
    pub(super) fn help(&mut self, now: Moment, epoch: Option<EpochId>, age: Millis) {
        let has_better = match &self.tenure.phase {
            Phase::Active(current) => {
                let is_other =
                    epoch != Some(current.epoch) || now.since(current.grant.received) + SAME_AGE < age;
                is_other && !current.refused && !current.is_seed && current.grant.lasts(now, Millis::ZERO)
            }
            Phase::Unknown { .. } => false,
            Phase::Ended { .. } | Phase::Closed { .. } => true,
        };
        if has_better {
            self.reply(now);
        } else if !self.awaits_sign_out()
            && (self.renewal.is_free(self.stored.spent, now) || self.has_open_refresh())
        {
            self.renewal.worker_needs_token = true;
            self.tell(PeerMessage::Coming);
        }
    }
    /// Whether a refresh is in flight, or may have rotated the cookie. The next one must have its
    /// id, which no worker knows.
    fn has_open_refresh(&self) -> bool {
        let is_open = self.markers.newest.is_some_and(|marker| marker.is_open());
        is_open || !self.queue.in_flight().is_empty()
    }
}
