//! The clocks of a page, stopped and set by hand.
#![allow(unreachable_pub, reason = "what wasm-bindgen binds is public or private")]

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/tests/headless/fake.js")]
extern "C" {
    pub type StoppedClock;
    #[wasm_bindgen(constructor)]
    fn new() -> StoppedClock;
    #[wasm_bindgen(method)]
    pub fn advance(this: &StoppedClock, ms: f64);
    #[wasm_bindgen(method, js_name = goOn)]
    fn go_on(this: &StoppedClock);
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
        self.0.go_on();
    }
}
