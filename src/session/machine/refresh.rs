//! The outcome of a refresh.

use crate::session::config::{CONFIRMATION, TRAVEL_TIME};
use crate::session::end_reason::EndReason;
use crate::session::error::RefreshFailure;
use crate::session::id::{AttemptId, Entropy};
use crate::session::machine::Session;
use crate::session::markers::refresh_marker::RefreshMarker;
use crate::session::markers::settling::Fate;
use crate::session::renewal::backoff::scale;
use crate::session::report::{Delay, Report};
use crate::session::storage::note::Note;
use crate::session::storage::stored::RefreshReply;
use crate::session::tenure::Evidence;
use crate::session::tenure::Phase;
use crate::session::time::{Millis, Moment};
use crate::session::token::Grant;
use crate::session::token::current_token::Source;
use crate::session::turn::Turn;
use crate::session::turn::{SentRefresh, Settled};

impl<E: Entropy> Session<E> {
    pub(super) fn refresh_settled(
        &mut self,
        now: Moment,
        attempt: AttemptId,
        mut outcome: Result<Grant, RefreshFailure>,
        echoes: bool,
    ) {
        let marker = self.markers.newest;
        let (settled, mut turn) = self.note_settled(now, attempt, &outcome, echoes);
        if let (Ok(grant), Some(sent)) = (&mut outcome, settled.sent()) {
            self.date(now, sent, grant);
        }
        if let Some(comparing) = turn.take_if(|turn| turn.compares()) {
            return self.sign_out_compared(now, comparing, self.queue.sent, outcome);
        }
        if let Some(turn) = turn {
            let is_rejection = matches!(outcome, Err(RefreshFailure::Rejected { .. }));
            let is_in_time = matches!(settled, Settled::InTime(_));
            if is_rejection && is_in_time && self.wants_confirmation(now) {
                return self.confirm_rejection(now, turn);
            }
            self.outbox.release(attempt);
        }
        match (settled, outcome) {
            (Settled::InTime(sent) | Settled::Late(sent), Ok(grant)) => {
                self.refreshed(now, sent, grant, marker);
            }
            // One rejection ends no session, and a page that goes away cannot confirm it. The next
            // refresh does.
            (Settled::InTime(_), Err(RefreshFailure::Rejected { .. }))
                if self.page.is_away() && self.tenure.epoch().is_some() => {}
            (Settled::InTime(_), Err(RefreshFailure::Rejected { .. })) => match self.tenure.phase {
                Phase::Ended { reason, elsewhere } => self.end_session(reason, elsewhere),
                Phase::Unknown { restoring: None, .. } => self.end(now, EndReason::None),
                _ => self.end(now, self.reason_before().unwrap_or(EndReason::Rejected)),
            },
            (Settled::InTime(_), Err(failure)) => self.refresh_failed(now, failure),
            (Settled::Late(_) | Settled::Stray(_) | Settled::Inert(_) | Settled::Unknown, _) => {}
        }
    }

    /// Stores the outcome of a refresh. Returns what its reply is worth, and its turn if that goes
    /// on.
    pub(super) fn note_settled(
        &mut self,
        now: Moment,
        attempt: AttemptId,
        outcome: &Result<Grant, RefreshFailure>,
        echoes: bool,
    ) -> (Settled, Option<Turn>) {
        let result = outcome.as_ref().map(drop).map_err(|failure| *failure);
        let (settled, turn) = self.queue.settle(attempt);
        self.markers.blocked = None;
        self.report_settled(now, settled.sent(), result, turn.is_none());
        if turn.is_some() {
            self.count_outcome(now, outcome.as_ref());
        }
        let fate = match outcome {
            Ok(_) => Fate::Accepted,
            Err(RefreshFailure::Rejected { .. }) => Fate::Rejected,
            Err(_) => Fate::Lost,
        };
        if let Settled::Stray(_) | Settled::Inert(_) = settled {
            self.tenure.doubt_cookie_after(result);
            if let Ok(grant) = outcome {
                self.tenure.cookie.is_found(grant);
            }
        }
        self.note_fate(now, attempt, &settled, fate);
        if fate == Fate::Rejected {
            self.tenure.cookie.is_not_brought(attempt);
        }
        if fate == Fate::Accepted && self.markers.newest.is_none() {
            self.mark_stray(now);
        }
        if let (Settled::InTime(sent) | Settled::Late(sent), Ok(grant)) = (&settled, outcome) {
            let (at, took) = (grant.received.wall_ms(), now.surely_since(sent.began));
            let answered = RefreshReply::after(self.stored.answered, at, took, echoes);
            self.note(Note::Replied(answered));
        }
        (settled, turn)
    }

    /// Whether another refresh must confirm a rejection before it ends the session. Not for a
    /// visitor who had none, and whose app may have reported a cookie that was not set.
    fn wants_confirmation(&mut self, now: Moment) -> bool {
        let has_session = self.tenure.epoch().is_some() && self.reason_before().is_none();
        has_session && !self.page.is_away() && self.must_confirm(now)
    }

    /// Returns the reason why there was no session before the app reported that a cookie was set.
    fn reason_before(&self) -> Option<EndReason> {
        self.tenure.cookie.ended_before().filter(|_| self.tenure.is_unknown())
    }

    /// Whether the last rejection proves nothing by itself: it is the first one, or a cookie may
    /// still arrive.
    pub(super) fn must_confirm(&mut self, now: Moment) -> bool {
        if !self.markers.is_rejected() || self.probe_pause(now).is_some() {
            return true;
        }
        // A refresh that has timed out may still bring a cookie.
        self.look_at_in_flight(now);
        self.markers.blocked.is_some()
    }

    /// Confirms a rejection by another refresh. A frame that the lock does not reach may have
    /// rotated the cookie, or an orphan is still to bring it. The lock is kept meanwhile: the
    /// server would reject the other tabs as well.
    pub(super) fn confirm_rejection(&mut self, now: Moment, mut turn: Turn) {
        self.markers.note_rejection(turn.refreshing().map(|refreshing| refreshing.id), now);
        if self.markers.blocked.is_some() {
            return self.outbox.release(turn.attempt);
        }
        let pause =
            self.probe_pause(now).unwrap_or_else(|| CONFIRMATION + scale(CONFIRMATION, &mut self.entropy));
        turn.hold(Millis::ZERO, pause, now);
        self.queue.current = Some(turn);
        self.report(Report::Deferred { why: Delay::Confirmation, wait: pause });
    }

    /// Dates a token that was received late.
    ///
    /// The server was slow, or the page was frozen while the response waited: the token may be as
    /// old as the request. If the server is slower than its tokens live, any token is taken.
    fn date(&self, now: Moment, sent: SentRefresh, grant: &mut Grant) {
        let received = std::mem::replace(&mut grant.received, sent.began);
        let took = received.since(sent.began);
        let was_frozen = took > self.config.longest_turn();
        if !was_frozen && (took <= TRAVEL_TIME || !grant.lasts(now, Millis::ZERO)) {
            grant.received = received;
        }
    }

    /// Takes the token of a refresh, if it is still of use. `marker`: that of the refresh.
    fn refreshed(&mut self, now: Moment, sent: SentRefresh, grant: Grant, marker: Option<RefreshMarker>) {
        let SentRefresh { number, began, .. } = sent;
        let is_wanted = self.waiters.want_new_epoch(number);
        let is_new = self.tenure.begins_anew(number, is_wanted);
        // The caller that wanted a new session waits no longer.
        let is_ended = self.tenure.is_ended() && !is_new;
        // A late reply: the server has rotated since, and a newer token is here.
        if is_ended || number <= self.tenure.newest_refresh {
            return;
        }
        let found = Evidence { grant: &grant, marker, listed: &self.stored.in_flight };
        let epoch = match is_new {
            true if self.tenure.cookie.is_signed_out_person(&grant) => {
                return self.end_session(EndReason::SignedOut, false);
            }
            true if self.tenure.cookie.is_overlaid(&grant) => {
                return self.end(now, EndReason::Replaced);
            }
            true => self.tenure.next_epoch(now, &mut self.entropy),
            false if self.tenure.is_replaced(found) => return self.end(now, EndReason::Replaced),
            false => {
                let wait = self.config.longest_orphan();
                self.tenure.epoch_of(found, self.stored.session, began, wait, &mut self.entropy)
            }
        };
        match self.tenure.end_of(epoch) {
            // The user has signed out in another tab while it was in flight.
            Some((_, reason)) => self.end_session(reason, true),
            None => {
                if self.tenure.epoch().is_some_and(|known| known != epoch) {
                    self.leave_epoch(now, epoch);
                }
                self.tenure.cookie.is_known(number);
                if is_new {
                    self.tenure.cookie.signed_in_here = true;
                }
                self.adopt(now, epoch, grant, Source::Refresh(number));
            }
        }
    }

    pub(super) fn report_settled(
        &mut self,
        now: Moment,
        sent: Option<SentRefresh>,
        outcome: Result<(), RefreshFailure>,
        is_late: bool,
    ) {
        let Some(sent) = sent.filter(|sent| sent.login.is_none()) else { return };
        let took = now.surely_since(sent.began);
        if let Err(failure) = outcome {
            self.renewal.last_failure = Some((failure, now.wall_ms()));
        }
        self.report(Report::RefreshSettled { id: sent.id, outcome, took, is_late });
    }

    pub(super) fn refresh_failed(&mut self, now: Moment, failure: RefreshFailure) {
        self.renewal.stop_deferring();
        let wait = self.renewal.backoff.fail(now, &failure, &mut self.entropy);
        self.report(Report::Deferred { why: Delay::Backoff, wait });
        self.renewal.allowance.show(self.stored.spent, now);
        self.renewal.failure = Some(failure);
    }
}
