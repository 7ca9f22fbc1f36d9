//! The one timer of a session.

use gloo_timers::callback::Timeout;

use crate::session::{Millis, Moment};

use super::shell::Shell;

/// By how many milliseconds two deadlines may differ and be the same: the clocks are read at
/// different moments.
const SAME: u64 = 1;

/// `setTimeout` takes a signed 32-bit number of milliseconds, and fires at once above it (HTML,
/// section 8.6). A timer for longer wakes early, finds nothing due, and is armed again.
const LONGEST: Millis = Millis::new(i32::MAX as u64);

/// The timer, and when it fires by the monotonic clock.
#[derive(Debug)]
pub(super) struct Alarm {
    due: i64,
    _timer: Timeout,
}

impl Alarm {
    /// Arms a timer that calls `Shell::tick` after `delay` or earlier. Dropping it cancels it.
    pub(super) fn after(delay: Millis, now: Moment, shell: &Shell) -> Self {
        // Rounded up: waking a fraction of a millisecond too early would only arm it again.
        let ms = delay.min(LONGEST - Millis::new(1)).get() as u32 + 1;
        let shell = shell.clone();
        Self { due: due(delay, now), _timer: Timeout::new(ms, move || shell.tick()) }
    }

    /// Whether it fires then.
    pub(super) fn is_for(&self, delay: Millis, now: Moment) -> bool {
        self.due.abs_diff(due(delay, now)) <= SAME
    }
}

fn due(delay: Millis, now: Moment) -> i64 {
    now.monotonic_ms().saturating_add(delay.signed())
}
