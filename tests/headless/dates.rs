//! Dates that are later than everything in a page, and believed: within the year.
#![allow(unreachable_pub, dead_code, reason = "each test program uses a part")]

use js_sys::Date;
use silent_session::session::{EpochId, Subject};
use wasm_bindgen::UnwrapThrowExt as _;

/// The session of the fixtures. It began in the year 2100, and they are frozen.
const FROZEN: &str = "03bb2cc3d80000112233445566778899";
const FROZEN_MS: &str = "4102444800000";
/// The check value of alice in it.
const FROZEN_ALICE: &str = "d1f08e197e94d837";

thread_local! {
    /// In a day, by milliseconds since 1970.
    static TOMORROW: u64 = (Date::now() + 86_400_000.0) as u64;
}

/// A session that is later than all sessions of the tests: the same throughout a page.
pub fn late() -> String {
    TOMORROW.with(|tomorrow| format!("{tomorrow:012x}{}", &FROZEN[12..]))
}

/// A fixture, with its session and the date of its messages brought within the year.
pub fn dated(fixture: &str) -> String {
    let epoch = EpochId::parse(&late()).unwrap_throw();
    let alice = format!("{:016x}", Subject::new("alice", None).digest(epoch));
    let tomorrow = TOMORROW.with(u64::to_string);
    fixture.replace(FROZEN, &late()).replace(FROZEN_MS, &tomorrow).replace(FROZEN_ALICE, &alice)
}
