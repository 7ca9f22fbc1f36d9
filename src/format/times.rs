//! The times in a response and its token, as numbers.

use super::json::Record;

/// An optional number. Servers write it as a number or as a string of digits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Numeric {
    /// No value.
    #[default]
    Absent,
    /// Seconds: a lifetime, or a NumericDate (RFC 7519, section 2), possibly fractional.
    Seconds(f64),
    /// A value that is not a number.
    Nonsense,
}

impl Numeric {
    /// Wraps a number of seconds, as JavaScript's `Number` returns it. NaN and the infinities are
    /// nonsense.
    pub fn new(seconds: f64) -> Self {
        if seconds.is_finite() { Self::Seconds(seconds) } else { Self::Nonsense }
    }

    pub(super) fn seconds(self) -> Option<f64> {
        match self {
            Self::Seconds(seconds) => Some(seconds),
            Self::Absent | Self::Nonsense => None,
        }
    }
}

/// The times in a response and its token.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    /// Whether the token is a JWT.
    pub is_jwt: bool,
    /// `expires_in` of the response in seconds (RFC 6749, section 5.1), or an equivalent.
    pub expires_in: Numeric,
    /// `expires_at` of the response, or an equivalent: a date like `exp`, in seconds since 1970.
    pub expires_at: Numeric,
    /// `exp` of the token, in seconds since 1970.
    pub exp: Numeric,
    /// `iat` of the token, in seconds since 1970.
    pub iat: Numeric,
    /// The server's clock at the response, in seconds since 1970: the `Date` header (RFC 9110,
    /// section 6.6.1).
    pub server_now: Option<f64>,
    /// The local clock, in seconds since 1970. It is used only if nothing else is known.
    pub local_now: f64,
}

/// The least number that is a date in milliseconds since 1970. As seconds it would be in the year
/// 5138; as a lifetime in milliseconds it would be three years.
pub(super) const IN_MILLISECONDS: f64 = 1e11;

impl Times {
    /// Reads the times in a token's claims; `None` for an opaque token. The other times are those of
    /// the response. NaN and the infinities stand for none.
    pub fn new<R: Record>(
        claims: Option<&R>,
        expires_in: f64,
        expires_at: f64,
        server_now: f64,
        local_now: f64,
    ) -> Self {
        let claim = |name| claims.map(|claims| claims.numeric(name)).unwrap_or_default();
        Self {
            is_jwt: claims.is_some(),
            expires_in: Numeric::new(expires_in),
            expires_at: Numeric::new(expires_at),
            exp: claim("exp"),
            iat: claim("iat"),
            server_now: Some(server_now).filter(|seconds| seconds.is_finite()),
            local_now,
        }
    }

    /// Returns the server's clock, unless the token would have been expired when it was issued.
    pub(super) fn plausible_server_now(&self) -> Option<f64> {
        let end = self.exp.seconds().or(self.expires_at.seconds());
        self.server_now.filter(|now| end.is_none_or(|end| end > *now))
    }

    /// Returns `iat`, unless it is in milliseconds and `exp` is not.
    pub(super) fn issued_at(&self) -> Option<f64> {
        let is_in_seconds = self.exp.seconds().is_some_and(|exp| exp < IN_MILLISECONDS);
        self.iat.seconds().filter(|iat| !(is_in_seconds && *iat >= IN_MILLISECONDS))
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::written::Written;
    use super::super::lifetime::lifetime;
    use super::*;
    use crate::session::TokenFault;

    const IAT: f64 = 1_700_000_000.0;

    fn seconds(times: Times) -> Result<Option<f64>, TokenFault> {
        lifetime(&times).map(|lifetime| lifetime.map(|lifetime| lifetime.get() as f64 / 1000.0))
    }

    #[test]
    fn what_is_not_finite_is_no_number() {
        assert_eq!(Numeric::new(f64::NAN), Numeric::Nonsense);
        assert_eq!(Numeric::new(f64::INFINITY), Numeric::Nonsense);
    }

    #[test]
    fn an_iat_in_milliseconds_counts_beside_an_exp_that_is() {
        let issued_at = |exp, iat| {
            let (exp, iat) = (Numeric::Seconds(exp), Numeric::Seconds(iat));
            Times { exp, iat, ..Times::default() }.issued_at()
        };
        assert_eq!(issued_at(1e11 - 1.0, 1e11), None);
        assert_eq!(issued_at(1e11, 1e11), Some(1e11));
        assert_eq!(issued_at(1e11 - 1.0, 1e11 - 2.0), Some(1e11 - 2.0));
    }

    #[test]
    fn claims_and_a_response_are_read_side_by_side() {
        const NONE: f64 = f64::NAN;
        let read = |claims: &Written, expires_in, expires_at, server_now| {
            seconds(Times::new(Some(claims), expires_in, expires_at, server_now, IAT))
        };
        let claims = || Written::default().number("iat", IAT).number("exp", IAT + 900.0);
        assert_eq!(read(&claims(), NONE, NONE, NONE), Ok(Some(900.0)));
        assert_eq!(read(&claims(), 60.0, NONE, NONE), Ok(Some(60.0)));
        assert_eq!(read(&claims(), NONE, IAT + 60.0, NONE), Ok(Some(60.0)));
        assert_eq!(read(&claims(), NONE, NONE, IAT + 60.0), Ok(Some(840.0)));
        for none in [NONE, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(read(&claims(), none, none, none), Ok(Some(900.0)), "{none}");
        }
        let texts = Written::default().text("iat", "1700000000").text("exp", "1700000900");
        assert_eq!(read(&texts, NONE, NONE, NONE), Ok(Some(900.0)));
        let nothing = |expires_in| seconds(Times::new(None::<&Written>, expires_in, NONE, NONE, IAT));
        assert_eq!(nothing(60.0), Ok(Some(60.0)));
        assert_eq!(nothing(NONE), Err(TokenFault::NoLifetime));
    }

    #[test]
    fn a_jwt_may_say_nothing_of_its_life_and_our_clock_comes_last() {
        let lives =
            |claims: &Written| seconds(Times::new(Some(claims), f64::NAN, f64::NAN, f64::NAN, IAT - 100.0));
        assert_eq!(lives(&Written::default().number("exp", IAT)), Ok(Some(100.0)));
        assert_eq!(lives(&Written::default()), Ok(None));
    }

    #[test]
    fn a_date_that_is_a_second_later_than_exp_changes_nothing() {
        let claims = Written::default().number("iat", IAT - 400.0).number("exp", IAT - 0.5);
        let times = Times::new(Some(&claims), f64::NAN, IAT, f64::NAN, 0.0);
        assert_eq!(seconds(times), Ok(Some(399.5)));
    }
}
