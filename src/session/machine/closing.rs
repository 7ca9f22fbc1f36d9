//! The end of a session object: the session itself goes on, in other tabs and for the next object of the page.
//!
//! A refresh that is out is not aborted. The closed object keeps the lock until it has settled, and writes down what became of
//! it: the next one would wait for its cookie in vain, or present the spent one.

use super::super::error::Denial;
use super::super::event::Event;
use super::super::id::Entropy;
use super::super::memo::{Memo, Remembered};
use super::super::outbox::Write;
use super::super::peers::PeerMessage;
use super::super::time::Moment;
use super::super::turn::{Job, Turn};
use super::seeding::Seed;
use super::{Phase, Session};

impl<E: Entropy> Session<E> {
    pub(super) fn close(&mut self, now: Moment) {
        self.ask_anew(now);
        self.put_off_sign_out();
        self.say_goodbye();
        self.phase = Phase::Closed { session: self.known_epoch() };
        self.ending = None;
        self.cancel(|_| true, Denial::Closed);
        let mut tickets = std::mem::take(&mut self.logins);
        let is_over = |turn: &mut Turn| turn.job != Job::Refresh;
        if let Some(turn) = self.turns.current.take_if(is_over) {
            self.outbox.release(turn.attempt);
            // A login that runs is among the logins already.
            if matches!(turn.job, Job::SignOut { .. }) {
                tickets.append(&mut turn.job.into_tickets());
            }
        }
        tickets.extend(std::mem::take(&mut self.seeds).into_iter().map(Seed::into_ticket));
        tickets.extend(self.callers.take(|_| true).into_iter().map(|caller| caller.ticket));
        for ticket in tickets {
            self.answer(ticket, Err(Denial::Closed));
        }
    }

    /// Tells the other tabs that this one is not there any more.
    pub(super) fn say_goodbye(&mut self) {
        self.tell(PeerMessage::Bye);
        if self.peers.siblings().is_empty() {
            self.outbox.writes.push(Write::Company(false));
        }
        self.peers.forget_all();
    }

    /// Refuses whatever is asked of a closed object, and ends what is still out.
    pub(super) fn react_when_closed(&mut self, now: Moment, event: Event) {
        match event {
            Event::SignInWanted { ticket }
            | Event::SignedIn { ticket, .. }
            | Event::Seeded { ticket, .. }
            | Event::CookieChanged { ticket, .. }
            | Event::SignOutWanted { ticket, .. }
            | Event::TokenWanted { ticket, .. }
            | Event::RenewalWanted { ticket }
            | Event::TokenRejected { ticket, .. } => self.answer(ticket, Err(Denial::Closed)),
            Event::RefreshSettled { attempt, outcome, echoes } => {
                let memo = self.known;
                self.learn_when_closed(&memo);
                if self.note_settled(now, attempt, &outcome, echoes, &memo).1.is_some() {
                    self.outbox.release(attempt);
                }
            }
            Event::Left => {
                self.goes_with_page(now);
                self.leave_lock();
            }
            _ => {}
        }
        self.turns.look(now, self.config.longest_gap());
        if self.turns.is_overdue()
            && let Some(turn) = self.turns.give_up()
        {
            self.outbox.release(turn.attempt);
        }
    }

    /// Counts what is out for the session before, where another one has begun meanwhile.
    fn learn_when_closed(&mut self, memo: &Memo) {
        let Phase::Closed { session } = &mut self.phase else { return };
        let now = match memo.session {
            Some(Remembered::Begun(begun)) => (*session).max(Some(begun.epoch)),
            Some(Remembered::Over { until, .. }) => session.filter(|session| *session > until),
            None => return,
        };
        if *session != now {
            *session = now;
            self.turns.turn_inert();
        }
    }
}
