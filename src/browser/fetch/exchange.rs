//! A request that carries a token: what is sent, and what is made of the answer.

use std::time::Duration;

use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{AbortSignal, Response};

use super::super::discard::{discard, drain};
use super::super::driver::Driver;
use super::super::object::member;
use super::request::Request;
use super::spare::Spare;
use super::{FetchFailure, Policy, TokenUse, unless_aborted};
use crate::session::{Audience, Credential, Denial, Event, wants_step_up};

pub(super) struct Exchange {
    pub(super) driver: Driver,
    pub(super) request: Request,
    /// Who gets the token.
    pub(super) audience: Audience,
    pub(super) policy: Policy,
}

/// What an answer says of the token.
enum Verdict {
    Good,
    Refused,
    /// Nothing: no refresh cures it, or somebody else has answered.
    None,
}

impl Exchange {
    pub(super) async fn run(self, spare: Spare) -> Result<JsValue, FetchFailure> {
        let signal = self.request.signal();
        let credential = match self.first_credential(&signal).await {
            Ok(Some(credential)) => credential,
            Ok(None) => return Ok(self.driver.fetcher().send(&self.request)?.await?),
            Err(failure) => {
                self.request.discard();
                return Err(failure);
            }
        };
        self.request.attach(&credential)?;
        let answer = match self.driver.fetcher().send(&self.request)?.await {
            Ok(answer) => answer,
            Err(error) if self.hides_401(&spare, &signal).await => {
                return self.refused(Err(error), credential, &signal, spare).await;
            }
            Err(error) => return Err(error.into()),
        };
        match self.verdict(&answer) {
            Verdict::Refused => self.refused(Ok(answer), credential, &signal, spare).await,
            Verdict::Good => {
                self.driver.tell(self.accepted(&credential));
                Ok(answer)
            }
            Verdict::None => Ok(answer),
        }
    }

    /// What the request carries at first; `None`: it goes out without a token.
    async fn first_credential(&self, signal: &AbortSignal) -> Result<Option<Credential>, FetchFailure> {
        let Policy { token, passive, .. } = self.policy;
        let is_known = self.driver.is_known();
        if passive || (token == TokenUse::Optional && !is_known) {
            let in_hand = self.driver.in_hand();
            return match token {
                _ if in_hand.is_some() => Ok(in_hand),
                TokenUse::Optional => Ok(None),
                _ => match self.driver.denial() {
                    Some(denial) => self.without(denial),
                    None => Err(FetchFailure::NotInHand),
                },
            };
        }
        let wanted = self.driver.token(|ticket| Event::TokenWanted {
            ticket,
            not: None,
            min_validity: Duration::ZERO,
        });
        match unless_aborted(signal, wanted).await? {
            Ok(credential) => Ok(Some(credential)),
            Err(denial) => self.without(denial),
        }
    }

    /// Whether it may go out although there is no token.
    fn without(&self, denial: Denial) -> Result<Option<Credential>, FetchFailure> {
        match (self.policy.token, &denial) {
            (TokenUse::WhereThereIsOne | TokenUse::Optional, Denial::Ended(_))
            | (TokenUse::Optional, Denial::Unavailable { .. } | Denial::Refused { .. }) => Ok(None),
            _ => Err(FetchFailure::Denied(denial)),
        }
    }

    /// Whether there is a 401 behind a rejection, where it may be the digest of the 401 that did not fit: asked once more
    /// without it, to see the status. That answer is nobody's: what the caller gets comes from a request with the digest.
    async fn hides_401(&self, spare: &Spare, signal: &AbortSignal) -> bool {
        if !spare.is_there() || !self.request.hides_401() || signal.aborted() {
            return false;
        }
        let look =
            self.request.without_integrity().and_then(|look| self.driver.fetcher().send(look.as_ref()));
        let Ok(look) = look else { return false };
        let Ok(answer) = look.await else { return false };
        discard(&answer);
        matches!(self.verdict(&answer), Verdict::Refused)
    }

    /// The token was refused: with this answer, or with one that the caller could not be shown.
    async fn refused(
        self,
        answer: Result<JsValue, JsValue>,
        credential: Credential,
        signal: &AbortSignal,
        spare: Spare,
    ) -> Result<JsValue, FetchFailure> {
        if self.request.outlives_page() {
            answer.iter().for_each(drain);
        }
        let credential = match self.next_credential(credential, signal, spare.is_there()).await {
            Ok(Some(credential)) => credential,
            Ok(None) => return Ok(answer?),
            Err(failure) => {
                answer.iter().for_each(discard);
                return Err(failure);
            }
        };
        let Some(replay) = spare.take() else { return Ok(answer?) };
        answer.iter().for_each(discard);
        replay.attach(&credential)?;
        let answer = self.driver.fetcher().send(&replay)?.await?;
        match self.verdict(&answer) {
            Verdict::Good => self.driver.tell(self.accepted(&credential)),
            Verdict::Refused if !self.policy.passive => {
                self.driver.tell(Event::ReplayRejected { audience: self.audience });
            }
            _ => {}
        }
        Ok(answer)
    }

    /// What the replay carries; `None`: the 401 is the caller's own.
    async fn next_credential(
        &self,
        refused: Credential,
        signal: &AbortSignal,
        replays: bool,
    ) -> Result<Option<Credential>, FetchFailure> {
        let Credential { epoch, generation, .. } = refused;
        if self.policy.passive {
            // Somebody else may have caused a refresh meanwhile.
            let newer =
                |credential: &Credential| credential.epoch == epoch && credential.generation != generation;
            return Ok(self.driver.in_hand().filter(newer));
        }
        let audience = self.audience.clone();
        let rejected = move |ticket| Event::TokenRejected { ticket, epoch, generation, audience };
        if !replays {
            // The caller gets its 401, and whoever sends next a new token.
            self.driver.ask_for_nobody(rejected);
            return Ok(None);
        }
        match unless_aborted(signal, self.driver.token(rejected)).await? {
            Ok(credential) => Ok(Some(credential)),
            Err(denial @ Denial::Unavailable { .. }) => Err(FetchFailure::Denied(denial)),
            // The session is over, or another one.
            Err(_) => Ok(None),
        }
    }

    fn verdict(&self, answer: &JsValue) -> Verdict {
        let response = answer.unchecked_ref::<Response>();
        // At a redirect to another origin fetch has dropped the token: who answers has not seen it.
        if member(answer, "redirected").is_truthy() && !self.has_answered(&response.url()) {
            return Verdict::None;
        }
        if response.status() != 401 {
            return Verdict::Good;
        }
        let challenge = response.headers().get("www-authenticate").ok().flatten();
        if challenge.is_some_and(|challenge| wants_step_up(&challenge)) {
            return Verdict::None;
        }
        Verdict::Refused
    }

    fn has_answered(&self, url: &str) -> bool {
        web_sys::Url::new(url).is_ok_and(|url| Audience::new(&url.origin()) == self.audience)
    }

    fn accepted(&self, credential: &Credential) -> Event {
        Event::TokenAccepted {
            epoch: credential.epoch,
            generation: credential.generation,
            audience: self.audience.clone(),
        }
    }
}
