//! Identifiers, and the chance that they are drawn from.

/// Where random numbers come from: `crypto.getRandomValues` in a browser, a seeded generator in a test.
///
/// Chance is an argument; nothing in this layer draws any by itself.
pub trait Entropy {
    /// The next 64 random bits.
    fn next_u64(&mut self) -> u64;
}

impl<F: FnMut() -> u64> Entropy for F {
    fn next_u64(&mut self) -> u64 {
        self()
    }
}

/// 128 random bits, written as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct RandomId([u64; 2]);

impl RandomId {
    fn draw(entropy: &mut impl Entropy) -> Self {
        Self([entropy.next_u64(), entropy.next_u64()])
    }

    fn to_hex(self) -> String {
        let mut hex = String::with_capacity(32);
        for word in self.0 {
            for shift in (0..16).rev() {
                let nibble = (word >> (shift * 4)) & 0xf;
                hex.push(char::from_digit(nibble as u32, 16).unwrap_or('0'));
            }
        }
        hex
    }

    fn parse(hex: &str) -> Option<Self> {
        if hex.len() != 32 {
            return None;
        }
        let mut words = [0u64; 2];
        for (index, digit) in hex.chars().enumerate() {
            let word = &mut words[index / 16];
            *word = (*word << 4) | u64::from(digit.to_digit(16)?);
        }
        Some(Self(words))
    }
}

/// One sign-in: the same in all tabs and over every refresh, new at each sign-in. What is of another epoch is inert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EpochId(RandomId);

impl EpochId {
    /// A new one.
    pub fn draw(entropy: &mut impl Entropy) -> Self {
        Self(RandomId::draw(entropy))
    }

    /// 32 hexadecimal digits.
    pub fn to_hex(self) -> String {
        self.0.to_hex()
    }

    /// Reads what [`EpochId::to_hex`] wrote; `None` for anything else.
    pub fn parse(hex: &str) -> Option<Self> {
        RandomId::parse(hex).map(Self)
    }

    /// The bytes, to salt a digest with.
    pub(crate) fn bytes(self) -> impl Iterator<Item = u8> {
        self.0.0.into_iter().flat_map(u64::to_be_bytes)
    }
}

/// One turn at the wire: a try to refresh, a sign-in or a sign-out. Random, because the server sees it: it tells a
/// retry from a theft by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttemptId(RandomId);

impl AttemptId {
    /// A new one.
    pub fn draw(entropy: &mut impl Entropy) -> Self {
        Self(RandomId::draw(entropy))
    }

    /// 32 hexadecimal digits.
    pub fn to_hex(self) -> String {
        self.0.to_hex()
    }
}

/// A caller that waits for an answer. Whoever asks chooses it, and uses each one once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u32);

/// Which token of its epoch a request carried; counts from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_read_back_as_it_was_written() {
        let mut next = 0xfedc_ba98_7654_3210_u64;
        let epoch = EpochId::draw(&mut || {
            next = next.rotate_left(4);
            next
        });
        assert_eq!(epoch.to_hex(), "edcba9876543210fdcba9876543210fe");
        assert_eq!(EpochId::parse(&epoch.to_hex()), Some(epoch));
    }

    #[test]
    fn what_is_no_epoch_is_none() {
        for text in ["", "0", "zz", &"g".repeat(32), &"0".repeat(33), &"é".repeat(16)] {
            assert_eq!(EpochId::parse(text), None, "{text}");
        }
    }
}
