//! The refreshes that are out and unanswered: how many more may be sent, and what must not be believed before they settle.

use crate::session::config::RECOGNISED;
use crate::session::id::Entropy;
use crate::session::machine::Session;
use crate::session::markers::in_flight::{InFlight, LONGEST_IN_FLIGHT, MOST_IN_FLIGHT};
use crate::session::markers::refresh_marker::{MarkerState, RefreshMarker};
use crate::session::markers::rotation::Rotation;
use crate::session::storage::note::Note;
use crate::session::time::{Deadline, Millis, Moment};
use crate::session::turn::SentRefresh;

impl<E: Entropy> Session<E> {
    /// Lists the refreshes of this page as those of one that has gone, or is back.
    pub(super) fn relist_in_flight(&mut self, gone: Option<i64>) {
        let in_flight: Vec<_> = self.queue.in_flight().collect();
        for sent in in_flight {
            let (attempt, sent) = (sent.attempt, sent.began.wall_ms());
            self.note(Note::List(InFlight { attempt, sent, gone }));
        }
    }

    /// Until when no refresh may be sent, because of those that are out: there are too many, or one that this tab has given
    /// up on is still to bring what would be a spent cookie after another rotation.
    pub(super) fn look_at_in_flight(&mut self, now: Moment) {
        let pace = self.stored.answered.map(|answered| answered.pace);
        let gone_wait = |seen| Rotation::Revokes.orphan_wait(seen, pace, self.config.longest_orphan());
        let ours: Vec<SentRefresh> = self.queue.in_flight().collect();
        let is_others = |listed: &&InFlight| ours.iter().all(|sent| sent.attempt != listed.attempt);
        let others: Vec<(&InFlight, Millis)> = self
            .stored
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
        self.markers.out_elsewhere = (!heard_of.is_zero()).then(|| Deadline::new(now, heard_of));
        let late = if room.is_zero() { self.late_wait(now, heard_of) } else { Millis::ZERO };
        let wait = room.max(late);
        self.markers.blocked = (!wait.is_zero()).then(|| Deadline::new(now, wait));
    }

    /// How long to wait for refreshes that tabs have given up on, where their cookie would be a spent one after another
    /// rotation. `heard_of`: how long those of other tabs may be out, which hear of them.
    fn late_wait(&self, now: Moment, heard_of: Millis) -> Millis {
        let is_old = |marker: RefreshMarker| {
            marker.state == MarkerState::Superseded && marker.first_age(now) >= RECOGNISED
        };
        // While probes may tell, nothing else is waited for.
        let is_rejected = self.markers.is_rejected() && self.probe_pause(now).is_none();
        if self.rotation() == Rotation::None || !(is_rejected || self.markers.newest.is_some_and(is_old)) {
            return Millis::ZERO;
        }
        // What was sent before a sign-out undoes it by bringing a cookie.
        let stray = self.queue.stray().iter().copied().filter(|_| self.sign_out.pending().is_some());
        let given_up =
            self.queue.late().iter().copied().chain(stray).map(|sent| left_of_ours(now, sent)).max();
        given_up.unwrap_or_default().max(heard_of)
    }

    /// Whether the tab that has sent it hears when it settles. Where no other tab is there, its page has crashed.
    pub(super) fn is_heard_of(&self, listed: &InFlight) -> bool {
        listed.gone.is_none() && !self.tabs.siblings().is_empty()
    }

    /// How long a refresh of this tab may still bring a cookie that it has given up on.
    pub(super) fn given_up_wait(&self, now: Moment) -> Millis {
        let given_up = self.queue.late().iter().copied().chain(self.queue.stray().iter().copied());
        given_up.map(|sent| left_of_ours(now, sent)).max().unwrap_or_default()
    }

    /// Whether a refresh that was sent before may still bring a cookie, as far as the tabs of this browser know.
    pub(super) fn cookie_may_come(&self, now: Moment) -> bool {
        let is_out_elsewhere = self.markers.out_elsewhere.is_some_and(|until| !until.is_due(now));
        is_out_elsewhere || !self.given_up_wait(now).is_zero()
    }
}

/// How much longer a refresh of this tab counts.
fn left_of_ours(now: Moment, sent: SentRefresh) -> Millis {
    LONGEST_IN_FLIGHT - now.since(sent.began)
}

/// How long until there is room for one more, by how much longer each counts.
fn wait_for_room(mut left: Vec<Millis>) -> Millis {
    left.retain(|left| !left.is_zero());
    left.sort_unstable_by(|one, other| other.cmp(one));
    // Those that go first make room.
    left.get(MOST_IN_FLIGHT - 1).copied().unwrap_or_default()
}
