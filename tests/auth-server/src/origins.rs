//! Which foreign origins may call with credentials.

use std::fmt;
use std::str::FromStr;

/// A list of origins, and perhaps every one of this computer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedOrigins(Vec<AllowedOrigin>);

impl AllowedOrigins {
    /// Whether a page of this origin may call. Compared as text, as an `Origin` header is always canonical.
    pub fn allows(&self, origin: &str) -> bool {
        self.0.iter().any(|allowed| match allowed {
            AllowedOrigin::Exactly(exact) => exact == origin,
            AllowedOrigin::Loopback => is_loopback(origin),
        })
    }
}

impl FromIterator<AllowedOrigin> for AllowedOrigins {
    fn from_iter<I: IntoIterator<Item = AllowedOrigin>>(origins: I) -> Self {
        Self(origins.into_iter().collect())
    }
}

/// One allowed origin, or all that are called `loopback`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowedOrigin {
    /// This one, such as `https://app.example.com`.
    Exactly(String),
    /// `http://127.0.0.1` and `http://localhost`, at any port.
    Loopback,
}

impl FromStr for AllowedOrigin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        if text == "loopback" {
            return Ok(Self::Loopback);
        }
        let host =
            text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(InvalidOrigin)?;
        let canonical = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]".contains(c);
        if host.is_empty() || !host.chars().all(canonical) {
            return Err(InvalidOrigin);
        }
        Ok(Self::Exactly(text.to_owned()))
    }
}

/// The text is neither an origin as a browser writes it nor `loopback`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidOrigin;

impl fmt::Display for InvalidOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected `loopback` or an origin: scheme and host in lower case, and a port, without a path",
        )
    }
}

impl std::error::Error for InvalidOrigin {}

fn is_loopback(origin: &str) -> bool {
    let rest = origin.strip_prefix("http://127.0.0.1").or_else(|| origin.strip_prefix("http://localhost"));
    match rest.map(|rest| rest.strip_prefix(':').ok_or(rest)) {
        Some(Ok(port)) => port.parse::<u16>().is_ok() && port.bytes().all(|digit| digit.is_ascii_digit()),
        Some(Err(rest)) => rest.is_empty(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_this_computer_at_any_port_and_nothing_that_merely_begins_like_it() {
        let origins: AllowedOrigins = [AllowedOrigin::Loopback].into_iter().collect();
        for good in ["http://127.0.0.1", "http://127.0.0.1:4180", "http://localhost:1"] {
            assert!(origins.allows(good), "{good}");
        }
        for bad in [
            "http://127.0.0.1.evil.example",
            "http://localhost:80.evil.example",
            "http://localhost:+80",
            "http://localhost:",
            "https://localhost:80",
            "null",
        ] {
            assert!(!origins.allows(bad), "{bad}");
        }
    }

    #[test]
    fn an_origin_has_no_path_and_no_capitals() {
        assert!("https://app.example:8443".parse::<AllowedOrigin>().is_ok());
        for bad in ["https://app.example/", "https://App.example", "app.example", "*", "https://"] {
            assert!(bad.parse::<AllowedOrigin>().is_err(), "{bad}");
        }
    }
}
