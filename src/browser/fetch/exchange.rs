//! A request that carries a token: what is sent, and what is made of the answer.

use js_sys::Function;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use super::super::discard::{discard, drain};
use super::super::driver::Driver;
use super::super::object::member;
use super::super::timer::within;
use super::request::Request;
use super::spare::Spare;
use super::{FetchFailure, Policy, Stoppable, TokenUse, unless_aborted};
use crate::format::wants_more;
use crate::session::{Audience, Credential, Denial, Event, Millis};

/// How long a caller waits to know whether there is a 401 behind a rejection.
const LOOK_PATIENCE: Millis = Millis::from_secs(10);
/// How long the rest of a 401 is read, before it is cancelled and what was sent is sent again.
const DRAIN_PATIENCE: Millis = Millis::from_secs(2);

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
        let lock = self.request.lock();
        let credential = self.first_credential(&signal).await;
        drop(lock);
        let credential = match credential {
            Ok(Some(credential)) => credential,
            Ok(None) => {
                drop(spare);
                return Ok(self.driver.fetcher().send(&self.request)?.await?);
            }
            Err(failure) => {
                self.request.discard();
                return Err(failure);
            }
        };
        let answer = match self.send(&self.request, &credential)?.await {
            Ok(answer) => answer,
            Err(error) => {
                return match self.hidden_401(&spare, &credential, &signal).await? {
                    Some(audience) => self.refused(Err(error), audience, credential, &signal, spare).await,
                    None => Err(error.into()),
                };
            }
        };
        match self.verdict(&answer, &signal).await? {
            Verdict::Refused => {
                let audience = self.audience_of(&answer);
                self.refused(Ok(answer), audience, credential, &signal, spare).await
            }
            verdict => {
                self.learn(verdict, &answer, &credential);
                Ok(answer)
            }
        }
    }

    /// What the request carries at first; `None`: it goes out without a token.
    async fn first_credential(&self, signal: &AbortSignal) -> Result<Option<Credential>, FetchFailure> {
        let Policy { token, passive, nested, .. } = self.policy;
        if passive && token != TokenUse::Optional {
            // Whoever has no answer by then has no token in hand.
            let _ = unless_aborted(signal, within(self.driver.patience(), self.driver.answered())).await?;
        }
        if passive || (token == TokenUse::Optional && !self.driver.is_known()) {
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
        let wanted = self.driver.token_unless_nested(nested, |ticket| Event::TokenWanted {
            ticket,
            not: None,
            min_validity: Millis::ZERO,
        });
        match unless_aborted(signal, wanted).await? {
            Ok(credential) => Ok(Some(credential)),
            Err(denial) => self.without(denial),
        }
    }

    /// With the token.
    fn send(&self, request: &Request, credential: &Credential) -> Result<JsFuture, JsValue> {
        let (fetcher, attachment) = (self.driver.fetcher(), self.driver.attachment());
        request.attach(credential, attachment)?;
        if attachment.follows_redirects() {
            fetcher.send(request)
        } else {
            fetcher.send_unredirected(request)
        }
    }

    /// Whether it may go out although there is no token.
    fn without(&self, denial: Denial) -> Result<Option<Credential>, FetchFailure> {
        match (self.policy.token, &denial) {
            (TokenUse::WhereThereIsOne | TokenUse::Optional, Denial::Ended(_))
            | (
                TokenUse::Optional,
                Denial::Unavailable { .. } | Denial::SignInRuns | Denial::Refused { .. },
            ) => Ok(None),
            _ => Err(FetchFailure::Denied(denial)),
        }
    }

    /// Who has answered 401 behind a rejection, where it may be the digest of the 401 that did not fit: asked once more without
    /// it, to see the status. That answer is nobody's: what the caller gets comes from a request with the digest.
    async fn hidden_401(
        &self,
        spare: &Spare,
        credential: &Credential,
        signal: &AbortSignal,
    ) -> Result<Option<Audience>, FetchFailure> {
        if !spare.is_there() || !self.request.hides_401() || signal.aborted() {
            return Ok(None);
        }
        // Whatever ends it, what is on the wire then ends as well.
        let look = Stoppable::new()?;
        let sent =
            self.request.without_integrity(look.signal()).and_then(|look| self.send(&look, credential));
        let Ok(sent) = sent else { return Ok(None) };
        let Some(Ok(answer)) = unless_aborted(signal, within(LOOK_PATIENCE, sent)).await? else {
            return Ok(None);
        };
        let verdict = self.verdict(&answer, signal).await?;
        discard(&answer);
        Ok(matches!(verdict, Verdict::Refused).then(|| self.audience_of(&answer)))
    }

    /// The token was refused: with this answer, or with one that the caller could not be shown.
    async fn refused(
        self,
        answer: Result<JsValue, JsValue>,
        audience: Audience,
        credential: Credential,
        signal: &AbortSignal,
        spare: Spare,
    ) -> Result<JsValue, FetchFailure> {
        let credential = match self.next_credential(credential, audience, signal, spare.is_there()).await {
            Ok(Some(credential)) => credential,
            Ok(None) => return Ok(answer?),
            Err(failure) => {
                answer.iter().for_each(discard);
                return Err(failure);
            }
        };
        if !spare.is_there() {
            return Ok(answer?);
        }
        if let Ok(answer) = &answer
            && self.request.outlives_page()
        {
            unless_aborted(signal, drain(answer, DRAIN_PATIENCE)).await?;
        }
        let Some(replay) = spare.take() else { return Ok(answer?) };
        answer.iter().for_each(discard);
        let answer = self.send(&replay, &credential)?.await?;
        self.learn(self.verdict(&answer, signal).await?, &answer, &credential);
        Ok(answer)
    }

    /// What the replay carries; `None`: the 401 is the caller's own.
    async fn next_credential(
        &self,
        refused: Credential,
        audience: Audience,
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
        let rejected = move |ticket| Event::TokenRejected { ticket, epoch, generation, audience };
        if !replays {
            // The caller gets its 401, and whoever sends next a new token.
            self.driver.ask_for_nobody(rejected);
            return Ok(None);
        }
        match unless_aborted(signal, self.driver.token(rejected)).await? {
            Ok(credential) => Ok(Some(credential)),
            Err(denial @ (Denial::Unavailable { .. } | Denial::SignInRuns)) => {
                Err(FetchFailure::Denied(denial))
            }
            // The session is over, or another one.
            Err(_) => Ok(None),
        }
    }

    /// Rejects with the caller's reason where somebody is asked, and the caller wants to wait no longer.
    async fn verdict(&self, answer: &JsValue, signal: &AbortSignal) -> Result<Verdict, JsValue> {
        // At a redirect to another origin fetch has dropped the token: who answers has not seen it. Where it was let through
        // in another header, it is not for others to say whether it is any good.
        if is_redirected(answer) && !self.has_answered(answer) {
            return Ok(Verdict::None);
        }
        // A mock's: whatever it is, it is the caller's.
        let Some(status) = member(answer, "status").as_f64() else { return Ok(Verdict::None) };
        let rejects = self.driver.rejection().judge(answer, status, signal).await;
        Ok(match rejects.inspect_err(|_| discard(answer))? {
            Some(false) => Verdict::Good,
            Some(true) if !self.wants_more(answer) => Verdict::Refused,
            Some(true) | None => Verdict::None,
        })
    }

    fn wants_more(&self, answer: &JsValue) -> bool {
        let challenges = header(answer, "www-authenticate");
        challenges.is_some_and(|challenges| wants_more(&challenges, self.driver.attachment().scheme()))
    }

    /// Notes what an answer says of the token that it was sent, where no refresh follows.
    fn learn(&self, verdict: Verdict, answer: &JsValue, credential: &Credential) {
        let audience = self.audience_of(answer);
        let Credential { epoch, generation, .. } = *credential;
        match verdict {
            // No other status proves that the token was looked at.
            Verdict::Good if member(answer, "ok").is_truthy() => {
                self.driver.tell(Event::TokenAccepted { epoch, generation, audience });
            }
            Verdict::Refused if !self.policy.passive => self.driver.tell(Event::ReplayRejected { audience }),
            Verdict::Good | Verdict::Refused | Verdict::None => {}
        }
    }

    fn has_answered(&self, answer: &JsValue) -> bool {
        let url = member(answer, "url").as_string().and_then(|url| web_sys::Url::new(&url).ok());
        url.is_some_and(|url| url.origin() == self.audience.origin())
    }

    /// Who has answered, for the breaker.
    fn audience_of(&self, answer: &JsValue) -> Audience {
        if is_redirected(answer) { self.audience.redirected() } else { self.audience.clone() }
    }
}

fn is_redirected(answer: &JsValue) -> bool {
    member(answer, "redirected").is_truthy()
}

/// A header of an answer, which may be a mock's and have none.
fn header(answer: &JsValue, name: &str) -> Option<String> {
    let headers = member(answer, "headers");
    let get = member(&headers, "get").dyn_into::<Function>().ok()?;
    get.call1(&headers, &JsValue::from_str(name)).ok()?.as_string()
}
