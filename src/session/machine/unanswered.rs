//! The refreshes that are out and unanswered: how many more may be sent, and what must not be believed before they settle.

use super::super::time::Millis;

use super::super::config::RECOGNISED;
use super::super::id::Entropy;
use super::super::in_flight::{InFlight, LONGEST_IN_FLIGHT, MOST_IN_FLIGHT};
use super::super::memo::Memo;
use super::super::note::Note;
use super::super::rotation::Rotation;
use super::super::sent::Sent;
use super::super::time::{Deadline, Moment};
use super::super::unsettled::{Standing, Unsettled};
use super::Session;

impl<E: Entropy> Session<E> {
    /// Lists the refreshes of this page as those of one that has gone, or is back.
    pub(super) fn relist_in_flight(&mut self, gone: Option<i64>) {
        let in_flight: Vec<_> = self.turns.in_flight().collect();
        for sent in in_flight {
            let (attempt, sent) = (sent.attempt, sent.began.wall_ms());
            self.note(Note::List(InFlight { attempt, sent, gone }));
        }
    }

    /// Until when no refresh may be sent, because of those that are out: there are too many, or one that this tab has given
    /// up on is still to bring what would be a spent cookie after another rotation.
    pub(super) fn look_at_in_flight(&mut self, now: Moment, memo: &Memo) {
        let pace = memo.answered.map(|answered| answered.pace);
        let gone_wait = |seen| Rotation::Revokes.orphan_wait(seen, pace, self.config.longest_orphan());
        let ours: Vec<Sent> = self.turns.in_flight().collect();
        let is_others = |listed: &&InFlight| ours.iter().all(|sent| sent.attempt != listed.attempt);
        let others: Vec<(&InFlight, Millis)> = memo
            .in_flight
            .iter()
            .filter(is_others)
            .map(|listed| (listed, listed.left(now, gone_wait)))
            .collect();
        let heard_of =
            others.iter().filter(|(listed, _)| self.is_heard_of(listed)).map(|(_, left)| *left).max();
        let heard_of = heard_of.unwrap_or_default();
        let all =
            ours.iter().map(|sent| left_of_ours(now, *sent)).chain(others.iter().map(|(_, left)| *left));
        let room = wait_for_room(all.collect());
        self.out_elsewhere = (!heard_of.is_zero()).then(|| Deadline::new(now, heard_of));
        let late = if room.is_zero() { self.late_wait(now, memo, heard_of) } else { Millis::ZERO };
        let wait = room.max(late);
        self.blocked = (!wait.is_zero()).then(|| Deadline::new(now, wait));
    }

    /// How long to wait for refreshes that tabs have given up on, where their cookie would be a spent one after another
    /// rotation. `heard_of`: how long those of other tabs may be out, which hear of them.
    fn late_wait(&self, now: Moment, memo: &Memo, heard_of: Millis) -> Millis {
        let is_old =
            |marker: Unsettled| marker.standing == Standing::Overtaken && marker.first_age(now) >= RECOGNISED;
        // While probes may tell, nothing else is waited for.
        let is_rejected = self.markers.is_rejected() && self.probe_pause(now).is_none();
        if self.rotation(memo) == Rotation::None || !(is_rejected || self.markers.newest.is_some_and(is_old))
        {
            return Millis::ZERO;
        }
        // What was sent before a sign-out undoes it by bringing a cookie.
        let stray = self.turns.stray().iter().copied().filter(|_| self.pending.is_some());
        let given_up =
            self.turns.late().iter().copied().chain(stray).map(|sent| left_of_ours(now, sent)).max();
        given_up.unwrap_or_default().max(heard_of)
    }

    /// Whether the tab that has sent it hears when it settles. Where no other tab is there, its page has crashed.
    pub(super) fn is_heard_of(&self, listed: &InFlight) -> bool {
        listed.gone.is_none() && !self.peers.siblings().is_empty()
    }

    /// How long a refresh of this tab may still bring a cookie that it has given up on.
    pub(super) fn given_up_wait(&self, now: Moment) -> Millis {
        let given_up = self.turns.late().iter().copied().chain(self.turns.stray().iter().copied());
        given_up.map(|sent| left_of_ours(now, sent)).max().unwrap_or_default()
    }

    /// Whether a refresh that was sent before may still bring a cookie, as far as the tabs of this browser know.
    pub(super) fn cookie_may_come(&self, now: Moment) -> bool {
        let is_out_elsewhere = self.out_elsewhere.is_some_and(|until| !until.is_due(now));
        is_out_elsewhere || !self.given_up_wait(now).is_zero()
    }
}

/// How much longer a refresh of this tab counts.
fn left_of_ours(now: Moment, sent: Sent) -> Millis {
    LONGEST_IN_FLIGHT - now.since(sent.began)
}

/// How long until there is room for one more, by how much longer each counts.
fn wait_for_room(mut left: Vec<Millis>) -> Millis {
    left.retain(|left| !left.is_zero());
    left.sort_unstable_by(|one, other| other.cmp(one));
    // Those that go first make room.
    left.get(MOST_IN_FLIGHT - 1).copied().unwrap_or_default()
}
