//! Reads the times of a response and its token. Servers use many names, several units, dates and
//! durations.

use super::json::Record;
use super::lifetime::{IN_MILLISECONDS, Numeric, Times};

/// Members with a lifetime in seconds. The first is that of RFC 6749, section 5.1.
const LIFETIMES: [&str; 2] = ["expires_in", "expiresIn"];

/// The member with a lifetime in milliseconds (Directus), or a date.
const EITHER: &str = "expires";

/// Members with a date. The last two are dj-rest-auth's.
const DATES: [&str; 4] = ["expires_at", "expiresAt", "access_expiration", "access_token_expiration"];

/// The least number that is a date in seconds (in the year 2001 or later), and not a lifetime in
/// milliseconds. As a lifetime it would be eleven days, which no access token has.
const A_DATE: f64 = 1e9;

/// Reads the times in a token's claims, and in the objects of the response that contain the token.
///
/// `server_now` and `local_now` are in seconds since 1970.
pub fn read_times<R: Record>(
    claims: Option<&R>,
    answers: [Option<&R>; 2],
    server_now: Option<f64>,
    local_now: f64,
) -> Times {
    let claim = |name| claims.map(|claims| claims.numeric(name)).unwrap_or_default();
    let mut times = Times {
        is_jwt: claims.is_some(),
        exp: claim("exp"),
        iat: claim("iat"),
        server_now,
        local_now,
        ..Times::default()
    };
    for answer in answers.into_iter().flatten() {
        for name in LIFETIMES {
            sooner(&mut times.expires_in, answer.numeric(name));
        }
        match read(answer, EITHER) {
            Some(Said::Number(date)) if date >= A_DATE => sooner(&mut times.expires_at, Numeric::new(date)),
            Some(Said::Number(ms)) => sooner(&mut times.expires_in, Numeric::new(ms / 1000.0)),
            Some(Said::Date(date)) => sooner(&mut times.expires_at, Numeric::new(date)),
            None => {}
        }
        for name in DATES {
            if let Some(Said::Number(date) | Said::Date(date)) = read(answer, name) {
                sooner(&mut times.expires_at, Numeric::new(date));
            }
        }
    }
    times
}

fn sooner(known: &mut Numeric, said: Numeric) {
    match (*known, said) {
        (_, Numeric::Absent | Numeric::Nonsense) => {}
        (Numeric::Seconds(known), Numeric::Seconds(said)) if known <= said => {}
        _ => *known = said,
    }
}

/// The value of a member that may be a date.
enum Said {
    /// A number that is not a date in milliseconds.
    Number(f64),
    /// A date in seconds since 1970.
    Date(f64),
}

fn read<R: Record>(answer: &R, name: &str) -> Option<Said> {
    match answer.numeric(name) {
        Numeric::Seconds(number) if number >= IN_MILLISECONDS => Some(Said::Date(number / 1000.0)),
        Numeric::Seconds(number) => Some(Said::Number(number)),
        Numeric::Nonsense => {
            let date = R::to_date(&with_zone(&answer.text(name)?)?) / 1000.0;
            date.is_finite().then_some(Said::Date(date))
        }
        Numeric::Absent => None,
    }
}

/// Returns a date of ISO 8601 or of HTTP (RFC 9110, section 5.6.7) with its zone. Returns `None`
/// for any other text, which a browser might still parse as a date.
///
/// A date without a zone is UTC. A browser would use the zone of its user, which no server knows.
fn with_zone(text: &str) -> Option<String> {
    let text = text.trim();
    if text.ends_with(" GMT") {
        return Some(text.into());
    }
    let year = text.split_once('-')?.0;
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match (text.get(..10), text.get(11..)) {
        (Some(day), Some(time)) if time.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b':' | b'.')) => {
            Some([day, "T", time, "Z"].concat())
        }
        _ => Some(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use crate::session::Millis;

    use super::super::json::Value;
    use super::super::json::written::Written;
    use super::super::lifetime::lifetime;
    use super::*;
    use crate::session::TokenFault;

    /// The date that [`Written`] can read, in seconds since 1970.
    const THEN: f64 = 1_700_000_000.0;

    fn answer() -> Written {
        Written::default()
    }

    /// Returns the lifetime in seconds of an opaque token that was received 100 seconds before
    /// [`THEN`].
    fn lives(answer: &Written) -> Result<Option<f64>, TokenFault> {
        let lifetime = lifetime(&read_times(None, [Some(answer), None], Some(THEN - 100.0), 0.0))?;
        Ok(lifetime.map(|lifetime| lifetime.get() as f64 / 1000.0))
    }

    #[test]
    fn lifetimes_are_read_in_seconds_and_expires_in_milliseconds() {
        for (name, said, seconds) in
            [("expires_in", 60.0, 60.0), ("expiresIn", 60.5, 60.5), ("expires", 900_000.0, 900.0)]
        {
            assert_eq!(lives(&answer().number(name, said)), Ok(Some(seconds)), "{name}");
            assert_eq!(lives(&answer().text(name, &said.to_string())), Ok(Some(seconds)), "{name}");
            assert_eq!(lives(&answer().number(name, 0.0)), Err(TokenFault::Expired), "{name}");
        }
    }

    #[test]
    fn dates_are_read_in_seconds_in_milliseconds_and_as_texts() {
        for name in ["expires", "expires_at", "expiresAt", "access_expiration", "access_token_expiration"] {
            assert_eq!(lives(&answer().number(name, THEN)), Ok(Some(100.0)), "{name}");
            assert_eq!(lives(&answer().text(name, "1700000000")), Ok(Some(100.0)), "{name}");
        }
        for name in ["expires", "expires_at"] {
            assert_eq!(lives(&answer().number(name, THEN * 1000.0 + 500.0)), Ok(Some(100.5)), "{name}");
            for text in [
                "2023-11-14T22:13:20Z",
                " 2023-11-14T22:13:20.000000Z ",
                "2023-11-14T23:13:20+01:00",
                "2023-11-14T17:13:20-05:00",
                "Tue, 14 Nov 2023 22:13:20 GMT",
            ] {
                assert_eq!(lives(&answer().text(name, text)), Ok(Some(100.0)), "{name}: {text}");
            }
        }
    }

    #[test]
    fn a_date_without_a_zone_is_utc() {
        for text in ["2023-11-14T22:13:20", "2023-11-14 22:13:20", "2023-11-14 22:13:20.000000"] {
            assert_eq!(lives(&answer().text("expires_at", text)), Ok(Some(100.0)), "{text}");
        }
    }

    #[test]
    fn no_browser_is_asked_about_what_does_not_begin_with_a_year() {
        for text in ["12023-11-14T22:13:20Z", "99-11-14", "1-2", "Nov -", "+2023-11-14", "2023"] {
            assert_eq!(with_zone(text), None, "{text}");
        }
        assert_eq!(with_zone("2023-11-14"), Some("2023-11-14".into()));
    }

    #[test]
    fn what_is_no_date_says_nothing() {
        for text in [
            "",
            " ",
            "soon",
            "1h",
            "2023",
            "20231114T221320Z",
            "Nov 14, 2023",
            "-",
            "é-1",
            "2023-11-14T2é",
            "NaN",
        ] {
            let odd = answer().text("expires", text).text("expires_in", "soon");
            let said = if text == "2023" { Ok(Some(2.023)) } else { Err(TokenFault::NoLifetime) };
            assert_eq!(lives(&odd), said, "{text:?}");
        }
        for value in [Value::Null, Value::Other, Value::Number(f64::NAN), Value::Number(f64::INFINITY)] {
            for name in ["expires_in", "expires", "expires_at"] {
                let odd = answer().value(name, value.clone());
                assert_eq!(lives(&odd), Err(TokenFault::NoLifetime), "{name}: {value:?}");
                assert_eq!(lives(&odd.number("expiresIn", 60.0)), Ok(Some(60.0)), "{name}: {value:?}");
            }
        }
    }

    #[test]
    fn the_shortest_counts_of_what_stands_in_the_answer_and_beside_the_token() {
        let (outer, inner) = (answer().number("expires_in", 60.0), answer().number("expires", 30_000.0));
        for answers in [[Some(&outer), Some(&inner)], [Some(&inner), Some(&outer)]] {
            let lifetime = lifetime(&read_times(None, answers, None, 0.0));
            assert_eq!(lifetime, Ok(Some(Millis::from_secs(30))));
        }
        let both = answer().number("expires_in", 200.0).number("expires_at", THEN);
        assert_eq!(lives(&both), Ok(Some(100.0)));
        assert_eq!(lives(&answer()), Err(TokenFault::NoLifetime));
    }

    #[test]
    fn a_jwt_may_say_nothing_of_its_life_and_our_clock_comes_last() {
        let lives = |claims: &Written| lifetime(&read_times(Some(claims), [None, None], None, THEN - 100.0));
        assert_eq!(lives(&answer().number("exp", THEN)), Ok(Some(Millis::from_secs(100))));
        assert_eq!(lives(&answer()), Ok(None));
    }

    #[test]
    fn a_date_that_is_a_second_later_than_exp_changes_nothing() {
        let claims = answer().number("iat", THEN - 400.0).number("exp", THEN - 0.5);
        let dated = answer().text("access_expiration", "2023-11-14T22:13:20Z");
        let lifetime =
            lifetime(&read_times(Some(&claims), [None, Some(&dated)], None, 0.0)).unwrap().unwrap();
        assert_eq!(lifetime.get() as f64 / 1000.0, 399.5);
    }
}
