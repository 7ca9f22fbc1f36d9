//! The one timer of a session.

use std::time::Duration;

use super::super::{clock, timer};
use super::Driver;
use crate::session::Event;

/// By how many milliseconds the timer may fire early rather than be armed anew.
const ARMED_EARLY: i64 = 4;

impl Driver {
    /// Arms the timer, unless it is armed for the same moment: a thousand calls that wait for one refresh arm it once.
    pub(super) fn arm(&self) {
        let now = clock::now();
        let delay: Option<Duration> = self.0.machine.borrow().deadline(now);
        let due = delay.map(|delay| now.after(delay).monotonic_ms());
        let armed = self.0.timer.borrow().as_ref().map(|(due, _)| *due);
        // The clocks are read in whole milliseconds, and differ by one now and then.
        let is_same = |(armed, due): (i64, i64)| (0..=ARMED_EARLY).contains(&due.saturating_sub(armed));
        if armed.zip(due).map_or(armed == due, is_same) {
            return;
        }
        let timer = delay.zip(due).map(|(delay, due)| {
            let weak = self.weak();
            let tick = move || {
                weak.with(|driver| {
                    let fired = driver.0.timer.take();
                    driver.dispatch(Event::Tick);
                    drop(fired);
                });
            };
            (due, timer::after(delay, tick))
        });
        let previous = self.0.timer.replace(timer);
        drop(previous);
    }
}
