//! JavaScript's objects as records: claims go through the browser's own parser, and messages are
//! objects.

use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::format::{Record, Value};

#[wasm_bindgen]
extern "C" {
    // Rust's own conversions would bring their tables along.
    #[wasm_bindgen(js_name = Number)]
    fn to_number(text: &str) -> f64;
    #[wasm_bindgen(js_name = String)]
    fn to_text(number: f64) -> String;
}

fn member(object: &JsValue, name: &str) -> JsValue {
    if !object.is_object() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

fn is_record(value: &JsValue) -> bool {
    value.is_object() && !Array::is_array(value)
}

impl Record for JsValue {
    fn member(&self, name: &str) -> Value {
        let value = member(self, name);
        if value.is_undefined() {
            return Value::Absent;
        }
        if value.is_null() {
            return Value::Null;
        }
        let number = value.as_f64().map(Value::Number);
        number.or_else(|| value.as_string().map(Value::Text)).unwrap_or(Value::Other)
    }

    fn record(&self, name: &str) -> Option<Self> {
        Some(member(self, name)).filter(is_record)
    }

    fn parse(json: &str) -> Option<Self> {
        JSON::parse(json).ok().filter(is_record)
    }

    fn to_number(text: &str) -> f64 {
        to_number(text)
    }

    fn to_text(number: f64) -> String {
        to_text(number)
    }
}
