//! What happens inside, as plain objects for the app's metrics and logs.

use crate::session::{AttemptId, Millis, Report};

use super::plain::Members;
use super::snapshot::{add_status, sign_out_failure};

/// Durations are in seconds, as in the options. The shell adds `at`, and makes an error of `failure`.
pub(super) fn of(report: Report) -> Members {
    let mut members = Members::default();
    members.word("type", name(&report));
    match report {
        Report::RefreshStarted { id } => add_attempt(&mut members, id),
        Report::RefreshSettled { id, outcome, took, is_late } => {
            let failure = outcome.err();
            add_attempt(&mut members, id);
            members.word("outcome", failure.map_or("renewed", |failure| failure.kind().as_str()));
            add_status(&mut members, failure.as_ref());
            add_seconds(&mut members, took);
            members.flag("late", is_late);
        }
        Report::Adopted => {}
        Report::SignOutSettled { status, tries, failure } => {
            members.word("outcome", status.as_str());
            members.number("tries", tries.into());
            if let Some(failure) = failure {
                members.word("kind", failure.failure.kind().as_str());
                add_status(&mut members, Some(&failure.failure));
                members.object("failure", sign_out_failure(&failure));
            }
        }
        Report::Deferred { why, wait } => {
            members.word("reason", why.as_str());
            add_seconds(&mut members, wait);
        }
        Report::Ended { reason, elsewhere } => {
            members.word("reason", reason.as_str());
            members.flag("elsewhere", elsewhere);
        }
        Report::ClockJumped { wall_ms, monotonic_ms } => {
            members.number("wall", wall_ms as f64 / 1000.0);
            members.number("monotonic", monotonic_ms as f64 / 1000.0);
        }
    }
    members
}

fn name(report: &Report) -> &'static str {
    match report {
        Report::RefreshStarted { .. } => "refresh-started",
        Report::RefreshSettled { .. } => "refresh-settled",
        Report::Adopted => "adopted",
        Report::SignOutSettled { .. } => "sign-out-settled",
        Report::Deferred { .. } => "deferred",
        Report::Ended { .. } => "ended",
        Report::ClockJumped { .. } => "clock-jumped",
    }
}

/// Enough of an attempt id to find it in the server's log, and too little to be taken for it.
fn add_attempt(members: &mut Members, id: AttemptId) {
    let mut digits = id.to_hex();
    digits.truncate(8);
    members.text("attempt", digits);
}

fn add_seconds(members: &mut Members, duration: Millis) {
    members.number("duration", duration.get() as f64 / 1000.0);
}
