//! A JSON parser's objects, as records: what a browser's are to a page.

use serde_json::{Map, Value as Json};
use silent_session::format::{Record, Value};

/// A JSON object.
#[derive(Clone, Debug)]
pub(crate) struct JsonObject(Map<String, Json>);

impl Record for JsonObject {
    fn member(&self, name: &str) -> Value {
        match self.0.get(name) {
            None => Value::Absent,
            Some(Json::Null) => Value::Null,
            Some(Json::String(text)) => Value::Text(text.clone()),
            Some(Json::Number(number)) => Value::Number(number.as_f64().unwrap_or(f64::INFINITY)),
            Some(_) => Value::Other,
        }
    }

    fn record(&self, name: &str) -> Option<Self> {
        match self.0.get(name) {
            Some(Json::Object(members)) => Some(Self(members.clone())),
            _ => None,
        }
    }

    fn parse(json: &str) -> Option<Self> {
        match serde_json::from_str(json) {
            Ok(Json::Object(members)) => Some(Self(members)),
            _ => None,
        }
    }

    fn to_text(number: f64) -> String {
        number.to_string()
    }

    fn to_number(text: &str) -> f64 {
        // As `Number("")` is.
        if text.trim().is_empty() { 0.0 } else { text.trim().parse().unwrap_or(f64::NAN) }
    }
}

impl JsonObject {
    /// One with these members.
    pub(crate) fn new(members: Vec<(&'static str, Value)>) -> Self {
        let json = |value| match value {
            Value::Text(text) => Some(Json::String(text)),
            Value::Number(number) => serde_json::Number::from_f64(number).map(Json::Number),
            Value::Null => Some(Json::Null),
            Value::Absent | Value::Other => None,
        };
        Self(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json(value)?))).collect())
    }
}
