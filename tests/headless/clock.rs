//! The clocks of a page, stopped and set by hand.
#![allow(unreachable_pub, reason = "what wasm-bindgen binds is public or private")]

use std::panic;
use std::sync::Once;

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/tests/headless/fake.js")]
extern "C" {
    pub type StoppedClock;
    #[wasm_bindgen(constructor)]
    fn new() -> StoppedClock;
    #[wasm_bindgen(method)]
    fn advance(this: &StoppedClock, ms: f64);
    #[wasm_bindgen(static_method_of = StoppedClock, js_name = goOn)]
    fn go_on();
}

/// While this lives, the wall clock and the monotonic clock stand still; timers run.
pub struct Stopped(StoppedClock);

impl Stopped {
    pub fn now() -> Self {
        static HOOK: Once = Once::new();
        // Nothing is dropped when a test fails; the next one would wait for ever.
        HOOK.call_once(|| {
            let before = panic::take_hook();
            panic::set_hook(Box::new(move |failure| {
                StoppedClock::go_on();
                before(failure);
            }));
        });
        Self(StoppedClock::new())
    }

    pub fn advance(&self, ms: f64) {
        self.0.advance(ms);
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        StoppedClock::go_on();
    }
}
