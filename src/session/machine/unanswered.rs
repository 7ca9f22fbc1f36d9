//! The refreshes that are out and unanswered: how many more may be sent, and what must not be believed before they settle.

use std::time::Duration;

use super::super::command::Command;
use super::super::config::RECOGNISED;
use super::super::id::Entropy;
use super::super::in_flight::{InFlight, LONGEST_IN_FLIGHT, MOST_IN_FLIGHT};
use super::super::memo::{Memo, Standing, Unsettled};
use super::super::rotation::Rotation;
use super::super::time::{Deadline, Moment};
use super::super::turns::Sent;
use super::Session;

impl<E: Entropy> Session<E> {
    /// Lists the refreshes of this page as those of one that has gone, or is back.
    pub(super) fn relist_in_flight(&mut self, gone: Option<i64>) {
        let in_flight: Vec<_> = self.turns.in_flight().collect();
        for sent in in_flight {
            let (attempt, sent) = (sent.attempt, sent.began.wall_ms());
            self.commands.push(Command::ListInFlight(InFlight { attempt, sent, gone }));
        }
    }

    /// Until when no refresh may be sent, because of those that are out: there are too many, or one that this tab has given
    /// up on is still to bring what would be a spent cookie after another rotation.
    pub(super) fn look_at_in_flight(&mut self, now: Moment, memo: &Memo) {
        let pace = memo.answered.map(|answered| answered.pace);
        let orphan_wait = |seen| Rotation::Revokes.orphan_wait(seen, pace, self.config.timeout);
        let of_ours = |sent: Sent| LONGEST_IN_FLIGHT.saturating_sub(now.since(sent.began));
        let ours: Vec<Sent> = self.turns.in_flight().collect();
        let is_others = |listed: &&InFlight| ours.iter().all(|sent| sent.attempt != listed.attempt);
        let others = memo.in_flight.iter().filter(is_others).map(|listed| listed.left(now, orphan_wait));
        let mut left: Vec<Duration> = ours.iter().copied().map(of_ours).chain(others).collect();
        left.retain(|left| !left.is_zero());
        // The first of those that are too many to go makes room.
        while left.len() >= MOST_IN_FLIGHT {
            let Some(first) = (0..left.len()).min_by_key(|index| left[*index]) else { break };
            let wait = left.swap_remove(first);
            if left.len() < MOST_IN_FLIGHT {
                self.blocked = Some(Deadline::new(now, wait));
                return;
            }
        }
        // What another tab has given up on, that tab hears of, as this one does of its own.
        let is_old =
            |marker: Unsettled| marker.standing == Standing::Overtaken && marker.first_age(now) >= RECOGNISED;
        // While probes may tell, nothing else is waited for.
        let is_rejected = self.rejected && self.probe_pause(now).is_none();
        let waits =
            self.rotation(memo) != Rotation::None && (is_rejected || self.unsettled.is_some_and(is_old));
        // Where no other tab is there, its page has crashed.
        let is_heard_of = |listed: &&InFlight| listed.gone.is_none() && !self.peers.siblings().is_empty();
        let heard_of = memo.in_flight.iter().filter(is_others).filter(is_heard_of);
        let heard_of = heard_of.map(|listed| listed.left(now, orphan_wait)).max().unwrap_or_default();
        self.out_elsewhere = Some(Deadline::new(now, heard_of)).filter(|_| !heard_of.is_zero());
        // What was sent before a sign-out undoes it by bringing a cookie.
        let stray = self.turns.stray().filter(|_| self.pending.is_some());
        let given_up = self.turns.late().chain(stray).map(of_ours).max().unwrap_or_default();
        let wait = Some(given_up.max(heard_of)).filter(|wait| waits && !wait.is_zero());
        self.blocked = wait.map(|wait| Deadline::new(now, wait));
    }

    /// How long a refresh of this tab may still bring a cookie that it has given up on.
    pub(super) fn given_up_wait(&self, now: Moment) -> Duration {
        let left = |sent: Sent| LONGEST_IN_FLIGHT.saturating_sub(now.since(sent.began));
        self.turns.late().chain(self.turns.stray()).map(left).max().unwrap_or_default()
    }

    /// Whether a refresh that was sent before may still bring a cookie, as far as the tabs of this browser know.
    pub(super) fn cookie_may_come(&self, now: Moment) -> bool {
        let is_out_elsewhere = self.out_elsewhere.is_some_and(|until| !until.is_due(now));
        is_out_elsewhere || !self.given_up_wait(now).is_zero()
    }
}
