//! How a session is, and how it stands to the other tabs: for people to look at. No secret.

use crate::session::{Moment, Session, SignOutProgress, TabId};

use super::plain::Members;
use super::random::Random;
use super::snapshot::sign_out_failure;

/// The members of `session.inspect()` that the machine knows.
pub(super) fn of(machine: &Session<Random>, now: Moment) -> Members {
    let (tab, tabs) = machine.tabs();
    let mut members = Members::default();
    members.word("version", env!("CARGO_PKG_VERSION"));
    members.word("phase", machine.status().name());
    members.word("progress", machine.progress().as_str());
    let deadline = machine.deadline(now).map(|wait| now.wall_ms().saturating_add(wait.signed()));
    members.whole_or_null("deadline", deadline);
    match machine.last_failure() {
        None => members.null("lastFailure"),
        Some((failure, at)) => {
            let mut last = Members::default();
            last.word("kind", failure.kind().as_str());
            last.whole_or_null("status", failure.status().map(i64::from));
            last.number("at", at as f64);
            members.object("lastFailure", last);
        }
    }
    match machine.sign_out_progress() {
        None => members.null("signOut"),
        Some(sign_out) => members.object("signOut", of_sign_out(&sign_out)),
    }
    members.text("tab", tab.to_hex());
    members.list("tabs", tabs.iter().map(|tab| TabId::to_hex(*tab)).collect());
    members
}

fn of_sign_out(sign_out: &SignOutProgress) -> Members {
    let mut members = Members::default();
    members.word("status", sign_out.status.as_str());
    members.whole_or_null("since", sign_out.asked);
    members.number("tries", sign_out.tries.into());
    members.whole_or_null("retryAt", sign_out.retry_at);
    if let Some(failure) = &sign_out.failure {
        members.object("failure", sign_out_failure(failure));
    }
    members
}
