//! The one timer of a session.

use gloo_timers::callback::Timeout;

use super::super::{clock, timer};
use super::Driver;
use crate::session::{Event, Millis};

/// By how many milliseconds two answers may differ and be the same: the clocks are read at other moments.
const SAME: u64 = 1;

/// The timer, and when it fires by the monotonic clock.
#[derive(Debug)]
pub(super) struct Alarm {
    due: i64,
    _timer: Timeout,
}

impl Driver {
    /// Arms the timer for what is due next, unless it is armed for that already.
    pub(super) fn arm(&self) {
        let now = clock::now();
        let delay: Option<Millis> = self.0.machine.borrow().deadline(now);
        let due = delay.map(|delay| now.monotonic_ms().saturating_add(delay.signed()));
        let armed = self.0.alarm.borrow().as_ref().map(|alarm| alarm.due);
        let is_same = match (due, armed) {
            (Some(due), Some(armed)) => due.abs_diff(armed) <= SAME,
            (due, armed) => due == armed,
        };
        if is_same {
            return;
        }
        let alarm = delay.zip(due).map(|(delay, due)| {
            let weak = self.weak();
            let fired = move || {
                weak.with(|driver| {
                    let fired = driver.0.alarm.take();
                    driver.dispatch(Event::Tick);
                    drop(fired);
                });
            };
            Alarm { due, _timer: timer::after(delay, fired) }
        });
        let previous = self.0.alarm.replace(alarm);
        drop(previous);
    }
}
