//! The breaker stops refreshes for an API that rejects brand-new tokens.
//!
//! Such an API is misconfigured (a wrong audience, a wrong key), and another refresh would not help
//! it. The breaker stops refreshes on its account for a while, and on no other account.

use std::rc::Rc;

use crate::session::renewal::bucket::Bucket;
use crate::session::time::{Deadline, Millis, Moment};

const FIRST_PAUSE: Millis = Millis::from_secs(30);
const LONGEST_PAUSE: Millis = Millis::from_secs(900);
/// Number of refreshes that rejected tokens may cause at once. One repairs a revocation; the others
/// are for the next ones.
const BUDGET: u32 = 5;
/// Time after which rejected tokens may cause one more. An API that rejects good tokens under ever
/// new paths causes no more.
const BUDGET_PERIOD: Millis = Millis::from_secs(120);
/// Number of refreshes in a row that are given back, because the path accepted the token it had
/// caused. A path that rejects every other token would otherwise cause one at each call.
const FREE: u32 = 15;
/// Time after which one more is given back.
const FREE_PERIOD: Millis = Millis::from_secs(60);
/// Number of audiences that are remembered. If more of them misbehave, the oldest gets another
/// chance.
const MOST_ENTRIES: usize = 16;

/// The receiver of a token: a path of an API, or unnamed for a caller of `accessToken`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    origin: Rc<str>,
    path: Rc<str>,
}

impl Audience {
    /// Creates an audience from the origin and the path of a URL, without its query.
    pub fn new(origin: &str, path: &str) -> Self {
        Self { origin: origin.into(), path: path.into() }
    }

    /// Returns the audience of a caller of `accessToken`, which does not name the receiver.
    pub(crate) fn unnamed() -> Self {
        Self::new("", "")
    }

    /// Whether this is a caller of `accessToken`. It does not report whether its token was
    /// accepted.
    pub(crate) fn is_unnamed(&self) -> bool {
        self.origin.is_empty()
    }

    /// Returns the origin that the token was sent to.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns the audience of a redirected request.
    ///
    /// The redirect may have gone through another origin, which drops the token. Then a 401 proves
    /// nothing about the token. So it is not counted against direct requests.
    pub fn redirected(&self) -> Self {
        Self::new(&self.origin, &[&*self.path, " redirected"].concat())
    }
}

#[derive(Debug)]
struct Entry {
    audience: Audience,
    strikes: u32,
    until: Deadline,
}

/// The audiences that have rejected brand-new tokens, and the budget of refreshes for rejected
/// tokens.
#[derive(Debug)]
pub(crate) struct Breaker {
    entries: Vec<Entry>,
    budget: Bucket,
    /// The audience whose rejection caused the last refresh.
    cause: Option<Audience>,
    /// Whether the token of that refresh was not rejected yet.
    is_open: bool,
    /// The allowance of refreshes that are given back.
    free: Bucket,
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            budget: Bucket::new(BUDGET, BUDGET_PERIOD),
            cause: None,
            is_open: false,
            free: Bucket::new(FREE, FREE_PERIOD),
        }
    }
}

impl Breaker {
    /// Takes a refresh out of the budget for a rejected token. Returns when it is possible, if that
    /// is not now.
    pub(crate) fn spend(&mut self, audience: &Audience, now: Moment) -> Option<Deadline> {
        if !self.budget.wait(now).is_zero() {
            return self.budget.next();
        }
        self.budget.take(now, Millis::ZERO);
        self.cause = Some(audience.clone());
        self.is_open = true;
        None
    }

    /// Whether this audience has caused the last refresh.
    pub(crate) fn is_cause(&self, audience: &Audience) -> bool {
        self.cause.as_ref() == Some(audience)
    }

    /// Notes that an audience has accepted a token.
    ///
    /// If the audience had rejected the token before, and not this one, the refresh was justified.
    /// It is given back, unless that happens all the time.
    pub(crate) fn accepted(&mut self, audience: &Audience, now: Moment) {
        self.forget(audience);
        if self.is_cause(audience) && self.is_open {
            self.cause = None;
            if self.free.wait(now).is_zero() {
                self.free.take(now, Millis::ZERO);
                self.budget.give_back(1);
            }
        }
    }

    /// Notes that an audience has rejected a brand-new token. Returns when the pause ends.
    pub(crate) fn strike(&mut self, audience: &Audience, now: Moment) -> Deadline {
        self.is_open &= !self.is_cause(audience);
        let strikes = self.forget(audience).unwrap_or(0) + 1;
        let pause = (FIRST_PAUSE * (1 << (strikes - 1).min(8))).min(LONGEST_PAUSE);
        let until = Deadline::new(now, pause);
        if self.entries.len() == MOST_ENTRIES {
            self.entries.remove(0);
        }
        self.entries.push(Entry { audience: audience.clone(), strikes, until });
        until
    }

    /// Forgets an audience. Returns its strikes, if any.
    fn forget(&mut self, audience: &Audience) -> Option<u32> {
        let index = self.entries.iter().position(|entry| entry.audience == *audience)?;
        Some(self.entries.remove(index).strikes)
    }

    /// Whether it has rejected brand-new tokens, and has accepted none since.
    pub(crate) fn has_strikes(&self, audience: &Audience) -> bool {
        self.entries.iter().any(|entry| entry.audience == *audience)
    }

    /// Returns when the pause ends, if one is running.
    pub(crate) fn open_until(&self, audience: &Audience, now: Moment) -> Option<Deadline> {
        let entry = self.entries.iter().find(|entry| entry.audience == *audience)?;
        Some(entry.until).filter(|until| !until.is_due(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(seconds: i64) -> Moment {
        Moment::new(seconds * 1000, seconds * 1000)
    }

    #[test]
    fn pauses_double_to_a_cap_and_are_forgotten_when_a_token_is_accepted() {
        let mut breaker = Breaker::default();
        let api = Audience::new("https://api.example.com", "/");
        let mut pauses = Vec::new();
        for _ in 0..7 {
            pauses.push(breaker.strike(&api, after(0)).remaining(after(0)).get() / 1000);
        }
        assert_eq!(pauses, [30, 60, 120, 240, 480, 900, 900]);
        breaker.forget(&api);
        assert_eq!(breaker.open_until(&api, after(0)), None);
        assert_eq!(breaker.strike(&api, after(0)).remaining(after(0)), FIRST_PAUSE);
    }

    #[test]
    fn a_redirected_request_keeps_its_origin() {
        let api = Audience::new("https://a.test", "/path");
        assert_eq!([api.origin(), api.redirected().origin()], ["https://a.test"; 2]);
    }

    #[test]
    fn one_audience_does_not_pay_for_another() {
        let mut breaker = Breaker::default();
        let (bad, good) = (Audience::new("https://a.test", "/bad"), Audience::new("https://a.test", "/good"));
        breaker.strike(&bad, after(0));
        breaker.forget(&good);
        breaker.forget(&bad.redirected());
        assert!(breaker.open_until(&bad, after(29)).is_some());
        assert!(breaker.open_until(&bad, after(30)).is_none());
        for other in [good, bad.redirected(), Audience::new("https://b.test", "/bad")] {
            assert!(breaker.open_until(&other, after(0)).is_none(), "{other:?}");
        }
    }

    #[test]
    fn rejected_tokens_have_one_budget_for_their_refreshes() {
        let mut breaker = Breaker::default();
        let path = |second: i64| Audience::new("https://a.test", &second.to_string());
        let spent =
            (0..3_600).filter(|second| breaker.spend(&path(*second), after(*second)).is_none()).count();
        assert_eq!(spent, 5 + 29);
    }

    /// Returns the number of refreshes that are allowed at once, if each is followed by `then`.
    fn allowed(audience: &Audience, then: impl Fn(&mut Breaker)) -> usize {
        let mut breaker = Breaker::default();
        let mut spend = || {
            let denied = breaker.spend(audience, after(0));
            then(&mut breaker);
            denied
        };
        (0..100).filter(|_| spend().is_none()).count()
    }

    #[test]
    fn a_refresh_that_was_right_costs_nothing_within_bounds() {
        let (path, other) = (Audience::new("https://a.test", "/"), Audience::new("https://a.test", "/other"));
        let mut breaker = Breaker::default();
        for round in 0..100 {
            assert_eq!(breaker.spend(&path, after(round * 120)), None);
            breaker.accepted(&path, after(round * 120));
        }
        assert_eq!(allowed(&path, |breaker| breaker.accepted(&path, after(0))), 15 + 5);
        assert_eq!(
            allowed(&path, |breaker| breaker.accepted(&other, after(0))),
            5,
            "another path proves nothing"
        );
        let rejected_first = |breaker: &mut Breaker| {
            breaker.strike(&path, after(0));
            breaker.accepted(&path, after(0));
        };
        assert_eq!(allowed(&path, rejected_first), 5, "it had rejected the new one as well");
    }

    #[test]
    fn one_refresh_is_given_back_however_often_its_token_is_accepted() {
        let path = Audience::new("https://a.test", "/");
        let mut breaker = Breaker::default();
        for _ in 0..3 {
            breaker.spend(&path, after(0));
        }
        (0..100).for_each(|round| breaker.accepted(&path, after(round * 120)));
        let left = (0..100).filter(|_| breaker.spend(&path, after(0)).is_none()).count();
        assert_eq!(left, 3);
    }

    #[test]
    fn it_remembers_a_bounded_number() {
        let mut breaker = Breaker::default();
        for index in 0..40 {
            breaker.strike(&Audience::new("https://a.test", &index.to_string()), after(0));
        }
        assert_eq!(breaker.entries.len(), MOST_ENTRIES);
    }
}
