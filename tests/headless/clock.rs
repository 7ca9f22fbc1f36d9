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
}

impl Drop for Stopped {
    fn drop(&mut self) {
        go_on();
    }
}
