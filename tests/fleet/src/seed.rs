//! Chance from a seed, or none.

use silent_session::session::Entropy;

/// A small generator of good numbers (splitmix64).
#[derive(Clone, Debug)]
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `[0, 1)`.
    pub(crate) fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// How long until something that happens once in `mean` on average.
    pub(crate) fn until(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.part()).ln()
    }
}

/// What a client draws its jitter from.
#[derive(Clone, Debug)]
pub(crate) enum Chance {
    Seeded(Seed),
    /// All draw the same: there is no jitter. Ids are drawn from it as well, and have to differ.
    None(u64),
}

impl Chance {
    /// The next page draws others, or its ids would be those of this one.
    pub(crate) fn next_page(&mut self) {
        match self {
            Self::Seeded(seed) => *seed = Seed(seed.next()),
            Self::None(count) => *count += 1 << 20,
        }
    }
}

impl Entropy for Chance {
    fn next_u64(&mut self) -> u64 {
        match self {
            Self::Seeded(seed) => seed.next(),
            Self::None(count) => {
                *count += 1;
                // The middle, for all that is drawn; the last digits are enough for ids.
                (1 << 63) | *count
            }
        }
    }
}
