//! How long the auth server takes to reply to a refresh.

use std::f64::consts::TAU;

use super::Seed;

/// A distribution of reply times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Replies {
    /// No time at all, beside that of the network.
    #[default]
    AtOnce,
    /// Some 100 ms, each time.
    Steady,
    /// Log-normal: 100 ms at the median, more than 3 s one time in a hundred.
    LogNormal,
    /// A serverless function: 50 ms, or 3 to 8 s one time in twenty.
    ColdStarts,
    /// Mostly quick; one in ten takes up to 20 s: longer than the default time-out.
    PastTheTimeout,
}

impl Replies {
    /// The next one, in milliseconds.
    pub fn draw(self, seed: &mut Seed) -> i64 {
        // From ]0, 1].
        let mut part = || ((seed.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
        let between = |part: f64, from: f64, to: f64| from + (to - from) * part;
        let ms = match self {
            Self::AtOnce => 0.0,
            Self::Steady => between(part(), 80.0, 120.0),
            Self::LogNormal => {
                // Of a standard normal variable one in a hundred is above 2.326.
                let deviation = (3_000.0_f64 / 100.0).ln() / 2.326;
                let normal = (-2.0 * part().ln()).sqrt() * (TAU * part()).cos();
                100.0 * (deviation * normal).exp()
            }
            Self::ColdStarts if part() <= 0.05 => between(part(), 3_000.0, 8_000.0),
            Self::ColdStarts => 50.0,
            Self::PastTheTimeout if part() <= 0.1 => between(part(), 1_000.0, 20_000.0),
            Self::PastTheTimeout => 50.0,
        };
        ms as i64
    }
}
