//! The budgets of refreshes that all tabs of a browser share, by the cookie that they rotate.
//!
//! Each budget is a token bucket. What was taken out of it is stored, so it holds for all tabs, for
//! sessions of any name on the same cookie, and over reloads. Tabs without storage are told.

use crate::session::renewal::bucket::{Bucket, Debt};
use crate::session::time::{Millis, Moment};

/// A budget of refreshes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// Refreshes for which no caller waits: eight at once, and one more every 200 seconds. In an
    /// hour that is 26. The confirmation of a rejection is not held back, and may add one.
    Idle,
    /// Refreshes for rejected tokens: five at once, and one more every two minutes. One repairs a
    /// revocation; the others are for the next ones. An API that rejects good tokens under ever new
    /// paths causes no more.
    Rejected,
    /// Refreshes for rejected tokens that are given back, because the path accepted the token that
    /// it had caused: 15 in a row, and one more a minute. A path that rejects every other token
    /// would otherwise cause one at each call.
    Justified,
}

impl Budget {
    /// All of them, in the order in which they are stored.
    pub const ALL: [Self; 3] = [Self::Idle, Self::Rejected, Self::Justified];

    pub(crate) const fn bucket(self) -> Bucket {
        match self {
            Self::Idle => Bucket::new(8, 200),
            Self::Rejected => Bucket::new(5, 120),
            Self::Justified => Bucket::new(15, 60),
        }
    }

    /// Returns the charge for one refresh that is taken out now, and for this time beside it.
    pub(crate) fn take(self, now: Moment, extra: Millis) -> Charge {
        Charge { budget: self, at: now.wall_ms(), ms: (self.bucket().period() + extra).signed() }
    }

    /// Returns the charge for so many refreshes that are given back now.
    pub(crate) fn give_back(self, now: Moment, count: u32) -> Charge {
        Charge { budget: self, at: now.wall_ms(), ms: -(self.bucket().period() * u64::from(count)).signed() }
    }
}

/// A refresh that is taken out of a budget, or given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The budget.
    pub budget: Budget,
    /// The date of it, in milliseconds since 1970.
    pub at: i64,
    /// The time in which it is paid off, in milliseconds; negative if it is given back.
    pub ms: i64,
}

/// The debts of the budgets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent(pub [Debt; 3]);

impl Spent {
    /// Counts a refresh, or what another tab lists of all that was spent. A list may be outdated:
    /// it takes nothing back.
    pub fn charge(&mut self, Charge { budget, at, ms }: Charge) {
        let (bucket, debt) = (budget.bucket(), &mut self.0[budget as usize]);
        let charged = bucket.charged(*debt, at, ms);
        *debt = if ms == bucket.most() { charged.max(*debt) } else { charged };
    }

    /// Returns the time until this budget allows the next refresh.
    pub(crate) fn wait(self, budget: Budget, now: Moment) -> Millis {
        budget.bucket().wait(self.0[budget as usize], now)
    }

    /// Returns charges by which a tab that knows of none gets to know all.
    pub(crate) fn charges(self) -> impl Iterator<Item = Charge> {
        let is_spent = |(_, debt): &(Budget, Debt)| *debt != Debt::default();
        Budget::ALL.into_iter().zip(self.0).filter(is_spent).map(|(budget, Debt(until))| {
            let ms = budget.bucket().most();
            Charge { budget, at: until.saturating_sub(ms), ms }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::new(1_000_000_000, 0);

    #[test]
    fn each_budget_allows_a_burst_and_then_one_per_period() {
        for (budget, burst, period) in
            [(Budget::Idle, 8, 200_000), (Budget::Rejected, 5, 120_000), (Budget::Justified, 15, 60_000)]
        {
            let mut spent = Spent::default();
            let mut count = 0;
            while spent.wait(budget, NOW).is_zero() {
                spent.charge(budget.take(NOW, Millis::ZERO));
                count += 1;
            }
            assert_eq!((count, spent.wait(budget, NOW).get()), (burst, period), "{budget:?}");
            let others = Budget::ALL.into_iter().filter(|other| *other != budget);
            assert!(others.map(|other| spent.wait(other, NOW)).all(Millis::is_zero));
            spent.charge(budget.give_back(NOW, 2));
            spent.charge(budget.take(NOW, Millis::new(5)));
            assert_eq!(spent.wait(budget, NOW).get(), 5, "{budget:?}");
            spent.charge(budget.give_back(NOW, u32::MAX));
            assert!(
                spent.wait(budget, NOW).is_zero() && spent.0[budget as usize] == Debt::default(),
                "{budget:?}"
            );
        }
    }

    #[test]
    fn a_list_that_a_later_charge_has_overtaken_takes_nothing_back() {
        let mut spent = Spent::default();
        let one = Budget::Idle.take(NOW, Millis::ZERO);
        (0..5).for_each(|_| spent.charge(one));
        let list = spent.charges().next().expect("five were taken");
        spent.charge(one);
        let six = spent;
        spent.charge(list);
        assert_eq!(spent, six);
        spent.charge(Charge { at: list.at + 200_001, ..list });
        assert_eq!(spent.0[0].0, six.0[0].0 + 1);
    }

    #[test]
    fn whoever_is_told_all_knows_as_much_however_often() {
        let mut spent = Spent::default();
        (0..3).for_each(|_| spent.charge(Budget::Idle.take(NOW, Millis::new(7))));
        spent.charge(Budget::Justified.take(NOW, Millis::ZERO));
        let mut told = Spent::default();
        for _ in 0..2 {
            spent.charges().for_each(|charge| told.charge(charge));
            assert_eq!(told, spent);
        }
        assert_eq!(Spent::default().charges().count(), 0);
    }
}
