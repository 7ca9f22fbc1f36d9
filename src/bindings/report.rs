//! What happens inside, as plain objects for the app's metrics and logs.

use js_sys::{Date, Function, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::{JsCast as _, JsValue};

use super::errors;
use crate::session::{AttemptId, RefreshFailure, Report};

/// Durations in seconds, as in the options; times in milliseconds since 1970.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
enum SessionEvent {
    RefreshStarted {
        at: f64,
        attempt: String,
    },
    RefreshSettled {
        at: f64,
        attempt: String,
        outcome: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        duration: f64,
        late: bool,
    },
    Adopted {
        at: f64,
    },
    IdentityMissing {
        at: f64,
    },
    Deferred {
        at: f64,
        reason: &'static str,
        duration: f64,
    },
    SignOutSettled {
        at: f64,
        outcome: &'static str,
        tries: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        kind: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
    },
    Ended {
        at: f64,
        reason: &'static str,
        elsewhere: bool,
    },
    ClockJumped {
        at: f64,
        wall: f64,
        monotonic: f64,
    },
}

/// Tells the app, if it has asked to be told.
pub(super) fn tell(listener: &Function, report: Report, cause: Option<JsValue>) {
    let Some(event) = event(report, Date::now()) else { return };
    let Ok(event) = event.serialize(&serde_wasm_bindgen::Serializer::new()) else { return };
    if let Report::SignOutSettled { failure: Some(failure), .. } = report {
        let error = errors::from_sign_out(&failure, cause);
        // Setting a member of a plain object of ours cannot throw.
        let _ = Reflect::set(&event, &JsValue::from_str("error"), &error);
    }
    let event = Object::freeze(event.unchecked_ref::<Object>());
    // The entry's own function: what the app's throws, it reports.
    let _ = listener.call1(&JsValue::UNDEFINED, &event);
}

fn event(report: Report, at: f64) -> Option<SessionEvent> {
    Some(match report {
        Report::RefreshStarted { id } => SessionEvent::RefreshStarted { at, attempt: name(id) },
        Report::RefreshSettled { id, outcome, took, is_late } => SessionEvent::RefreshSettled {
            at,
            attempt: name(id),
            outcome: outcome.map_or_else(|failure| failure.kind().as_str(), |()| "renewed"),
            status: outcome.err().as_ref().and_then(RefreshFailure::status),
            duration: took.get() as f64 / 1000.0,
            late: is_late,
        },
        Report::Adopted => SessionEvent::Adopted { at },
        Report::IdentityMissing => SessionEvent::IdentityMissing { at },
        Report::SignOutSettled { status, tries, failure } => {
            let failure = failure.map(|failure| failure.failure);
            SessionEvent::SignOutSettled {
                at,
                outcome: status.as_str(),
                tries,
                kind: failure.map(|failure| failure.kind().as_str()),
                status: failure.as_ref().and_then(RefreshFailure::status),
            }
        }
        Report::Deferred { why, wait } => {
            SessionEvent::Deferred { at, reason: why.as_str(), duration: wait.get() as f64 / 1000.0 }
        }
        Report::Ended { reason, elsewhere } => SessionEvent::Ended { at, reason: reason.as_str(), elsewhere },
        Report::ClockJumped { wall_ms, monotonic_ms } => SessionEvent::ClockJumped {
            at,
            wall: wall_ms as f64 / 1000.0,
            monotonic: monotonic_ms as f64 / 1000.0,
        },
    })
}

/// Enough of an attempt id to find it in the server's log, and too little to be taken for it.
fn name(id: AttemptId) -> String {
    let mut digits = id.to_hex();
    digits.truncate(8);
    digits
}
