//! The only class that the wasm exports: events in, and calls of the shell out.

use std::cell::{Cell, RefCell};

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::format::{Head, decode_claims, read_message, wants_more};
use crate::session::{
    AccessToken, AttemptId, Audience, Config, EpochId, Event, Generation, Millis, Outbox, Progress, Rotation,
    Session, Status, Ticket,
};

use super::alarm::Alarm;
use super::grant::{Grants, Read};
use super::plain::Members;
use super::random::Random;
use super::shell::Shell;
use super::{clock, entries, inspection, outcome};

/// The ticket of a call that does not wait.
const NOBODY: Ticket = Ticket(0);

/// One session. Not for apps: the shell wraps it.
#[wasm_bindgen]
pub struct Core(Inner);

pub(super) struct Inner {
    pub(super) machine: RefCell<Session<Random>>,
    pub(super) shell: Shell,
    /// Events that are not handled yet.
    events: RefCell<Vec<Event>>,
    is_running: Cell<bool>,
    alarm: RefCell<Option<Alarm>>,
    grants: RefCell<Grants>,
    /// The number of the last token that a call was given, and which one that was.
    given: Cell<(u32, Option<(EpochId, Generation)>)>,
}

impl Inner {
    /// Queues an event, and handles the queue unless that is going on already.
    #[inline(never)]
    fn dispatch(&self, event: Event) {
        self.events.borrow_mut().push(event);
        if self.is_running.replace(true) {
            return;
        }
        loop {
            let mut events = self.events.borrow_mut();
            if events.is_empty() {
                break;
            }
            let event = events.remove(0);
            drop(events);
            if self.machine.borrow().needs_storage(&event) {
                self.handle(Event::StorageRead(Box::new(entries::recall(&self.shell))));
            }
            self.handle(event);
        }
        self.is_running.set(false);
        self.follow_deadline();
    }

    #[inline(never)]
    fn handle(&self, event: Event) {
        let now = clock::now();
        let outbox: Outbox = self.machine.borrow_mut().handle(now, event);
        self.perform(outbox);
    }

    /// Has the timer armed if the deadline has changed.
    fn follow_deadline(&self) {
        let now = clock::now();
        let (deadline, is_over) = {
            let machine = self.machine.borrow();
            (machine.deadline(now), machine.is_closed() && machine.progress() == Progress::Idle)
        };
        if is_over {
            drop(self.alarm.take());
            return self.shell.rest();
        }
        let is_armed = match (&*self.alarm.borrow(), deadline) {
            (Some(alarm), Some(deadline)) => alarm.is_for(deadline, now),
            (None, None) => true,
            _ => false,
        };
        if !is_armed {
            self.shell.rearm();
        }
    }

    /// Returns the current token if a call can take it.
    fn in_hand(&self, wall: f64, monotonic: f64, uses: bool) -> Option<(EpochId, Generation)> {
        self.machine.try_borrow().ok()?.token_in_hand(clock::moment(wall, monotonic), uses)
    }
}

#[wasm_bindgen]
impl Core {
    /// Creates a session that does nothing before it has `started`. Durations are in milliseconds,
    /// and NaN stands for the default. `flags` are those of `pkg/src/core.js`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        shell: Shell,
        leeway: f64,
        timeout: f64,
        patience: f64,
        lock_timeout: f64,
        flags: u32,
        rotation: &str,
    ) -> Core {
        let defaults = Config::default();
        let duration = |ms: f64, default| if ms >= 0.0 { Millis::new(ms as u64) } else { default };
        let flag = |bit: u32| flags & (1 << bit) != 0;
        let config = Config {
            leeway: duration(leeway, defaults.leeway),
            timeout: duration(timeout, defaults.timeout),
            patience: duration(patience, defaults.patience),
            lock_timeout: duration(lock_timeout, defaults.lock_timeout),
            refresh_ahead: flag(0),
            restore: flag(1),
            has_none: flag(2),
            shares_token: flag(3),
            tells_sign_out: flag(4),
            sign_out_token: flag(5),
            defers: flag(6),
            rotation: Rotation::parse(rotation),
        };
        Core(Inner {
            machine: RefCell::new(Session::new(config, Random)),
            shell,
            events: RefCell::default(),
            is_running: Cell::new(false),
            alarm: RefCell::default(),
            grants: RefCell::default(),
            given: Cell::default(),
        })
    }

    /// Something has happened: to the page, or the caller with this ticket wants something.
    pub fn happened(&self, what: &str, ticket: u32) {
        let ticket = Ticket(ticket);
        let woken = |was_away, is_seen| Event::Woken { was_away, is_seen };
        self.0.dispatch(match what {
            "started" => Event::Started,
            "hidden" => Event::Hidden,
            "seen" => woken(false, true),
            "back" => woken(true, true),
            "back-hidden" => woken(true, false),
            "left" => Event::Left,
            "online" => Event::CameOnline,
            "stored" => Event::StorageChanged,
            "cleared" => Event::StorageCleared,
            "closed" => Event::Closed,
            "sign-in" => Event::SignInWanted { ticket },
            "cookie" => Event::CookieChanged { ticket },
            "refresh" => Event::RenewalWanted { ticket },
            "sign-out" => Event::SignOutWanted { ticket, reads_login: false },
            "sign-out-of-login" => Event::SignOutWanted { ticket, reads_login: true },
            "withdrawn" => Event::Withdrawn { ticket },
            _ => {
                drop(self.0.alarm.take());
                Event::Tick
            }
        });
    }

    /// The caller with this ticket wants a token: not this one, and valid for so many milliseconds.
    #[wasm_bindgen(js_name = wantToken)]
    pub fn want_token(&self, ticket: u32, not: &str, min_validity: f64) {
        self.0.dispatch(Event::TokenWanted {
            ticket: Ticket(ticket),
            not: (!not.is_empty()).then(|| AccessToken::new(not)),
            min_validity: Millis::new(min_validity as u64),
        });
    }

    /// Returns the number of the current token if it is valid, else zero. `uses`: a request will
    /// carry it. Then it returns zero as well if the caller has to wait for another token.
    #[wasm_bindgen(js_name = tokenNumber)]
    pub fn token_number(&self, wall: f64, monotonic: f64, uses: bool) -> u32 {
        let inner = &self.0;
        let mut current = inner.in_hand(wall, monotonic, uses);
        if current.is_none() && inner.in_hand(wall, monotonic, false).is_some() {
            self.want_token(NOBODY.0, "", 0.0);
            self.happened("withdrawn", NOBODY.0);
            current = inner.in_hand(wall, monotonic, uses);
        }
        let Some(current) = current else { return 0 };
        let (number, given) = inner.given.get();
        if given == Some(current) {
            return number;
        }
        inner.given.set((number + 1, Some(current)));
        number + 1
    }

    /// Returns the current token with its session and generation. It may have expired.
    pub fn token(&self) -> JsValue {
        let Ok(machine) = self.0.machine.try_borrow() else { return JsValue::UNDEFINED };
        let Status::Active { epoch, generation, grant, .. } = machine.status() else {
            return JsValue::UNDEFINED;
        };
        let mut members = Members::default();
        members.text("token", grant.token.reveal().into());
        members.text("epoch", epoch.to_hex());
        members.number("generation", generation.0.into());
        members.to_js()
    }

    /// An API has "accepted" a token, has "rejected" it, and the caller with this ticket waits for
    /// another one, or has rejected the token of a "replay".
    pub fn judged(&self, how: &str, ticket: u32, epoch: &str, generation: u32, origin: &str, path: &str) {
        let Some(epoch) = EpochId::parse(epoch) else { return };
        let (ticket, generation) = (Ticket(ticket), Generation(generation));
        let audience = Audience::new(origin, path);
        self.0.dispatch(match how {
            "accepted" => Event::TokenAccepted { epoch, generation, audience },
            "rejected" => Event::TokenRejected { ticket, epoch, generation, audience },
            _ => Event::ReplayRejected { audience },
        });
    }

    /// Whether an API wants more than another token: see `wants_more`.
    #[wasm_bindgen(js_name = wantsMore)]
    pub fn wants_more(&self, challenges: &str, scheme: &str) -> bool {
        wants_more(challenges, scheme)
    }

    /// Reads a token with the plain values beside it, for an event that follows. Returns its number
    /// (`read`) and whether it names its owner (`hasOwner`), or the code of the error (`fault`) if it
    /// is of no use. Numbers are in seconds, and NaN stands for none. `claim` names the claim with
    /// the owner; if it is empty, `owner` is the owner.
    pub fn read(
        &self,
        token: &str,
        expires_in: f64,
        expires_at: f64,
        server_now: f64,
        claim: &str,
        owner: Option<String>,
    ) -> JsValue {
        let read = Read { token, expires_in, expires_at, server_now, claim, owner };
        let received = clock::now();
        self.0.grants.borrow_mut().read(read, received).to_js()
    }

    /// Returns the claims of a JWT as JSON text.
    pub fn claims(&self, token: &str) -> Option<String> {
        decode_claims(token)
    }

    /// The token that was read is that of a "refresh" (with its turn and whether the server has sent
    /// the attempt id back), of a "login" that was told to run, of a "sign-in", or a "seed". A login
    /// without a token has read none: zero.
    pub fn granted(&self, how: &str, read: u32, ticket: u32, attempt: &str, echoes: bool) {
        let ticket = Ticket(ticket);
        let grant = self.0.grants.borrow_mut().take(read);
        let event = match (how, grant) {
            ("login", grant) => Event::LoginSettled { ticket, grant },
            (_, None) => return,
            ("seed", Some(grant)) => Event::Seeded { ticket, grant },
            ("sign-in", Some(grant)) => Event::SignedIn { ticket, grant },
            (_, Some(grant)) => {
                let Some(attempt) = AttemptId::parse(attempt) else { return };
                Event::RefreshSettled { attempt, outcome: Ok(grant), echoes }
            }
        };
        self.0.dispatch(event);
    }

    /// A request of a turn has brought no token. `how` is an outcome of `outcome.rs`, and the rest is
    /// what there is of a response: its status (zero for none), whether it is not the auth server's,
    /// and the pause that it asks for in seconds (NaN for none).
    pub fn answered(
        &self,
        how: &str,
        attempt: &str,
        status: u16,
        is_foreign: bool,
        retry_after: f64,
        echoes: bool,
    ) {
        let Some(attempt) = AttemptId::parse(attempt) else { return };
        let head = Head { status, is_foreign, retry_after };
        self.0.dispatch(match how.strip_prefix("sign-out ") {
            Some(how) => Event::SignOutSettled { attempt, outcome: outcome::of_sign_out(how, &head) },
            None => {
                let outcome = Err(outcome::of_refresh(how, &head));
                Event::RefreshSettled { attempt, outcome, echoes }
            }
        });
    }

    /// The lock of a turn was "granted" at once, "granted-late", or its holder has "moved"; or
    /// storage is to be "read-again".
    pub fn locked(&self, attempt: &str, how: &str) {
        let Some(attempt) = AttemptId::parse(attempt) else { return };
        self.0.dispatch(match how {
            "granted" => Event::LockGranted { attempt, contended: false },
            "granted-late" => Event::LockGranted { attempt, contended: true },
            "read-again" => Event::LookedAgain { attempt },
            _ => Event::LockMoved { attempt },
        });
    }

    /// Another tab has sent a message.
    pub fn heard(&self, message: &JsValue) {
        if let Some((from, message)) = read_message(message) {
            self.0.dispatch(Event::PeerSpoke { from, message });
        }
    }

    /// Arms the timer for what is due next.
    pub fn arm(&self) {
        let now = clock::now();
        let Ok(machine) = self.0.machine.try_borrow() else { return };
        let deadline = machine.deadline(now);
        drop(machine);
        let alarm = deadline.map(|deadline| Alarm::after(deadline, now, &self.0.shell));
        drop(self.0.alarm.replace(alarm));
    }

    /// Returns how the session is: for people to look at.
    pub fn inspect(&self) -> JsValue {
        let now = clock::now();
        let machine = self.0.machine.try_borrow();
        machine.map_or(JsValue::UNDEFINED, |machine| inspection::of(&machine, now).to_js())
    }
}
