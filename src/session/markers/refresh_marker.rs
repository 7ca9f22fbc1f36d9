//! What is known of a refresh of which something is not known: whether it is out, and whether its cookie may come.

use crate::session::id::{AttemptId, EpochId};
use crate::session::markers::in_flight::LONGEST_IN_FLIGHT;
use crate::session::time::{MOST_AHEAD, Millis, Moment};
use crate::session::token::fnv1a;
use crate::session::turn::SentRefresh;

/// A refresh of which something is not known yet: its marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshMarker {
    /// What went along with it.
    pub id: AttemptId,
    /// When it was sent: milliseconds since 1970.
    pub sent: i64,
    /// What is not known.
    pub state: MarkerState,
    /// The companion of the refresh cookie when it was sent, where there is one.
    pub companion: Option<Companion>,
    /// When the first of those was sent, up to this one, whose cookies may lie over that of a session which has begun since:
    /// milliseconds since 1970. Whose cookie there is, the next answer tells.
    pub stray_since: Option<i64>,
    /// When its page went away, where that was written down: milliseconds since 1970.
    pub gone: Option<i64>,
    /// Under which session the first of those was sent, where that was known: clocks may have been set since.
    pub under: Option<EpochId>,
    /// When the first refresh with its id was sent: milliseconds since 1970.
    pub first: i64,
}

/// A readable cookie of the server's that changes with each rotation: a digest of its value, which may be a secret of its
/// own (a CSRF token).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Companion(pub u64);

impl Companion {
    /// That of a value.
    pub fn of(value: &str) -> Self {
        Self(fnv1a(value.bytes()))
    }
}

/// What is known of a refresh, and what is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkerState {
    /// It is on the wire, as far as anybody knows. Its tab may have gone: then it is an orphan.
    InFlight,
    /// It failed: nothing is on the wire, and the server may have rotated.
    Lost,
    /// A later one with its id was answered; its own answer, with the same cookie, may still come.
    Superseded,
    /// It was answered when its session was over.
    Stray,
}

impl RefreshMarker {
    /// Whether the refresh cookie has changed since it was sent, as far as its companion tells.
    pub(crate) fn has_come(&self, companion: Option<Companion>) -> bool {
        self.companion.zip(companion).is_some_and(|(then, now)| then != now)
    }

    /// The marker of a refresh that was sent in an earlier session.
    pub(crate) fn of_earlier(sent: &SentRefresh, state: MarkerState) -> Self {
        let marker = Self::stray(sent.id, sent.began.wall_ms());
        let stray_since = marker.stray_since.filter(|_| state == MarkerState::Stray);
        Self { state, stray_since, under: sent.under, ..marker }
    }

    /// The marker of one of which no more is known than when it was sent.
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

    /// The same of one that is known to have been sent before this session began, whatever the clocks have shown.
    pub(crate) fn before(self, session: EpochId) -> Self {
        let first = self.stray_since.unwrap_or(self.sent);
        Self { stray_since: Some(first.min(session.date())), ..self }
    }

    /// Whether nobody has seen its own reply, with its cookie.
    pub(crate) fn may_be_out(&self) -> bool {
        matches!(self.state, MarkerState::InFlight | MarkerState::Superseded)
    }

    /// Whether that reply may still be on its way.
    pub(crate) fn may_still_come(&self, now: Moment) -> bool {
        self.may_be_out() && self.age(now) < LONGEST_IN_FLIGHT
    }

    /// Whether nobody knows what became of it: the next refresh is the same attempt.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, MarkerState::InFlight | MarkerState::Lost)
    }

    /// Whether its cookie may have come, or may come, over that of a session which has begun since. However long ago it was
    /// sent: a cookie that is late is there in the end.
    pub(crate) fn may_lie_over(&self, session: EpochId) -> bool {
        let coming = Some(self.sent).filter(|_| self.may_be_out());
        self.stray_since.into_iter().chain(coming).any(|sent| session.is_after(sent))
    }

    /// Whether its cookie, or that of one before it, may lie over that of a session which began after it was sent. Not one
    /// of which it is known that it brings no cookie. `error`: by how many milliseconds the clock may have been set back in
    /// between; it counts where it is known under which session the first was sent.
    pub(crate) fn strays_into(&self, session: EpochId, error: u64) -> bool {
        let first = self.stray_since.unwrap_or(self.sent);
        match self.under {
            None => session.is_after(first),
            Some(under) => under < session && session.is_after(first.saturating_sub_unsigned(error).max(0)),
        }
    }

    /// How long ago the first was sent of which it is one more try.
    pub(crate) fn first_age(&self, now: Moment) -> Millis {
        now.wall_since(self.first)
    }

    /// How long ago it was sent.
    pub(crate) fn age(&self, now: Moment) -> Millis {
        now.wall_since(self.sent)
    }

    /// Whether it is dated in the future, by a clock that was set back since. Then it says nothing of its age.
    pub(crate) fn is_ahead(&self, now: Moment) -> bool {
        self.sent > now.wall_ms().saturating_add(MOST_AHEAD)
    }

    /// How long it had been out when its page went away; until now, where nobody wrote down when that was.
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

    const SENT: Moment = Moment::new(10_000, 10_000);

    fn sent() -> SentRefresh {
        let (attempt, id) = (AttemptId::draw(&mut || 1), AttemptId::draw(&mut || 2));
        SentRefresh { attempt, id, under: Some(epoch(5_000)), number: 1, began: SENT }
    }

    fn epoch(wall_ms: i64) -> EpochId {
        EpochId::draw(&mut || 7, wall_ms, None)
    }

    fn of(state: MarkerState) -> RefreshMarker {
        RefreshMarker::of_earlier(&sent(), state)
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
        // One before it has gone stray.
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
