//! The other tabs: what they say, who they are, and whether their answers are waited for.

pub(crate) mod message;
pub(crate) mod replies;

use crate::session::id::{Entropy, TabId};
use crate::session::storage::note::Note;
use crate::session::tabs::message::PeerMessage;
use crate::session::tabs::replies::{Debt, FEW, Replies};
use crate::session::time::{Deadline, Millis, Moment};

/// How long the answers of other tabs are waited for. A message is up to some milliseconds behind the lock; a tab that
/// is busy, or hidden, takes longer. Waiting saves a refresh, and costs at most this.
pub(crate) const ANSWER_PATIENCE: Millis = Millis::new(100);

/// And where one of them is known to have what is asked for.
const NEWS_PATIENCE: Millis = Millis::from_secs(1);

/// Tabs remembered. With more than this, some are asked without being waited for.
const MOST_SIBLINGS: usize = 64;

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
mod tests;
