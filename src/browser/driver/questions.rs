//! What the app asks, and waits for.

use std::future::Future;

use futures_channel::oneshot;
use wasm_bindgen::JsValue;

use super::super::clock;
use super::{Answer, Driver};
use crate::session::{Credential, Denial, Event, Grant, Progress, Reply, SignOutStatus, Ticket};

impl Driver {
    /// A token, or why there is none. `not` and `min_validity` as in [`Event::TokenWanted`].
    pub async fn token(&self, event: impl FnOnce(Ticket) -> Event) -> Result<Credential, Denial> {
        match self.ask(event).await? {
            Reply::Token(credential) => Ok(credential),
            Reply::Done | Reply::SignedOut(_) => Err(Denial::Closed),
        }
    }

    /// The same for a caller that may be `nested`: called by a function that the session waits for. Where a token would have
    /// to be waited for, that caller would wait for itself.
    pub async fn token_unless_nested(
        &self,
        nested: bool,
        event: impl FnOnce(Ticket) -> Event,
    ) -> Result<Credential, Denial> {
        let is_free = || self.0.machine.borrow().in_hand(clock::now()).is_some() || self.denial().is_some();
        if nested && self.is_busy() && !is_free() {
            return Err(Denial::WaitsForItself);
        }
        self.token(event).await
    }

    /// Whether a refresh, a login or a sign-out of this tab is under way.
    pub fn is_busy(&self) -> bool {
        self.0.machine.borrow().progress() == Progress::Sent
    }

    /// Waits until it is known whether there is a session, or why that cannot be known yet.
    pub(crate) async fn answered(&self) {
        if self.0.machine.borrow().status().is_awaited() {
            let (sender, receiver) = oneshot::channel();
            self.0.curious.borrow_mut().push(sender);
            // Dropped when it is there: an error is the answer.
            let _ = receiver.await;
        }
    }

    /// What the app's own function is to be given, where refreshes are its matter, until one has succeeded or somebody else signs in.
    pub fn pass(&self, params: JsValue) {
        self.0.params.replace(params);
    }

    /// Renews the token, with a refresh that begins after now.
    pub async fn renew(&self) -> Result<(), Denial> {
        self.ask(|ticket| Event::RenewalWanted { ticket }).await.map(drop)
    }

    /// Begins the session whose cookie somebody else has set.
    pub async fn sign_in_by_cookie(&self) -> Result<(), Denial> {
        self.0.params.take();
        self.ask(|ticket| Event::CookieChanged { ticket }).await.map(drop)
    }

    /// Begins the session that a login of somebody else's has brought.
    pub async fn signed_in(&self, grant: Grant) -> Result<(), Denial> {
        self.0.is_cookie_untried.set(true);
        self.0.params.take();
        self.ask(|ticket| Event::SignedIn { ticket, grant }).await.map(drop)
    }

    /// Goes on with the session of a token that the page was delivered with.
    pub async fn seeded(&self, grant: Grant) -> Result<(), Denial> {
        self.ask(|ticket| Event::Seeded { ticket, grant }).await.map(drop)
    }

    /// Runs `login` where nothing else of ours is on the wire, and begins the session that it brings.
    pub async fn sign_in<F>(&self, login: impl FnOnce() -> F + 'static) -> Result<(), Denial>
    where
        F: Future<Output = Option<Grant>> + 'static,
    {
        self.0.params.take();
        let ticket = self.new_ticket();
        self.0.logins.borrow_mut().push((ticket, Box::new(move || Box::pin(login()))));
        self.ask_with(ticket, Event::SignInWanted { ticket }).await.map(drop)
    }

    /// Ends the session here at once, then at the server. Returns what the server knows.
    pub async fn sign_out(&self) -> Result<SignOutStatus, Denial> {
        self.0.sign_outs.set(self.0.sign_outs.get().wrapping_add(1));
        let reads_login = self.0.logins_read.get() > 0;
        match self.ask(|ticket| Event::SignOutWanted { ticket, reads_login }).await? {
            Reply::SignedOut(status) => Ok(status),
            Reply::Token(_) | Reply::Done => Err(Denial::Closed),
        }
    }

    /// How often the user wanted out: a sign-in that began before the last time is void.
    pub(crate) fn sign_outs(&self) -> u32 {
        self.0.sign_outs.get()
    }

    /// Counts a login whose cookie has come, while its reply is read.
    pub(crate) fn count_login_read(&self, by: i32) {
        let read = &self.0.logins_read;
        read.set(read.get().saturating_add_signed(by));
    }

    /// Asks, where what the question causes is wanted and nobody waits for the answer.
    pub(crate) fn ask_for_nobody(&self, event: impl FnOnce(Ticket) -> Event) {
        self.dispatch(event(self.new_ticket()));
    }

    /// Asks, and waits for the answer. Dropping the future withdraws the question.
    async fn ask(&self, event: impl FnOnce(Ticket) -> Event) -> Answer {
        let ticket = self.new_ticket();
        self.ask_with(ticket, event(ticket)).await
    }

    async fn ask_with(&self, ticket: Ticket, event: Event) -> Answer {
        let (sender, receiver) = oneshot::channel();
        self.0.waiting.borrow_mut().push(ticket, sender);
        self.dispatch(event);
        let question = Question { driver: self, ticket };
        let answer = receiver.await.unwrap_or(Err(Denial::Closed));
        std::mem::forget(question);
        answer
    }

    fn new_ticket(&self) -> Ticket {
        let ticket = self.0.tickets.get();
        self.0.tickets.set(ticket.wrapping_add(1));
        Ticket(ticket)
    }
}

/// A question that is out: withdrawn when its future is dropped.
struct Question<'a> {
    driver: &'a Driver,
    ticket: Ticket,
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        let sender = self.driver.0.waiting.borrow_mut().take(self.ticket);
        drop(sender);
        self.driver.dispatch(Event::Withdrawn { ticket: self.ticket });
    }
}
