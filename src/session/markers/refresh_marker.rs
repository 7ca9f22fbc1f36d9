//! The marker of a refresh with an unknown outcome: whether it is in flight, and whether its cookie
//! may be received.

use crate::session::digest::{FNV1A, fnv1a};
use crate::session::id::{AttemptId, EpochId};
use crate::session::markers::in_flight::LONGEST_IN_FLIGHT;
use crate::session::time::{MOST_AHEAD, Millis, Moment};

/// The marker of a refresh whose outcome is not fully known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshMarker {
    /// The attempt id that was sent with it.
    pub id: AttemptId,
    /// The date when it was sent, in milliseconds since 1970.
    pub sent: i64,
    /// The state.
    pub state: MarkerState,
    /// The companion of the refresh cookie when it was sent, if there is one.
    pub companion: Option<Companion>,
    /// The date of the first refresh, up to this one, whose cookie may overwrite that of a later
    /// session. Milliseconds since 1970. The next reply shows whose cookie there is.
    pub stray_since: Option<i64>,
    /// The date when its page left, if that was stored, in milliseconds since 1970.
    pub gone: Option<i64>,
    /// The session in which the first of those refreshes was sent, if it was known. Clocks may have
    /// been set since.
    pub under: Option<EpochId>,
    /// The date of the first refresh with its id, in milliseconds since 1970.
    pub first: i64,
}

/// The digest of a companion cookie: a readable cookie of the server that changes with each
/// rotation. Its value may be a secret (a CSRF token), so only the digest is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Companion(pub u64);

impl Companion {
    /// Hashes the value of a companion cookie.
    pub fn of(value: &str) -> Self {
        Self(fnv1a(FNV1A, value.as_bytes()))
    }
}

/// The state of a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkerState {
    /// In flight, as far as is known. If its page has gone, it is an orphan.
    InFlight,
    /// Failed. It is no longer in flight, and the server may have rotated the cookie.
    Lost,
    /// Overtaken by a later refresh with its id, which was accepted. Its own reply, with the same
    /// cookie, may still be received.
    Superseded,
    /// Sent in an earlier session. Its cookie may overwrite that of the current one.
    Stray,
}

impl RefreshMarker {
    /// Whether the refresh cookie has changed since the refresh was sent, as far as its companion
    /// shows.
    pub(crate) fn has_come(&self, companion: Option<Companion>) -> bool {
        self.companion.zip(companion).is_some_and(|(then, now)| then != now)
    }

    /// Returns the marker of a refresh of which only the date is known.
    pub(crate) fn stray(id: AttemptId, sent: i64) -> Self {
        let state = MarkerState::Stray;
        Self {
            id,
            sent,
            state,
            companion: None,
            stray_since: Some(sent),
            gone: None,
            under: None,
            first: sent,
        }
    }

    /// Returns the marker of a refresh that was sent before this session began, whatever the clocks
    /// have shown.
    pub(crate) fn before(self, session: EpochId) -> Self {
        let first = self.stray_since.unwrap_or(self.sent);
        Self { stray_since: Some(first.min(session.date())), ..self }
    }

    /// Notes that a stray request was sent before it, or before those that are known.
    pub(crate) fn follow(&mut self, stray: &Self) {
        if stray.stray_since.is_some_and(|since| self.stray_since.is_none_or(|known| since < known)) {
            (self.stray_since, self.under) = (stray.stray_since, stray.under);
        }
    }

    /// Whether no tab has noticed its own reply, with its cookie.
    pub(crate) fn may_be_out(&self) -> bool {
        matches!(self.state, MarkerState::InFlight | MarkerState::Superseded)
    }

    /// Whether that reply may still be received.
    pub(crate) fn may_still_come(&self, now: Moment) -> bool {
        self.may_be_out() && self.age(now) < LONGEST_IN_FLIGHT
    }

    /// Whether its fate is unknown. Then the next refresh has the same id.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, MarkerState::InFlight | MarkerState::Lost)
    }

    /// Whether its cookie may overwrite that of a session which began after it was sent, or has
    /// done so. Its age does not matter: a late cookie stays.
    pub(crate) fn may_lie_over(&self, session: EpochId) -> bool {
        let is_stray = self.stray_since.is_some_and(|sent| session.is_after(sent));
        is_stray || (self.may_be_out() && session.is_after(self.sent))
    }

    /// Whether its cookie, or that of one before it, may overwrite that of a session which began
    /// after it was sent. A refresh that is known to bring no cookie does not count.
    ///
    /// `error` is the time in milliseconds by which the clock may have been set back in between. It
    /// counts only if `under` is known.
    pub(crate) fn strays_into(&self, session: EpochId, error: u64) -> bool {
        let first = self.stray_since.unwrap_or(self.sent);
        match self.under {
            None => session.is_after(first),
            Some(under) => under < session && session.is_after(first.saturating_sub_unsigned(error).max(0)),
        }
    }

    /// Returns the age of the first refresh with its id.
    pub(crate) fn first_age(&self, now: Moment) -> Millis {
        now.wall_since(self.first)
    }

    /// Returns its age.
    pub(crate) fn age(&self, now: Moment) -> Millis {
        now.wall_since(self.sent)
    }

    /// Whether it is dated in the future, by a clock that was set back since. Then its age is
    /// unknown.
    pub(crate) fn is_ahead(&self, now: Moment) -> bool {
        self.sent > now.wall_ms().saturating_add(MOST_AHEAD)
    }

    /// Returns how long it had been in flight when its page left; until now, if that date is not
    /// stored.
    pub(crate) fn seen(&self, now: Moment) -> Millis {
        let gone = self.gone.unwrap_or(now.wall_ms());
        Millis::between(self.sent, gone)
    }

    /// Whether this is another marker of the same refresh.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (self.id, self.sent) == (other.id, other.sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::turn::SentRefresh;

    const SENT: Moment = Moment::new(10_000, 10_000);

    fn sent() -> SentRefresh {
        let (attempt, id) = (AttemptId::draw(&mut || 1), AttemptId::draw(&mut || 2));
        SentRefresh { attempt, id, under: Some(epoch(5_000)), number: 1, began: SENT, login: None }
    }

    fn epoch(wall_ms: i64) -> EpochId {
        EpochId::draw(&mut || 7, wall_ms, None)
    }

    fn of(state: MarkerState) -> RefreshMarker {
        sent().marker_in(state)
    }

    const STANDINGS: [MarkerState; 4] =
        [MarkerState::InFlight, MarkerState::Lost, MarkerState::Superseded, MarkerState::Stray];

    #[test]
    fn the_marker_of_one_of_an_earlier_session_says_how_it_stands() {
        for state in STANDINGS {
            let marker = of(state);
            assert_eq!((marker.state, marker.id, marker.under), (state, sent().id, sent().under));
            assert_eq!((marker.sent, marker.first), (10_000, 10_000));
            assert_eq!(marker.stray_since, (state == MarkerState::Stray).then_some(10_000));
        }
    }

    #[test]
    fn its_reply_may_come_and_another_try_of_it_be_made_as_it_stands() {
        let bound = LONGEST_IN_FLIGHT.get() as i64;
        for (state, may_be_out, is_open) in [
            (MarkerState::InFlight, true, true),
            (MarkerState::Lost, false, true),
            (MarkerState::Superseded, true, false),
            (MarkerState::Stray, false, false),
        ] {
            let marker = of(state);
            assert_eq!((marker.may_be_out(), marker.is_open()), (may_be_out, is_open), "{state:?}");
            for (later, is_recent) in [(0, true), (bound - 1, true), (bound, false)] {
                let now = Moment::new(10_000 + later, 10_000 + later);
                assert_eq!(marker.may_still_come(now), may_be_out && is_recent, "{state:?}, {later} ms");
            }
        }
    }

    #[test]
    fn its_cookie_may_lie_over_that_of_a_session_that_has_begun_since() {
        for state in STANDINGS {
            let may_come = state != MarkerState::Lost;
            assert_eq!(of(state).may_lie_over(epoch(10_000)), may_come, "{state:?}");
            assert!(!of(state).may_lie_over(epoch(9_999)), "{state:?}");
        }
        // An earlier refresh is stray.
        let chained = RefreshMarker { stray_since: Some(8_000), ..of(MarkerState::Lost) };
        assert!(chained.may_lie_over(epoch(8_000)) && !chained.may_lie_over(epoch(7_999)));
    }

    #[test]
    fn it_strays_into_a_session_that_began_after_it_by_its_date_and_by_the_session_it_was_sent_under() {
        let marker = of(MarkerState::InFlight);
        for (began, error, strays) in [
            (10_000, 0, true),
            (9_999, 0, false),
            (9_999, 1, true),
            (7_000, 3_000, true),
            (6_999, 3_000, false),
            // The session itself.
            (5_000, 9_000, false),
        ] {
            assert_eq!(marker.strays_into(epoch(began), error), strays, "{began}, {error} ms");
        }
        let nobodys = RefreshMarker { under: None, ..marker };
        assert!(nobodys.strays_into(epoch(10_000), 0) && !nobodys.strays_into(epoch(9_999), 9_000));
        let before = marker.before(epoch(7_000));
        assert_eq!(before.stray_since, Some(7_000), "whatever the clocks have shown");
        assert_eq!(marker.before(epoch(12_000)).stray_since, Some(10_000));
    }

    #[test]
    fn it_tells_of_the_first_stray_one_before_it() {
        let stray =
            |since| RefreshMarker { under: Some(epoch(3_000)), ..RefreshMarker::stray(sent().id, since) };
        for (known, since, expected) in [
            (None, 8_000, (Some(8_000), 3_000)),
            (Some(9_000), 8_000, (Some(8_000), 3_000)),
            (Some(8_000), 8_000, (Some(8_000), 5_000)),
            (Some(7_000), 8_000, (Some(7_000), 5_000)),
        ] {
            let mut marker = RefreshMarker { stray_since: known, ..of(MarkerState::Lost) };
            marker.follow(&stray(since));
            let expected = (expected.0, Some(epoch(expected.1)), MarkerState::Lost);
            assert_eq!((marker.stray_since, marker.under, marker.state), expected, "{known:?}");
            marker.follow(&RefreshMarker { stray_since: None, ..stray(1) });
            assert_eq!(marker.stray_since, expected.0, "that one is none");
        }
    }

    #[test]
    fn it_is_as_old_as_it_says_and_was_out_until_its_page_went() {
        let marker = RefreshMarker { first: 4_000, ..of(MarkerState::InFlight) };
        let now = Moment::new(12_000, 0);
        let seconds = Millis::from_secs;
        assert_eq!(
            (marker.age(now), marker.first_age(now), marker.seen(now)),
            (seconds(2), seconds(8), seconds(2))
        );
        let gone = RefreshMarker { gone: Some(11_000), ..marker };
        assert_eq!(gone.seen(now), seconds(1));
        let ahead = Moment::new(10_000 - MOST_AHEAD, 0);
        assert_eq!((marker.age(ahead), marker.is_ahead(ahead)), (Millis::ZERO, false));
        assert!(marker.is_ahead(Moment::new(9_999 - MOST_AHEAD, 0)));
    }

    #[test]
    fn it_is_the_same_refresh_where_id_and_date_are() {
        let marker = of(MarkerState::InFlight);
        assert!(marker.is_same(&RefreshMarker { gone: Some(11_000), ..of(MarkerState::Lost) }));
        assert!(!marker.is_same(&RefreshMarker { sent: 10_001, ..marker }));
        assert!(!marker.is_same(&RefreshMarker { id: sent().attempt, ..marker }));
    }

    #[test]
    fn its_cookie_has_come_where_the_companion_is_another() {
        let [one, other] = ["a", "b"].map(|value| Some(Companion::of(value)));
        let marker = RefreshMarker { companion: one, ..of(MarkerState::InFlight) };
        assert_eq!([one, other, None].map(|now| marker.has_come(now)), [false, true, false]);
        assert!(!of(MarkerState::InFlight).has_come(other));
    }
}
