//! Finds the access token in a response. Servers use different members for it.

use super::json::Record;
use crate::session::TokenFault;

/// The recognised places: paths of members.
const PLACES: [&str; 8] = [
    // RFC 6749, section 5.1.
    "access_token",
    // simplejwt, dj-rest-auth.
    "access",
    "accessToken",
    "token",
    // Frameworks that wrap every response in an envelope.
    "data.access_token",
    "data.access",
    "data.accessToken",
    "data.token",
];

/// A token, and the object that contains it.
#[derive(Clone, Debug)]
pub struct Found<R> {
    /// The token. A header can carry it.
    pub token: String,
    /// The object in the response that contains the token; `None` for the response itself.
    pub within: Option<R>,
}

/// Returns the token of a response, or `None` if no recognised place has one. The same token may be
/// in two places.
///
/// # Errors
///
/// - [`TokenFault::Ambiguous`] if the response contains different tokens.
/// - [`TokenFault::Unsendable`] if no header can carry the token.
pub fn find_token<R: Record>(answer: &R) -> Result<Option<Found<R>>, TokenFault> {
    let mut found: Option<(&'static str, Found<R>)> = None;
    for place in PLACES {
        let Some(other) = at(answer, place) else { continue };
        match &mut found {
            None => found = Some((place, other)),
            Some((one, found)) if found.token != other.token => {
                return Err(TokenFault::Ambiguous(one, place));
            }
            // The lifetime may be beside either of them.
            Some((_, found)) => found.within = found.within.take().or(other.within),
        }
    }
    found.map(|(_, found)| sendable(found)).transpose()
}

/// Returns the token at a path: names of members, separated by dots.
///
/// # Errors
///
/// - [`TokenFault::Missing`] if there is no token at the path.
/// - [`TokenFault::Unsendable`] if no header can carry the token.
pub fn token_at<R: Record>(answer: &R, path: &str) -> Result<Found<R>, TokenFault> {
    sendable(at(answer, path).ok_or(TokenFault::Missing)?)
}

/// Returns the token of a header such as `Authorization: Bearer …` (RFC 6750, section 2.1). Returns
/// `None` for another scheme, or none.
pub fn bearer(header: &str) -> Option<&str> {
    let header = header.trim();
    let (scheme, token) = (header.get(..6)?, header.get(6..)?);
    (scheme.eq_ignore_ascii_case("bearer") && token.starts_with(' ')).then(|| token.trim_start())
}

/// Whether a header can carry the token.
pub fn is_sendable(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Returns the text at a path. An empty or non-string value counts as no token: dj-rest-auth sends
/// `"refresh": ""` for the token in its cookie.
fn at<R: Record>(answer: &R, path: &str) -> Option<Found<R>> {
    let mut within = None;
    let mut name = path;
    while let Some((outer, inner)) = name.split_once('.') {
        within = Some(within.as_ref().unwrap_or(answer).record(outer)?);
        name = inner;
    }
    let token = within.as_ref().unwrap_or(answer).text(name).filter(|token| !token.is_empty())?;
    Some(Found { token, within })
}

fn sendable<R>(found: Found<R>) -> Result<Found<R>, TokenFault> {
    if is_sendable(&found.token) { Ok(found) } else { Err(TokenFault::Unsendable) }
}

#[cfg(test)]
mod tests {
    use super::super::json::Value;
    use super::super::json::written::Written;
    use super::*;

    fn answer() -> Written {
        Written::default()
    }

    fn found(answer: &Written) -> Result<Option<String>, TokenFault> {
        find_token(answer).map(|found| found.map(|found| found.token))
    }

    #[test]
    fn the_common_places_are_recognised() {
        for place in ["access_token", "access", "accessToken", "token"] {
            let one = answer().text(place, "one");
            assert_eq!(found(&one), Ok(Some("one".into())), "{place}");
            assert!(find_token(&one).unwrap().unwrap().within.is_none());
            let wrapped = answer().with("data", one.number("expires_in", 60.0));
            let it = find_token(&wrapped).unwrap().unwrap();
            assert_eq!(it.token, "one", "{place}");
            assert_eq!(it.within.unwrap().member("expires_in"), Value::Number(60.0), "{place}");
        }
        for place in ["id_token", "refresh", "refresh_token", "jwt", "Access_Token"] {
            assert_eq!(found(&answer().text(place, "one")), Ok(None), "{place}");
        }
    }

    #[test]
    fn what_is_empty_or_no_string_is_no_token() {
        let odd = answer()
            .text("access_token", "")
            .number("access", 5.0)
            .with("accessToken", answer().text("token", "deeper"))
            .value("token", Value::Null)
            .text("data", "access_token");
        assert_eq!(found(&odd), Ok(None));
        assert_eq!(found(&odd.clone().with("data", answer().text("access", "one"))), Ok(Some("one".into())));
    }

    #[test]
    fn the_same_token_twice_is_no_ambiguity_and_different_ones_are() {
        let twice = answer().text("token", "one").text("access_token", "one");
        assert_eq!(found(&twice), Ok(Some("one".into())));
        let wrapped = twice.with("data", answer().text("access", "one").number("expires_in", 60.0));
        assert!(find_token(&wrapped).unwrap().unwrap().within.is_some());
        let differ = answer().text("token", "two").text("access_token", "one");
        assert_eq!(found(&differ), Err(TokenFault::Ambiguous("access_token", "token")));
        let wrapped = answer().text("access", "one").with("data", answer().text("token", "two"));
        assert_eq!(found(&wrapped), Err(TokenFault::Ambiguous("access", "data.token")));
    }

    #[test]
    fn a_path_leads_to_any_member() {
        let tokens = answer().with("access", answer().text("jwt", "one").text("dead", ""));
        let deep = answer().with("tokens", tokens).text("a b", "two").text("access_token", "other");
        let at = |path: &str| token_at(&deep, path).map(|found| (found.token, found.within.is_some()));
        assert_eq!(at("tokens.access.jwt"), Ok(("one".into(), true)));
        assert_eq!(at("a b"), Ok(("two".into(), false)));
        for path in ["tokens", "tokens.access", "tokens.access.dead", "tokens.jwt", "access.jwt", "", "."] {
            assert_eq!(at(path), Err(TokenFault::Missing), "{path}");
        }
    }

    #[test]
    fn what_no_header_can_carry_is_said_to_be_so() {
        for token in ["a b", "a\n", "é", " "] {
            let one = answer().text("access", token);
            assert_eq!(found(&one), Err(TokenFault::Unsendable), "{token:?}");
            assert_eq!(token_at(&one, "access").map(|_| ()), Err(TokenFault::Unsendable), "{token:?}");
        }
    }

    #[test]
    fn a_bearer_token_is_read_whatever_its_scheme_looks_like() {
        for header in ["Bearer one", "bearer one", " BEARER   one "] {
            assert_eq!(bearer(header), Some("one"), "{header:?}");
        }
        for header in ["", "Bearer", "Bearerone", "Basic one", "one", "Tokéns one", "Beareé"] {
            assert_eq!(bearer(header), None, "{header:?}");
        }
    }
}
