//! Plain objects for the shell, made in one way (serde-wasm-bindgen).
//!
//! What many functions call is compiled once: inlined, it makes the wasm 5 % larger.

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use wasm_bindgen::JsValue;

enum Plain {
    Null,
    Flag(bool),
    Number(f64),
    Word(&'static str),
    Text(String),
    List(Vec<String>),
    Object(Members),
}

/// The members of an object, in their order.
#[derive(Default)]
pub(super) struct Members(Vec<(&'static str, Plain)>);

impl Members {
    #[inline(never)]
    pub(super) fn null(&mut self, name: &'static str) {
        self.0.push((name, Plain::Null));
    }

    #[inline(never)]
    pub(super) fn flag(&mut self, name: &'static str, flag: bool) {
        self.0.push((name, Plain::Flag(flag)));
    }

    #[inline(never)]
    pub(super) fn number(&mut self, name: &'static str, number: f64) {
        self.0.push((name, Plain::Number(number)));
    }

    /// A whole number, such as a date in milliseconds, or null.
    #[inline(never)]
    pub(super) fn whole_or_null(&mut self, name: &'static str, number: Option<i64>) {
        self.0.push((name, number.map_or(Plain::Null, |number| Plain::Number(number as f64))));
    }

    #[inline(never)]
    pub(super) fn word(&mut self, name: &'static str, word: &'static str) {
        self.0.push((name, Plain::Word(word)));
    }

    #[inline(never)]
    pub(super) fn text(&mut self, name: &'static str, text: String) {
        self.0.push((name, Plain::Text(text)));
    }

    pub(super) fn list(&mut self, name: &'static str, list: Vec<String>) {
        self.0.push((name, Plain::List(list)));
    }

    #[inline(never)]
    pub(super) fn object(&mut self, name: &'static str, members: Members) {
        self.0.push((name, Plain::Object(members)));
    }

    /// Returns the object.
    #[inline(never)]
    pub(super) fn to_js(&self) -> JsValue {
        let serializer = serde_wasm_bindgen::Serializer::new()
            .serialize_maps_as_objects(true)
            .serialize_missing_as_null(true);
        self.serialize(&serializer).unwrap_or(JsValue::UNDEFINED)
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Word(word) => serializer.serialize_str(word),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(list) => serializer.collect_seq(list),
            Self::Object(members) => members.serialize(serializer),
        }
    }
}
