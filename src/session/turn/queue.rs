//! The only queue for everything that writes the refresh cookie: sign-ins, sign-outs and refreshes.

use crate::session::id::{AttemptId, Ticket};
use crate::session::time::{Millis, Moment};
use crate::session::turn::sent_refresh::{SentRefresh, Settled};
use crate::session::turn::stage::OnWire;
use crate::session::turn::{Stage, Task, Turn, Urge};

/// Number of given-up refreshes that are remembered for a late reply. If more are unanswered, the
/// server replies to none.
const MOST_LATE: usize = 8;

/// The queue, and its current turn.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    pub(crate) current: Option<Turn>,
    pub(crate) waiting: Vec<Task>,
    /// The logins that run, in a turn or overdue.
    pub(crate) logins: Vec<SentRefresh>,
    /// Number of refreshes that were sent, including the current one.
    pub(crate) sent: u32,
    late: Vec<SentRefresh>,
    /// The given-up refreshes whose session is over, and the overtaken logins.
    stray: Vec<SentRefresh>,
}

impl Queue {
    /// Begins a turn, which may wait for its lock for `bound`.
    pub(crate) fn ask(&mut self, attempt: AttemptId, task: Task, bound: Millis, now: Moment) {
        self.current = Some(Turn::ask(attempt, task, bound, now));
    }

    /// Counts the time that has passed since the last look. A longer time than `gap` is a
    /// suspension.
    ///
    /// Returns whether the tab was suspended in the current turn. The lock may have been taken from
    /// it.
    pub(crate) fn look(&mut self, now: Moment, gap: Millis) -> bool {
        self.current.as_mut().is_some_and(|turn| {
            turn.look(now, gap);
            turn.neglected
        })
    }

    /// Returns the turn that waits for the lock, if it is time to look up the holder.
    pub(crate) fn watch(&mut self, gap: Millis) -> Option<AttemptId> {
        let turn = self.current.as_mut()?;
        turn.is_to_be_watched(gap).then_some(turn.attempt)
    }

    /// Returns the time until the next look at the current turn; zero if it is overdue.
    pub(crate) fn next_look(&self, now: Moment, gap: Millis) -> Option<Millis> {
        self.current.as_ref().map(|turn| turn.next_look(now, gap))
    }

    /// Whether the current turn has taken too long.
    pub(crate) fn is_overdue(&self) -> bool {
        self.current.as_ref().is_some_and(Turn::is_overdue)
    }

    /// Whether the lock is held while the turn waits for other tabs or for an orphan.
    pub(crate) fn is_holding(&self) -> bool {
        self.current.as_ref().is_some_and(|turn| matches!(turn.stage, Stage::Holding { .. }))
    }

    /// Whether a refresh of the current turn is in flight.
    pub(crate) fn refresh_is_out(&self) -> bool {
        self.busy().is_some()
    }

    /// Number of refreshes sent before the one in flight, or before now.
    pub(crate) fn sent_before(&self) -> u32 {
        self.sent.saturating_sub(u32::from(self.refresh_is_out()))
    }

    /// The refreshes of this session that were given up, and may still settle.
    pub(crate) fn late(&self) -> &[SentRefresh] {
        &self.late
    }

    /// The refreshes of earlier sessions that were given up, and may still settle.
    pub(crate) fn stray(&self) -> &[SentRefresh] {
        &self.stray
    }

    /// Returns the refresh in flight in the current turn.
    fn busy(&self) -> Option<SentRefresh> {
        self.current.as_ref().and_then(SentRefresh::of)
    }

    /// Returns every refresh of this tab in flight.
    #[inline(never)]
    pub(crate) fn in_flight(&self) -> Vec<SentRefresh> {
        let mut all = Vec::new();
        all.extend(self.busy());
        all.extend_from_slice(&self.late);
        all.extend_from_slice(&self.stray);
        all
    }

    /// Whether the refresh of this attempt is in flight, and was sent by this tab.
    pub(crate) fn is_ours(&self, attempt: AttemptId) -> bool {
        self.in_flight().iter().any(|sent| sent.attempt == attempt)
    }

    /// Returns how long a given-up refresh may still bring a cookie. `counts_strays`: whether those
    /// of earlier sessions count.
    pub(crate) fn given_up_wait(&self, counts_strays: bool, now: Moment) -> Millis {
        let longest = |given_up: &[SentRefresh]| {
            given_up.iter().fold(Millis::ZERO, |longest, sent| longest.max(sent.left(now)))
        };
        longest(&self.late).max(if counts_strays { longest(&self.stray) } else { Millis::ZERO })
    }

    /// Whether a login function runs in this turn.
    pub(crate) fn runs_login(&self) -> bool {
        self.current.as_ref().is_some_and(|turn| matches!(turn.on_wire(), Some(OnWire::Login)))
    }

    /// Returns a login that runs, overtaken or not.
    pub(crate) fn login(&self, ticket: Ticket) -> Option<SentRefresh> {
        self.logins.iter().chain(&self.stray).find(|sent| sent.login == Some(ticket)).copied()
    }

    /// Takes a login that has settled. Returns false if it was overtaken.
    pub(crate) fn take_login(&mut self, attempt: AttemptId) -> bool {
        take(&mut self.logins, attempt).is_some()
    }

    /// Adds a request whose cookie belongs to no session that is shown.
    pub(crate) fn add_stray(&mut self, sent: SentRefresh) {
        remember(&mut self.stray, sent);
    }

    /// Whether a request that writes the cookie is in flight.
    pub(crate) fn is_writing(&self) -> bool {
        self.current.as_ref().is_some_and(Turn::is_busy)
    }

    /// Returns the turn of the refresh in flight.
    pub(crate) fn busy_refresh(&self) -> Option<AttemptId> {
        self.busy().map(|sent| sent.attempt)
    }

    /// Whether a refresh is due to be sent in the current turn, or is in flight.
    pub(crate) fn refresh_is_coming(&self) -> bool {
        self.current.as_ref().is_some_and(|turn| turn.task == Task::Refresh && !turn.is_inert())
    }

    /// Queues a sign-out. If one already waits, it serves both.
    pub(crate) fn add_sign_out(&mut self, mut new: Vec<Ticket>, urge: Urge) {
        match self.waiting.last_mut() {
            Some(Task::SignOut { tickets, urge: waiting }) => {
                tickets.append(&mut new);
                *waiting = urge.min(*waiting);
            }
            _ => self.waiting.push(Task::SignOut { tickets: new, urge }),
        }
    }

    /// Whether nothing that writes the cookie waits, is in flight, or may still settle.
    pub(crate) fn is_quiet(&self) -> bool {
        self.current.is_none() && self.waiting.is_empty() && self.late.is_empty() && self.stray.is_empty()
    }

    /// Whether a sign-out waits for its turn, or has it.
    pub(crate) fn has_sign_out(&self) -> bool {
        let is_one = |task: &Task| matches!(task, Task::SignOut { .. });
        self.current.as_ref().is_some_and(|turn| is_one(&turn.task)) || self.waiting.iter().any(is_one)
    }

    /// Drops the tasks of one kind that have not begun. Returns their callers, and the turn that
    /// was requested for one.
    pub(crate) fn cancel(&mut self, which: fn(&Task) -> bool) -> (Vec<Ticket>, Option<AttemptId>) {
        let mut tickets = Vec::new();
        for task in std::mem::take(&mut self.waiting) {
            if which(&task) {
                tickets.append(&mut task.into_tickets());
            } else {
                self.waiting.push(task);
            }
        }
        let asked = self.current.take_if(|turn| !turn.is_busy() && which(&turn.task));
        let attempt = asked.map(|turn| {
            tickets.append(&mut turn.task.into_tickets());
            turn.attempt
        });
        (tickets, attempt)
    }

    /// Makes every refresh of the session inert, because the session is over.
    pub(crate) fn turn_inert(&mut self) {
        self.stray.append(&mut self.late);
        while self.stray.len() > MOST_LATE {
            self.stray.remove(0);
        }
        if let Some(turn) = &mut self.current {
            turn.turn_inert();
        }
    }

    /// Whether a refresh of another session may still bring its cookie.
    pub(crate) fn has_inert(&self) -> bool {
        !self.stray.is_empty() || self.current.as_ref().is_some_and(Turn::is_inert)
    }

    /// Ends the current turn without a reply. A refresh may still receive one.
    pub(crate) fn give_up(&mut self) -> Option<Turn> {
        let turn = self.current.take()?;
        if let Some(sent) = SentRefresh::of(&turn) {
            // A refresh that a sign-out is compared with belongs to no known session.
            let list = if turn.is_inert() || turn.compares() { &mut self.stray } else { &mut self.late };
            remember(list, sent);
        }
        Some(turn)
    }

    /// Takes the current turn if it has this id.
    pub(crate) fn take(&mut self, attempt: AttemptId) -> Option<Turn> {
        self.current.take_if(|turn| turn.attempt == attempt)
    }

    /// Returns how much the reply to this refresh counts. Only here are replies of other sessions
    /// dropped.
    pub(crate) fn settle(&mut self, attempt: AttemptId) -> (Settled, Option<Turn>) {
        if let Some(turn) = self.take(attempt) {
            let settled = match SentRefresh::of(&turn) {
                Some(sent) if turn.is_inert() => Settled::Inert(sent),
                Some(sent) => Settled::InTime(sent),
                None => Settled::Unknown,
            };
            return (settled, Some(turn));
        }
        let settled = match take(&mut self.stray, attempt) {
            Some(stray) => Settled::Stray(stray),
            None => take(&mut self.late, attempt).map_or(Settled::Unknown, Settled::Late),
        };
        (settled, None)
    }
}

/// Adds a request to those that may still settle.
#[inline(never)]
fn remember(list: &mut Vec<SentRefresh>, sent: SentRefresh) {
    if list.len() == MOST_LATE {
        list.remove(0);
    }
    list.push(sent);
}

/// Takes the request of this turn.
#[inline(never)]
fn take(list: &mut Vec<SentRefresh>, attempt: AttemptId) -> Option<SentRefresh> {
    let index = list.iter().position(|sent| sent.attempt == attempt)?;
    Some(list.remove(index))
}

#[cfg(test)]
mod tests;
