//! The markers after a refresh has settled.
//!
//! | the newest refresh | the one before | becomes |
//! | --- | --- | --- |
//! | is accepted | may still bring a cookie, under the same id | the one before, `Superseded` |
//! | is rejected | is `InFlight` | the one before |
//! | is lost, under the same id | may still bring a cookie | the one before, `InFlight` |
//! | is lost | brings none | `Lost` |
//! | is accepted or rejected | brings none | none: all is known |

use crate::session::config::RECOGNISED;
use crate::session::markers::Markers;
use crate::session::markers::in_flight::{InFlight, InFlightList, LONGEST_IN_FLIGHT};
use crate::session::markers::refresh_marker::{MarkerState, RefreshMarker};
use crate::session::time::{Millis, Moment};
use crate::session::turn::SentRefresh;

/// The fate of a refresh, as far as its cookie is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Accepted by the server. Its cookie was received.
    Accepted,
    /// Rejected by the server. It brings no cookie.
    Rejected,
    /// Failed. The server may have rotated the cookie.
    Lost,
}

/// The refreshes in flight beside the one that has settled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Others<'a> {
    /// The refreshes of this tab that were given up.
    pub(crate) late: &'a [SentRefresh],
    /// The listed refreshes of all tabs.
    pub(crate) listed: InFlightList,
    /// The longest time in which the reply to an orphan is likely.
    pub(crate) timeout: Millis,
}

impl Markers {
    /// Notes that the newest refresh has settled in time.
    pub(crate) fn newest_settled(&mut self, fate: Fate, others: Others<'_>, now: Moment) {
        // The one before may still bring a cookie.
        let mut before = self.take_one_before(fate, others, now);
        before.take_if(|before| match fate {
            // If this one was accepted after a rejection, it was sent with that cookie.
            Fate::Accepted => self.rejection.is_some(),
            Fate::Rejected => before.state != MarkerState::InFlight,
            // A refresh that confirms a rejection has an id of its own, which the next refresh must
            // have.
            Fate::Lost => self.newest.as_ref().is_some_and(|marker| marker.id != before.id),
        });
        self.goes_on_with(before, fate);
    }

    /// Notes what is left of the newest refresh and the one before.
    fn goes_on_with(&mut self, before: Option<RefreshMarker>, fate: Fate) {
        if before.is_some() || fate != Fate::Lost {
            self.newest = before;
        }
        let is_one_before = before.is_some();
        let Some(newest) = &mut self.newest else { return };
        match fate {
            Fate::Accepted => newest.overtake(),
            Fate::Rejected => {}
            // Both have the same id. The earlier may still bring its cookie, and this one may have
            // rotated it.
            Fate::Lost if is_one_before => newest.state = MarkerState::InFlight,
            Fate::Lost => newest.state = MarkerState::Lost,
        }
    }

    /// Notes that a refresh has settled that this tab had given up. Its marker is settled, unless
    /// another refresh with its id is still in flight. Returns whether the marker was its own.
    pub(crate) fn late_settled(
        &mut self,
        sent: SentRefresh,
        fate: Fate,
        others: Others<'_>,
        now: Moment,
    ) -> bool {
        let is_it = |marker: &RefreshMarker| marker.id == sent.id && marker.sent == sent.began.wall_ms();
        self.before.take_if(|before| is_it(before));
        let Some(marker) = self.newest.as_mut().filter(|marker| is_it(marker)) else { return false };
        match marker.state {
            MarkerState::Superseded => match others.late.iter().find(|other| other.id == sent.id) {
                Some(other) => marker.sent = other.began.wall_ms(),
                None => self.newest = None,
            },
            state => {
                // The one before has the same id, and may still bring a cookie, as after a retry
                // that settled in time.
                let is_out = state == MarkerState::InFlight;
                let mut before = if is_out { self.take_one_before(fate, others, now) } else { None };
                before.take_if(|before| match fate {
                    Fate::Accepted => self.rejection.is_some(),
                    Fate::Rejected => before.state != MarkerState::InFlight,
                    Fate::Lost => false,
                });
                self.goes_on_with(before, fate);
            }
        }
        true
    }

    /// Notes that a refresh of an earlier session has settled that was not given up. Returns the
    /// marker to store: the one before, or its own if it has failed.
    pub(crate) fn inert_settled(
        &mut self,
        sent: SentRefresh,
        fate: Fate,
        others: Others<'_>,
        now: Moment,
    ) -> Option<RefreshMarker> {
        let mut before = self.take_one_before(fate, others, now);
        match &mut before {
            Some(before) => before.overtake(),
            // A failed refresh brings no cookie any more.
            None if fate == Fate::Lost => before = Some(sent.marker_in(MarkerState::Lost)),
            None => {}
        }
        before
    }

    /// Takes the one before, if it may still bring a cookie.
    ///
    /// The tab that sent it notices when it settles. If its page has gone, its cookie counts until
    /// it has become unlikely.
    fn take_one_before(&mut self, fate: Fate, others: Others<'_>, now: Moment) -> Option<RefreshMarker> {
        let before = self.before.as_ref()?;
        let may_be_it =
            |sent: &SentRefresh| sent.id == before.id && now.since(sent.began) < LONGEST_IN_FLIGHT;
        let is_listed = |listed: &InFlight| listed.sent == before.sent && listed.gone.is_none();
        let is_heard_of = others.late.iter().any(may_be_it)
            || (others.listed.iter().any(is_listed) && before.age(now) < LONGEST_IN_FLIGHT);
        // A retry under the same id does no harm. So this errs on the long side.
        let is_repeated = fate == Fate::Accepted && before.first_age(now) < RECOGNISED;
        let is_likely = !before.is_ahead(now) && (is_repeated || before.age(now) < others.timeout);
        let mut before = self.before.take();
        before.take_if(|_| !(is_heard_of || is_likely));
        before
    }
}

impl RefreshMarker {
    /// Its retry was accepted.
    fn overtake(&mut self) {
        self.state = MarkerState::Superseded;
        self.stray_since.get_or_insert(self.sent);
    }
}

#[cfg(test)]
mod tests;
