//! Refreshes in flight, over all tabs: how many more may be sent, and what proves nothing before
//! they settle.

use crate::session::config::RECOGNISED;
use crate::session::id::Entropy;
use crate::session::machine::Session;
use crate::session::markers::in_flight::{InFlight, MOST_IN_FLIGHT};
use crate::session::markers::refresh_marker::{MarkerState, RefreshMarker};
use crate::session::markers::rotation::Rotation;
use crate::session::storage::note::Note;
use crate::session::storage::stored::Stored;
use crate::session::time::{Deadline, Millis, Moment};

impl<E: Entropy> Session<E> {
    /// Stores that the page of the refreshes in flight has gone, or is back.
    pub(super) fn relist_in_flight(&mut self, gone: Option<i64>) {
        for sent in self.queue.in_flight() {
            let (attempt, sent) = (sent.attempt, sent.began.wall_ms());
            self.note(Note::List(InFlight { attempt, sent, gone }));
        }
    }

    /// Updates until when no refresh may be sent: too many are in flight, or one that has timed out
    /// may still bring a cookie that another rotation would spend.
    pub(super) fn look_at_in_flight(&mut self, now: Moment) {
        let Stored { in_flight, answered, .. } = self.stored;
        let pace = answered.map(|answered| answered.pace);
        let patience = patience_for_gone(in_flight.gone_since(answered.map(|answered| answered.at), now));
        let gone_wait =
            |seen| Rotation::Revokes.orphan_wait(seen, pace, self.config.longest_orphan()) * patience;
        // If a later one was answered, its cookie belongs to the session that was signed out, unless
        // somebody has signed in since, or nobody knows.
        let signed_out = self.sign_out.pending().and_then(|pending| pending.session);
        let is_overtaken = |sent: i64| {
            answered.is_some_and(|answered| answered.at > sent)
                && signed_out.is_some_and(|session| !session.epoch.is_after(sent))
        };
        let (mut waits, mut heard_of, mut of_gone) = (Waits::default(), Millis::ZERO, Millis::ZERO);
        for sent in self.queue.in_flight() {
            waits.add(sent.left(now));
        }
        for listed in in_flight.iter().filter(|listed| !self.queue.is_ours(listed.attempt)) {
            let left = listed.left(now, listed.seen().map_or(Millis::MAX, gone_wait));
            waits.add(left);
            if self.is_heard_of(listed) {
                heard_of = heard_of.max(left);
            } else if !is_overtaken(listed.sent) {
                of_gone = of_gone.max(listed.left(now, Millis::MAX));
            }
        }
        let longest = heard_of.max(of_gone);
        self.markers.out_elsewhere = (!longest.is_zero()).then(|| Deadline::new(now, longest));
        let room = waits.until_room();
        let wait = if room.is_zero() { self.late_wait(now, heard_of) } else { room };
        self.markers.blocked = (!wait.is_zero()).then(|| Deadline::new(now, wait));
    }

    /// Returns how long to wait for refreshes that have timed out, if another rotation would spend
    /// their cookie. `heard_of`: how long those of other living tabs may be in flight.
    fn late_wait(&self, now: Moment, heard_of: Millis) -> Millis {
        let is_old = |marker: RefreshMarker| {
            marker.state == MarkerState::Superseded && marker.first_age(now) >= RECOGNISED
        };
        // While probes may tell, nothing is waited for.
        let is_rejected = self.markers.is_rejected() && self.probe_pause(now).is_none();
        if self.rotation() == Rotation::None || !(is_rejected || self.markers.newest.is_some_and(is_old)) {
            return Millis::ZERO;
        }
        // The cookie of a refresh that was sent before a sign-out would undo it.
        let counts_strays = self.sign_out.pending().is_some();
        self.queue.given_up_wait(counts_strays, now).max(heard_of)
    }

    /// Whether the tab of a refresh hears when it settles. Without any other tab, its page has
    /// crashed.
    pub(super) fn is_heard_of(&self, listed: &InFlight) -> bool {
        listed.gone.is_none() && !self.tabs.siblings().is_empty()
    }

    /// Whether an earlier refresh may still bring a cookie, as far as the tabs of this browser
    /// know.
    pub(super) fn cookie_may_come(&self, now: Moment) -> bool {
        let is_out_elsewhere = self.markers.out_elsewhere.is_some_and(|until| !until.is_due(now));
        is_out_elsewhere || !self.queue.given_up_wait(true, now).is_zero()
    }
}

/// Returns the factor by which a refresh whose page has gone counts for longer than its reply should
/// take. `gone`: how many of them are out, and nothing was answered since.
///
/// A server that answers none of four is silent. However often its pages are loaded again, no more
/// than these remain before it.
fn patience_for_gone(gone: usize) -> u64 {
    if gone < 4 { 1 } else { u64::MAX }
}

/// The two longest times for which refreshes still count.
#[derive(Debug, Default)]
struct Waits {
    longest: Millis,
    second: Millis,
}

impl Waits {
    fn add(&mut self, left: Millis) {
        self.second = self.second.max(left.min(self.longest));
        self.longest = self.longest.max(left);
    }

    /// Returns how long until another refresh may be sent. Those that count for the shortest time
    /// make room.
    fn until_room(&self) -> Millis {
        const { assert!(MOST_IN_FLIGHT == 2) };
        self.second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_have_gone_count_for_longer_from_the_fourth_on() {
        assert_eq!([0, 1, 2, 3, 4, 5].map(patience_for_gone), [1, 1, 1, 1, u64::MAX, u64::MAX]);
    }

    #[test]
    fn there_is_room_once_all_but_one_have_stopped_counting() {
        for (left, until) in [
            (&[][..], 0),
            (&[9], 0),
            (&[9, 5], 5),
            (&[5, 9], 5),
            (&[5, 9, 7], 7),
            (&[9, 9], 9),
            (&[9, 0, 0], 0),
            (&[1, 2, 3, 4], 3),
        ] {
            let mut waits = Waits::default();
            left.iter().for_each(|left| waits.add(Millis::new(*left)));
            assert_eq!(waits.until_room(), Millis::new(until), "{left:?}");
        }
    }
}
