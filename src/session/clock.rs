//! The clocks of this page: their last reading, and the latest date that is believed.

use crate::session::report::Report;
use crate::session::storage::horizon::Horizon;
use crate::session::time::{Millis, Moment};

/// Time after a jump during which messages may have waited for the tab to run.
const JUST_WOKEN: Millis = Millis::from_secs(1);

/// The clocks of this page.
#[derive(Debug)]
pub(crate) struct Clock {
    /// The reading at the event before.
    last: Option<Moment>,
    /// The last moment when the wall clock had lost time, and how much.
    lost: Option<(Moment, Millis)>,
    /// The latest date that is believed.
    pub(crate) horizon: Horizon,
}

impl Default for Clock {
    fn default() -> Self {
        Self { last: None, lost: None, horizon: Horizon::after(0) }
    }
}

impl Clock {
    /// Notes a reading. Returns a report if one of the clocks has jumped since the last reading.
    pub(crate) fn read(&mut self, now: Moment) -> Option<Report> {
        self.horizon = self.horizon.max(Horizon::after(now.wall_ms()));
        let (wall_ms, monotonic_ms) = self.last.replace(now)?.jump_to(now)?;
        self.lost = Some((now, Millis::between(wall_ms, monotonic_ms)));
        Some(Report::ClockJumped { wall_ms, monotonic_ms })
    }

    /// Returns the last reading.
    pub(crate) fn last(&self) -> Option<Moment> {
        self.last
    }

    /// Returns the additional age of a message that is received now, right after a jump: its date
    /// is too late by that.
    pub(crate) fn lost(&self, now: Moment) -> Millis {
        let is_recent = |(at, _): &(Moment, Millis)| now.since(*at) < JUST_WOKEN;
        self.lost.filter(is_recent).map_or(Millis::ZERO, |(_, lost)| lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_that_the_wall_clock_has_lost_counts_for_a_second() {
        let mut clock = Clock::default();
        assert_eq!(clock.read(Moment::new(1_000_000, 0)), None);
        assert_eq!(clock.read(Moment::new(1_001_000, 1_000)), None);
        let jumped = Report::ClockJumped { wall_ms: 0, monotonic_ms: 60_000 };
        assert_eq!(clock.read(Moment::new(1_001_000, 61_000)), Some(jumped));
        for (later, lost) in [(0, 60_000), (999, 60_000), (1_000, 0)] {
            assert_eq!(
                clock.lost(Moment::new(1_001_000 + later, 61_000 + later)),
                Millis::new(lost),
                "{later}"
            );
        }
        let ahead = Report::ClockJumped { wall_ms: 90_000, monotonic_ms: 0 };
        assert_eq!(clock.read(Moment::new(1_091_000, 61_000)), Some(ahead));
        assert_eq!(clock.lost(Moment::new(1_091_000, 61_000)), Millis::ZERO);
    }
}
