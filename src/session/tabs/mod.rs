//! The other tabs: what they say, who they are, and whether their answers are waited for.

pub(crate) mod replies;

use crate::session::id::{Entropy, EpochId, TabId};
use crate::session::status::EndReason;
use crate::session::storage::note::{Note, Noted};
use crate::session::storage::stored::Fingerprint;
use crate::session::tabs::replies::{Debt, FEW, Replies};
use crate::session::time::{Deadline, Millis, Moment};
use crate::session::token::{AccessToken, Grant, Subject};

/// How long the answers of other tabs are waited for. A message is up to some milliseconds behind the lock; a tab that
/// is busy, or hidden, takes longer. Waiting saves a refresh, and costs at most this.
pub(crate) const ANSWER_PATIENCE: Millis = Millis::new(100);

/// And where one of them is known to have what is asked for.
const NEWS_PATIENCE: Millis = Millis::from_secs(1);

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
    Began(Fingerprint),
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
        age: Millis,
    },
    /// I am about to refresh.
    Coming,
    /// A refresh was sent that failed, or that no token's lifetime required: one for which nobody waits may have to wait.
    Tried,
    /// What I have noted of refreshes.
    Noted(Noted),
    /// I am going.
    Bye,
}

impl PeerMessage {
    /// Whether it says what its tab has: somebody may have asked for that.
    pub(crate) fn is_reply(&self) -> bool {
        matches!(self, Self::Here | Self::Offered(_) | Self::Began(_) | Self::Over { .. })
    }
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
    pub lifetime: Option<Millis>,
    /// How long ago it came, when the message was sent.
    pub age: Millis,
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
        Grant {
            token: self.token,
            received: now.before(self.age + now.wall_since(self.sent)),
            lifetime: self.lifetime,
            subject: self.subject,
        }
    }
}

/// Who is there, and whether they were asked.
#[derive(Debug)]
pub(crate) struct Tabs {
    pub(crate) me: TabId,
    siblings: Vec<TabId>,
    inquiry: Option<Inquiry>,
    /// There were many before the page was put away, and who is left will be known in a moment.
    was_crowd: bool,
    /// What this tab has to reply.
    pub(crate) replies: Replies,
    /// The notes of this event, which the other tabs are about to be told.
    pub(crate) notes: Vec<Note>,
    /// Whether there is a tab that cannot read what is stored.
    pub(crate) has_unkept: bool,
    /// Until when this tab accepts what others know of third tabs.
    pub(crate) listens_until: Option<Deadline>,
    /// Whether storage was cleared while this page lived: pages that come later may get another lock by the same name.
    pub(crate) cleared: bool,
}

/// A question that is out to all tabs.
#[derive(Debug)]
struct Inquiry {
    ends: Deadline,
    /// Whose answer is missing; `None` where nobody knows who there is.
    missing: Option<Vec<TabId>>,
    /// The answers are waited for; else another tab has asked, and it is only heard who answers.
    is_ours: bool,
    /// Somebody has replied. Of many tabs one does for all.
    has_reply: bool,
    /// A token is known to be there: no reply without it will do.
    is_news: bool,
}

impl Tabs {
    pub(crate) fn new(me: TabId) -> Self {
        Self {
            me,
            siblings: Vec::new(),
            inquiry: None,
            was_crowd: false,
            replies: Replies::default(),
            notes: Vec::new(),
            has_unkept: false,
            listens_until: None,
            cleared: false,
        }
    }

    /// The tabs that were heard of last.
    pub(crate) fn siblings(&self) -> &[TabId] {
        &self.siblings
    }

    /// A question is out: to all that are known, or to whoever may be there.
    pub(crate) fn ask(&mut self, now: Moment, known: bool) {
        let missing = (known && !self.siblings.is_empty()).then(|| self.siblings.clone());
        let ends = Deadline::new(now, ANSWER_PATIENCE);
        self.inquiry = Some(Inquiry { ends, missing, is_ours: true, has_reply: false, is_news: false });
    }

    /// One of those that are known has what is asked for: it is waited for longer.
    pub(crate) fn be_patient(&mut self, now: Moment) {
        if let Some(inquiry) = self.inquiry.as_mut().filter(|inquiry| inquiry.missing.is_some()) {
            inquiry.ends = Deadline::new(now, NEWS_PATIENCE);
            inquiry.is_news = true;
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
    pub(crate) fn answer_wait(&self, now: Moment) -> Option<Millis> {
        let inquiry = self.inquiry.as_ref()?;
        Some(inquiry.ends.remaining(now)).filter(|left| inquiry.is_ours && !left.is_zero())
    }

    /// Ends the question whose time is over. Who did not answer is not waited for again; of many tabs one answers for all.
    pub(crate) fn look(&mut self, now: Moment) {
        if let Some(inquiry) = self.inquiry.take_if(|inquiry| inquiry.ends.is_due(now)) {
            self.was_crowd = false;
            if inquiry.has_reply && self.is_crowd() {
                return;
            }
            let missing = inquiry.missing.unwrap_or_default();
            self.siblings.retain(|sibling| !missing.contains(sibling));
        }
    }

    /// Whether there are so many that one replies for all.
    pub(crate) fn is_crowd(&self) -> bool {
        self.siblings.len() > FEW || self.was_crowd
    }

    /// Whether this tab is to reply at once; else it owes the reply.
    pub(crate) fn owe(&mut self, debt: Debt, now: Moment, entropy: &mut impl Entropy) -> bool {
        let is_crowd = self.is_crowd();
        if !is_crowd || self.replies.may_speak(self.me, now) {
            return true;
        }
        let place = self.siblings.iter().filter(|sibling| **sibling < self.me).count();
        self.replies.owe(debt, place, now, entropy);
        false
    }

    /// This tab has replied to the others. In a crowd it has replied for all: who keeps silent then is still there.
    pub(crate) fn replied(&mut self, now: Moment) {
        self.replies.spoke(self.me, now);
        if let Some(inquiry) = &mut self.inquiry {
            inquiry.has_reply |= !inquiry.is_ours;
        }
    }

    /// A tab has said something.
    pub(crate) fn heard(&mut self, now: Moment, from: TabId, message: &PeerMessage) {
        if !self.siblings.contains(&from) && self.siblings.len() < MOST_SIBLINGS {
            self.siblings.push(from);
        }
        self.cross_out(from);
        if !message.is_reply() {
            return;
        }
        self.replies.spoke(from, now);
        let is_crowd = self.is_crowd();
        // A tab that has just begun knows nothing yet.
        let knows = *message != PeerMessage::Here;
        if let Some(inquiry) = &mut self.inquiry {
            inquiry.has_reply = true;
            let is_over = is_crowd && knows && inquiry.missing.is_some() && !inquiry.is_news;
            self.inquiry.take_if(|_| is_over);
        }
    }

    /// A tab has gone.
    pub(crate) fn forget(&mut self, from: TabId) {
        self.siblings.retain(|sibling| *sibling != from);
        self.replies.forget(from);
        self.cross_out(from);
    }

    /// Nobody is known any more, and nobody asked.
    pub(crate) fn forget_all(&mut self) {
        self.was_crowd |= self.is_crowd();
        self.siblings.clear();
        self.inquiry = None;
        self.replies.clear();
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

    fn peers(siblings: &[u64]) -> Tabs {
        let mut peers = Tabs::new(tab(0));
        siblings.iter().for_each(|number| peers.heard(NOW, tab(*number), &PeerMessage::Here));
        peers
    }

    #[test]
    fn a_question_is_over_when_all_have_answered() {
        let mut peers = peers(&[1, 2]);
        peers.ask(NOW, true);
        peers.heard(NOW, tab(3), &PeerMessage::Here);
        peers.heard(NOW, tab(1), &PeerMessage::Here);
        assert!(peers.answer_wait(NOW).is_some());
        peers.forget(tab(2));
        assert_eq!(peers.answer_wait(NOW), None);
    }

    #[test]
    fn who_does_not_answer_in_time_is_not_waited_for_again() {
        let mut peers = peers(&[1, 2]);
        peers.ask(NOW, true);
        peers.heard(NOW, tab(1), &PeerMessage::Here);
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
        peers.heard(NOW, tab(1), &PeerMessage::Here);
        peers.look(Moment::new(1_000_100, 100));
        assert_eq!(peers.siblings(), [tab(1)]);
    }

    #[test]
    fn where_nobody_is_known_one_waits_for_anybody() {
        let mut peers = peers(&[]);
        peers.ask(NOW, true);
        peers.heard(NOW, tab(1), &PeerMessage::Here);
        assert_eq!(peers.answer_wait(NOW), Some(ANSWER_PATIENCE));
    }

    #[test]
    fn few_tabs_all_reply_and_of_many_the_one_that_spoke_last() {
        let owes = |peers: &mut Tabs| !peers.owe(Debt::State, NOW, &mut || 0);
        assert!(!owes(&mut peers(&[1, 2, 3, 4])));
        let mut many = peers(&[1, 2, 3, 4, 5]);
        assert!(owes(&mut many));
        many.replies.spoke(many.me, Moment::new(999_000, -1_000));
        assert!(!owes(&mut many));
        many.forget(tab(0));
        assert!(owes(&mut many));
        // Back from the cache it takes the others to be there still, until it has asked.
        many.forget_all();
        assert!(many.siblings().is_empty() && owes(&mut many));
        many.ask(NOW, true);
        many.look(Moment::new(1_000_100, 100));
        assert!(!owes(&mut many));
    }

    #[test]
    fn each_of_many_replies_in_its_place() {
        for (me, place) in [(1, 0), (3, 2), (6, 5)] {
            let mut many = peers(&[1, 2, 3, 4, 5, 6]);
            many.forget(tab(me));
            many.me = tab(me);
            assert!(!many.owe(Debt::State, NOW, &mut || 0));
            assert_eq!(many.replies.wait(NOW), Some(Millis::new(8 * place + 1)), "{me}");
            assert!(!many.replies.is_empty());
            many.forget_all();
            assert!(many.replies.is_empty());
        }
    }

    #[test]
    fn who_replies_for_a_crowd_knows_it_afterwards_and_who_is_one_of_few_learns_who_is_gone() {
        let later = Moment::new(1_000_200, 200);
        for (siblings, replies, known) in
            [(&[1, 2, 3, 4, 5][..], true, 5), (&[1, 2, 3, 4, 5], false, 0), (&[1, 2, 3, 4], true, 0)]
        {
            let mut peers = peers(siblings);
            peers.overhear(NOW);
            if replies {
                peers.replied(NOW);
            }
            peers.look(later);
            assert_eq!(peers.siblings().len(), known, "{siblings:?}, {replies}");
        }
        // A reply of its own is none to a question of its own.
        let mut asking = peers(&[1, 2, 3, 4, 5]);
        asking.ask(NOW, true);
        asking.replied(NOW);
        asking.look(later);
        assert_eq!(asking.siblings().len(), 0);
    }

    #[test]
    fn one_reply_of_many_ends_a_question_unless_a_token_is_known_to_be_there() {
        let began = PeerMessage::Began(Fingerprint {
            epoch: EpochId::draw(&mut || 1, 0, None),
            subject: None,
            person: None,
        });
        for (message, is_news, is_over) in
            [(PeerMessage::Here, false, false), (began.clone(), false, true), (began, true, false)]
        {
            let mut peers = peers(&[1, 2, 3, 4, 5]);
            peers.ask(NOW, true);
            if is_news {
                peers.be_patient(NOW);
            }
            peers.heard(NOW, tab(1), &message);
            assert_eq!(peers.answer_wait(NOW).is_none(), is_over, "{message:?}, {is_news}");
            peers.look(Moment::new(1_001_000, 1_000));
            assert_eq!(peers.siblings().len(), 5, "who keeps silent is not gone");
        }
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
            lifetime: Some(Millis::from_secs(900)),
            subject: None,
        };
        let offer = Offer::of(&grant, EpochId::draw(&mut || 1, 0, None), NOW);
        assert_eq!(offer.age, Millis::from_secs(60));
        // Another tab, whose monotonic clock began elsewhere, frozen for ten seconds.
        let there = Moment::new(1_010_000, 7_777_777);
        let handed_over = offer.clone().grant(there);
        assert_eq!(there.since(handed_over.received), Millis::from_secs(70));
        // A clock that was set back in the meantime makes nothing younger than it was when it was sent.
        let set_back = Moment::new(500_000, 7_777_777);
        assert_eq!(set_back.since(offer.grant(set_back).received), Millis::from_secs(60));
    }
}
