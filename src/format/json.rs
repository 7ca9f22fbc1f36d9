//! An object of JavaScript's, or one like it, as far as it is read here: members by name, each of a plain kind.
//!
//! The browser's own objects are one kind of record, those of a JSON parser another: so what comes from outside (answers,
//! tokens, messages) is read by the same code in a page and under a fuzzer.

use super::lifetime::Numeric;

/// What a member holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// There is none, or it is undefined.
    Absent,
    /// Null.
    Null,
    /// A string.
    Text(String),
    /// A number, which may be none (NaN) or infinite.
    Number(f64),
    /// Anything else.
    Other,
}

/// Something that has members.
pub trait Record: Sized {
    /// The member of this name.
    fn member(&self, name: &str) -> Value;

    /// The member, if it is an object itself, and no list.
    fn record(&self, name: &str) -> Option<Self>;

    /// Reads JSON; `None` for what is none, and for what is no object.
    fn parse(json: &str) -> Option<Self>;

    /// A number, read from a text as JavaScript's `Number` does: NaN where it is none.
    fn to_number(text: &str) -> f64;

    /// A date in milliseconds since 1970, read from a text as JavaScript's `Date.parse` does: NaN where it is none.
    fn to_date(text: &str) -> f64;

    /// The member, if it is a string.
    fn text(&self, name: &str) -> Option<String> {
        match self.member(name) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number as JavaScript's `String` writes it.
    fn to_text(number: f64) -> String;

    /// The member, a string, or a number, as servers of some languages write ids.
    fn label(&self, name: &str) -> Option<String> {
        match self.member(name) {
            Value::Text(text) => Some(text),
            Value::Number(number) => Some(Self::to_text(number)),
            _ => None,
        }
    }

    /// The member, a number, or a string of one, as servers of some languages write it.
    fn numeric(&self, name: &str) -> Numeric {
        match self.member(name) {
            Value::Absent | Value::Null => Numeric::Absent,
            Value::Number(number) => Numeric::new(number),
            // `Number("")` is zero.
            Value::Text(text) if text.trim().is_empty() => Numeric::Nonsense,
            Value::Text(text) => Numeric::new(Self::to_number(&text)),
            Value::Other => Numeric::Nonsense,
        }
    }
}

#[cfg(test)]
pub(crate) mod written {
    use super::{Record, Value};

    /// A record for tests, as it is written: members by name, and records among them.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Written {
        members: Vec<(&'static str, Value)>,
        records: Vec<(&'static str, Written)>,
    }

    impl Written {
        /// The same with this text.
        pub(crate) fn text(mut self, name: &'static str, text: &str) -> Self {
            self.members.push((name, Value::Text(text.into())));
            self
        }

        /// The same with this number.
        pub(crate) fn number(mut self, name: &'static str, number: f64) -> Self {
            self.members.push((name, Value::Number(number)));
            self
        }

        /// The same with something else: null, a list, true.
        pub(crate) fn value(mut self, name: &'static str, value: Value) -> Self {
            self.members.push((name, value));
            self
        }

        /// The same with a record in it.
        pub(crate) fn with(mut self, name: &'static str, record: Self) -> Self {
            self.members.push((name, Value::Other));
            self.records.push((name, record));
            self
        }
    }

    impl Record for Written {
        fn member(&self, name: &str) -> Value {
            let member = self.members.iter().find(|(its, _)| *its == name);
            member.map_or(Value::Absent, |(_, value)| value.clone())
        }

        fn record(&self, name: &str) -> Option<Self> {
            self.records.iter().find(|(its, _)| *its == name).map(|(_, record)| record.clone())
        }

        fn parse(_json: &str) -> Option<Self> {
            None
        }

        /// Knows one moment, in the forms in which it may be handed on.
        fn to_date(text: &str) -> f64 {
            let known = [
                "2023-11-14T22:13:20Z",
                "2023-11-14T22:13:20.000000Z",
                "2023-11-14T23:13:20+01:00",
                "2023-11-14T17:13:20-05:00",
                "Tue, 14 Nov 2023 22:13:20 GMT",
            ];
            if known.contains(&text) { 1_700_000_000_000.0 } else { f64::NAN }
        }

        fn to_number(text: &str) -> f64 {
            // As `Number("")` is.
            if text.trim().is_empty() { 0.0 } else { text.parse().unwrap_or(f64::NAN) }
        }

        fn to_text(number: f64) -> String {
            number.to_string()
        }
    }
}
