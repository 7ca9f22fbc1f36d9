//! The allowance of refreshes for which no caller waits.
//!
//! The pauses after failures protect a server that is down from one tab, but not from a browser.
//! Several tabs have pauses of their own. A token that is received between two failures ends a
//! pause, and so does the network when it comes back. So a budget bounds all refreshes of the
//! browser for which no caller waits: [`Budget::Idle`].
//!
//! A refresh is given back if it brings another token and there was a reason: a page load, or the
//! lifetime of the token. One that found no network has reached no server, and each tab retries at
//! once when the network is back: it counts for its tab alone. So does a refresh for a caller that
//! brings no token; it is given back when a token is received.
//!
//! A call of the app and the first refresh of a page are never held back.

use crate::session::renewal::bucket::Debt;
use crate::session::renewal::spending::{Budget, Charge, Spent};
use crate::session::time::{Deadline, Millis, Moment};

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

/// The allowance of one tab, beside what all tabs have spent.
#[derive(Debug, Default)]
pub(crate) struct Allowance {
    /// The refreshes of this tab, those included that reached no server or were for callers: by the
    /// monotonic clock, which nobody sets.
    own: Debt,
    /// Number of refreshes for callers that were taken out since the last token.
    taken_by_callers: u32,
    /// The date until which refreshes are held back, in milliseconds since 1970, for display.
    held_until: Option<i64>,
    /// The reason for the last refresh.
    sent_for: SentFor,
    /// The charge for it, if no caller waited for it.
    sent: Option<Charge>,
}

impl Allowance {
    /// Returns how long the next refresh is held back.
    pub(crate) fn wait(&self, spent: Spent, now: Moment) -> Millis {
        let own = Budget::Idle.bucket().wait(self.own, Moment::new(now.monotonic_ms(), 0));
        own.max(spent.wait(Budget::Idle, now))
    }

    /// Returns the date until which refreshes are held back, in milliseconds since 1970, as it was
    /// last shown.
    pub(crate) fn held_until(&self) -> Option<i64> {
        self.held_until
    }

    /// Counts a refresh that is sent. The next one waits for `extra` more. Returns the charge for
    /// all tabs at once, because this tab may freeze before the reply.
    pub(crate) fn count_sent(&mut self, sent_for: SentFor, now: Moment, extra: Millis) -> Option<Charge> {
        self.sent_for = sent_for;
        self.sent = (sent_for != SentFor::Caller).then(|| Budget::Idle.take(now, extra));
        self.count(self.sent, now)
    }

    /// Counts the outcome of a refresh. `brings`: whether it has brought another token.
    /// `is_offline`: whether it has found no network. Returns the charge for all tabs.
    pub(crate) fn count_outcome(&mut self, brings: bool, is_offline: bool, now: Moment) -> Option<Charge> {
        match self.sent_for {
            SentFor::Caller => {
                if !brings {
                    self.count(Some(Budget::Idle.take(now, Millis::ZERO)), now);
                    self.taken_by_callers = self.taken_by_callers.saturating_add(1);
                }
                None
            }
            SentFor::Lifetime if brings => {
                let back = self.give_back(now);
                self.count(back, now)
            }
            SentFor::Lifetime | SentFor::Nothing if is_offline => self.give_back(now),
            SentFor::Lifetime | SentFor::Nothing => None,
        }
    }

    /// Gives back the refreshes for callers, because a token was received. However many attempts it
    /// took, the token is refreshed in time.
    pub(crate) fn forgive_callers(&mut self, now: Moment) {
        let count = std::mem::take(&mut self.taken_by_callers);
        self.count(Some(Budget::Idle.give_back(now, count)), now);
    }

    /// Returns the charge that takes back that of the last refresh.
    fn give_back(&self, now: Moment) -> Option<Charge> {
        self.sent.map(|sent| Charge { at: now.wall_ms(), ms: -sent.ms, ..sent })
    }

    /// Counts a charge for this tab.
    fn count(&mut self, charge: Option<Charge>, now: Moment) -> Option<Charge> {
        if let Some(Charge { ms, .. }) = charge {
            self.own = Budget::Idle.bucket().charged(self.own, now.monotonic_ms(), ms);
        }
        charge
    }

    /// Updates the date that is shown. It is not called when a refresh is sent: the lock is held
    /// then, and listeners must not run.
    pub(crate) fn show(&mut self, spent: Spent, now: Moment) {
        let wait = self.wait(spent, now);
        self.held_until = (!wait.is_zero()).then(|| Deadline::new(now, wait).wall_ms());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::new(1_000_000, 0);

    /// Returns the number of refreshes that are still allowed.
    fn left(allowance: &mut Allowance, mut spent: Spent) -> u32 {
        let one = Budget::Idle.take(NOW, Millis::ZERO);
        let is_free = |_: &u32| {
            let is_free = allowance.wait(spent, NOW).is_zero();
            allowance.count(Some(one), NOW);
            spent.charge(one);
            is_free
        };
        (0..20).take_while(is_free).count() as u32
    }

    #[test]
    fn a_refresh_counts_by_what_it_was_sent_for_and_what_it_brings() {
        use SentFor::{Caller, Lifetime, Nothing};
        for (sent_for, brings, is_offline, left_over, left_for_others) in [
            (Caller, true, false, 8, 8),
            (Caller, false, false, 7, 8),
            (Lifetime, true, false, 8, 8),
            (Lifetime, false, false, 7, 7),
            (Lifetime, false, true, 7, 8),
            (Nothing, true, false, 7, 7),
            (Nothing, false, false, 7, 7),
            (Nothing, false, true, 7, 8),
        ] {
            let (mut allowance, mut spent) = (Allowance::default(), Spent::default());
            let sent = allowance.count_sent(sent_for, NOW, Millis::ZERO);
            assert_eq!(sent.is_some(), sent_for != Caller);
            let settled = allowance.count_outcome(brings, is_offline, NOW);
            sent.into_iter().chain(settled).for_each(|charge| spent.charge(charge));
            let case = format!("{sent_for:?}, brings: {brings}, offline: {is_offline}");
            assert_eq!(left(&mut Allowance::default(), spent), left_for_others, "{case}");
            assert_eq!(left(&mut allowance, Spent::default()), left_over, "{case}");
        }
    }

    #[test]
    fn what_is_given_back_is_what_was_taken() {
        let (mut allowance, mut spent) = (Allowance::default(), Spent::default());
        let sent = allowance.count_sent(SentFor::Lifetime, NOW, Millis::new(9));
        let settled = allowance.count_outcome(true, false, NOW);
        sent.into_iter().chain(settled).for_each(|charge| spent.charge(charge));
        assert_eq!((spent, allowance.own), (Spent::default(), Debt::default()));
    }

    #[test]
    fn what_is_given_back_late_leaves_what_others_have_taken_meanwhile() {
        let (mut allowance, mut spent) = (Allowance::default(), Spent::default());
        let later = Moment::new(NOW.wall_ms() + 60_000, 60_000);
        let sent = allowance.count_sent(SentFor::Lifetime, NOW, Millis::ZERO);
        sent.into_iter().for_each(|charge| spent.charge(charge));
        (0..20).for_each(|_| spent.charge(Budget::Idle.take(later, Millis::ZERO)));
        let full = spent.wait(Budget::Idle, later);
        let settled = allowance.count_outcome(true, false, later);
        settled.into_iter().for_each(|charge| spent.charge(charge));
        assert_eq!(full - spent.wait(Budget::Idle, later), Budget::Idle.bucket().period());
    }

    #[test]
    fn callers_are_forgiven_once_a_token_has_come() {
        let mut allowance = Allowance::default();
        for _ in 0..3 {
            allowance.count_sent(SentFor::Caller, NOW, Millis::ZERO);
            allowance.count_outcome(false, false, NOW);
        }
        allowance.forgive_callers(NOW);
        allowance.forgive_callers(NOW);
        assert_eq!(left(&mut allowance, Spent::default()), 8);
    }

    #[test]
    fn the_date_is_shown_while_it_is_ahead() {
        let (mut allowance, mut spent) = (Allowance::default(), Spent::default());
        (0..8).for_each(|_| spent.charge(Budget::Idle.take(NOW, Millis::ZERO)));
        assert_eq!(allowance.held_until(), None);
        allowance.show(spent, NOW);
        assert_eq!(allowance.held_until(), Some(1_200_000));
        allowance.show(spent, Moment::new(1_300_000, 300_000));
        assert_eq!(allowance.held_until(), None);
    }
}
