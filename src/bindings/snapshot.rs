//! The frozen snapshot that the app sees.

use js_sys::{Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

use super::errors;
use crate::browser::{Driver, Inspection};
use crate::format::decode_claims;
use crate::session::Status;

#[wasm_bindgen(module = "/src/bindings/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = parseFrozen)]
    fn parse_frozen(json: &str) -> JsValue;
}

/// How a session is, and how it stands to the other tabs. Times in milliseconds since 1970, durations in seconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    version: &'static str,
    phase: &'static str,
    progress: &'static str,
    deadline: Option<f64>,
    skew: Option<f64>,
    last_failure: Option<LastFailure>,
    sign_out: Option<SignOut>,
    tab: &'a str,
    tabs: &'a [String],
    lock: &'static str,
    channel: bool,
    storage: bool,
}

#[derive(Serialize)]
struct LastFailure {
    kind: &'static str,
    status: Option<u16>,
    at: f64,
}

/// What has become of the last sign-out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignOut {
    status: &'static str,
    since: Option<f64>,
    tries: u32,
    retry_at: Option<f64>,
}

/// What [`Driver::inspect`] has found, as an object.
pub(super) fn of_inspection(inspection: &Inspection) -> JsValue {
    let failure = inspection.last_failure.as_ref();
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        phase: inspection.phase,
        progress: inspection.progress.as_str(),
        deadline: inspection.deadline,
        skew: inspection.skew,
        last_failure: failure.map(|(failure, at)| LastFailure {
            kind: failure.kind().as_str(),
            status: failure.status(),
            at: *at as f64,
        }),
        sign_out: inspection.sign_out.map(|sign_out| SignOut {
            status: sign_out.status.as_str(),
            since: sign_out.asked.map(milliseconds),
            tries: sign_out.tries,
            retry_at: sign_out.retry_at.map(milliseconds),
        }),
        tab: &inspection.tab,
        tabs: &inspection.tabs,
        lock: if inspection.shares_lock { "browser" } else { "page" },
        channel: inspection.has_channel,
        storage: inspection.has_storage,
    };
    let report = report.serialize(&serializer()).unwrap_or(JsValue::UNDEFINED);
    if let Some(sign_out) = inspection.sign_out {
        let error = sign_out.failure.map_or(JsValue::NULL, |failure| {
            errors::from_sign_out(&failure, inspection.sign_out_cause.clone())
        });
        // Setting a member of a plain object of ours cannot throw.
        let object = Reflect::get(&report, &JsValue::from_str("signOut")).unwrap_or(JsValue::UNDEFINED);
        let _ = Reflect::set(&object, &JsValue::from_str("error"), &error);
        Object::freeze(object.unchecked_ref::<Object>());
    }
    report
}

/// The members that are plain data; times in milliseconds since 1970.
#[derive(Serialize)]
#[serde(tag = "status", rename_all = "lowercase", rename_all_fields = "camelCase")]
enum Snapshot {
    Unknown {
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_at: Option<f64>,
    },
    Active {
        session: String,
        generation: u32,
        expires_at: Option<f64>,
        refresh_at: Option<f64>,
        elsewhere: bool,
    },
    Ended {
        reason: &'static str,
        elsewhere: bool,
    },
}

/// The snapshot of a status; `None` for a closed session, of which nothing is known any more.
pub(super) fn of(status: &Status, driver: &Driver) -> Option<JsValue> {
    let (snapshot, claims, failure) = match status {
        Status::Closed => return None,
        Status::Unknown { failure, retry_at } => {
            let snapshot = Snapshot::Unknown { retry_at: retry_at.map(milliseconds) };
            (snapshot, None, failure.zip(Some(*retry_at)))
        }
        Status::Active { epoch, generation, grant, failure, refresh_at, elsewhere } => {
            let claims =
                decode_claims(grant.token.reveal()).map_or(JsValue::NULL, |json| parse_frozen(&json));
            let snapshot = Snapshot::Active {
                session: epoch.to_hex(),
                generation: generation.0,
                expires_at: grant.expiry().map(|expiry| milliseconds(expiry.wall_ms())),
                refresh_at: refresh_at.map(milliseconds),
                elsewhere: *elsewhere,
            };
            (snapshot, Some(claims), failure.zip(Some(*refresh_at)))
        }
        Status::Ended { reason, elsewhere } => {
            (Snapshot::Ended { reason: reason.as_str(), elsewhere: *elsewhere }, None, None)
        }
    };
    let object: Object = snapshot.serialize(&serializer()).ok()?.unchecked_into();
    let error = failure.map(|(failure, retry_at)| errors::from_failure(failure, retry_at, driver));
    for (name, value) in [("claims", claims), ("error", error)] {
        if let Some(value) = value {
            Reflect::set(&object, &JsValue::from_str(name), &value).ok()?;
        }
    }
    Some(Object::freeze(&object).into())
}

fn milliseconds(at: i64) -> f64 {
    at as f64
}

fn serializer() -> serde_wasm_bindgen::Serializer {
    serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true)
}
