//! The one timer of a session.

use super::super::{clock, timer};
use super::Driver;
use crate::session::{Event, Millis};

impl Driver {
    /// Arms it for what is due next. Cheap, whatever waits: the machine knows what is due first.
    pub(super) fn arm(&self) {
        let delay: Option<Millis> = self.0.machine.borrow().deadline(clock::now());
        let timer = delay.map(|delay| {
            let weak = self.weak();
            timer::after(delay, move || weak.dispatch(Event::Tick))
        });
        let previous = self.0.timer.replace(timer);
        drop(previous);
    }
}
