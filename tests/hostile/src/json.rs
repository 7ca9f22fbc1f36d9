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

    /// Of ISO 8601 what ends in `Z`; that will do.
    fn to_date(text: &str) -> f64 {
        utc(text).unwrap_or(f64::NAN)
    }
}

/// `2026-11-28T13:38:53.230262Z` in milliseconds since 1970.
fn utc(text: &str) -> Option<f64> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(day, '-')?;
    let [hours, minutes, seconds] = numbers(time, ':')?;
    // Years that begin in March end in their leap day.
    let (year, month) = if month > 2.0 { (year, month - 3.0) } else { (year - 1.0, month + 9.0) };
    let leap_days = (year / 4.0).floor() - (year / 100.0).floor() + (year / 400.0).floor();
    let of_year = ((153.0 * month + 2.0) / 5.0).floor() + day - 1.0;
    let days = year * 365.0 + leap_days + of_year - 719_468.0;
    Some((((days * 24.0 + hours) * 60.0 + minutes) * 60.0 + seconds) * 1000.0)
}

fn numbers(text: &str, between: char) -> Option<[f64; 3]> {
    let numbers: Option<Vec<f64>> = text.split(between).map(|number| number.parse().ok()).collect();
    numbers?.try_into().ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read() {
        assert_eq!(JsonObject::to_date("1970-01-01T00:00:00Z"), 0.0);
        assert_eq!(JsonObject::to_date("2023-11-14T22:13:20.5Z"), 1_700_000_000_500.0);
        assert_eq!(JsonObject::to_date("2024-02-29T00:00:00Z"), 1_709_164_800_000.0);
        assert!(JsonObject::to_date("2023-11-14").is_nan());
    }
}
