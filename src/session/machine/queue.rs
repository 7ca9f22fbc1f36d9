//! Whose turn it is at the wire, and when the next one is due.

use std::time::Duration;

use super::super::backoff::scale;
use super::super::command::Command;
use super::super::config::{LOCK_PATIENCE, LOGIN_BOUND};
use super::super::error::{Denial, RefreshFailure};
use super::super::id::{AttemptId, Entropy};
use super::super::time::Moment;
use super::super::turns::Job;
use super::{Phase, Session};

impl<E: Entropy> Session<E> {
    /// Everything that time alone makes due.
    pub(super) fn advance(&mut self, now: Moment) {
        self.turns.look(now);
        if self.turns.is_overdue() {
            self.turn_is_overdue(now);
        }
        for caller in self.callers.take_impatient(now, self.config.patience) {
            let failure = self.failure.unwrap_or(RefreshFailure::TimedOut);
            let retry_at = self.backoff.retry_at().unwrap_or(now.wall_ms());
            self.answer(caller.ticket, Err(Denial::Unavailable { failure, retry_at }));
        }
        if self.turns.current.is_none() {
            self.next_turn(now);
        }
    }

    pub(super) fn next_turn(&mut self, now: Moment) {
        let paused = self.sign_out_backoff.until(now).is_some();
        let is_ready = |job: &Job| !(paused && matches!(job, Job::SignOut { .. }));
        let job = match self.turns.agenda.iter().position(is_ready) {
            Some(index) => Some(self.turns.agenda.remove(index)),
            None => self.refresh_wait(now).filter(Duration::is_zero).map(|_| Job::Refresh),
        };
        if let Some(job) = job {
            let attempt = AttemptId::draw(&mut self.entropy);
            // Longer than a handful of holders need who all wait in vain; jittered, so that of those who wait behind
            // a frozen one the first is done before the second loses its patience.
            let timeout = self.config.timeout;
            let bound =
                timeout.saturating_mul(LOCK_PATIENCE).saturating_add(scale(timeout, &mut self.entropy));
            self.turns.ask(attempt, job, bound, now);
            self.commands.push(Command::AcquireLock { attempt });
        }
    }

    /// How long until a refresh is due; `None` when only an event can make it so.
    pub(super) fn refresh_wait(&self, now: Moment) -> Option<Duration> {
        let wanted = match &self.phase {
            _ if !self.callers.is_empty() => Duration::ZERO,
            Phase::Unknown if self.started => Duration::ZERO,
            Phase::Active(_) if self.cookie_in_doubt => Duration::ZERO,
            Phase::Active(held) => held.refresh?.remaining(now),
            Phase::Unknown | Phase::Ended(_) | Phase::Closed => return None,
        };
        Some(self.backoff.until(now).map_or(wanted, |until| until.remaining(now).max(wanted)))
    }

    /// How long until the next job of the agenda may begin.
    pub(super) fn agenda_wait(&self, now: Moment) -> Option<Duration> {
        self.turns.agenda.first()?;
        Some(self.sign_out_backoff.until(now).map_or(Duration::ZERO, |until| until.remaining(now)))
    }

    pub(super) fn begin_turn(&mut self, now: Moment) {
        let refresh_is_due = self.refresh_wait(now).is_some_and(|wait| wait.is_zero());
        let Some(turn) = &mut self.turns.current else { return };
        let attempt = turn.attempt;
        turn.begin(
            if matches!(turn.job, Job::Login { .. }) { LOGIN_BOUND } else { self.config.timeout },
            now,
        );
        match turn.job {
            Job::Login { ticket } => {
                self.logins.push(ticket);
                self.commands.push(Command::RunLogin { ticket });
            }
            Job::SignOut { .. } => self.commands.push(Command::SendSignOut { attempt }),
            Job::Refresh if refresh_is_due => {
                self.turns.sent = self.turns.sent.wrapping_add(1);
                let id = *self.unsettled.get_or_insert(attempt);
                self.commands.push(Command::SendRefresh { attempt, id });
            }
            // While we waited for the lock, the reason has gone.
            Job::Refresh => {
                self.turns.current = None;
                self.commands.push(Command::ReleaseLock { attempt });
            }
        }
    }

    pub(super) fn turn_is_overdue(&mut self, now: Moment) {
        if let Some(turn) = self.turns.current.as_mut().filter(|turn| !turn.busy) {
            // Whoever holds the lock is frozen, or stopped in a debugger.
            turn.wait_again(self.config.timeout, now);
            return self.commands.push(Command::StealLock { attempt: turn.attempt });
        }
        let Some(turn) = self.turns.give_up() else { return };
        self.commands.push(Command::ReleaseLock { attempt: turn.attempt });
        match turn.job {
            Job::Refresh => self.refresh_failed(now, RefreshFailure::TimedOut),
            Job::SignOut { tickets } => self.sign_out_failed(now, tickets, RefreshFailure::TimedOut),
            // It goes on, unordered.
            Job::Login { .. } => {}
        }
    }
}
