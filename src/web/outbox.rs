//! Performs the outbox of the machine.

use wasm_bindgen::JsValue;

use crate::format::{Value, write_message};
use crate::session::{Action, Denial, LockTask, Outbox, PeerMessage, Reply, Request, Ticket};

use super::core::Inner;
use super::plain::Members;
use super::{entries, report, request, snapshot};

impl Inner {
    /// Performs an outbox. No borrow is alive while JavaScript runs.
    pub(super) fn perform(&self, outbox: Outbox) {
        let shell = &self.shell;
        outbox.perform(|action| match action {
            Action::Write(write) => entries::write(shell, write),
            Action::Tell(message) => self.post(&message),
            Action::Release(attempt) => shell.lock("release", &attempt.to_hex()),
            Action::Lock(task) => {
                let name = match task {
                    LockTask::Acquire(_) => "acquire",
                    LockTask::Watch(_) => "watch",
                    LockTask::Steal(_) => "steal",
                    LockTask::ReadAgain(_) => "read-again",
                };
                shell.lock(name, &task.attempt().to_hex());
            }
            Action::Reply(ticket, reply) => self.reply(ticket, reply),
            Action::Publish => {
                let status = self.machine.borrow().status();
                shell.publish(snapshot::of(&status).to_js());
            }
            Action::Request(Request::Refresh { attempt, id }) => {
                let request = request::build(shell, "refresh");
                shell.send("refresh", &attempt.to_hex(), &id.to_hex(), request, None);
            }
            Action::Request(Request::SignOut { attempt, token }) => {
                let request = request::build(shell, "signOut");
                let attempt = attempt.to_hex();
                let token = token.map(|token| token.reveal().into());
                shell.send("signOut", &attempt, &attempt, request, token);
            }
            Action::Request(Request::Login { ticket }) => shell.login(ticket.0),
            Action::Report(told) => shell.report(report::of(told).to_js()),
        });
    }

    fn reply(&self, Ticket(ticket): Ticket, reply: Result<Reply, Denial>) {
        match reply {
            Ok(Reply::Token(credential)) => {
                let (token, epoch) = (credential.token.reveal(), credential.epoch.to_hex());
                self.shell.grant(ticket, token, &epoch, credential.generation.0);
            }
            Ok(Reply::Done) => self.shell.settle(ticket, None),
            Ok(Reply::SignedOut(status)) => self.shell.settle(ticket, Some(status.as_str().into())),
            Err(denial) => self.shell.deny(ticket, snapshot::denial(&denial).to_js()),
        }
    }

    fn post(&self, message: &PeerMessage) {
        let from = self.machine.borrow().tabs().0;
        let mut members = Members::default();
        for (name, value) in write_message::<JsValue>(from, message) {
            match value {
                Value::Text(text) => members.text(name, text),
                Value::Number(number) => members.number(name, number),
                Value::Null => members.null(name),
                Value::Absent | Value::Other => {}
            }
        }
        self.shell.post(members.to_js());
    }
}
