//! What is on its way, and what happens when it is there.

use std::rc::Rc;

use silent_session::format::Times;
use silent_session::session::{
    AccessToken, AttemptId, Audience, Event, Grant, RefreshFailure, Stored, Ticket, TokenFault,
};

use super::browser::World;
use super::envelope::Envelope;
use super::fault::{Fault, failure_of};
use super::issued::Issued;
use super::request::{Outcome, Request, Sent};
use super::server::Cookie;
use super::tab::{Purpose, TabId};

/// What reaches whom, some time later.
#[derive(Debug)]
pub enum Arrival {
    RefreshAtServer {
        tab: TabId,
        attempt: AttemptId,
        id: AttemptId,
        cookie: Option<Cookie>,
        fault: Option<Fault>,
    },
    RefreshAnswer {
        tab: TabId,
        attempt: AttemptId,
        outcome: Result<(Issued, Cookie), RefreshFailure>,
    },
    SignOutAtServer {
        tab: TabId,
        attempt: AttemptId,
        cookie: Option<Cookie>,
        token: Option<AccessToken>,
        fault: Option<Fault>,
    },
    SignOutAnswer {
        tab: TabId,
        attempt: AttemptId,
        outcome: Result<(), RefreshFailure>,
    },
    LoginAtServer {
        tab: TabId,
        ticket: Ticket,
        user: &'static str,
    },
    LoginAnswer {
        tab: TabId,
        ticket: Ticket,
        issued: Issued,
        cookie: Cookie,
    },
    ApiAtServer {
        tab: TabId,
        sent: Sent,
    },
    ApiAnswer {
        tab: TabId,
        sent: Sent,
        status: u16,
    },
    Lock {
        tab: TabId,
        attempt: AttemptId,
        contended: bool,
    },
    Look {
        tab: TabId,
        attempt: AttemptId,
    },
    LockMoved {
        tab: TabId,
        attempt: AttemptId,
    },
    Message {
        tab: TabId,
        envelope: Rc<Envelope>,
    },
    StorageEvent {
        tab: TabId,
    },
}

impl World {
    pub(super) fn arrive(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::RefreshAtServer { tab, attempt, id, cookie, fault } => {
                let delay = match fault {
                    Some(Fault::Slow(ms) | Fault::SlowReset(ms)) => ms,
                    _ => self.replies.draw(&mut self.seed),
                };
                let outcome = match fault.and_then(failure_of) {
                    Some(failure) => Err(failure),
                    None => {
                        if fault == Some(Fault::Resent) {
                            let _ = self.server.refresh(cookie, id, self.now);
                        }
                        self.server.refresh(cookie, id, self.now)
                    }
                };
                if let Ok((issued, _)) = &outcome {
                    self.was_issued(tab, issued);
                }
                let outcome = match (fault, outcome) {
                    (Some(Fault::Lost), Ok(_)) => {
                        Err(RefreshFailure::Unavailable { status: None, retry_after: None })
                    }
                    (_, outcome) => outcome,
                };
                let way = self.way();
                self.later(way + delay, Arrival::RefreshAnswer { tab, attempt, outcome });
            }
            Arrival::RefreshAnswer { tab, attempt, outcome } => {
                let is_dropped = self.tabs[tab.0].is_worker && !self.tabs[tab.0].alive;
                if let Ok((_, cookie)) = &outcome
                    && !is_dropped
                {
                    self.cookie = Some(*cookie);
                }
                self.rejections += u32::from(matches!(outcome, Err(RefreshFailure::Rejected { .. })));
                let outcome = outcome
                    .and_then(|(issued, _)| self.grant(tab, &issued).map_err(RefreshFailure::Malformed));
                self.writers.retain(|writer| *writer != (tab, attempt));
                self.unanswered.retain(|(_, out, _)| *out != attempt);
                let echoes = self.server.echoes;
                self.happen(tab, Event::RefreshSettled { attempt, outcome, echoes });
            }
            Arrival::SignOutAtServer { tab, attempt, cookie, token, fault } => {
                let delay = if let Some(Fault::Slow(ms) | Fault::SlowReset(ms)) = fault { ms } else { 0 };
                let lost = RefreshFailure::Unavailable { status: None, retry_after: None };
                let token = token.as_ref().map(AccessToken::reveal);
                let outcome = match fault.and_then(failure_of) {
                    Some(failure) => Err(failure),
                    None => {
                        let outcome = self.server.sign_out(cookie, token, self.now);
                        if fault == Some(Fault::Lost) { Err(lost) } else { outcome }
                    }
                };
                let way = self.way();
                self.later(way + delay, Arrival::SignOutAnswer { tab, attempt, outcome });
            }
            Arrival::SignOutAnswer { tab, attempt, outcome } => {
                if outcome.is_ok() && self.server.logout.clears_cookie() {
                    self.cookie = None;
                }
                self.happen(tab, Event::SignOutSettled { attempt, outcome });
            }
            Arrival::LoginAtServer { tab, ticket, user } => {
                if self.failing_logins.contains(&ticket) {
                    return self.happen(tab, Event::LoginSettled { ticket, grant: None });
                }
                let (issued, cookie) = self.server.login(user, self.now);
                self.was_issued(tab, &issued);
                let way = self.way();
                self.later(way, Arrival::LoginAnswer { tab, ticket, issued, cookie });
            }
            Arrival::LoginAnswer { tab, ticket, issued, cookie } => {
                self.cookie = Some(cookie);
                let grant = self.grant(tab, &issued).ok();
                self.happen(tab, Event::LoginSettled { ticket, grant });
            }
            Arrival::ApiAtServer { tab, sent } => {
                let token = sent.credential.as_ref().map(|credential| credential.token.reveal());
                let status = self.server.api(sent.request.api, token, self.now);
                let way = self.way();
                self.later(way, Arrival::ApiAnswer { tab, sent, status });
            }
            Arrival::ApiAnswer { tab, sent, status } => self.api_answered(tab, sent, status),
            Arrival::Lock { tab, attempt, contended } => {
                self.happen(tab, Event::LockGranted { attempt, contended });
            }
            Arrival::Look { tab, attempt } => {
                self.happen(tab, Event::LookedAgain { attempt });
            }
            Arrival::LockMoved { tab, attempt } => self.happen(tab, Event::LockMoved { attempt }),
            Arrival::Message { tab, envelope } => self.hear(tab, &envelope),
            Arrival::StorageEvent { tab } => self.happen(tab, Event::StorageChanged),
        }
    }

    pub(super) fn api_answered(&mut self, tab: TabId, sent: Sent, status: u16) {
        let Sent { request, credential } = sent;
        let audience = audience_of(request.api);
        let Some(credential) = credential else {
            self.outcomes.insert(request.id, Outcome::Status(status));
            return;
        };
        let (epoch, generation) = (credential.epoch, credential.generation);
        if status != 401 {
            self.outcomes.insert(request.id, Outcome::Status(status));
            if (200..300).contains(&status) {
                self.happen(tab, Event::TokenAccepted { epoch, generation, audience });
            }
        } else if request.is_replay {
            self.outcomes.insert(request.id, Outcome::Status(401));
            self.happen(tab, Event::ReplayRejected { audience });
        } else {
            let purpose = Purpose::Request(Request { is_replay: true, ..request });
            self.ask(tab, purpose, |ticket| Event::TokenRejected { ticket, epoch, generation, audience });
        }
    }

    pub(super) fn was_issued(&mut self, tab: TabId, issued: &Issued) {
        // Of a clock that is set while a request is out, nobody can tell by how much.
        if self.now - self.wall_set < 20_000 {
            return;
        }
        self.issued
            .insert(issued.token.clone(), (tab, self.server.lifetime, self.wall_error, self.monotonic_error));
    }

    /// What the shell makes of an answer.
    pub(super) fn grant(&mut self, tab: TabId, issued: &Issued) -> Result<Grant, TokenFault> {
        let received = self.moment();
        let local_now = received.wall_ms() as f64 / 1000.0;
        let times = Times { local_now, ..issued.times };
        let lifetime = self.tabs[tab.0].server_clock.lifetime(&times, received)?;
        let token = AccessToken::new(&issued.token);
        Ok(Grant { token, received, lifetime, subject: issued.subject.clone() })
    }

    /// How long one way takes: mostly little, sometimes much.
    pub(super) fn way(&mut self) -> i64 {
        if self.tail == 0 {
            return self.latency;
        }
        let (draw, bound) = (self.seed.next(), self.tail.unsigned_abs());
        let bound = if draw % 10 == 0 { bound } else { bound / 10 + 1 };
        self.latency + ((draw >> 8) % bound) as i64
    }
}

/// The origin and the path of an API's URL.
fn audience_of(url: &str) -> Audience {
    let host = url.find("://").map_or(0, |at| at + 3);
    let path = url[host..].find('/').map_or(url.len(), |at| host + at);
    Audience::new(&url[..path], &url[path..])
}
