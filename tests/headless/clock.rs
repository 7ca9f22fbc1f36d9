//! The clocks of a page, stopped and set by hand.
#![allow(unreachable_pub, reason = "what wasm-bindgen binds is public or private")]

use wasm_bindgen::prelude::*;

use super::fake::go_on;

#[wasm_bindgen(module = "/tests/headless/fake.js")]
extern "C" {
    pub type StoppedClock;
    #[wasm_bindgen(constructor)]
    fn new() -> StoppedClock;
    #[wasm_bindgen(method)]
    fn advance(this: &StoppedClock, ms: f64);
    #[wasm_bindgen(method)]
    fn resume(this: &StoppedClock);
}

/// While this lives, the wall clock and the monotonic clock stand still; timers run.
pub struct Stopped(StoppedClock);

impl Stopped {
    pub fn now() -> Self {
        Self(StoppedClock::new())
    }

    pub fn advance(&self, ms: f64) {
        self.0.advance(ms);
    }

    /// They go on from where they stand. When this is dropped they jump to where they would be, which a session may take
    /// for a sleep.
    pub fn resume(&self) {
        self.0.resume();
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        go_on();
    }
}
