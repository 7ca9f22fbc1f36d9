//! Binds the auth server and the API of `../surface/fake.js`.
#![allow(unreachable_pub, reason = "what wasm-bindgen binds is public or private")]

use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/tests/surface/fake.js")]
extern "C" {
    pub type FakeServer;
    #[wasm_bindgen(constructor)]
    pub fn new() -> FakeServer;
    #[wasm_bindgen(method, getter)]
    pub fn fetch(this: &FakeServer) -> Function;
    #[wasm_bindgen(method)]
    pub fn token(this: &FakeServer) -> String;
    #[wasm_bindgen(method)]
    pub fn revoke(this: &FakeServer);
    #[wasm_bindgen(method, js_name = holdRefresh)]
    pub fn hold_refresh(this: &FakeServer);
    #[wasm_bindgen(method, js_name = letGo)]
    pub fn let_go(this: &FakeServer);
    #[wasm_bindgen(method)]
    pub fn count(this: &FakeServer, part: &str) -> usize;
    #[wasm_bindgen(method)]
    pub fn member(this: &FakeServer, part: &str, index: usize, name: &str) -> JsValue;
}
