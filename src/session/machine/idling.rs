//! The bound on refreshes for which nobody waits.
//!
//! The pauses after failures keep one tab from a server that is down. They do not bound a browser: several tabs have pauses
//! of their own, a token that comes between two failures ends a pause, and so does the network when it comes back. So a token
//! bucket bounds all refreshes for which nobody waits: eight at once, and one more every 200 seconds.
//!
//! A refresh is given back if it brings another token and there was a reason: the page had just been loaded, or the lifetime
//! of the token in hand required it. A refresh for a caller is taken out if it brings none, and given back when a token comes.
//!
//! The other tabs are told of any other refresh, and take it out of their buckets. They are not told of one that found no
//! network: it has reached nobody, and each tab tries at once when the network is back.
//!
//! Neither a call of the application nor the first refresh of a page is ever held back.

use super::super::time::Millis;

use super::super::backoff::scale;
use super::super::bucket::Bucket;
use super::super::error::RefreshFailure;
use super::super::id::Entropy;
use super::super::peers::PeerMessage;
use super::super::time::{Deadline, Moment};
use super::super::token::Grant;
use super::super::turn::{Stage, Turn};
use super::{Phase, Session};

/// In an hour the bucket allows 26 refreshes. The confirmation of a rejection is not held back, and may add one.
const BURST: u32 = 8;
const PERIOD: Millis = Millis::from_secs(200);

/// What the last refresh was sent for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum SentFor {
    /// Somebody waits for a token.
    Caller,
    /// The page has just been loaded, or the lifetime of the token in hand requires it.
    Lifetime,
    /// Nothing of that: whose cookie there is, or whether a rejection is true.
    #[default]
    Nothing,
}

/// A full bucket.
pub(super) const fn full() -> Bucket {
    Bucket::new(BURST, PERIOD)
}

impl<E: Entropy> Session<E> {
    /// How long a refresh is held back for which nobody waits.
    pub(super) fn idle_wait(&self, now: Moment) -> Millis {
        let is_held = |turn: &Turn| matches!(turn.stage, Stage::Holding | Stage::Looking);
        // The other tabs would be told the same, so the lock is kept until that is confirmed.
        let confirms = self.markers.is_rejected() && self.turns.current.as_ref().is_some_and(is_held);
        if confirms || self.turns.sent == 0 { Millis::ZERO } else { self.allowance.wait(now) }
    }

    /// Takes a refresh for which nobody waits out of the bucket, as it is sent.
    pub(super) fn count_sent(&mut self, now: Moment) {
        let is_idle = self.callers.is_empty();
        let has_reason = match &self.phase {
            Phase::Active(held) => {
                self.ahead(held).is_some_and(|due| due.is_due(now)) || !held.grant.lasts(now, Millis::ZERO)
            }
            // Nobody hands it over.
            Phase::Unknown { elsewhere, .. } => !elsewhere || !self.config.shares_token,
            Phase::Ended { .. } | Phase::Closed { .. } => false,
        };
        self.sent_for = match (is_idle, has_reason) {
            (false, _) => SentFor::Caller,
            (true, true) => SentFor::Lifetime,
            (true, false) => SentFor::Nothing,
        };
        if is_idle {
            let extra = scale(self.allowance.period() / 4, &mut self.entropy);
            self.allowance.take(now, extra);
        }
        // Where one has failed already the others are told at once: this tab may freeze before the reply.
        self.is_told = is_idle && self.failure.is_some() && !self.is_offline();
        if self.is_told {
            self.tell_tried();
        }
    }

    /// Gives a refresh back, or tells the other tabs of it, as it has come to its end.
    pub(super) fn count_outcome(&mut self, now: Moment, outcome: Result<&Grant, &RefreshFailure>) {
        let is_another = |grant: &Grant| match &self.phase {
            Phase::Active(held) => held.grant.token != grant.token,
            _ => true,
        };
        let brings = outcome.is_ok_and(is_another);
        match self.sent_for {
            SentFor::Caller if brings => {}
            SentFor::Caller => {
                self.allowance.take(now, Millis::ZERO);
                self.taken_by_callers = self.taken_by_callers.saturating_add(1);
            }
            SentFor::Lifetime if brings => self.allowance.give_back(1),
            SentFor::Lifetime | SentFor::Nothing => {
                if outcome != Err(&RefreshFailure::Offline) && !self.is_told {
                    self.tell_tried();
                }
            }
        }
    }

    /// Gives back what callers have taken, as a token has come: it is renewed in time, however often they had to try.
    pub(super) fn forgive_callers(&mut self) {
        self.allowance.give_back(std::mem::take(&mut self.taken_by_callers));
    }

    fn tell_tried(&mut self) {
        if !self.peers.siblings().is_empty() {
            self.tell(PeerMessage::Tried);
        }
    }

    /// Takes a refresh of another tab out of the bucket.
    pub(super) fn tried_elsewhere(&mut self, now: Moment) {
        let extra = scale(self.allowance.period() / 4, &mut self.entropy);
        self.allowance.take(now, extra);
        self.show_hold(now);
    }

    /// Shows until when refreshes are held back. Not when one is sent: the lock is held then, and listeners must not run.
    pub(super) fn show_hold(&mut self, now: Moment) {
        let is_ahead = |until: &Deadline| !until.is_due(now);
        self.held_until = self.allowance.next().filter(is_ahead).map(Deadline::wall_ms);
    }
}
