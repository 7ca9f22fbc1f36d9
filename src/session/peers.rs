//! The other tabs: what they say, who they are, and whether their answers are waited for.

use std::time::Duration;

use super::id::{EpochId, TabId};
use super::memo::Begun;
use super::status::EndReason;
use super::time::{Deadline, Moment};
use super::token::{AccessToken, Grant, Subject};

/// How long the answers of other tabs are waited for. A message is up to some milliseconds behind the lock; a tab that
/// is busy, or hidden, takes longer. Waiting saves a refresh, and costs at most this.
pub(crate) const ANSWER_PATIENCE: Duration = Duration::from_millis(100);

/// And where one of them is known to have what is asked for.
const NEWS_PATIENCE: Duration = Duration::from_secs(1);

/// Tabs remembered. With more than this, some are asked without being waited for.
const MOST_SIBLINGS: usize = 64;

/// What one tab says to all others of its session. It may be lost, late or out of order: it saves work, and nothing
/// depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerMessage {
    /// Here I am: answer with what you have.
    Hello,
    /// Here I am, and have nothing to give.
    Here,
    /// A token.
    Offered(Offer),
    /// A session has begun, or goes on; its token is not handed over.
    Began(Begun),
    /// Every session that had begun by then is over.
    Over {
        /// The last one, or later.
        until: EpochId,
        /// Why.
        reason: EndReason,
    },
    /// A worker wants a better token than the one that it has: a page may refresh for it.
    Wanted {
        /// Of which sign-in the one that it has is; `None` where it has none.
        epoch: Option<EpochId>,
        /// How long ago that came.
        age: Duration,
    },
    /// I am about to refresh.
    Coming,
    /// I am going.
    Bye,
}

/// A token that is handed over. All about it is relative, for the monotonic clocks of two tabs have nothing in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Of which sign-in.
    pub epoch: EpochId,
    /// The token.
    pub token: AccessToken,
    /// Whose it is, by the token itself.
    pub subject: Option<Subject>,
    /// How long it lived from when it came; `None` where the server did not say.
    pub lifetime: Option<Duration>,
    /// How long ago it came, when the message was sent.
    pub age: Duration,
    /// When the message was sent: milliseconds since 1970. A message to a frozen tab waits.
    pub sent: i64,
}

impl Offer {
    /// What a tab says of the token in its hand.
    pub(crate) fn of(grant: &Grant, epoch: EpochId, now: Moment) -> Self {
        Self {
            epoch,
            token: grant.token.clone(),
            subject: grant.subject.clone(),
            lifetime: grant.lifetime,
            age: now.since(grant.received),
            sent: now.wall_ms(),
        }
    }

    /// The same as a grant of this tab's, by its own clocks.
    pub(crate) fn grant(self, now: Moment) -> Grant {
        let transit = Duration::from_millis(now.wall_ms().saturating_sub(self.sent).max(0).unsigned_abs());
        Grant {
            token: self.token,
            received: now.before(self.age.saturating_add(transit)),
            lifetime: self.lifetime,
            subject: self.subject,
        }
    }
}

/// Who is there, and whether they were asked.
#[derive(Debug)]
pub(crate) struct Peers {
    pub(crate) me: TabId,
    siblings: Vec<TabId>,
    inquiry: Option<Inquiry>,
}

/// A question that is out to all tabs.
#[derive(Debug)]
struct Inquiry {
    ends: Deadline,
    /// Whose answer is missing; `None` where nobody knows who there is.
    missing: Option<Vec<TabId>>,
    /// The answers are waited for; else another tab has asked, and it is only heard who answers.
    is_ours: bool,
}

impl Peers {
    pub(crate) fn new(me: TabId) -> Self {
        Self { me, siblings: Vec::new(), inquiry: None }
    }

    /// The tabs that were heard of last.
    pub(crate) fn siblings(&self) -> &[TabId] {
        &self.siblings
    }

    /// A question is out: to all that are known, or to whoever may be there.
    pub(crate) fn ask(&mut self, now: Moment, known: bool) {
        let missing = (known && !self.siblings.is_empty()).then(|| self.siblings.clone());
        self.inquiry = Some(Inquiry { ends: Deadline::new(now, ANSWER_PATIENCE), missing, is_ours: true });
    }

    /// One of those that are known has what is asked for: it is waited for longer.
    pub(crate) fn be_patient(&mut self, now: Moment) {
        if let Some(inquiry) = self.inquiry.as_mut().filter(|inquiry| inquiry.missing.is_some()) {
            inquiry.ends = Deadline::new(now, NEWS_PATIENCE);
        }
    }

    /// Another tab has asked all: who does not answer it is not there any more.
    pub(crate) fn overhear(&mut self, now: Moment) {
        if self.inquiry.is_none() {
            self.ask(now, true);
            self.inquiry = self.inquiry.take().map(|inquiry| Inquiry { is_ours: false, ..inquiry });
        }
    }

    /// How long an answer may still be waited for; `None` when there is none to wait for.
    pub(crate) fn answer_wait(&self, now: Moment) -> Option<Duration> {
        let inquiry = self.inquiry.as_ref()?;
        Some(inquiry.ends.remaining(now)).filter(|left| inquiry.is_ours && !left.is_zero())
    }

    /// Ends the question whose time is over. Who did not answer is not waited for again.
    pub(crate) fn look(&mut self, now: Moment) {
        if let Some(inquiry) = self.inquiry.take_if(|inquiry| inquiry.ends.is_due(now)) {
            let missing = inquiry.missing.unwrap_or_default();
            self.siblings.retain(|sibling| !missing.contains(sibling));
        }
    }

    /// A tab has given a sign of life.
    pub(crate) fn heard(&mut self, from: TabId) {
        if !self.siblings.contains(&from) && self.siblings.len() < MOST_SIBLINGS {
            self.siblings.push(from);
        }
        self.cross_out(from);
    }

    /// A tab has gone.
    pub(crate) fn forget(&mut self, from: TabId) {
        self.siblings.retain(|sibling| *sibling != from);
        self.cross_out(from);
    }

    /// Nobody is known any more, and nobody asked.
    pub(crate) fn forget_all(&mut self) {
        self.siblings.clear();
        self.inquiry = None;
    }

    fn cross_out(&mut self, from: TabId) {
        if let Some(missing) = self.inquiry.as_mut().and_then(|inquiry| inquiry.missing.as_mut()) {
            missing.retain(|sibling| *sibling != from);
            if missing.is_empty() {
                self.inquiry = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::new(1_000_000, 0);

    fn tab(number: u64) -> TabId {
        TabId::draw(&mut || number)
    }

    fn peers(siblings: &[u64]) -> Peers {
        let mut peers = Peers::new(tab(0));
        siblings.iter().for_each(|number| peers.heard(tab(*number)));
        peers
    }

    #[test]
    fn a_question_is_over_when_all_have_answered() {
        let mut peers = peers(&[1, 2]);
        peers.ask(NOW, true);
        peers.heard(tab(3));
        peers.heard(tab(1));
        assert!(peers.answer_wait(NOW).is_some());
        peers.forget(tab(2));
        assert_eq!(peers.answer_wait(NOW), None);
    }

    #[test]
    fn who_does_not_answer_in_time_is_not_waited_for_again() {
        let mut peers = peers(&[1, 2]);
        peers.ask(NOW, true);
        peers.heard(tab(1));
        let later = Moment::new(1_000_100, 100);
        peers.look(later);
        assert_eq!(peers.answer_wait(later), None);
        assert_eq!(peers.siblings(), [tab(1)]);
    }

    #[test]
    fn a_question_of_another_tab_is_not_waited_for_and_tells_who_is_there() {
        let mut peers = peers(&[1, 2]);
        peers.overhear(NOW);
        assert_eq!(peers.answer_wait(NOW), None);
        peers.heard(tab(1));
        peers.look(Moment::new(1_000_100, 100));
        assert_eq!(peers.siblings(), [tab(1)]);
    }

    #[test]
    fn where_nobody_is_known_one_waits_for_anybody() {
        let mut peers = peers(&[]);
        peers.ask(NOW, true);
        peers.heard(tab(1));
        assert_eq!(peers.answer_wait(NOW), Some(ANSWER_PATIENCE));
    }

    #[test]
    fn a_bounded_number_is_remembered() {
        let numbers: Vec<u64> = (1..200).collect();
        assert_eq!(peers(&numbers).siblings().len(), MOST_SIBLINGS);
    }

    #[test]
    fn a_token_keeps_its_age_from_tab_to_tab_whatever_their_clocks_show() {
        let grant = Grant {
            token: AccessToken::new("t"),
            received: Moment::new(940_000, -60_000),
            lifetime: Some(Duration::from_secs(900)),
            subject: None,
        };
        let offer = Offer::of(&grant, EpochId::draw(&mut || 1, 0, None), NOW);
        assert_eq!(offer.age, Duration::from_secs(60));
        // Another tab, whose monotonic clock began elsewhere, frozen for ten seconds.
        let there = Moment::new(1_010_000, 7_777_777);
        let handed_over = offer.clone().grant(there);
        assert_eq!(there.since(handed_over.received), Duration::from_secs(70));
        // A clock that was set back in the meantime makes nothing younger than it was when it was sent.
        let set_back = Moment::new(500_000, 7_777_777);
        assert_eq!(set_back.since(offer.grant(set_back).received), Duration::from_secs(60));
    }
}
