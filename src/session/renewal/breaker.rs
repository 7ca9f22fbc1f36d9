//! The breaker stops refreshes for an API that rejects brand-new tokens.
//!
//! Such an API is misconfigured (a wrong audience, a wrong key), and another refresh would not help
//! it. The breaker stops refreshes on its account for a while, and on no other account.

use std::rc::Rc;

use crate::session::time::{Deadline, Millis, Moment};

const FIRST_PAUSE: Millis = Millis::from_secs(30);
const LONGEST_PAUSE: Millis = Millis::from_secs(900);
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
        Self::new(&self.origin, &(self.path.to_string() + " redirected"))
    }
}

#[derive(Debug)]
struct Entry {
    audience: Audience,
    strikes: u32,
    until: Deadline,
}

/// The audiences that have rejected brand-new tokens, and the one that has caused the last refresh.
/// Together they are bounded by [`Budget::Rejected`](super::spending::Budget::Rejected).
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    entries: Vec<Entry>,
    /// The audience whose rejection caused the last refresh.
    cause: Option<Audience>,
    /// Whether the token of that refresh was not rejected yet.
    is_open: bool,
    /// Whether that refresh was not sent yet: it is counted then.
    is_due: bool,
    /// Whether this tab has sent it.
    is_counted: bool,
    /// Number of refreshes that this tab has sent for rejected tokens, and of those that were given
    /// back, in this session.
    counts: [u32; 2],
}

impl Breaker {
    /// Notes that an audience causes a refresh.
    pub(crate) fn causes(&mut self, audience: &Audience) {
        self.cause = Some(audience.clone());
        self.is_open = true;
        self.is_due = true;
        self.is_counted = false;
    }

    /// Notes that another tab has brought the token.
    pub(crate) fn needs_none(&mut self) {
        self.is_due = false;
    }

    /// Returns whether the refresh that is sent was caused by an audience, and counts it.
    pub(crate) fn count_sent(&mut self) -> bool {
        let is_due = std::mem::take(&mut self.is_due);
        self.is_counted |= is_due;
        self.counts[0] += u32::from(is_due);
        is_due
    }

    /// Counts a refresh that is given back.
    pub(crate) fn count_given_back(&mut self) {
        self.counts[0] = self.counts[0].saturating_sub(1);
        self.counts[1] += 1;
    }

    /// Returns how many refreshes count, and how many were given back, in the session that ends.
    pub(crate) fn take_counts(&mut self) -> [u32; 2] {
        std::mem::take(&mut self.counts)
    }

    /// Whether this audience has caused the last refresh.
    pub(crate) fn is_cause(&self, audience: &Audience) -> bool {
        self.cause.as_ref() == Some(audience)
    }

    /// Notes that an audience has accepted a token. Returns whether the last refresh was this tab's,
    /// and justified: the audience had rejected the token before, and not this one.
    pub(crate) fn accepted(&mut self, audience: &Audience) -> bool {
        self.forget(audience);
        let is_justified = self.is_cause(audience) && self.is_open;
        if is_justified {
            self.cause = None;
        }
        is_justified && self.is_counted
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
    fn a_refresh_was_justified_once_if_the_path_that_caused_it_accepts_the_new_token() {
        let (path, other) = (Audience::new("https://a.test", "/"), Audience::new("https://a.test", "/other"));
        let mut breaker = Breaker::default();
        assert!(!breaker.accepted(&path), "it has caused none");
        breaker.causes(&path);
        breaker.needs_none();
        assert!(!breaker.accepted(&path), "another tab has sent it");
        breaker.causes(&path);
        breaker.count_sent();
        assert!(!breaker.accepted(&other), "another path proves nothing");
        assert!(breaker.accepted(&path) && !breaker.accepted(&path));
        breaker.causes(&path);
        breaker.count_sent();
        breaker.strike(&path, after(0));
        assert!(!breaker.accepted(&path), "it had rejected the new one as well");
        breaker.causes(&path);
        breaker.count_sent();
        breaker.strike(&other, after(0));
        assert!(breaker.accepted(&path));
    }

    #[test]
    fn a_refresh_is_counted_when_it_is_sent_and_once() {
        let path = Audience::new("https://a.test", "/");
        let mut breaker = Breaker::default();
        assert!(!breaker.count_sent());
        breaker.causes(&path);
        assert!(breaker.count_sent() && !breaker.count_sent());
        breaker.causes(&path);
        breaker.needs_none();
        assert!(!breaker.count_sent(), "another tab has sent it");
        breaker.causes(&path);
        assert!(breaker.count_sent());
        breaker.count_given_back();
        assert_eq!([breaker.take_counts(), breaker.take_counts()], [[1, 1], [0, 0]]);
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
