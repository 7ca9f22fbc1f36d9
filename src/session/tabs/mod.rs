//! The other tabs: their messages, their ids, and the wait for their replies.

pub(crate) mod message;
pub(crate) mod replies;

use crate::session::id::{Entropy, TabId};
use crate::session::storage::note::Note;
use crate::session::tabs::message::PeerMessage;
use crate::session::tabs::replies::{Debt, FEW, Replies};
use crate::session::time::{Deadline, Millis, Moment};

/// The wait for replies of other tabs. A message arrives some milliseconds after the lock; a busy
/// or hidden tab takes longer. The wait saves a refresh, and takes no longer than this. It is
/// extended once if this tab was blocked.
pub(crate) const ANSWER_PATIENCE: Millis = Millis::new(100);

/// The wait if one of them is known to have what is asked for.
const NEWS_PATIENCE: Millis = Millis::from_secs(1);

/// The delay from which a page that notices the end of the wait late counts as blocked.
const LATE: Millis = Millis::new(25);

/// Number of tabs that are remembered. Further tabs are asked, but not waited for.
const MOST_SIBLINGS: usize = 64;

/// The other tabs of the session, and what was asked of them.
#[derive(Debug)]
pub(crate) struct Tabs {
    pub(crate) me: TabId,
    siblings: Vec<TabId>,
    inquiry: Option<Inquiry>,
    /// Whether there were many before the page left. The tabs that remain will be known in a
    /// moment.
    was_crowd: bool,
    /// The replies that this tab owes.
    pub(crate) replies: Replies,
    /// The notes of this event, which are about to be sent to the other tabs.
    pub(crate) notes: Vec<Note>,
    /// Whether there is a tab that cannot read the stored entries.
    pub(crate) has_unkept: bool,
    /// The time until which this tab accepts what others know of third tabs.
    pub(crate) listens_until: Option<Deadline>,
    /// Whether storage was cleared while this page lived. Later pages may get another lock by the
    /// same name.
    pub(crate) cleared: bool,
}

/// A question to all tabs.
#[derive(Debug)]
struct Inquiry {
    ends: Deadline,
    /// The time from which its end is noticed late; `None` once it was extended for that.
    late: Option<Deadline>,
    /// The tabs that have not replied; `None` if the tabs are unknown.
    missing: Option<Vec<TabId>>,
    /// Whether this tab waits for the replies. Otherwise another tab has asked, and this one only
    /// notes which tabs reply.
    is_ours: bool,
    /// Whether a tab has replied. Of many tabs, one replies for all.
    has_reply: bool,
    /// Whether a tab is known to have a token. Then no reply without it suffices.
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

    /// Returns the tabs that were heard of last.
    pub(crate) fn siblings(&self) -> &[TabId] {
        &self.siblings
    }

    /// Asks all tabs: those that are known, or any that may be there.
    pub(crate) fn ask(&mut self, now: Moment, known: bool) {
        let missing = (known && !self.siblings.is_empty()).then(|| self.siblings.clone());
        let ends = Deadline::new(now, ANSWER_PATIENCE);
        let late = Some(Deadline::new(now, ANSWER_PATIENCE + LATE));
        self.inquiry = Some(Inquiry { ends, late, missing, is_ours: true, has_reply: false, is_news: false });
    }

    /// Extends the wait, because one of the known tabs has what is asked for.
    pub(crate) fn be_patient(&mut self, now: Moment) {
        if let Some(inquiry) = self.inquiry.as_mut().filter(|inquiry| inquiry.missing.is_some()) {
            inquiry.ends = Deadline::new(now, NEWS_PATIENCE);
            inquiry.late = Some(Deadline::new(now, NEWS_PATIENCE + LATE));
            inquiry.is_news = true;
        }
    }

    /// Extends the wait, once, if this page notices its end late. The page was blocked, so replies
    /// may be in its queue of events. Returns whether it did.
    pub(crate) fn extend_late(&mut self, now: Moment) -> bool {
        let Some(inquiry) = self.inquiry.as_mut().filter(|inquiry| inquiry.is_ours) else { return false };
        let is_late = inquiry.late.take_if(|late| late.is_due(now)).is_some();
        if is_late {
            inquiry.ends = Deadline::new(now, ANSWER_PATIENCE);
        }
        is_late
    }

    /// Notes that another tab has asked all. A tab that does not reply to it has gone.
    pub(crate) fn overhear(&mut self, now: Moment) {
        if self.inquiry.is_none() {
            self.ask(now, true);
            self.inquiry = self.inquiry.take().map(|inquiry| Inquiry { is_ours: false, ..inquiry });
        }
    }

    /// Returns how long to wait for replies; `None` if there is nothing to wait for.
    pub(crate) fn answer_wait(&self, now: Moment) -> Option<Millis> {
        let inquiry = self.inquiry.as_ref()?;
        Some(inquiry.ends.remaining(now)).filter(|left| inquiry.is_ours && !left.is_zero())
    }

    /// Ends a question whose time is over. A tab that did not reply is not waited for again. Of
    /// many tabs, one replies for all.
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

    /// Whether there are so many tabs that one replies for all.
    pub(crate) fn is_crowd(&self) -> bool {
        self.siblings.len() > FEW || self.was_crowd
    }

    /// Whether this tab should reply at once. Otherwise it owes the reply.
    pub(crate) fn owe(&mut self, debt: Debt, now: Moment, entropy: &mut impl Entropy) -> bool {
        let is_crowd = self.is_crowd();
        if !is_crowd || self.replies.may_speak(self.me, now) {
            return true;
        }
        let place = self.siblings.iter().filter(|sibling| **sibling < self.me).count();
        self.replies.owe(debt, place, now, entropy);
        false
    }

    /// Notes that this tab has replied to the others. In a crowd it has replied for all, so a
    /// silent tab is still there.
    pub(crate) fn replied(&mut self, now: Moment) {
        self.replies.spoke(self.me, now);
        if let Some(inquiry) = &mut self.inquiry {
            inquiry.has_reply |= !inquiry.is_ours;
        }
    }

    /// Notes a message of another tab.
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

    /// Notes that a tab has gone.
    pub(crate) fn forget(&mut self, from: TabId) {
        self.siblings.retain(|sibling| *sibling != from);
        self.replies.forget(from);
        self.cross_out(from);
    }

    /// Forgets all tabs, and the question to them.
    pub(crate) fn forget_all(&mut self) {
        self.was_crowd |= self.is_crowd();
        self.siblings.clear();
        self.inquiry = None;
        self.replies.clear();
    }

    fn cross_out(&mut self, from: TabId) {
        if let Some(missing) = self.inquiry.as_mut().and_then(|inquiry| inquiry.missing.as_mut()) {
            if let Some(index) = missing.iter().position(|sibling| *sibling == from) {
                missing.swap_remove(index);
            }
            if missing.is_empty() {
                self.inquiry = None;
            }
        }
    }
}

#[cfg(test)]
mod tests;
