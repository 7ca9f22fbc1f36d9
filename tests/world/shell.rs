//! Performs what a machine commands, as the driver does.

use silent_session::session::{
    AttemptId, Denial, EndReason, Millis, RefreshFailure, Reply, SignOutStatus, Status, Ticket,
};

use super::browser::World;
use super::command::Command;
use super::deploy::Version;
use super::fault::Fault;
use super::habits::Habit;
use super::lock::LockManager;
use super::network::Arrival;
use super::request::{Outcome, Sent};
use super::tab::{Purpose, TabId};

impl World {
    pub(super) fn perform(&mut self, tab: TabId, command: Command) {
        match command {
            Command::Remember(_)
            | Command::RememberSignOut(_)
            | Command::ForgetSignOut { .. }
            | Command::Note(_)
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
                self.tabs[tab.0].login_turn.take_if(|turn| *turn == attempt);
                self.locks_of(tab).release(attempt);
                self.grant_lock();
            }
            Command::SendRefresh { attempt, id } => {
                self.on_the_wire(tab, attempt);
                self.note_sent(tab, attempt);
                let fault = self.fault();
                let cookie = self.cookie;
                if fault != Some(Fault::Silence) {
                    let way = self.way();
                    self.later(way, Arrival::RefreshAtServer { tab, attempt, id, cookie, fault });
                }
            }
            Command::SendSignOut { attempt, token } => {
                self.on_the_wire(tab, attempt);
                let fault =
                    if self.offline { Some(Fault::Offline) } else { self.server.next_sign_out_fault() };
                let cookie = self.cookie;
                if fault != Some(Fault::Silence) {
                    let way = self.way();
                    self.later(way, Arrival::SignOutAtServer { tab, attempt, cookie, token, fault });
                }
            }
            Command::RunLogin { ticket } => {
                let Some(Purpose::Login(user)) = self.tabs[tab.0].open.get(&ticket) else {
                    panic!("told to run a login that nobody asked for: {ticket:?}");
                };
                let user = *user;
                if let Some((_, attempt)) = self.locks_of(tab).holder().filter(|(holder, _)| *holder == tab) {
                    self.on_the_wire(tab, attempt);
                    self.tabs[tab.0].login_turn = Some(attempt);
                }
                let way = self.way() + self.server.login_ms;
                self.later(way, Arrival::LoginAtServer { tab, ticket, user });
            }
            Command::Answer { ticket, answer } => self.answered(tab, ticket, answer),
            Command::Publish => {
                let status = self.tabs[tab.0].session.status();
                let number = self.number_of(tab, &status);
                self.replacements += u32::from(matches!(
                    status,
                    Status::Ended { reason: EndReason::Replaced, elsewhere: false }
                ));
                // Earlier versions have one word for a session that was replaced and for one that was rejected.
                let is_relayed = matches!(status, Status::Ended { elsewhere: true, .. });
                let is_vague =
                    is_relayed && self.deploys.iter().any(|deploy| deploy.version < Version::Newest);
                let rejections = self.rejections + if is_vague { self.replacements } else { 0 };
                self.tabs[tab.0].check_published(&status, rejections, number);
            }
            Command::Remember(remembered) => self.remember(tab, remembered),
            Command::RememberSignOut(pending) => self.remember_sign_out(tab, pending),
            Command::ForgetSignOut { until } => self.forget_sign_out(tab, until),
            Command::Note(note) => self.note(tab, note),
            Command::ExpectCompany(company) => {
                self.expect_company(self.tabs[tab.0].deploy.name, company);
            }
            Command::Tell(message) => self.tell(tab, &message),
            Command::Report(report) => self.tabs[tab.0].reports.push(report),
        }
    }

    /// The number of the token that a tab shows, where its place among the others can be known.
    fn number_of(&self, tab: TabId, status: &Status) -> Option<u32> {
        let Status::Active { grant, .. } = status else { return None };
        let token = grant.token.reveal();
        // Where refreshes of two tabs overlap, neither can tell which token was issued first; of its own each can.
        let overlaps = self.most_unanswered > 1;
        let is_own = self.issued.get(token).is_some_and(|(owner, ..)| *owner == tab);
        // Where the lock is split they overlap, and how old a message is nobody knows where the clock was set.
        let is_known = !self.is_lock_split() && !self.is_clock_set() && (is_own || !overlaps);
        self.server.number_of(token).filter(|_| is_known)
    }

    /// What goes wrong with the refresh that is being sent.
    fn fault(&mut self) -> Option<Fault> {
        if self.offline {
            return Some(Fault::Offline);
        }
        let next = self.server.next_fault();
        let draw = if self.server.failing == 0 { 100 } else { self.seed.next() };
        if next.is_some() || draw % 100 >= self.server.failing {
            return next.or_else(|| self.habit());
        }
        let ways =
            [Fault::Status(503, None), Fault::Status(500, None), Fault::Reset, Fault::Lost, Fault::Silence];
        Some(ways[(draw >> 8) as usize % ways.len()])
    }

    /// What the server's habits make of the refresh that is being sent.
    fn habit(&mut self) -> Option<Fault> {
        let habit = self.server.habits.next();
        self.server.repeats = habit == Habit::SameToken;
        match habit {
            Habit::Fault(fault) => Some(fault),
            Habit::Token | Habit::SameToken => None,
        }
    }

    /// As long as one clock has not lost time since it was issued, no token goes out that has lapsed. How long a message from
    /// another tab has lain there, the wall clock alone tells.
    fn check_not_dead(&self, tab: TabId, token: &str) {
        let Some((owner, lifetime, wall, monotonic)) = self.issued.get(token) else { return };
        let is_sane = self.wall_error >= *wall || (*owner == tab && self.monotonic_error >= *monotonic);
        // What lives for seconds only may lapse on the way here.
        let is_short = *lifetime < Millis::from_secs(60);
        assert!(
            !is_sane || is_short || !self.server.has_lapsed(token, self.now),
            "a dead token has been sent"
        );
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
        let goes_on = self.cookie.is_some_and(|cookie| self.server.goes_on(cookie));
        let is_confirmed = answer == Ok(Reply::SignedOut(SignOutStatus::Confirmed));
        self.false_confirmations.extend((is_confirmed && goes_on).then_some((tab, ticket)));
        assert_eq!(before, None, "{ticket:?} was answered twice");
        self.end_waiting(tab, ticket);
        self.check_names_login(tab, &answer);
        match (self.tabs[tab.0].open.remove(&ticket), answer) {
            (Some(Purpose::Request(request)), Ok(Reply::Token(credential))) => {
                let whose = self.server.user_of(credential.token.reveal());
                assert!(
                    request.user.is_none_or(|user| user == whose),
                    "a request of {:?} with a token of {whose}",
                    request.user
                );
                self.check_not_dead(tab, credential.token.reveal());
                let sent = Sent { request, credential: Some(credential) };
                let way = self.way();
                self.later(way, Arrival::ApiAtServer { tab, sent });
            }
            (Some(Purpose::Request(request)), Err(denial)) => match denial {
                Denial::Ended(_) if !request.is_replay => {
                    let sent = Sent { request, credential: None };
                    let way = self.way();
                    self.later(way, Arrival::ApiAtServer { tab, sent });
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
            (Some(Purpose::Login(user) | Purpose::SignIn(user)), Ok(Reply::Done)) => {
                if let Status::Active { epoch, .. } = self.status(tab) {
                    self.signed_in_last = Some((user, epoch));
                }
            }
            (Some(Purpose::CookieSignIn(Some(user))), Ok(Reply::Done)) => {
                if let Status::Active { epoch, grant, .. } = self.status(tab) {
                    let found = self.server.user_of(grant.token.reveal());
                    let is_newer = self.server.logged_in_last == Some(found);
                    self.signed_in_last = Some((if is_newer { found } else { user }, epoch));
                }
            }
            (None, _) => panic!("{ticket:?} was answered, and nobody had asked"),
            _ => {}
        }
    }
}
