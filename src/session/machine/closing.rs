//! Closing a session object. The session goes on, in other tabs and for the next object of the
//! page.
//!
//! A request in flight is not aborted. The closed object keeps the lock until it has settled, and
//! stores the outcome of a refresh or a login. Without that the next object would wait for the
//! cookie of the refresh in vain, or send the spent one.

use crate::session::error::Denial;
use crate::session::event::Event;
use crate::session::id::{AttemptId, Entropy};
use crate::session::machine::Session;
use crate::session::markers::refresh_marker::{MarkerState, RefreshMarker};
use crate::session::outbox::Write;
use crate::session::storage::note::Note;
use crate::session::tabs::message::PeerMessage;
use crate::session::tenure::Phase;
use crate::session::time::Moment;
use crate::session::turn::Task;

impl<E: Entropy> Session<E> {
    pub(super) fn close(&mut self, now: Moment) {
        self.ask_anew(now);
        self.put_off_sign_out();
        self.say_goodbye();
        self.tenure.phase = Phase::Closed { session: self.tenure.epoch() };
        self.sign_out.drop_token();
        self.cancel(|_| true, Denial::Closed);
        self.overtake_logins(Denial::Closed);
        let mut tickets = Vec::new();
        if let Some(turn) = &mut self.queue.current
            && let Task::SignOut { tickets: waiting, .. } = &mut turn.task
        {
            tickets.append(waiting);
        }
        tickets.extend(std::mem::take(&mut self.waiters.seeds).into_iter().map(|seed| seed.ticket));
        tickets.extend(self.waiters.take(&|_| true).into_iter().map(|caller| caller.ticket));
        for ticket in tickets {
            self.answer(ticket, Err(Denial::Closed));
        }
    }

    /// Tells the other tabs that this one goes.
    pub(super) fn say_goodbye(&mut self) {
        self.tell(PeerMessage::Bye);
        if self.tabs.siblings().is_empty() {
            self.outbox.writes.push(Write::Company(false));
        }
        self.tabs.forget_all();
    }

    /// Rejects the calls of a closed object, and settles its refresh.
    pub(super) fn react_when_closed(&mut self, now: Moment, event: Event) {
        if let Some(ticket) = event.caller() {
            self.answer(ticket, Err(Denial::Closed));
        }
        match event {
            Event::RefreshSettled { attempt, outcome, echoes } => {
                self.learn_when_closed();
                let marker = self.markers.newest;
                if self.note_settled(now, attempt, &outcome, echoes).1.is_some() {
                    self.outbox.release(attempt);
                }
                if let Some(marker) = marker.filter(|_| outcome.is_ok()) {
                    self.keep_doubt(attempt, marker);
                }
            }
            Event::LoginSettled { ticket, grant } => {
                self.learn_when_closed();
                self.login_settled(now, ticket, grant);
            }
            Event::SignOutSettled { attempt, .. } => {
                self.queue.take(attempt);
                self.outbox.release(attempt);
            }
            Event::Left => {
                self.goes_with_page(now);
                self.leave_lock();
            }
            _ => {}
        }
        self.queue.look(now, self.config.longest_gap());
        if self.queue.is_overdue()
            && let Some(turn) = self.queue.give_up()
        {
            self.outbox.release(turn.attempt);
        }
    }

    /// Keeps the marker of a refresh that may have found somebody else's cookie: the next object of
    /// the page decides.
    fn keep_doubt(&mut self, attempt: AttemptId, marker: RefreshMarker) {
        if marker.stray_since.is_some() && self.markers.newest.is_none() {
            let marker = RefreshMarker { state: MarkerState::Stray, ..marker };
            self.note(Note::Remark { attempt, marker });
        }
    }

    /// Turns the refresh inert if another session has begun meanwhile.
    fn learn_when_closed(&mut self) {
        let Phase::Closed { session } = &mut self.tenure.phase else { return };
        let Some(entry) = self.stored.session.filter(|entry| Some(entry.epoch()) >= *session) else { return };
        let now = entry.begun().map(|begun| begun.epoch);
        if *session != now {
            *session = now;
            self.queue.turn_inert();
        }
    }
}
