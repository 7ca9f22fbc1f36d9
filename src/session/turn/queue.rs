//! The one queue of everything that writes the refresh cookie: sign-ins, sign-outs and refreshes.

use crate::session::id::{AttemptId, Ticket};
use crate::session::time::{Millis, Moment};
use crate::session::turn::sent_refresh::{SentRefresh, Settled};
use crate::session::turn::stage::OnWire;
use crate::session::turn::{Stage, Task, Turn, Urge};

/// Refreshes that were given up on and may still be answered; more than a handful means that nothing answers.
const MOST_LATE: usize = 8;

/// The queue, and whose turn it is.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    pub(crate) current: Option<Turn>,
    pub(crate) waiting: Vec<Task>,
    /// The logins that run, in a turn or overdue.
    pub(crate) logins: Vec<Ticket>,
    /// How many refreshes have been sent; the current one is the `sent`-th.
    pub(crate) sent: u32,
    late: Vec<SentRefresh>,
    /// Those of them whose epoch is over.
    stray: Vec<SentRefresh>,
}

impl Queue {
    /// A turn is asked for; it may be waited for that long.
    pub(crate) fn ask(&mut self, attempt: AttemptId, task: Task, bound: Millis, now: Moment) {
        self.current = Some(Turn::ask(attempt, task, bound, now));
    }

    /// Counts the time that has passed since the last look; `gap` without one is long. Returns whether the tab has not run for
    /// so long in the current turn: its lock may have been taken.
    pub(crate) fn look(&mut self, now: Moment, gap: Millis) -> bool {
        self.current.as_mut().is_some_and(|turn| {
            turn.look(now, gap);
            turn.neglected
        })
    }

    /// The turn that waits for the lock, if it is time to look at who has it.
    pub(crate) fn watch(&mut self, gap: Millis) -> Option<AttemptId> {
        let turn = self.current.as_mut()?;
        turn.is_to_be_watched(gap).then_some(turn.attempt)
    }

    /// How long until the next look at the current turn; zero when it is overdue.
    pub(crate) fn next_look(&self, now: Moment, gap: Millis) -> Option<Millis> {
        self.current.as_ref().map(|turn| turn.next_look(now, gap))
    }

    /// Whether the current turn has taken too long.
    pub(crate) fn is_overdue(&self) -> bool {
        self.current.as_ref().is_some_and(Turn::is_overdue)
    }

    /// Whether the lock is held and nothing is on the wire yet.
    pub(crate) fn is_holding(&self) -> bool {
        self.current.as_ref().is_some_and(|turn| matches!(turn.stage, Stage::Holding { .. }))
    }

    /// Whether a refresh is on the wire in this turn.
    pub(crate) fn refresh_is_out(&self) -> bool {
        self.busy().is_some()
    }

    /// Number of refreshes sent before the one that is on the wire, or before now.
    pub(crate) fn sent_before(&self) -> u32 {
        self.sent.saturating_sub(u32::from(self.refresh_is_out()))
    }

    /// The refreshes of this epoch that were given up on, and may still be answered.
    pub(crate) fn late(&self) -> &[SentRefresh] {
        &self.late
    }

    /// The refreshes of earlier epochs that were given up on, and may still be answered.
    pub(crate) fn stray(&self) -> &[SentRefresh] {
        &self.stray
    }

    /// The refresh on the wire in the current turn.
    fn busy(&self) -> Option<SentRefresh> {
        self.current.as_ref().and_then(SentRefresh::of)
    }

    /// Every refresh of this tab that is out and unanswered.
    pub(crate) fn in_flight(&self) -> impl Iterator<Item = SentRefresh> {
        self.busy().into_iter().chain(self.late.iter().copied()).chain(self.stray.iter().copied())
    }

    /// Whether this tab has sent a refresh of this attempt that is out.
    pub(crate) fn is_ours(&self, attempt: AttemptId) -> bool {
        self.in_flight().any(|sent| sent.attempt == attempt)
    }

    /// Returns how long a refresh may still bring a cookie that was given up on; of an earlier session if `counts_strays`.
    pub(crate) fn given_up_wait(&self, counts_strays: bool, now: Moment) -> Millis {
        let stray = self.stray.iter().filter(|_| counts_strays);
        self.late.iter().chain(stray).map(|sent| sent.left(now)).max().unwrap_or_default()
    }

    /// Whether a login function runs in this turn.
    pub(crate) fn runs_login(&self) -> bool {
        self.current.as_ref().is_some_and(|turn| matches!(turn.on_wire(), Some(OnWire::Login { .. })))
    }

    /// Whether anything that writes the cookie is on the wire.
    pub(crate) fn is_writing(&self) -> bool {
        self.current.as_ref().is_some_and(Turn::is_busy)
    }

    /// The refresh that is on the wire.
    pub(crate) fn busy_refresh(&self) -> Option<AttemptId> {
        self.busy().map(|sent| sent.attempt)
    }

    /// Whether a refresh was asked for or is on the wire.
    pub(crate) fn refresh_is_coming(&self) -> bool {
        self.current.as_ref().is_some_and(|turn| turn.task == Task::Refresh && !turn.is_inert())
    }

    /// Puts a sign-out on the waiting; one that waits already serves both.
    pub(crate) fn add_sign_out(&mut self, mut new: Vec<Ticket>, urge: Urge) {
        match self.waiting.last_mut() {
            Some(Task::SignOut { tickets, urge: waiting }) => {
                tickets.append(&mut new);
                *waiting = urge.min(*waiting);
            }
            _ => self.waiting.push(Task::SignOut { tickets: new, urge }),
        }
    }

    /// Whether nothing that writes the cookie waits, is on the wire, or may still be answered.
    pub(crate) fn is_quiet(&self) -> bool {
        self.current.is_none() && self.waiting.is_empty() && self.late.is_empty() && self.stray.is_empty()
    }

    /// Whether a sign-out waits for its turn, or has it.
    pub(crate) fn has_sign_out(&self) -> bool {
        let current = self.current.as_ref().map(|turn| &turn.task);
        current.into_iter().chain(&self.waiting).any(|task| matches!(task, Task::SignOut { .. }))
    }

    /// Drops what has not begun of one kind. Returns whose it was, and the turn that had been asked for.
    pub(crate) fn cancel(&mut self, which: fn(&Task) -> bool) -> (Vec<Ticket>, Option<AttemptId>) {
        let (mut cancelled, left): (Vec<Task>, Vec<Task>) = self.waiting.drain(..).partition(which);
        self.waiting = left;
        let asked = self.current.take_if(|turn| !turn.is_busy() && which(&turn.task));
        let attempt = asked.map(|turn| {
            cancelled.push(turn.task);
            turn.attempt
        });
        (cancelled.into_iter().flat_map(Task::into_tickets).collect(), attempt)
    }

    /// The epoch is over: every refresh that was sent in it is inert.
    pub(crate) fn turn_inert(&mut self) {
        self.stray.append(&mut self.late);
        let surplus = self.stray.len().saturating_sub(MOST_LATE);
        self.stray.drain(..surplus);
        if let Some(turn) = &mut self.current {
            turn.turn_inert();
        }
    }

    /// Whether a refresh of another epoch may still bring its cookie.
    pub(crate) fn has_inert(&self) -> bool {
        !self.stray.is_empty() || self.current.as_ref().is_some_and(Turn::is_inert)
    }

    /// The current turn is over without an answer; a refresh may still be answered.
    pub(crate) fn give_up(&mut self) -> Option<Turn> {
        let turn = self.current.take()?;
        if let Some(sent) = SentRefresh::of(&turn) {
            // What a sign-out was to be compared with is of no session of ours.
            let list = if turn.is_inert() || turn.compares() { &mut self.stray } else { &mut self.late };
            if list.len() == MOST_LATE {
                list.remove(0);
            }
            list.push(sent);
        }
        Some(turn)
    }

    /// Takes the current turn if it is this one.
    pub(crate) fn take(&mut self, attempt: AttemptId) -> Option<Turn> {
        self.current.take_if(|turn| turn.attempt == attempt)
    }

    /// What the answer to this refresh is worth. The one place where an answer of another epoch is dropped.
    pub(crate) fn settle(&mut self, attempt: AttemptId) -> (Settled, Option<Turn>) {
        if let Some(turn) = self.take(attempt) {
            let settled = match SentRefresh::of(&turn) {
                Some(sent) if turn.is_inert() => Settled::Inert(sent),
                Some(sent) => Settled::InTime(sent),
                None => Settled::Unknown,
            };
            return (settled, Some(turn));
        }
        let mut take_from = |list: fn(&mut Self) -> &mut Vec<SentRefresh>| {
            let list = list(self);
            list.iter().position(|sent| sent.attempt == attempt).map(|index| list.remove(index))
        };
        let settled = match take_from(|queue| &mut queue.stray).map(Settled::Stray) {
            Some(stray) => stray,
            None => take_from(|queue| &mut queue.late).map_or(Settled::Unknown, Settled::Late),
        };
        (settled, None)
    }
}

#[cfg(test)]
mod tests;
