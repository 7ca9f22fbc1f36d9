//! What the auth server sees, half minute by half minute.

use std::ops::Range;

use crate::day::{Day, END};

/// Milliseconds that are counted together.
pub(crate) const BUCKET: i64 = 30_000;
/// Buckets of a minute.
const MINUTE: usize = 2;
/// How long a token lives. What an outage has brought together would come together again after that.
pub(crate) const LIFETIME: usize = 15 * MINUTE;
/// How long the server is looked at from one lifetime after the outage on.
const AFTER: usize = 240 * MINUTE;

/// Attempts to refresh, and what it took to make them.
#[derive(Clone, Debug)]
pub struct Load {
    outage: Range<usize>,
    attempts: Vec<u32>,
    /// How many more have come than have gone.
    entered: Vec<i32>,
    /// The most refreshes that one client has sent during the outage.
    most_of_one: u32,
    /// What the machines have handled.
    pub events: u64,
}

impl Load {
    pub(crate) fn new(day: &Day) -> Self {
        let outage = day.outage();
        let outage = bucket(outage.start)..bucket(outage.end);
        Self {
            outage,
            attempts: vec![0; bucket(END)],
            entered: vec![0; bucket(END)],
            most_of_one: 0,
            events: 0,
        }
    }

    pub(crate) fn attempt(&mut self, now: i64) {
        self.attempts[bucket(now)] += 1;
    }

    pub(crate) fn enter(&mut self, now: i64) {
        self.entered[bucket(now)] += 1;
    }

    pub(crate) fn leave(&mut self, now: i64) {
        self.entered[bucket(now)] -= 1;
    }

    /// Ends a client that has sent so many refreshes during the outage.
    pub(crate) fn ends(&mut self, attempts: u32) {
        self.most_of_one = self.most_of_one.max(attempts);
    }

    pub(crate) fn add(&mut self, other: &Load) {
        self.attempts.iter_mut().zip(&other.attempts).for_each(|(sum, count)| *sum += count);
        self.entered.iter_mut().zip(&other.entered).for_each(|(sum, count)| *sum += count);
        self.most_of_one = self.most_of_one.max(other.most_of_one);
        self.events += other.events;
    }

    /// Attempts per second.
    pub fn per_second(&self) -> impl Iterator<Item = f64> {
        self.attempts.iter().map(|count| f64::from(*count) * 1_000.0 / BUCKET as f64)
    }

    /// How many are signed in, half minute by half minute.
    fn there(&self) -> impl Iterator<Item = i32> {
        self.entered.iter().scan(0, |there, more| {
            *there += more;
            Some(*there)
        })
    }

    /// How many are signed in at the most.
    pub fn most_clients(&self) -> i32 {
        self.there().max().unwrap_or_default()
    }

    /// Refreshes per hour and client during the outage.
    pub fn rate(&self) -> f64 {
        self.rate_in(self.outage.clone())
    }

    /// The same in the hour before.
    pub fn usual_rate(&self) -> f64 {
        self.rate_in(self.hour_before())
    }

    /// The most refreshes that one client has sent during the outage.
    pub fn most_of_one(&self) -> u32 {
        self.most_of_one
    }

    fn rate_in(&self, buckets: Range<usize>) -> f64 {
        let there: f64 = self.there().skip(buckets.start).take(buckets.len()).map(f64::from).sum();
        let sent: f64 = self.attempts[buckets].iter().map(|count| f64::from(*count)).sum();
        let hours = there * BUCKET as f64 / 3_600_000.0;
        sent / hours.max(1.0)
    }

    /// The highest load during the outage, over the mean of the hour before.
    pub fn outage(&self) -> f64 {
        self.highest(self.outage.clone()) / self.usual()
    }

    /// The highest load in the lifetime of a token that begins with the end of the outage, over the mean of the hour
    /// before it.
    pub fn burst(&self) -> f64 {
        self.highest(self.outage.end..self.outage.end + LIFETIME) / self.usual()
    }

    /// How long it takes until there is a half minute of no more than one and a half times that mean: minutes.
    pub fn burst_minutes(&self) -> f64 {
        let most = 1.5 * self.usual();
        let after = self.attempts.iter().skip(self.outage.end);
        after.take_while(|count| f64::from(**count) > most).count() as f64 / MINUTE as f64
    }

    /// What follows: the highest load over the mean of the lifetime around it, in the four hours that begin one lifetime
    /// after the end of the outage. Whatever comes together there, the outage has brought together.
    pub fn echo(&self) -> f64 {
        let first = self.outage.end + LIFETIME;
        let last = first + AFTER;
        let around = |bucket: usize| {
            // A whole lifetime, and nothing of the burst.
            let begin = (bucket - LIFETIME / 2).clamp(first, last - LIFETIME);
            &self.attempts[begin..begin + LIFETIME]
        };
        let ratio = |bucket| f64::from(self.attempts[bucket]) / mean(around(bucket)).max(1.0);
        (first..last).map(ratio).fold(0.0, f64::max)
    }

    fn highest(&self, buckets: Range<usize>) -> f64 {
        f64::from(self.attempts[buckets].iter().copied().max().unwrap_or_default())
    }

    fn usual(&self) -> f64 {
        mean(&self.attempts[self.hour_before()])
    }

    fn hour_before(&self) -> Range<usize> {
        self.outage.start - 60 * MINUTE..self.outage.start
    }
}

fn mean(counts: &[u32]) -> f64 {
    counts.iter().map(|count| f64::from(*count)).sum::<f64>() / counts.len().max(1) as f64
}

fn bucket(at: i64) -> usize {
    usize::try_from(at / BUCKET).unwrap_or_default()
}
