//! The remaining lifetime of a token, computed from the server's own times.
//!
//! `exp` is compared with the local clock only if nothing else is known. A clock that is hours off
//! would make every token expired, or eternal. Instead, the server's lifetime (`expires_in`, or
//! `exp - iat`) is reduced by the token's age on the server's clock (`Date - iat`). A date in the
//! response (`expires_at`) is treated as another `exp`. [`ServerClock`](super::ServerClock) adds
//! what earlier tokens prove about the server's clock.

use super::times::Times;
use crate::session::{Millis, TokenFault};

/// The longest lifetime in seconds: a hundred years. Tokens that live longer need no client that
/// refreshes them.
pub(super) const LONGEST: f64 = 100.0 * 365.25 * 86_400.0;

/// Returns the lifetime of the token from now on, or `None` if nothing is known. Then a 401 shows
/// the expiry.
///
/// A token that has just been issued has not expired: a `Date` later than its expiry is wrong, and
/// ignored. So is an `iat` later than `exp`, if the server states in another way that the token is
/// valid.
///
/// # Errors
///
/// - [`TokenFault::Expired`] if the server's own lifetime (`expires_in`, or `exp - iat`) is not
///   positive. Without one, it is returned if both `Date` and the local clock are past the expiry.
/// - [`TokenFault::NoLifetime`] if the token is not a JWT and the response does not contain its
///   lifetime.
pub(super) fn lifetime(times: &Times) -> Result<Option<Millis>, TokenFault> {
    let exp = times.exp.seconds();
    let expires_in = times.expires_in.seconds();
    let expires_at = times.expires_at.seconds();
    let server_now = times.plausible_server_now();
    // If the lifetime is not positive, the token has expired in any case.
    let lives = expires_in.is_some() || (server_now.is_some() && exp.is_some());
    let is_nonsense = |iat: f64| exp.is_some_and(|exp| exp <= iat) && lives;
    let iat = times.issued_at().filter(|iat| !is_nonsense(*iat));
    let until = |date: f64, now: f64| date - now.max(iat.unwrap_or(now));
    let by_claims = exp.zip(iat).map(|(exp, iat)| exp - iat);
    let by_date = exp.zip(server_now).map(|(exp, now)| until(exp, now));
    let by_answer = expires_at.zip(server_now.or(iat)).map(|(date, now)| until(date, now));
    // The shortest of the server's own statements.
    let shortest = |said: &[Option<f64>]| said.iter().copied().flatten().reduce(f64::min);
    let mut said = shortest(&[expires_in, by_claims, by_date, by_answer]);
    // The date may be written without its zone. Alone it does not make the token expire.
    if said.is_some_and(|seconds| seconds <= 0.0) {
        said = shortest(&[expires_in, by_claims, by_date]).or(said);
    }
    if let Some(seconds) = said {
        return if seconds > 0.0 { Ok(Some(from_seconds(seconds))) } else { Err(TokenFault::Expired) };
    }
    if !times.is_jwt && expires_at.is_none() {
        return Err(TokenFault::NoLifetime);
    }
    // The local clock is used last. It may be wrong, and so may `Date`: only both together declare
    // a token expired.
    let by_us = |date: Option<f64>| date.map(|date| date - times.local_now).filter(|seconds| *seconds > 0.0);
    match shortest(&[by_us(exp), by_us(expires_at)]) {
        None if times.server_now.is_some() && server_now.is_none() => Err(TokenFault::Expired),
        lives => Ok(lives.map(from_seconds)),
    }
}

fn from_seconds(seconds: f64) -> Millis {
    // At least a millisecond. A token without any time left would be replaced in a loop.
    Millis::new(((seconds.min(LONGEST) * 1000.0) as u64).max(1))
}

#[cfg(test)]
mod tests {
    use super::super::times::Numeric;
    use super::*;

    const IAT: f64 = 1_700_000_000.0;

    fn jwt() -> Times {
        Times {
            is_jwt: true,
            exp: Numeric::Seconds(IAT + 900.0),
            iat: Numeric::Seconds(IAT),
            local_now: IAT,
            ..Times::default()
        }
    }

    fn seconds(times: Times) -> Result<Option<f64>, TokenFault> {
        lifetime(&times).map(|lifetime| lifetime.map(|lifetime| lifetime.get() as f64 / 1000.0))
    }

    // Scenario 37.
    #[test]
    fn a_wrong_local_clock_changes_nothing() {
        for local_now in [0.0, IAT - 86_400.0, IAT + 86_400.0, f64::MAX] {
            assert_eq!(seconds(Times { local_now, ..jwt() }), Ok(Some(900.0)), "{local_now}");
        }
    }

    #[test]
    fn an_age_by_the_servers_clock_is_taken_off() {
        assert_eq!(seconds(Times { server_now: Some(IAT + 600.0), ..jwt() }), Ok(Some(300.0)));
        assert_eq!(seconds(Times { server_now: Some(IAT - 5.0), ..jwt() }), Ok(Some(900.0)));
    }

    // Scenario 104.
    #[test]
    fn a_token_that_was_just_issued_is_not_expired_because_of_the_date_alone() {
        for ahead in [900.0, 3600.0, 86_400.0, 1e9, f64::MAX] {
            let server_now = Some(IAT + ahead);
            assert_eq!(seconds(Times { server_now, ..jwt() }), Ok(Some(900.0)), "{ahead}");
            // Only the local clock is left.
            let without_iat = Times { server_now, iat: Numeric::Absent, local_now: IAT + 100.0, ..jwt() };
            assert_eq!(seconds(without_iat), Ok(Some(800.0)), "{ahead}");
            let expired = Times { local_now: IAT + 86_400.0, ..without_iat };
            assert_eq!(seconds(expired), Err(TokenFault::Expired), "{ahead}: both clocks say so");
            let opaque = Times { server_now, expires_at: Numeric::Seconds(IAT + 900.0), ..Times::default() };
            assert_eq!(seconds(Times { local_now: IAT, ..opaque }), Ok(Some(900.0)), "{ahead}");
        }
    }

    #[test]
    fn an_iat_after_the_expiry_is_ignored_where_the_server_says_that_the_token_lives() {
        for late in [900.0, 3600.0, 1e9] {
            let iat = Numeric::Seconds(IAT + late);
            let expires_in = Numeric::Seconds(600.0);
            assert_eq!(seconds(Times { iat, expires_in, ..jwt() }), Ok(Some(600.0)), "{late}");
            assert_eq!(seconds(Times { iat, server_now: Some(IAT), ..jwt() }), Ok(Some(900.0)), "{late}");
            assert_eq!(seconds(Times { iat, ..jwt() }), Err(TokenFault::Expired), "{late}");
        }
        let in_milliseconds = Times { iat: Numeric::Seconds(IAT * 1000.0), ..jwt() };
        assert_eq!(seconds(in_milliseconds), Ok(Some(900.0)));
    }

    #[test]
    fn a_date_that_is_wrong_calls_no_token_dead_of_which_the_server_says_how_long_it_lives() {
        let expires_in = Numeric::Seconds(600.0);
        for error in [-86_400.0, 0.0, 86_400.0] {
            let server_now = Some(IAT + error);
            assert_eq!(seconds(Times { server_now, expires_in, ..jwt() }), Ok(Some(600.0)), "{error}");
        }
        let server_now = Some(IAT + 800.0);
        assert_eq!(seconds(Times { server_now, expires_in, ..jwt() }), Ok(Some(100.0)));
        let opaque = Times { expires_in, expires_at: Numeric::Seconds(IAT + 600.0), ..Times::default() };
        assert_eq!(seconds(Times { server_now: Some(IAT + 86_400.0), ..opaque }), Ok(Some(600.0)));
        assert_eq!(
            seconds(Times { server_now: Some(IAT + 1000.0), iat: Numeric::Absent, expires_in, ..jwt() }),
            Ok(Some(600.0))
        );
    }

    #[test]
    fn the_shortest_of_what_the_server_says_counts() {
        assert_eq!(seconds(Times { expires_in: Numeric::Seconds(60.0), ..jwt() }), Ok(Some(60.0)));
        assert_eq!(seconds(Times { expires_in: Numeric::Seconds(3600.0), ..jwt() }), Ok(Some(900.0)));
    }

    #[test]
    fn fractional_dates_are_read() {
        let times = Times { exp: Numeric::Seconds(IAT + 1.75), iat: Numeric::Seconds(IAT + 0.25), ..jwt() };
        assert_eq!(seconds(times), Ok(Some(1.5)));
    }

    #[test]
    fn without_iat_the_date_header_is_asked_before_our_clock() {
        let times = Times { iat: Numeric::Absent, local_now: IAT + 500.0, ..jwt() };
        assert_eq!(seconds(Times { server_now: Some(IAT + 100.0), ..times }), Ok(Some(800.0)));
        assert_eq!(seconds(times), Ok(Some(400.0)));
        // The local clock alone never declares a token expired.
        for local_now in [IAT + 900.0, IAT + 86_400.0] {
            assert_eq!(seconds(Times { local_now, ..times }), Ok(None), "{local_now}");
        }
    }

    #[test]
    fn a_date_in_the_answer_counts_as_exp_does() {
        let dated =
            Times { expires_at: Numeric::Seconds(IAT + 600.0), local_now: IAT + 100.0, ..Times::default() };
        assert_eq!(seconds(Times { server_now: Some(IAT), ..dated }), Ok(Some(600.0)));
        let jwt = Times { is_jwt: true, iat: Numeric::Seconds(IAT), ..dated };
        assert_eq!(seconds(jwt), Ok(Some(600.0)));
        assert_eq!(seconds(Times { server_now: Some(IAT + 50.0), ..jwt }), Ok(Some(550.0)));
        assert_eq!(seconds(Times { server_now: Some(IAT - 50.0), ..jwt }), Ok(Some(600.0)));
        // The local clock is used last, and never to declare a token expired.
        assert_eq!(seconds(dated), Ok(Some(500.0)));
        assert_eq!(seconds(Times { local_now: IAT + 86_400.0, ..dated }), Ok(None));
        for local_now in [0.0, f64::MAX] {
            assert_eq!(seconds(Times { local_now, ..jwt }), Ok(Some(600.0)), "{local_now}");
        }
    }

    #[test]
    fn the_earlier_of_two_dates_counts_but_for_one_that_alone_calls_the_token_dead() {
        let with = |expires_at| Times { expires_at: Numeric::Seconds(IAT + expires_at), ..jwt() };
        assert_eq!(seconds(with(900.7)), Ok(Some(900.0)));
        assert_eq!(seconds(with(600.0)), Ok(Some(600.0)));
        // Written in the server's zone, and without it.
        for server_now in [None, Some(IAT)] {
            assert_eq!(seconds(Times { server_now, ..with(900.0 - 5.0 * 3600.0) }), Ok(Some(900.0)));
        }
        assert_eq!(seconds(Times { server_now: Some(IAT + 900.0), ..with(-1.0) }), Ok(Some(900.0)));
        let local = Times { iat: Numeric::Absent, local_now: IAT, ..with(-1.0) };
        assert_eq!(seconds(local), Ok(Some(900.0)));
    }

    #[test]
    fn an_opaque_token_needs_expires_in() {
        let opaque = Times { expires_in: Numeric::Seconds(120.0), ..Times::default() };
        assert_eq!(seconds(opaque), Ok(Some(120.0)));
        assert_eq!(seconds(Times::default()), Err(TokenFault::NoLifetime));
        assert_eq!(seconds(Times { expires_in: Numeric::Nonsense, ..opaque }), Err(TokenFault::NoLifetime));
    }

    #[test]
    fn a_jwt_that_says_nothing_is_used_until_a_401() {
        for exp in [Numeric::Absent, Numeric::Nonsense] {
            assert_eq!(seconds(Times { exp, ..jwt() }), Ok(None));
        }
    }

    #[test]
    fn zero_and_negative_lifetimes_are_expired() {
        for expires_in in [0.0, -1.0, f64::MIN] {
            let times = Times { expires_in: Numeric::Seconds(expires_in), ..jwt() };
            assert_eq!(seconds(times), Err(TokenFault::Expired), "{expires_in}");
        }
        assert_eq!(seconds(Times { exp: Numeric::Seconds(-5.0), ..jwt() }), Err(TokenFault::Expired));
    }

    #[test]
    fn what_is_left_of_a_token_is_a_millisecond_at_least() {
        let times = Times { expires_in: Numeric::Seconds(f64::MIN_POSITIVE), ..jwt() };
        assert_eq!(seconds(times), Ok(Some(0.001)));
    }

    // Scenario 54.
    #[test]
    fn a_huge_lifetime_is_a_hundred_years() {
        for huge in [1e13, f64::MAX] {
            let times = Times { expires_in: Numeric::Seconds(huge), exp: Numeric::Absent, ..jwt() };
            assert_eq!(seconds(times), Ok(Some(36_525.0 * 86_400.0)), "{huge}");
        }
    }
}
