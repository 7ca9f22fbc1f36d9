//! What the auth server sees, half minute by half minute.

use crate::day::{END, OUTAGE_BEGINS, OUTAGE_ENDS};

/// Milliseconds that are counted together.
pub(crate) const BUCKET: i64 = 30_000;
/// A quarter of an hour, in buckets: how long a token lives. What an outage has brought together would come together again
/// after that.
const LIFETIME: usize = 30;
/// How long it takes until everybody has been served who waited for its end: five minutes.
const RECOVERY: usize = 10;
/// How long after that is looked at: four hours.
const AFTER: usize = 480;

/// Attempts to refresh, and what it took to make them.
#[derive(Clone, Debug)]
pub struct Load {
    attempts: Vec<u32>,
    /// Who is signed in now.
    pub clients: i64,
    /// And at the most.
    pub most_clients: i64,
    /// What the machines have handled.
    pub events: u64,
}

impl Default for Load {
    fn default() -> Self {
        let buckets = usize::try_from(END / BUCKET).unwrap_or_default();
        Self { attempts: vec![0; buckets], clients: 0, most_clients: 0, events: 0 }
    }
}

impl Load {
    pub(crate) fn attempt(&mut self, now: i64) {
        self.attempts[bucket(now)] += 1;
    }

    pub(crate) fn add(&mut self, other: &Load) {
        self.attempts.iter_mut().zip(&other.attempts).for_each(|(sum, count)| *sum += count);
        self.most_clients += other.most_clients;
        self.events += other.events;
    }

    /// Attempts per second.
    pub fn per_second(&self) -> impl Iterator<Item = f64> {
        self.attempts.iter().map(|count| f64::from(*count) * 1_000.0 / BUCKET as f64)
    }

    /// The highest load after the recovery, over the mean of the quarter of an hour around it: in the four hours that begin
    /// five minutes after the outage's end.
    pub fn after_recovery(&self) -> f64 {
        let first = bucket(OUTAGE_ENDS) + RECOVERY;
        let last = (first + AFTER).min(self.attempts.len());
        let around = |bucket: usize| {
            let begin = bucket.saturating_sub(LIFETIME / 2).max(first);
            &self.attempts[begin..(begin + LIFETIME).min(last)]
        };
        (first..last)
            .map(|bucket| f64::from(self.attempts[bucket]) / mean(around(bucket)).max(1.0))
            .fold(0.0, f64::max)
    }

    /// The highest load in the five minutes of the recovery, over the mean of the hour before the outage.
    pub fn recovery(&self) -> f64 {
        self.highest(bucket(OUTAGE_ENDS)..bucket(OUTAGE_ENDS) + RECOVERY) / self.usual()
    }

    /// The highest load during the outage, over the mean of the hour before.
    pub fn outage(&self) -> f64 {
        self.highest(bucket(OUTAGE_BEGINS)..bucket(OUTAGE_ENDS)) / self.usual()
    }

    fn highest(&self, buckets: std::ops::Range<usize>) -> f64 {
        f64::from(self.attempts[buckets].iter().copied().max().unwrap_or_default())
    }

    fn usual(&self) -> f64 {
        let end = bucket(OUTAGE_BEGINS);
        mean(&self.attempts[end - 120..end])
    }
}

fn mean(counts: &[u32]) -> f64 {
    counts.iter().map(|count| f64::from(*count)).sum::<f64>() / counts.len().max(1) as f64
}

fn bucket(at: i64) -> usize {
    usize::try_from(at / BUCKET).unwrap_or_default()
}
