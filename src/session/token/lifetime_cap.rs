//! The lifetime of a session's tokens, if APIs reject them before the claimed lifetime has passed.
//!
//! One early rejection may be a revocation. After two in a row the claimed lifetime is wrong. The
//! tokens that follow are assumed to live no longer than the rejected one did. After some tokens
//! without an early rejection the claim is tried again. Each time it turns out wrong, twice as many
//! tokens pass before the next trial.

use crate::session::time::Millis;

/// The shortest time between the receipt of a token and its refresh ahead of the expiry, if the
/// lifetime is capped. It does not hold back callers: they cause a refresh when the capped lifetime
/// has passed.
pub(crate) const CAPPED_REFRESH_INTERVAL: Millis = Millis::from_secs(120);

/// The shortest lifetime that is believed. A younger token was revoked, or its API is broken. A cap
/// this low would cause a refresh each time it passes.
const LEAST_LIFETIME: Millis = Millis::from_secs(2);

/// Number of contradictions after which the number of tokens between two trials stops growing.
const MOST_DOUBLINGS: u32 = 8;

/// The observed lifetime of the tokens of one session. It passes from each token to the next.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LifetimeCap {
    /// The longest assumed lifetime.
    cap: Option<Millis>,
    /// The age at which the current token was rejected, before its lifetime had passed.
    rejected: Option<Millis>,
    /// Whether the token before it was rejected early as well.
    is_suspect: bool,
    /// Consecutive times that a lifetime has turned out wrong.
    contradictions: u32,
    /// Number of tokens replaced without an early rejection since the cap was set.
    unrejected: u32,
    /// The greatest age at which an API has accepted a token.
    accepted: Millis,
}

impl LifetimeCap {
    /// Returns the shorter of a claimed lifetime and the cap, and whether that is the cap.
    pub(crate) fn apply(&self, claimed: Millis) -> (Millis, bool) {
        match self.cap {
            Some(cap) if cap < claimed => (cap, true),
            _ => (claimed, false),
        }
    }

    /// Notes that an API has accepted the current token at this age.
    pub(crate) fn accept(&mut self, age: Millis) {
        self.accepted = self.accepted.max(age);
    }

    /// Notes that an API has rejected the current token at this age, before its lifetime had
    /// passed.
    pub(crate) fn reject(&mut self, age: Millis) {
        // If older tokens are accepted, the lifetime is not the cause. Half: a slow response makes
        // a token look older.
        if age >= LEAST_LIFETIME && age > self.accepted / 2 {
            self.rejected.get_or_insert(age);
        }
    }

    /// Returns the cap for the successor of the current token.
    pub(crate) fn succeed(mut self) -> Self {
        match self.rejected.take() {
            Some(age) if self.is_suspect || self.contradictions > 0 => {
                self.cap = Some(self.cap.map_or(age, |cap| cap.min(age)));
                self.contradictions = self.contradictions.saturating_add(1);
                self.unrejected = 0;
                self.is_suspect = true;
            }
            Some(_) => self.is_suspect = true,
            None if self.cap.is_none() => self = Self { accepted: self.accepted, ..Self::default() },
            None => {
                self.is_suspect = false;
                self.unrejected = self.unrejected.saturating_add(1);
                if self.unrejected >> self.contradictions.min(MOST_DOUBLINGS) > 0 {
                    self.cap = None;
                }
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIMED: Millis = Millis::from_secs(900);

    fn seconds(seconds: u64) -> Millis {
        Millis::from_secs(seconds)
    }

    /// Rejects a token at this age in seconds, and returns the cap of its successor.
    fn rejected(mut cap: LifetimeCap, age: u64) -> LifetimeCap {
        cap.reject(seconds(age));
        cap.succeed()
    }

    #[test]
    fn one_early_rejection_is_a_revocation_and_two_in_a_row_are_a_wrong_lifetime() {
        let once = rejected(LifetimeCap::default(), 10);
        assert_eq!(once.apply(CLAIMED), (CLAIMED, false));
        assert_eq!(rejected(once.succeed(), 10).apply(CLAIMED), (CLAIMED, false));
        assert_eq!(rejected(once, 8).apply(CLAIMED), (seconds(8), true));
        for claimed in [5, 8] {
            assert_eq!(rejected(once, 8).apply(seconds(claimed)), (seconds(claimed), false));
        }
        assert_eq!(rejected(rejected(once, 8), 6).apply(CLAIMED), (seconds(6), true));
    }

    #[test]
    fn the_claim_is_tried_again_less_and_less_often() {
        let mut cap = rejected(rejected(LifetimeCap::default(), 10), 10);
        for expected in [2, 4, 8, 16, 32, 64, 128, 256, 256, 256] {
            let mut tokens = 0;
            while cap.apply(CLAIMED).1 {
                cap = cap.succeed();
                tokens += 1;
            }
            assert_eq!(tokens, expected);
            cap = rejected(cap, 10);
        }
        let tried = (0..256).fold(cap, |cap, _| cap.succeed());
        assert_eq!(tried.apply(CLAIMED), (CLAIMED, false));
        // It has lived as long as was claimed, so all is forgotten.
        assert_eq!(rejected(tried.succeed(), 10).apply(CLAIMED), (CLAIMED, false));
    }

    #[test]
    fn what_is_rejected_younger_than_others_are_accepted_is_no_matter_of_the_lifetime() {
        let mut cap = LifetimeCap::default();
        cap.accept(seconds(100));
        for age in [0, 10, 50] {
            cap = rejected(rejected(rejected(cap, age), age), age);
            assert_eq!(cap.apply(CLAIMED), (CLAIMED, false), "{age}");
        }
        assert_eq!(rejected(rejected(cap, 51), 60).apply(CLAIMED), (seconds(60), true));
    }
}
