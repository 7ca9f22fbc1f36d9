//! An object of JavaScript's, or one like it, as far as it is read here: members by name, each of a plain kind.
//!
//! The browser's own objects are one kind of record, those of a JSON parser another: so what comes from outside (answers,
//! tokens, messages) is read by the same code in a page and under a fuzzer.

use super::expiry::Numeric;

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

    /// Reads JSON; `None` for what is none, and for what is no object.
    fn parse(json: &str) -> Option<Self>;

    /// A number, read from a text as JavaScript's `Number` does: NaN where it is none.
    fn to_number(text: &str) -> f64;

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
