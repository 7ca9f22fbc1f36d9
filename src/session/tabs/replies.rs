//! The choice of the tab that replies when another one has asked all.
//!
//! A message reaches all tabs of a session. If each replied to each, messages would grow as the
//! square of the tabs. So one tab replies: the one that spoke last, which all have heard. If it has
//! gone or is frozen, the others reply a moment later, each after its own delay. A tab that
//! receives a reply as good as its own stays silent.
//!
//! A tab that knows only a few others replies in any case. So few tabs know exactly which tabs are
//! there.

use crate::session::id::{Entropy, EpochId, TabId};
use crate::session::renewal::backoff::scale;
use crate::session::time::{Deadline, Millis, Moment};

/// Number of other tabs up to which all reply.
pub(crate) const FEW: usize = 4;

/// The delay per place in the order. It is usually longer than a message takes.
const PLACE: Millis = Millis::new(8);

/// The shortest delay, so that a tab which asks a moment later is served by the same reply.
const AT_LEAST: Millis = Millis::new(1);

/// Number of places. The last one still replies within the wait of the tab that has asked
/// ([`ANSWER_PATIENCE`](crate::session::tabs::ANSWER_PATIENCE)).
const PLACES: usize = 8;

/// A reply that a tab owes to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Debt {
    /// The state of the session in this tab.
    State,
    /// The end of sessions, because another tab has mentioned one of them.
    End,
    /// Help for a worker that needs a better token than one of this session and this age.
    Help { epoch: Option<EpochId>, age: Millis },
}

/// The replies of one tab.
#[derive(Debug, Default)]
pub(crate) struct Replies {
    /// The tab that spoke last, and when.
    speaker: Option<(TabId, Moment)>,
    owed: Vec<(Debt, Deadline)>,
}

impl Replies {
    /// Notes that a tab has replied.
    pub(crate) fn spoke(&mut self, tab: TabId, now: Moment) {
        self.speaker = Some((tab, now));
    }

    /// Notes that a tab has gone.
    pub(crate) fn forget(&mut self, tab: TabId) {
        self.speaker.take_if(|(speaker, _)| *speaker == tab);
    }

    /// Forgets all owed replies, and the tab that spoke last.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether this tab spoke last, but not just now. One reply serves all tabs that ask together.
    pub(crate) fn may_speak(&self, me: TabId, now: Moment) -> bool {
        self.speaker.is_some_and(|(speaker, at)| speaker == me && now.since(at) >= PLACE)
    }

    /// Owes a reply. It is due after the delay of `place`, unless another tab replies before.
    pub(crate) fn owe(&mut self, debt: Debt, place: usize, now: Moment, entropy: &mut impl Entropy) {
        let is_kind = |owed: &Debt| std::mem::discriminant(owed) == std::mem::discriminant(&debt);
        if !self.owed.iter().any(|(owed, _)| is_kind(owed)) {
            let places = place.min(PLACES - 1) as u64;
            let pause = PLACE * places + scale(PLACE, entropy) + AT_LEAST;
            self.owed.push((debt, Deadline::new(now, pause)));
        }
    }

    /// Cancels owed replies that another tab has made needless.
    pub(crate) fn cancel(&mut self, is_needless: impl Fn(&Debt) -> bool) {
        self.owed.retain(|(debt, _)| !is_needless(debt));
    }

    /// Takes an owed reply that is due.
    pub(crate) fn due(&mut self, now: Moment) -> Option<Debt> {
        let index = self.owed.iter().position(|(_, due)| due.is_due(now))?;
        Some(self.owed.swap_remove(index).0)
    }

    /// Whether no reply is owed.
    pub(crate) fn is_empty(&self) -> bool {
        self.owed.is_empty()
    }

    /// Returns the time until a reply is due.
    pub(crate) fn wait(&self, now: Moment) -> Option<Millis> {
        self.owed.iter().map(|(_, due)| due.remaining(now)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reply_serves_all_that_ask_together() {
        let me = TabId::draw(&mut || 1);
        let mut replies = Replies::default();
        assert!(!replies.may_speak(me, NOW));
        replies.spoke(me, NOW);
        for (passed, may_speak) in [(0, false), (7, false), (8, true), (10_000, true)] {
            assert_eq!(replies.may_speak(me, Moment::new(1_000_000 + passed, passed)), may_speak, "{passed}");
        }
    }

    const NOW: Moment = Moment::new(1_000_000, 0);

    #[test]
    fn each_replies_in_its_place_and_all_in_time_unless_one_has() {
        for (place, least) in [(0, 0), (3, 24), (7, 56), (63, 56)] {
            let mut replies = Replies::default();
            replies.owe(Debt::State, place, NOW, &mut || u64::MAX);
            replies.owe(Debt::State, 0, NOW, &mut || 0);
            let wait = replies.wait(NOW).unwrap().get();
            assert!((least + 1..=least + 8).contains(&wait), "{place}: {wait}");
            let later = Moment::new(1_000_065, 65);
            assert_eq!(replies.due(later), Some(Debt::State));
            assert_eq!(replies.due(later), None);
            assert!(replies.is_empty());
        }
        let mut replies = Replies::default();
        replies.owe(Debt::State, 0, NOW, &mut || 0);
        replies.owe(Debt::End, 0, NOW, &mut || 0);
        replies.cancel(|debt| *debt == Debt::State);
        let later = Moment::new(1_000_009, 9);
        assert_eq!((replies.due(later), replies.due(later)), (Some(Debt::End), None));
    }
}
