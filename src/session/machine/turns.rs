//! Turns: when the next one is due, what it waits for, and what it sends.

use crate::session::error::{Denial, RefreshFailure};
use crate::session::id::{AttemptId, Entropy};
use crate::session::machine::Session;
use crate::session::outbox::{LockTask, Request};
use crate::session::renewal::backoff::scale;
use crate::session::report::{Delay, Report};
use crate::session::tenure::Phase;
use crate::session::time::{Deadline, Millis, Moment};
use crate::session::token::current_token::CurrentToken;
use crate::session::turn::{OnWire, SentRefresh, Stage, Task, Turn};

impl<E: Entropy> Session<E> {
    /// Does what time alone makes due.
    pub(super) fn advance(&mut self, now: Moment) {
        self.tabs.look(now);
        self.pay_debts(now);
        self.take_ripe_seeds(now);
        let is_neglected = self.queue.look(now, self.config.longest_gap());
        if self.queue.is_holding() && (is_neglected || !self.is_shown()) {
            // Listeners do not run under the lock.
            self.ask_anew(now);
        } else if self.queue.is_overdue() {
            self.turn_is_overdue(now);
        } else if self.queue.is_holding() && self.may_begin(now) {
            self.look_again(now);
        } else if let Some(attempt) = self.queue.watch(self.config.longest_gap()) {
            self.outbox.lock = Some(LockTask::Watch(attempt));
        }
        while let Some(caller) = self.waiters.take_impatient(now, self.config.patience) {
            if self.queue.runs_login() {
                // The login function may be waiting for itself.
                self.answer(caller.ticket, Err(Denial::SignInRuns));
                continue;
            }
            let failure = self.renewal.failure.unwrap_or(RefreshFailure::TimedOut);
            let blocked = self.markers.blocked.map(Deadline::wall_ms);
            let retry_at = self.renewal.backoff.retry_at().max(blocked).unwrap_or(now.wall_ms());
            self.answer(caller.ticket, Err(Denial::Unavailable { failure, retry_at }));
        }
        if self.queue.current.is_none() && self.page.may_act() {
            self.next_turn(now);
        }
    }

    pub(super) fn next_turn(&mut self, now: Moment) {
        let task = match self.queue.waiting.iter().position(|task| self.task_wait(task, now).is_zero()) {
            Some(index) => Some(self.queue.waiting.remove(index)),
            None => self.own_refresh_wait(now).filter(|wait| wait.is_zero()).map(|_| Task::Refresh),
        };
        let task = task.filter(|task| *task != Task::Refresh || !self.defer(now));
        if let Some(task) = task {
            let attempt = AttemptId::draw(&mut self.entropy);
            let patience = self.lock_patience();
            self.queue.ask(attempt, task, patience, now);
            self.outbox.lock = Some(LockTask::Acquire(attempt));
        }
    }

    /// Returns how long the same tab may hold the lock. Jittered, so that two tabs behind a frozen
    /// one do not both steal it.
    fn lock_patience(&mut self) -> Millis {
        let patience = self.config.lock_patience();
        patience + scale(patience / 4, &mut self.entropy)
    }

    /// Waits for the lock once more: another tab holds it now, so the queue moves.
    pub(super) fn lock_moved(&mut self, now: Moment, attempt: AttemptId) {
        let patience = self.lock_patience();
        let is_waiting = |turn: &&mut Turn| turn.attempt == attempt && turn.is_locking();
        if let Some(turn) = self.queue.current.as_mut().filter(is_waiting) {
            turn.wait_again(patience, now);
        }
    }

    /// Returns how long until a refresh is due; `None` if only an event can make it due.
    pub(super) fn refresh_wait(&self, now: Moment) -> Option<Millis> {
        if self.awaits_sign_out() {
            return None;
        }
        let is_wanted = !self.waiters.is_empty();
        let (wait, is_ahead) = match &self.tenure.phase {
            _ if is_wanted => (Millis::ZERO, false),
            Phase::Unknown { .. } => (Millis::ZERO, false),
            Phase::Active(_)
                if self.tenure.cookie.must_verify
                    || self.markers.is_rejected()
                    || self.renewal.worker_needs_token =>
            {
                (Millis::ZERO, false)
            }
            Phase::Active(_) if self.tenure.cookie.has_changed() => (Millis::ZERO, false),
            Phase::Active(current) => (self.ahead(current)?.remaining(now), true),
            Phase::Ended { .. } | Phase::Closed { .. } => return None,
        };
        let is_idle = is_ahead || (!is_wanted && self.renewal.is_offline());
        let until =
            if is_idle { self.renewal.backoff.idle_until(now) } else { self.renewal.backoff.until(now) };
        let waits = [until, self.markers.blocked].into_iter().flatten().map(|until| until.remaining(now));
        let paused = waits.fold(wait, Millis::max);
        Some(if is_wanted { paused } else { paused.max(self.idle_wait(now)) })
    }

    /// Returns when to refresh ahead of the expiry; `None` in a hidden tab that has not used its
    /// token. Forgotten tabs would keep idle sessions alive for ever.
    pub(super) fn ahead(&self, current: &CurrentToken) -> Option<Deadline> {
        current.refresh.filter(|_| !self.page.is_hidden() || current.used)
    }

    /// Returns how long until the next waiting task may begin.
    pub(super) fn waiting_wait(&self, now: Moment) -> Option<Millis> {
        self.queue.waiting.iter().map(|task| self.task_wait(task, now)).min()
    }

    /// Returns how long until this waiting task may begin.
    fn task_wait(&self, task: &Task, now: Moment) -> Millis {
        // A caller of a sign-out is told at once, however often other tabs have tried it in vain.
        let is_pursuit = matches!(task, Task::SignOut { tickets, .. } if tickets.is_empty());
        let refreshes = self.must_refresh(task, now);
        let paused = self.sign_out.pause(now).filter(|_| is_pursuit);
        let blocked =
            self.markers.blocked.filter(|_| is_pursuit && refreshes).map(|until| until.remaining(now));
        let waits = [paused, blocked].into_iter().flatten();
        let held = if is_pursuit && refreshes { self.idle_wait(now) } else { Millis::ZERO };
        // A late cookie would undo the sign-out.
        let given_up = if is_pursuit { self.queue.given_up_wait(true, now) } else { Millis::ZERO };
        waits.fold(held.max(given_up), Millis::max)
    }

    /// Whether a refresh is sent for a task.
    fn must_refresh(&self, task: &Task, now: Moment) -> bool {
        *task == Task::Refresh || (matches!(task, Task::SignOut { .. }) && self.must_compare(task, now))
    }

    /// Whether the current turn sends a refresh.
    pub(super) fn turn_refreshes(&self, now: Moment) -> bool {
        let refreshes = |turn: &Turn| turn.refusal().is_some() || self.must_refresh(&turn.task, now);
        self.queue.current.as_ref().is_some_and(refreshes)
    }

    /// Whether the current turn would send a refresh beside too many others.
    fn is_blocked_turn(&mut self, now: Moment) -> bool {
        self.look_at_in_flight(now);
        self.markers.blocked.is_some() && self.turn_refreshes(now)
    }

    /// Whether a refresh is due now.
    pub(super) fn refresh_is_due(&self, now: Moment) -> bool {
        self.refresh_wait(now).is_some_and(|wait| wait.is_zero())
    }

    /// Drops the turn of a refresh that is not due any more. Not if a caller has merely lost its
    /// patience: a frozen tab would keep the lock for ever if nobody stayed to steal it.
    pub(super) fn drop_needless_turn(&mut self, now: Moment) {
        let is_due = self.refresh_is_due(now);
        let is_needless = |turn: &mut Turn| turn.task == Task::Refresh && !turn.is_busy() && !is_due;
        if let Some(turn) = self.queue.current.take_if(is_needless) {
            self.outbox.release(turn.attempt);
        }
    }

    /// Begins the turn whose lock is granted, or waits for other tabs or a cookie first.
    pub(super) fn lock_granted(&mut self, now: Moment, attempt: AttemptId, contended: bool) {
        let is_asked = |turn: &Turn| turn.attempt == attempt && turn.is_locking();
        if !self.queue.current.as_ref().is_some_and(is_asked) {
            return;
        }
        self.miss_stamp();
        if !self.still_has_turn(now) {
            return;
        }
        let is_news = self.is_news(now);
        if contended || self.tabs.cleared || is_news {
            self.greet(now);
        }
        if is_news {
            self.tabs.be_patient(now);
        }
        let orphan = self.orphan_wait(now);
        let Some(turn) = &mut self.queue.current else { return };
        // Without storage, they tell at first which refreshes are in flight.
        let knows = self.stored.is_kept || self.queue.sent > 0;
        let is_own = self.tenure.cookie.must_verify || self.waiters.want_refresh();
        let helps = turn.task == Task::Refresh && !(knows && is_own);
        let answers = self.tabs.answer_wait(now).filter(|_| helps).unwrap_or_default();
        if answers.max(orphan).is_zero() {
            self.begin_turn(now);
        } else {
            turn.waited_for = self.markers.newest.filter(|_| !orphan.is_zero());
            turn.hold(answers, orphan, now);
            turn.watch_companion(now);
            let why = if orphan < answers { Delay::Tabs } else { Delay::Orphan };
            self.report(Report::Deferred { why, wait: answers.max(orphan) });
        }
    }

    /// Applies what other tabs have done in their turns. Returns false if the lock was released for
    /// it.
    fn still_has_turn(&mut self, now: Moment) -> bool {
        let is_neglected = self.queue.look(now, self.config.longest_gap());
        self.apply_stored_session(now);
        self.apply_stored_sign_out(now);
        self.take_ripe_seeds(now);
        if is_neglected || !self.is_shown() {
            // The lock may have been stolen, and listeners do not run under it.
            self.ask_anew(now);
            return false;
        }
        self.markers.read(now, &self.stored);
        self.drop_needless_turn(now);
        self.drop_finished_sign_out();
        self.put_off_pursuit(now);
        if self.is_blocked_turn(now) {
            self.put_off_blocked(now);
            return false;
        }
        true
    }

    /// Whether another tab has a newer token, and had no time to send it.
    fn is_news(&self, now: Moment) -> bool {
        let Phase::Active(current) = &self.tenure.phase else { return false };
        self.stored.answered.is_some_and(|answered| answered.is_news(current.grant.received, now))
    }

    /// Reads the entries once more: a tab that the lock does not reach may have begun meanwhile.
    fn look_again(&mut self, now: Moment) {
        let Some(turn) = &mut self.queue.current else { return };
        turn.read_again(self.config.timeout, now);
        self.outbox.lock = Some(LockTask::ReadAgain(turn.attempt));
    }

    pub(super) fn looked_again(&mut self, now: Moment, attempt: AttemptId) {
        let is_it = |turn: &Turn| turn.attempt == attempt && matches!(turn.stage, Stage::Reading { .. });
        if !self.queue.current.as_ref().is_some_and(is_it) {
            return;
        }
        if !self.still_has_turn(now) {
            return;
        }
        let orphan = self.orphan_wait(now);
        let Some(turn) = &mut self.queue.current else { return };
        let left = turn.still_waits(self.markers.newest, orphan, now);
        if left.is_zero() {
            self.begin_turn(now);
        } else {
            turn.waited_for = self.markers.newest;
            turn.hold(Millis::ZERO, left, now);
            turn.watch_companion(now);
            self.report(Report::Deferred { why: Delay::Orphan, wait: left });
        }
    }

    /// Whether nothing is waited for any more.
    fn may_begin(&self, now: Moment) -> bool {
        self.tabs.answer_wait(now).is_none()
            && self.queue.current.as_ref().is_some_and(|turn| turn.orphan_left(now).is_zero())
    }

    /// Puts a turn off, for too many refreshes are in flight. Callers of a sign-out are told that
    /// it is pending.
    fn put_off_blocked(&mut self, now: Moment) {
        let is_awaited =
            |turn: &mut Turn| matches!(&turn.task, Task::SignOut { tickets, .. } if !tickets.is_empty());
        match self.queue.current.take_if(is_awaited) {
            Some(turn) => {
                self.outbox.release(turn.attempt);
                self.sign_out_failed(now, turn, RefreshFailure::TimedOut);
            }
            None => self.ask_anew(now),
        }
    }

    /// Releases the lock, and requests it anew: it may have been stolen, or would not be used soon.
    pub(super) fn ask_anew(&mut self, now: Moment) {
        let Some(turn) = self.queue.current.take_if(|turn| !turn.is_busy()) else { return };
        self.outbox.release(turn.attempt);
        if let Some(failure) = turn.refusal() {
            // Without the refresh that would tell, it counts as failed.
            return self.sign_out_failed(now, turn, failure);
        }
        if turn.task != Task::Refresh {
            self.queue.waiting.insert(0, turn.task);
        }
    }

    fn begin_turn(&mut self, now: Moment) {
        let Some(mut turn) = self.queue.current.take() else { return };
        match turn.task {
            Task::SignOut { .. } => return self.send_sign_out(now, turn),
            Task::Login { ticket } => {
                turn.send(OnWire::Login, self.config.longest_turn(), now);
                self.queue.logins.push(self.login_of(now, turn.attempt, ticket));
                self.sign_out.put_off(now, &mut self.outbox);
                self.outbox.app.request = Some(Request::Login { ticket });
            }
            Task::Refresh => {
                let refreshing = self.send_refresh(now, turn.attempt);
                turn.send(OnWire::Refresh(refreshing), self.config.timeout, now);
            }
        }
        self.queue.current = Some(turn);
    }

    pub(super) fn turn_is_overdue(&mut self, now: Moment) {
        let patience = self.lock_patience();
        match self.queue.current.as_mut() {
            Some(turn) if turn.is_locking() => {
                // Its holder is frozen, or stopped in a debugger.
                turn.wait_again(patience, now);
                return self.outbox.lock = Some(LockTask::Steal(turn.attempt));
            }
            Some(turn) if matches!(turn.stage, Stage::Holding { .. }) => return self.look_again(now),
            _ => {}
        }
        let Some(turn) = self.queue.give_up() else { return };
        if turn.task == Task::Refresh || turn.compares() {
            self.report_settled(now, SentRefresh::of(&turn), Err(RefreshFailure::TimedOut), false);
            self.count_outcome(now, Err(&RefreshFailure::TimedOut));
        }
        self.outbox.release(turn.attempt);
        match turn.task {
            Task::Refresh => self.refresh_failed(now, RefreshFailure::TimedOut),
            Task::SignOut { .. } => self.sign_out_failed(now, turn, RefreshFailure::TimedOut),
            // It goes on without the lock.
            Task::Login { .. } => {}
        }
    }
}
