//! The allowance of refreshes for which no caller waits.
//!
//! The pauses after failures protect a server that is down from one tab, but not from a browser.
//! Several tabs have pauses of their own. A token that is received between two failures ends a
//! pause, and so does the network when it comes back. So a token bucket bounds all refreshes for
//! which no caller waits: eight at once, and one more every 200 seconds.
//!
//! A refresh is given back if it brings another token and there was a reason: a page load, or the
//! lifetime of the token. A refresh for a caller is taken out if it brings none, and given back
//! when a token is received.
//!
//! Any other refresh is reported to the other tabs, which take it out of their buckets. One that
//! found no network is not reported: it has reached no server, and each tab retries at once when
//! the network is back.
//!
//! A call of the app and the first refresh of a page are never held back.

use crate::session::id::Entropy;
use crate::session::renewal::backoff::scale;
use crate::session::renewal::bucket::Bucket;
use crate::session::time::{Deadline, Millis, Moment};

/// Number of refreshes at once. In an hour the bucket allows 26. The confirmation of a rejection is
/// not held back, and may add one.
const BURST: u32 = 8;
const PERIOD: Millis = Millis::from_secs(200);

/// The reason for which a refresh is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SentFor {
    /// A caller waits for a token.
    Caller,
    /// The page has just been loaded, or the lifetime of the token requires it.
    Lifetime,
    /// Neither. It shows whose cookie there is, or confirms a rejection.
    #[default]
    Nothing,
}

/// The allowance of one tab.
#[derive(Debug)]
pub(crate) struct Allowance {
    bucket: Bucket,
    /// Number of refreshes for callers that were taken out since the last token.
    taken_by_callers: u32,
    /// The date until which refreshes are held back, in milliseconds since 1970, for display.
    held_until: Option<i64>,
    /// The reason for the last refresh.
    sent_for: SentFor,
    /// Whether the last refresh was reported to the other tabs.
    is_told: bool,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            bucket: Bucket::new(BURST, PERIOD),
            taken_by_callers: 0,
            held_until: None,
            sent_for: SentFor::default(),
            is_told: false,
        }
    }
}

impl Allowance {
    /// Returns how long the next refresh is held back.
    pub(crate) fn wait(&self, now: Moment) -> Millis {
        self.bucket.wait(now)
    }

    /// Returns the date until which refreshes are held back, in milliseconds since 1970, as it was
    /// last shown.
    pub(crate) fn held_until(&self) -> Option<i64> {
        self.held_until
    }

    /// Counts a refresh that is sent. `has_failed`: whether the one before has failed. Returns
    /// whether to report it to the other tabs at once, because this tab may freeze before the
    /// reply.
    pub(crate) fn count_sent(
        &mut self,
        sent_for: SentFor,
        has_failed: bool,
        now: Moment,
        entropy: &mut impl Entropy,
    ) -> bool {
        self.sent_for = sent_for;
        let is_idle = sent_for != SentFor::Caller;
        if is_idle {
            self.take(now, entropy);
        }
        self.is_told = is_idle && has_failed;
        self.is_told
    }

    /// Counts the outcome of a refresh. `brings`: whether it has brought another token.
    /// `is_offline`: whether it has found no network. Returns whether to report it to the other
    /// tabs.
    pub(crate) fn count_outcome(&mut self, brings: bool, is_offline: bool, now: Moment) -> bool {
        match self.sent_for {
            SentFor::Caller if brings => false,
            SentFor::Caller => {
                self.bucket.take(now, Millis::ZERO);
                self.taken_by_callers = self.taken_by_callers.saturating_add(1);
                false
            }
            SentFor::Lifetime if brings => {
                self.bucket.give_back(1);
                false
            }
            SentFor::Lifetime | SentFor::Nothing => !is_offline && !self.is_told,
        }
    }

    /// Gives back the refreshes for callers, because a token was received. However many attempts it
    /// took, the token is refreshed in time.
    pub(crate) fn forgive_callers(&mut self) {
        self.bucket.give_back(std::mem::take(&mut self.taken_by_callers));
    }

    /// Takes out one refresh, of this tab or of another.
    pub(crate) fn take(&mut self, now: Moment, entropy: &mut impl Entropy) {
        let extra = scale(PERIOD / 4, entropy);
        self.bucket.take(now, extra);
    }

    /// Updates the date that is shown. It is not called when a refresh is sent: the lock is held
    /// then, and listeners must not run.
    pub(crate) fn show(&mut self, now: Moment) {
        let is_ahead = |until: &Deadline| !until.is_due(now);
        self.held_until = self.bucket.next().filter(is_ahead).map(Deadline::wall_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::new(1_000_000, 0);

    /// Returns the number of refreshes that are still allowed.
    fn left(allowance: &mut Allowance) -> u32 {
        (0..20)
            .take_while(|_| {
                allowance.wait(NOW).is_zero() && {
                    allowance.bucket.take(NOW, Millis::ZERO);
                    true
                }
            })
            .count() as u32
    }

    #[test]
    fn a_refresh_counts_by_what_it_was_sent_for_and_what_it_brings() {
        use SentFor::{Caller, Lifetime, Nothing};
        for (sent_for, brings, is_offline, has_failed, left_over, is_told) in [
            (Caller, true, false, false, 8, false),
            (Caller, false, false, false, 7, false),
            (Lifetime, true, false, false, 8, false),
            (Lifetime, false, false, false, 7, true),
            (Lifetime, false, true, false, 7, false),
            (Nothing, true, false, false, 7, true),
            (Nothing, false, false, true, 7, false),
        ] {
            let mut allowance = Allowance::default();
            let told_at_once = allowance.count_sent(sent_for, has_failed, NOW, &mut || 0);
            assert_eq!(told_at_once, has_failed && sent_for != Caller);
            let case = format!("{sent_for:?}, brings: {brings}, offline: {is_offline}, failed: {has_failed}");
            assert_eq!(allowance.count_outcome(brings, is_offline, NOW), is_told, "{case}");
            assert_eq!(left(&mut allowance), left_over, "{case}");
        }
    }

    #[test]
    fn callers_are_forgiven_once_a_token_has_come() {
        let mut allowance = Allowance::default();
        for _ in 0..3 {
            allowance.count_sent(SentFor::Caller, false, NOW, &mut || 0);
            allowance.count_outcome(false, false, NOW);
        }
        allowance.forgive_callers();
        allowance.forgive_callers();
        assert_eq!(left(&mut allowance), 8);
    }

    #[test]
    fn the_date_is_shown_while_it_is_ahead() {
        let mut allowance = Allowance::default();
        (0..8).for_each(|_| allowance.take(NOW, &mut || 0));
        assert_eq!(allowance.held_until(), None);
        allowance.show(NOW);
        assert_eq!(allowance.held_until(), Some(1_200_000));
        allowance.show(Moment::new(1_300_000, 300_000));
        assert_eq!(allowance.held_until(), None);
    }
}
