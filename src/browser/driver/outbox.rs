//! Performs the outbox of the machine.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::super::endpoint::Along;
use super::super::lock::Lock;
use super::super::sign_out;
use super::{Answer, Driver};
use crate::session::{
    AccessToken, Action, AttemptId, Event, LockTask, Outbox, PeerMessage, Report, Request, SignOutFailure,
    Status, Ticket, Write,
};

impl Driver {
    /// Performs an outbox. No borrow is alive while JavaScript runs.
    pub(super) fn perform(&self, outbox: Outbox) {
        outbox.perform(|action| match action {
            Action::Write(write) => self.write(write),
            Action::Tell(message) => self.broadcast(&message),
            Action::Release(attempt) => self.release(attempt),
            Action::Lock(task) => self.see_to_lock(task),
            Action::Reply(ticket, reply) => self.reply(ticket, reply),
            Action::Publish => self.publish(),
            Action::Request(Request::Refresh { attempt, id }) => self.send_refresh(attempt, id),
            Action::Request(Request::SignOut { attempt, token }) => self.send_sign_out(attempt, token),
            Action::Request(Request::Login { ticket }) => self.run_login(ticket),
            Action::Report(report) => self.report(report),
        });
    }

    fn write(&self, write: Write) {
        let memory = &self.0.memory;
        match write {
            Write::Session(session) => memory.keep(session),
            Write::SignOut(pending) => memory.keep_sign_out(pending),
            Write::ClearSignOut { until } => memory.forget_sign_out(until),
            Write::Note(note) => memory.note(note),
            Write::Company(company) => memory.expect_company(company),
        }
    }

    fn broadcast(&self, message: &PeerMessage) {
        let from = self.0.machine.borrow().tabs().0;
        if let Some(channel) = &*self.0.channel.borrow() {
            channel.tell(from, message);
        }
    }

    fn release(&self, attempt: AttemptId) {
        // Dropped after the borrow: releasing runs JavaScript.
        let lock = self.0.lock.borrow_mut().take_if(|(held, _)| *held == attempt);
        drop(lock);
    }

    fn see_to_lock(&self, task: LockTask) {
        match task {
            LockTask::Acquire(attempt) => self.acquire(attempt),
            LockTask::ReadAgain(attempt) => self.dispatch(Event::LookedAgain { attempt }),
            LockTask::Watch(attempt) => self.look_at_lock(attempt, |lock, moved| lock.watch(moved)),
            LockTask::Steal(attempt) => self.look_at_lock(attempt, |lock, moved| lock.steal(moved)),
        }
    }

    fn acquire(&self, attempt: AttemptId) {
        let weak = self.weak();
        let granted = move |contended| weak.dispatch(Event::LockGranted { attempt, contended });
        let lock = Lock::request(&self.0.lock_name, Rc::new(granted));
        // The request before is withdrawn: after the borrow, for that runs JavaScript.
        let before = self.0.lock.replace(Some((attempt, lock)));
        drop(before);
    }

    fn reply(&self, ticket: Ticket, reply: Answer) {
        let waiting = self.0.waiting.borrow_mut().take(ticket);
        if let Some(caller) = waiting {
            // An error means that the caller has gone.
            let _ = caller.send(reply);
        }
    }

    fn publish(&self) {
        let status = self.0.machine.borrow().status();
        if !status.is_awaited() {
            self.0.curious.take();
        }
        if matches!(status, Status::Ended { .. }) {
            self.0.params.take();
        }
        let publish = self.0.publish.borrow().clone();
        if let Some(publish) = publish {
            publish(self, status);
        }
    }

    fn report(&self, report: Report) {
        let mut cause = None;
        if let Report::SignOutSettled { failure: Some(failure), .. } = report {
            cause = self.keep_cause(&failure);
        }
        let reporter = self.0.reporter.borrow().clone();
        reporter.tell(report, cause);
    }

    fn look_at_lock(&self, attempt: AttemptId, look: impl FnOnce(&Lock, Box<dyn FnOnce()>)) {
        let weak = self.weak();
        let moved = Box::new(move || weak.dispatch(Event::LockMoved { attempt }));
        if let Some((asked, lock)) = &*self.0.lock.borrow()
            && *asked == attempt
        {
            look(lock, moved);
        }
    }

    /// Whether the attempt may still send: it has not been given up on, its lock is not somebody else's, and the session is
    /// not closed.
    fn has_turn(&self, attempt: AttemptId) -> bool {
        !self.is_closed() && self.0.lock.borrow().as_ref().is_some_and(|(held, _)| *held == attempt)
    }

    fn send_refresh(&self, attempt: AttemptId, id: AttemptId) {
        let driver = self.clone();
        spawn_local(async move {
            let params = driver.0.params.borrow().clone();
            let is_due = || driver.has_turn(attempt);
            let outcome = driver.0.refresh.refresh(id, &params, &driver.0.reader, is_due).await;
            let echoes = driver.0.refresh.echoes.get();
            let outcome = outcome.map_err(|(failure, native)| {
                driver.note_cause(attempt, native.clone());
                driver.0.native_error.replace(native);
                failure
            });
            if outcome.is_ok() {
                driver.0.is_cookie_untried.set(false);
                // Others may have been given meanwhile.
                if *driver.0.params.borrow() == params {
                    driver.0.params.take();
                }
            }
            driver.dispatch(Event::RefreshSettled { attempt, outcome, echoes });
        });
    }

    fn send_sign_out(&self, attempt: AttemptId, token: Option<AccessToken>) {
        let driver = self.clone();
        spawn_local(async move {
            let token = token.as_ref().map(|token| (&driver.0.attachment, token));
            let along = Along { params: &JsValue::UNDEFINED, token };
            let outcome = match &driver.0.sign_out {
                Some(endpoint) => sign_out::tell(endpoint, attempt, along, || driver.has_turn(attempt)).await,
                None => Ok(()),
            };
            let outcome = outcome.map_err(|(failure, native)| {
                driver.note_cause(attempt, native);
                failure
            });
            driver.dispatch(Event::SignOutSettled { attempt, outcome });
        });
    }

    /// Keeps what a request of this turn failed with, until it is known what its failure means.
    fn note_cause(&self, attempt: AttemptId, native: Option<JsValue>) {
        self.0.cause.replace(native.map(|native| (attempt, native)));
    }

    /// Keeps what a sign-out failed with: its own cause, and nothing that another request has left.
    fn keep_cause(&self, failure: &SignOutFailure) -> Option<JsValue> {
        let is_its = |cause: &(AttemptId, JsValue)| cause.0 == failure.attempt && failure.failure.is_native();
        let cause = self.0.cause.borrow().clone().filter(is_its);
        if cause.is_some() {
            self.0.sign_out_cause.replace(cause);
        }
        self.sign_out_cause(failure)
    }

    /// What this sign-out failed with.
    pub(super) fn sign_out_cause(&self, failure: &SignOutFailure) -> Option<JsValue> {
        let kept = self.0.sign_out_cause.borrow();
        let (attempt, native) = kept.as_ref()?;
        (*attempt == failure.attempt && failure.failure.is_native()).then(|| native.clone())
    }

    fn run_login(&self, ticket: Ticket) {
        let login = {
            let mut logins = self.0.logins.borrow_mut();
            logins.iter().position(|(waiting, _)| *waiting == ticket).map(|index| logins.swap_remove(index).1)
        };
        let Some(login) = login else { return };
        let driver = self.clone();
        spawn_local(async move {
            let grant = login().await;
            driver.0.is_cookie_untried.set(grant.is_some());
            driver.dispatch(Event::LoginSettled { ticket, grant });
        });
    }
}
