//! The command line: flags are taken out one by one, what is left over is a mistake.

use std::str::FromStr;

use crate::failure::{Failure, Outcome};

/// What has not been taken yet.
#[derive(Debug)]
pub(crate) struct Arguments(Vec<String>);

impl Arguments {
    /// Those that this process was started with.
    pub(crate) fn of_this_process() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    /// Takes the first one.
    pub(crate) fn command(&mut self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    /// Takes `flag`; says whether it was there.
    pub(crate) fn flag(&mut self, flag: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|argument| argument != flag);
        self.0.len() < before
    }

    /// Takes `option` with the value that follows it, or after `=`; the first one if there are several.
    pub(crate) fn option<T: FromStr>(&mut self, option: &str) -> Outcome<Option<T>> {
        let with_equals = format!("{option}=");
        let Some(index) =
            self.0.iter().position(|argument| argument == option || argument.starts_with(&with_equals))
        else {
            return Ok(None);
        };
        let taken = self.0.remove(index);
        let value = match taken.strip_prefix(&with_equals) {
            Some(value) => value.to_owned(),
            None if index < self.0.len() => self.0.remove(index),
            None => return Err(Failure::new(format!("`{option}` wants a value"))),
        };
        match value.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(Failure::new(format!("`{value}` is no value for `{option}`"))),
        }
    }

    /// Takes all that is left.
    pub(crate) fn rest(self) -> Vec<String> {
        self.0
    }

    /// Nothing may be left.
    pub(crate) fn finish(self) -> Outcome {
        match self.0.first() {
            None => Ok(()),
            Some(argument) => Err(Failure::new(format!("what is `{argument}`? See `cargo xtask help`"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(list: &[&str]) -> Arguments {
        Arguments(list.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn flags_and_options_are_taken_in_any_order() {
        let mut given = arguments(&["demo", "--port", "1", "--check", "--access-lifetime=9"]);
        assert_eq!(given.command().as_deref(), Some("demo"));
        assert!(given.flag("--check"));
        assert!(!given.flag("--check"));
        assert_eq!(given.option::<u16>("--access-lifetime").unwrap(), Some(9));
        assert_eq!(given.option::<u16>("--port").unwrap(), Some(1));
        assert_eq!(given.option::<u16>("--port").unwrap(), None);
        assert!(given.finish().is_ok());
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(arguments(&["--prot"]).finish().is_err());
        assert!(arguments(&["--port"]).option::<u16>("--port").is_err());
        assert!(arguments(&["--port", "x"]).option::<u16>("--port").is_err());
    }
}
