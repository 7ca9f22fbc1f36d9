//! The pace of a server: the duration of its replies, as a measure for one that is outstanding.

use crate::session::time::Millis;

/// The fraction of the slowest reply that is forgotten with each quicker one, as a divisor. Half of
/// it is left after 22.
const FORGOTTEN: u64 = 32;

/// The fraction of the usual time by which it follows each reply, as a divisor.
const STEP: u64 = 8;

/// The pace of a server that was not measured yet.
const UNKNOWN: Pace = Pace { slowest: Millis::ZERO, usual: Millis::new(250) };

/// The pace of a server, in whole milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The duration of the slowest recent reply.
    pub slowest: Millis,
    /// The median duration of the replies.
    pub usual: Millis,
}

impl Default for Pace {
    fn default() -> Self {
        UNKNOWN
    }
}

impl Pace {
    /// Returns the pace after a single reply.
    pub(crate) fn of(took: Millis) -> Self {
        Self { slowest: took, usual: took }
    }

    /// Returns the pace after one more reply.
    pub(crate) fn after(before: Option<Self>, took: Millis) -> Self {
        let Some(Self { slowest, usual }) = before else { return Self::of(took) };
        let (slowest, usual, took) = (slowest.get(), usual.get(), took.get());
        // A running median: each reply moves it by one step towards itself, whatever the distance.
        let step = usual / STEP + 1;
        let usual = took.clamp(usual.saturating_sub(step), usual.saturating_add(step));
        let remembered = slowest - slowest.div_ceil(FORGOTTEN);
        Self { slowest: Millis::new(took.max(remembered)), usual: Millis::new(usual) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(replies: impl IntoIterator<Item = u64>) -> (u64, u64) {
        let pace = replies
            .into_iter()
            .fold(None, |before, took| Some(Pace::after(before, Millis::new(took))))
            .unwrap_or_default();
        (pace.slowest.get(), pace.usual.get())
    }

    #[test]
    fn a_slow_reply_is_remembered_for_a_day_of_short_lifetimes() {
        assert_eq!(after([5_000]), (5_000, 5_000));
        let (slowest, _) = after([5_000].into_iter().chain([50; 22]));
        assert!((2_400..=2_600).contains(&slowest), "{slowest}");
        let (slowest, _) = after([5_000].into_iter().chain([50; 300]));
        assert_eq!(slowest, 50);
    }

    #[test]
    fn a_few_slow_replies_do_not_move_what_is_usual() {
        let (_, usual) = after([50; 20].into_iter().chain([8_000]));
        assert_eq!(usual, 57);
        let (_, usual) = after([50, 5_000, 50, 50, 60, 4_000, 45, 50, 50].into_iter().cycle().take(90));
        assert!((45..=70).contains(&usual), "{usual}");
    }

    #[test]
    fn a_server_that_becomes_slow_is_known_to_be_so_after_some_replies() {
        let (_, usual) = after([50; 20].into_iter().chain([1_000; 30]));
        assert_eq!(usual, 1_000);
    }

    #[test]
    fn no_reply_is_too_long() {
        let longest = Millis::MAX;
        let pace = Pace::after(Some(Pace::of(longest)), longest);
        assert!(Pace::after(Some(pace), Millis::ZERO).usual > Millis::ZERO);
    }
}
