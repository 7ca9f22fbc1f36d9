//! JavaScript objects, or others like them, read member by member as plain values.
//!
//! The browser's own objects are one kind of record, those of a JSON parser are another. So the
//! same code reads external data (responses, tokens, messages) in a page and under a fuzzer.

use super::times::Numeric;

/// The value of a member.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A missing member, or one that is undefined.
    Absent,
    /// Null.
    Null,
    /// A string.
    Text(String),
    /// A number, possibly NaN or infinite.
    Number(f64),
    /// Any other value.
    Other,
}

/// An object with members.
pub trait Record: Sized {
    /// Returns the member of this name.
    fn member(&self, name: &str) -> Value;

    /// Returns the member if it is an object, and not a list.
    fn record(&self, name: &str) -> Option<Self>;

    /// Parses a JSON object; `None` for any other text.
    fn parse(json: &str) -> Option<Self>;

    /// Converts a text to a number as JavaScript's `Number` does, or to NaN.
    fn to_number(text: &str) -> f64;

    /// Returns the member if it is a string.
    fn text(&self, name: &str) -> Option<String> {
        match self.member(name) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Converts a number to text as JavaScript's `String` does.
    fn to_text(number: f64) -> String;

    /// Returns the member if it is a string or a number. Some servers write ids as numbers.
    fn label(&self, name: &str) -> Option<String> {
        match self.member(name) {
            Value::Text(text) => Some(text),
            Value::Number(number) => Some(Self::to_text(number)),
            _ => None,
        }
    }

    /// Returns the member as a number. Some servers write numbers as strings.
    fn numeric(&self, name: &str) -> Numeric {
        match self.member(name) {
            Value::Absent | Value::Null => Numeric::Absent,
            Value::Number(number) => Numeric::new(number),
            // `Number("")` is zero.
            Value::Text(text) if !text.bytes().any(|byte| byte.is_ascii_alphanumeric()) => Numeric::Nonsense,
            Value::Text(text) => Numeric::new(Self::to_number(&text)),
            Value::Other => Numeric::Nonsense,
        }
    }
}

#[cfg(test)]
pub(crate) mod written {
    use super::{Record, Value};

    /// A record for tests, built from its members.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Written {
        members: Vec<(&'static str, Value)>,
        records: Vec<(&'static str, Written)>,
    }

    impl Written {
        /// Adds a string.
        pub(crate) fn text(mut self, name: &'static str, text: &str) -> Self {
            self.members.push((name, Value::Text(text.into())));
            self
        }

        /// Adds a number.
        pub(crate) fn number(mut self, name: &'static str, number: f64) -> Self {
            self.members.push((name, Value::Number(number)));
            self
        }

        /// Adds a value of another kind: null, a list, a boolean.
        pub(crate) fn value(mut self, name: &'static str, value: Value) -> Self {
            self.members.push((name, value));
            self
        }

        /// Adds a nested record.
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

        fn to_number(text: &str) -> f64 {
            // `Number("")` is zero.
            if text.trim().is_empty() { 0.0 } else { text.parse().unwrap_or(f64::NAN) }
        }

        fn to_text(number: f64) -> String {
            number.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::written::Written;
    use super::*;

    #[test]
    fn a_number_is_written_in_digits_or_letters() {
        for (text, numeric) in [
            ("12.5", Numeric::new(12.5)),
            ("1e3", Numeric::new(1_000.0)),
            ("", Numeric::Nonsense),
            (" \t", Numeric::Nonsense),
            ("-", Numeric::Nonsense),
            ("soon", Numeric::new(f64::NAN)),
        ] {
            assert_eq!(Written::default().text("n", text).numeric("n"), numeric, "{text:?}");
        }
    }
}
