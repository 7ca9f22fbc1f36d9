//! `crypto.getRandomValues`.

use js_sys::Uint32Array;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::session::Entropy;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(array: &Uint32Array);
}

/// Unpredictable numbers, also in an insecure context (Web Cryptography, section 10.1.1).
#[derive(Debug)]
pub(super) struct Random;

impl Entropy for Random {
    fn next_u64(&mut self) -> u64 {
        let words = Uint32Array::new_with_length(2);
        get_random_values(&words);
        (u64::from(words.get_index(0)) << 32) | u64::from(words.get_index(1))
    }
}
