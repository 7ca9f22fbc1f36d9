//! JavaScript's objects, as records: they go through the browser's own parser, and claims are one in the end.

use js_sys::{Array, Date, JSON, Object, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::format::{Record, Value};

#[wasm_bindgen]
extern "C" {
    // Rust's own parser of numbers would bring its tables along.
    #[wasm_bindgen(js_name = Number)]
    fn to_number(text: &str) -> f64;
    #[wasm_bindgen(js_name = String)]
    fn to_text(number: f64) -> String;
}

/// A member of an object; undefined where there is none.
pub(crate) fn member(object: &JsValue, name: &str) -> JsValue {
    if !object.is_object() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// An object with these members.
pub(crate) fn object(members: impl IntoIterator<Item = (&'static str, Value)>) -> Object {
    let object = Object::new();
    for (name, value) in members {
        let value = match value {
            Value::Text(text) => JsValue::from(text),
            Value::Number(number) => JsValue::from(number),
            Value::Null => JsValue::NULL,
            Value::Absent | Value::Other => continue,
        };
        // A fresh object takes any member.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &value);
    }
    object
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

    fn to_date(text: &str) -> f64 {
        Date::parse(text)
    }

    fn to_number(text: &str) -> f64 {
        to_number(text)
    }

    fn to_text(number: f64) -> String {
        // Rust's own formatter of numbers would bring its tables along.
        to_text(number)
    }
}
