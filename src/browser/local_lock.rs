//! Turns among the sessions of one page, where the browser has no locks for all of them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// One that waits, or has it: which one, and whom to tell.
type Waiting = (u32, Rc<dyn Fn(bool)>);

thread_local! {
    /// By name; the first of each has it.
    static LINES: RefCell<Vec<(String, VecDeque<Waiting>)>> = const { RefCell::new(Vec::new()) };
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

/// A lock that was asked for, or is held. Dropping it withdraws the request, or releases the lock.
#[must_use = "a lock that is dropped is released"]
pub(crate) struct LocalLock {
    name: String,
    id: u32,
}

impl LocalLock {
    /// Asks for it; `granted` is called when it is held, with whether somebody else had it first: at once if not.
    pub(crate) fn request(name: &str, granted: impl Fn(bool) + 'static) -> Self {
        let id = NEXT.replace(NEXT.get().wrapping_add(1));
        let granted: Rc<dyn Fn(bool)> = Rc::new(granted);
        let is_free = LINES.with_borrow_mut(|lines| {
            let index = lines.iter().position(|(line, _)| line == name).unwrap_or_else(|| {
                lines.push((name.into(), VecDeque::new()));
                lines.len() - 1
            });
            let waiting = &mut lines[index].1;
            waiting.push_back((id, granted.clone()));
            waiting.len() == 1
        });
        if is_free {
            granted(false);
        }
        Self { name: name.into(), id }
    }
}

impl Drop for LocalLock {
    fn drop(&mut self) {
        let next = LINES.with_borrow_mut(|lines| {
            let (_, waiting) = lines.iter_mut().find(|(line, _)| *line == self.name)?;
            let had_it = waiting.front().is_some_and(|(id, _)| *id == self.id);
            waiting.retain(|(id, _)| *id != self.id);
            waiting.front().filter(|_| had_it).map(|(_, granted)| granted.clone())
        });
        if let Some(granted) = next {
            granted(true);
        }
    }
}
