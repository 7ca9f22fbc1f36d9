//! An API that refuses brand-new tokens is misconfigured (a wrong audience, a wrong key): another refresh would not
//! help it. The breaker stops refreshes on its account for a while, and on nobody else's.

use std::rc::Rc;
use std::time::Duration;

use super::time::{Deadline, Moment};

const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(900);
/// Audiences remembered; with more than this misbehaving the oldest gets another chance.
const MOST_ENTRIES: usize = 16;

/// Whom a token was sent to: the origin of an API, or nothing for a caller of `accessToken`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience(Rc<str>);

impl Audience {
    /// From the origin of a URL; an empty one for callers that do not say.
    pub fn new(origin: &str) -> Self {
        Self(origin.into())
    }

    /// The same by way of a redirect: it may have gone over another origin, which drops the token, and then a 401 says
    /// nothing of the token. So it is not held against those who are asked directly.
    pub fn redirected(&self) -> Self {
        Self([&*self.0, " redirected"].concat().into())
    }
}

#[derive(Debug)]
struct Entry {
    audience: Audience,
    strikes: u32,
    until: Deadline,
}

/// Who has refused brand-new tokens.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    entries: Vec<Entry>,
}

impl Breaker {
    /// A brand-new token was refused. Returns when the pause ends.
    pub(crate) fn strike(&mut self, audience: &Audience, now: Moment) -> Deadline {
        let strikes = self.forget(audience).unwrap_or(0) + 1;
        let pause = FIRST_PAUSE.saturating_mul(1 << (strikes - 1).min(8)).min(LONGEST_PAUSE);
        let until = Deadline::new(now, pause);
        if self.entries.len() == MOST_ENTRIES {
            self.entries.remove(0);
        }
        self.entries.push(Entry { audience: audience.clone(), strikes, until });
        until
    }

    /// A token was accepted: all is well. Returns the strikes there were.
    pub(crate) fn forget(&mut self, audience: &Audience) -> Option<u32> {
        let index = self.entries.iter().position(|entry| entry.audience == *audience)?;
        Some(self.entries.remove(index).strikes)
    }

    /// Whether it has rejected brand-new tokens, and accepted none since.
    pub(crate) fn has_strikes(&self, audience: &Audience) -> bool {
        self.entries.iter().any(|entry| entry.audience == *audience)
    }

    /// When the pause ends, if there is one.
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
        let api = Audience::new("https://api.example.com");
        let mut pauses = Vec::new();
        for _ in 0..7 {
            pauses.push(breaker.strike(&api, after(0)).remaining(after(0)).as_secs());
        }
        assert_eq!(pauses, [30, 60, 120, 240, 480, 900, 900]);
        breaker.forget(&api);
        assert_eq!(breaker.open_until(&api, after(0)), None);
        assert_eq!(breaker.strike(&api, after(0)).remaining(after(0)), FIRST_PAUSE);
    }

    #[test]
    fn one_audience_does_not_pay_for_another() {
        let mut breaker = Breaker::default();
        breaker.strike(&Audience::new("https://a.test"), after(0));
        assert!(breaker.open_until(&Audience::new("https://a.test"), after(29)).is_some());
        assert!(breaker.open_until(&Audience::new("https://a.test"), after(30)).is_none());
        assert!(breaker.open_until(&Audience::new("https://b.test"), after(0)).is_none());
    }

    #[test]
    fn it_remembers_a_bounded_number() {
        let mut breaker = Breaker::default();
        for index in 0..40 {
            breaker.strike(&Audience::new(&index.to_string()), after(0));
        }
        assert_eq!(breaker.entries.len(), MOST_ENTRIES);
    }
}
