//! Performs what a machine commands, as the driver does.

use silent_session::session::{AttemptId, Command, Denial, RefreshFailure, Reply, Ticket};

use super::browser::World;
use super::lock::LockManager;
use super::network::Arrival;
use super::request::{Outcome, Sent};
use super::server::Fault;
use super::tab::{Purpose, TabId};

impl World {
    pub(super) fn perform(&mut self, tab: TabId, command: Command) {
        match command {
            Command::Remember(_)
            | Command::RememberSignOut(_)
            | Command::ForgetSignOut { .. }
            | Command::Mark { .. }
            | Command::Remark { .. }
            | Command::Unmark { .. }
            | Command::NoteAnswered(_)
            | Command::ExpectCompany(_)
                if self.tabs[tab.0].is_worker => {}
            Command::AcquireLock { attempt } => {
                self.locks_of(tab).ask(tab, attempt);
                self.grant_lock();
            }
            Command::LookAgain { attempt } => self.later(0, Arrival::Look { tab, attempt }),
            Command::WatchLock { attempt } => {
                if self.locks_of(tab).has_moved(attempt) {
                    self.later(0, Arrival::LockMoved { tab, attempt });
                }
            }
            Command::StealLock { attempt } => {
                let before = self.locks_of(tab).holder();
                if self.locks_of(tab).steal(tab, attempt) {
                    // What was never answered is not waited for, be the one who sent it frozen or not.
                    let is_silent = before.is_none_or(|(_, held)| !self.is_out(held));
                    self.writers.retain(|writer| !is_silent || Some(*writer) != before);
                    self.later(0, Arrival::Lock { tab, attempt, contended: true });
                }
            }
            Command::ReleaseLock { attempt } => {
                self.writers.retain(|writer| *writer != (tab, attempt));
                self.locks_of(tab).release(attempt);
                self.grant_lock();
            }
            Command::SendRefresh { attempt, id } => {
                self.on_the_wire(tab, attempt);
                let fault = if self.offline { Some(Fault::Offline) } else { self.server.next_fault() };
                let cookie = self.cookie;
                if fault != Some(Fault::Silence) {
                    self.later(self.latency, Arrival::RefreshAtServer { tab, attempt, id, cookie, fault });
                }
            }
            Command::SendSignOut { attempt } => {
                self.on_the_wire(tab, attempt);
                let fault =
                    if self.offline { Some(Fault::Offline) } else { self.server.next_sign_out_fault() };
                let cookie = self.cookie;
                if fault != Some(Fault::Silence) {
                    self.later(self.latency, Arrival::SignOutAtServer { tab, attempt, cookie, fault });
                }
            }
            Command::RunLogin { ticket } => {
                let Some(Purpose::Login(user)) = self.tabs[tab.0].open.get(&ticket) else {
                    panic!("told to run a login that nobody asked for: {ticket:?}");
                };
                let user = *user;
                if let Some((_, attempt)) = self.locks_of(tab).holder().filter(|(holder, _)| *holder == tab) {
                    self.on_the_wire(tab, attempt);
                }
                self.later(self.latency, Arrival::LoginAtServer { tab, ticket, user });
            }
            Command::Answer { ticket, answer } => self.answered(tab, ticket, answer),
            Command::Publish => {
                let status = self.tabs[tab.0].session.status();
                self.tabs[tab.0].check_published(&status, self.rejections);
            }
            Command::Remember(remembered) => self.remember(tab, remembered),
            Command::RememberSignOut(pending) => self.remember_sign_out(pending),
            Command::ForgetSignOut { until } => self.forget_sign_out(until),
            Command::Mark { attempt, unsettled } => self.mark(attempt, unsettled),
            Command::Remark { attempt, unsettled } => self.remark(attempt, unsettled),
            Command::NoteAnswered(answered) => self.note_answered(answered),
            Command::Unmark { attempt } => self.unmark(attempt),
            Command::ExpectCompany(company) => self.storage.company = company || self.storage.blocked,
            Command::Tell(message) => self.tell(tab, message),
            Command::Report(report) => self.tabs[tab.0].reports.push(report),
        }
    }

    pub(super) fn on_the_wire(&mut self, tab: TabId, attempt: AttemptId) {
        self.writers.push((tab, attempt));
        self.most_writers = self.most_writers.max(self.writers.len());
    }

    pub(super) fn locks_of(&mut self, tab: TabId) -> &mut LockManager {
        match self.tabs[tab.0].lock_domain {
            0 => &mut self.locks,
            later => &mut self.later_locks[later - 1],
        }
    }

    pub(super) fn grant_lock(&mut self) {
        let all = std::iter::once(&mut self.locks).chain(&mut self.later_locks);
        let granted: Vec<_> = all.filter_map(|locks| locks.grant()).collect();
        for (tab, attempt, contended) in granted {
            self.later(0, Arrival::Lock { tab, attempt, contended });
        }
    }

    pub(super) fn answered(&mut self, tab: TabId, ticket: Ticket, answer: Result<Reply, Denial>) {
        let before = self.tabs[tab.0].answers.insert(ticket, answer.clone());
        assert_eq!(before, None, "{ticket:?} was answered twice");
        match (self.tabs[tab.0].open.remove(&ticket), answer) {
            (Some(Purpose::Request(request)), Ok(Reply::Token(credential))) => {
                let whose = self.server.user_of(credential.token.reveal());
                assert!(
                    request.user.is_none_or(|user| user == whose),
                    "a request of {:?} with a token of {whose}",
                    request.user
                );
                let sent = Sent { request, credential: Some(credential) };
                self.later(self.latency, Arrival::ApiAtServer { tab, sent });
            }
            (Some(Purpose::Request(request)), Err(denial)) => match denial {
                Denial::Ended(_) if !request.is_replay => {
                    let sent = Sent { request, credential: None };
                    self.later(self.latency, Arrival::ApiAtServer { tab, sent });
                }
                Denial::Ended(_) | Denial::Changed | Denial::Refused { .. } | Denial::Closed
                    if request.is_replay =>
                {
                    self.outcomes.insert(request.id, Outcome::Status(401));
                }
                denial => {
                    self.outcomes.insert(request.id, Outcome::Denied(denial));
                }
            },
            (None, _) => panic!("{ticket:?} was answered, and nobody had asked"),
            _ => {}
        }
    }
}
