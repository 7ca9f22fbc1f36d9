//! Sending a refresh, and storing its marker. An orphan is a refresh whose page has gone: its
//! cookie is waited for first.

use crate::session::id::{AttemptId, Entropy};
use crate::session::machine::Session;
use crate::session::markers::in_flight::InFlight;
use crate::session::markers::refresh_marker::{MarkerState, RefreshMarker};
use crate::session::markers::rotation::Rotation;
use crate::session::markers::settling::{Fate, Others};
use crate::session::markers::{Habits, Next};
use crate::session::outbox::Request;
use crate::session::report::Report;
use crate::session::storage::note::Note;
use crate::session::tenure::Phase;
use crate::session::time::{Millis, Moment};
use crate::session::turn::Refreshing;
use crate::session::turn::{SentRefresh, Settled};

impl<E: Entropy> Session<E> {
    /// Returns what the server does with a spent refresh token.
    pub(super) fn rotation(&self) -> Rotation {
        let has_said = self.stored.answered.is_some_and(|answered| answered.echoes);
        self.config.rotation.unwrap_or(if has_said { Rotation::Replays } else { Rotation::Revokes })
    }

    /// Returns how long the cookie may still take of a refresh whose tab has lost the lock.
    pub(super) fn orphan_wait(&self, now: Moment) -> Millis {
        let next = match &self.queue.current {
            _ if self.turn_refreshes(now) => Next::Refresh,
            Some(turn) if turn.task.is_sign_out() => Next::SignOut,
            _ => Next::Login,
        };
        let habits = Habits {
            rotation: self.rotation(),
            pace: self.stored.answered.map(|answered| answered.pace),
            timeout: self.config.longest_orphan(),
        };
        self.markers.orphan_wait(next, habits, now)
    }

    /// Sends a refresh, under the id of the one before while the cookie of that may still arrive.
    pub(super) fn send_refresh(&mut self, now: Moment, attempt: AttemptId) -> Refreshing {
        self.count_sent(now);
        self.queue.sent = self.queue.sent.wrapping_add(1);
        self.tenure.note_sent();
        let session = self.tenure.epoch();
        let (marker, retried) = self.markers.mark(attempt, session, now, &mut self.entropy);
        if let Some(earlier) = retried {
            // Its tokens are late from the first attempt on, whatever the network or a reload did.
            let first = now.before(earlier.first_age(now));
            self.renewal.backoff.has_failed_since(first, now);
        }
        let id = marker.id;
        self.note(Note::Mark { attempt, marker });
        self.note(Note::List(InFlight { attempt, sent: now.wall_ms(), gone: None }));
        self.outbox.app.request = Some(Request::Refresh { attempt, id });
        self.report(Report::RefreshStarted { id });
        Refreshing { id, number: self.queue.sent, under: marker.under, began: now, is_inert: false }
    }

    /// Stores the outcome of a refresh: in its marker, and in the list of those in flight.
    pub(super) fn note_fate(&mut self, now: Moment, attempt: AttemptId, settled: &Settled, fate: Fate) {
        // The fetch of a page that goes away fails, but the request goes on.
        if self.page.is_away() && fate == Fate::Lost {
            return;
        }
        self.note(Note::Unlist { attempt });
        let timeout = self.config.longest_orphan();
        let others = Others { late: self.queue.late(), listed: self.stored.in_flight, timeout };
        match *settled {
            Settled::InTime(_) => {
                self.markers.newest_settled(fate, others, now);
                self.note(self.markers.note(attempt));
            }
            Settled::Late(sent) => {
                let is_marked = self.markers.late_settled(sent, fate, others, now);
                if let Some(own) = self.markers.own_turn().filter(|_| is_marked) {
                    self.note(self.markers.note(own));
                }
            }
            Settled::Unknown if fate == Fate::Lost => {}
            Settled::Inert(sent) => {
                let left = self.markers.inert_settled(sent, fate, others, now);
                self.markers.newest = self.stray_settled(attempt, sent, fate, left);
            }
            Settled::Stray(sent) => {
                // The server may have rotated the cookie: the next refresh needs the same id.
                let lost = (fate == Fate::Lost).then(|| sent.marker_in(MarkerState::Lost));
                self.stray_settled(attempt, sent, fate, lost);
            }
            Settled::Unknown => self.note(Note::Unmark { attempt }),
        }
    }

    /// Stores the outcome of a refresh of an earlier session: its cookie may lie over that of the
    /// session that has begun since. Returns its marker.
    fn stray_settled(
        &mut self,
        attempt: AttemptId,
        sent: SentRefresh,
        fate: Fate,
        otherwise: Option<RefreshMarker>,
    ) -> Option<RefreshMarker> {
        let goes_on = !matches!(self.tenure.phase, Phase::Ended { .. } | Phase::Closed { session: None });
        let strays = fate == Fate::Accepted && goes_on;
        let stray_since = strays.then(|| self.tenure.cookie.stray_marker(&sent, self.tenure.epoch()));
        let marker = otherwise.or(stray_since);
        self.note(match marker {
            Some(marker) => Note::Remark { attempt, marker },
            None => Note::Unmark { attempt },
        });
        marker
    }

    /// Returns the pause before the next probe after a rejection. While the cookie of an orphan may
    /// still arrive, a rejection proves nothing.
    pub(super) fn probe_pause(&self, now: Moment) -> Option<Millis> {
        self.markers.probe_pause(self.config.longest_orphan(), now)
    }

    /// Stores that the page goes: nobody hears of its refresh any more.
    pub(super) fn mark_gone(&mut self, now: Moment) {
        if let Some(note) = self.markers.mark_gone(now) {
            self.note(note);
        }
    }
}
