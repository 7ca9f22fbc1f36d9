//! What holds of each tab at any moment, and is checked on the way.

use silent_session::session::{Denial, EndReason, Event, Progress, Reply, Status, Ticket};

use super::browser::World;
use super::tab::{Tab, TabId};

/// A tab's own time: it stands still while the tab is frozen, or the machine sleeps.
#[derive(Debug, Default)]
pub struct Awake {
    /// For how long it has stood still, in milliseconds, until the tab was frozen.
    still: i64,
    frozen_since: Option<i64>,
}

impl Awake {
    /// What it shows at `now`.
    fn at(&self, now: i64) -> i64 {
        self.frozen_since.unwrap_or(now) - self.still
    }

    pub(super) fn freeze(&mut self, now: i64) {
        self.frozen_since.get_or_insert(now);
    }

    pub(super) fn thaw(&mut self, now: i64) {
        self.still += self.frozen_since.take().map_or(0, |since| now - since);
    }

    /// The machine has slept for so long.
    pub(super) fn sleep(&mut self, ms: i64) {
        if self.frozen_since.is_none() {
            self.still += ms;
        }
    }
}

impl World {
    /// A caller waits from now on, if it is one whose patience counts: neither a login nor a sign-out.
    pub(super) fn begin_to_wait(&mut self, tab: TabId, ticket: Ticket, event: &Event) {
        let is_caller = matches!(
            event,
            Event::TokenWanted { .. }
                | Event::RenewalWanted { .. }
                | Event::TokenRejected { .. }
                | Event::CookieChanged { .. }
        );
        let tab = &mut self.tabs[tab.0];
        if is_caller {
            tab.callers.insert(ticket, tab.awake.at(self.now));
        }
    }

    /// A caller is answered, within its patience.
    pub(super) fn end_waiting(&mut self, tab: TabId, ticket: Ticket) {
        if let Some(since) = self.tabs[tab.0].callers.remove(&ticket) {
            self.tabs[tab.0].check_patience(since, self.now);
        }
    }

    /// Whoever waits in vain while a login function has the turn is told so: nothing was sent to a server that could be silent.
    pub(super) fn check_names_login(&self, tab: TabId, answer: &Result<Reply, Denial>) {
        let Tab { session, login_turn, .. } = &self.tabs[tab.0];
        let runs_login = login_turn.is_some() && session.progress() == Progress::Sent;
        let is_vague = matches!(answer, Err(Denial::Unavailable { .. }));
        assert!(!(runs_login && is_vague), "a caller that waits for a login is not told so: {answer:?}");
    }

    /// No caller has waited for longer than its patience, but while its tab was frozen or the machine slept.
    pub fn check_patience(&self) {
        for tab in self.tabs.iter().filter(|tab| tab.runs()) {
            tab.callers.values().for_each(|since| tab.check_patience(*since, self.now));
        }
    }
}

impl Tab {
    fn check_patience(&self, since: i64, now: i64) {
        let (waited, patience) = (self.awake.at(now) - since, self.deploy.config.patience);
        assert!(
            waited <= patience.signed(),
            "a caller has waited for {waited} ms; its patience is {patience:?}"
        );
    }

    /// What must hold whenever the status has changed. `rejections`: how often the server has refused a refresh, or, where others
    /// say that it has, how often a session was replaced. `number`: which token is shown, in the order in which the server has
    /// issued them.
    pub fn check_published(&mut self, status: &Status, rejections: u32, number: Option<u32>) {
        let before = self.published.last();
        if let Some(Status::Active { epoch, .. }) = before
            && !matches!(status, Status::Active { epoch: now, .. } if now == epoch)
        {
            self.over.push(*epoch);
        }
        match status {
            Status::Active { epoch, .. } => {
                let was_ended = matches!(before, Some(Status::Ended { .. }));
                assert!(self.may_begin || !was_ended, "a refresh has resurrected an ended session");
                assert!(!self.over.contains(epoch), "a session that was over here has come back");
                let is_later = self.left_alone.is_none_or(|left| *epoch > left);
                assert!(is_later, "a page that restores nothing shows a session from before it began");
                if !matches!(before, Some(Status::Active { .. })) {
                    self.rejections = rejections;
                }
                let is_same = matches!(before, Some(Status::Active { epoch: its, .. }) if its == epoch);
                assert!(
                    !is_same || number.is_none() || number >= self.number,
                    "an older token has replaced a newer one"
                );
            }
            Status::Ended { reason: EndReason::Rejected | EndReason::None, elsewhere } => {
                // The word of another tab may come after the token of a third.
                let before = if *elsewhere { 0 } else { self.rejections };
                assert!(rejections > before, "ended without a word of the server");
            }
            Status::Ended { .. } | Status::Unknown { .. } | Status::Closed => {}
        }
        assert_ne!(before, Some(status), "published without a change");
        self.published.push(status.clone());
        self.number = number;
    }
}
