//! The lock, as the Web Locks API has it: first come, first served, and one may take it by force.

use std::collections::VecDeque;

use silent_session::session::AttemptId;

use super::tab::TabId;

#[derive(Debug)]
struct Request {
    tab: TabId,
    attempt: AttemptId,
    /// Whom it found there, and who has it to its knowledge.
    found: Option<TabId>,
}

#[derive(Debug, Default)]
pub struct LockManager {
    holder: Option<(TabId, AttemptId)>,
    queue: VecDeque<Request>,
    /// How often it was taken by force.
    pub stolen: usize,
}

impl LockManager {
    pub fn holder(&self) -> Option<(TabId, AttemptId)> {
        self.holder
    }

    pub fn is_free(&self) -> bool {
        self.holder.is_none() && self.queue.is_empty()
    }

    pub fn ask(&mut self, tab: TabId, attempt: AttemptId) {
        let found = self.holder.map(|(holder, _)| holder).or(self.queue.front().map(|first| first.tab));
        self.queue.push_back(Request { tab, attempt, found });
    }

    /// Gives it to the next, if it is free: to whom, and whether that one had to wait.
    pub fn grant(&mut self) -> Option<(TabId, AttemptId, bool)> {
        if self.holder.is_some() {
            return None;
        }
        let Request { tab, attempt, found } = self.queue.pop_front()?;
        self.holder = Some((tab, attempt));
        Some((tab, attempt, found.is_some()))
    }

    /// Whether somebody else has it than at the last look.
    pub fn has_moved(&mut self, attempt: AttemptId) -> bool {
        let holder = self.holder.map(|(holder, _)| holder);
        let request = self.queue.iter_mut().find(|request| request.attempt == attempt);
        request.is_some_and(|request| std::mem::replace(&mut request.found, holder) != holder)
    }

    /// Takes it, if it has not moved.
    pub fn steal(&mut self, tab: TabId, attempt: AttemptId) -> bool {
        if self.has_moved(attempt) || !self.queue.iter().any(|request| request.attempt == attempt) {
            return false;
        }
        self.queue.retain(|request| request.attempt != attempt);
        self.holder = Some((tab, attempt));
        self.stolen += 1;
        true
    }

    pub fn release(&mut self, attempt: AttemptId) {
        self.queue.retain(|request| request.attempt != attempt);
        self.holder.take_if(|(_, held)| *held == attempt);
    }

    pub fn forget(&mut self, tab: TabId) {
        self.queue.retain(|request| request.tab != tab);
        self.holder.take_if(|(holder, _)| *holder == tab);
    }
}
