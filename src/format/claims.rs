//! Decodes a JWT **without verifying it**: a client has no key, and no reason to.
//!
//! The claims serve the user interface and the timing of refreshes. The server verifies (RFC 7519,
//! section 7.2).

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::json::Record;
use super::line::cut;
use crate::session::Subject;

/// Base64url with optional padding. RFC 7515 forbids the padding; some servers add it.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Returns the **unverified** claims of a JWS in compact serialization (RFC 7515, section 7.1) as
/// JSON text.
///
/// Returns `None` for any other token: an opaque one, a JWE, a PASETO. The text is not checked to
/// be JSON.
pub fn decode_claims(token: &str) -> Option<String> {
    let (header, rest) = cut(token, b'.');
    let (claims, rest) = cut(rest?, b'.');
    // The signature may be empty (RFC 7519, section 6); a JWE has five segments.
    let (_signature, more) = cut(rest?, b'.');
    if header.is_empty() || claims.is_empty() || more.is_some() {
        return None;
    }
    String::from_utf8(BASE64URL.decode(claims).ok()?).ok()
}

/// Whether a header can carry the token (RFC 6750, section 2.1).
pub(super) fn is_sendable(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Returns the **unverified** claims of a JWT, or `None` for an opaque token.
pub fn claims_of<R: Record>(token: &str) -> Option<R> {
    R::parse(&decode_claims(token)?)
}

/// Returns the owner of a token: the person from the named claim (by default `sub`, RFC 7519,
/// section 4.1.2), and `sid`.
///
/// A nested claim is named by its path, with dots. A claim whose own name contains dots takes
/// precedence.
pub fn subject_in<R: Record>(claims: &R, claim: &str) -> Option<Subject> {
    let person = claims.label(claim).or_else(|| label_at(claims, claim))?;
    Some(Subject::new(&person, claims.label("sid").as_deref()))
}

/// Returns the text or number at a path: names of members, separated by dots.
fn label_at<R: Record>(claims: &R, path: &str) -> Option<String> {
    let mut within = None;
    let mut name = path;
    while let (outer, Some(inner)) = cut(name, b'.') {
        within = Some(within.as_ref().unwrap_or(claims).record(outer)?);
        name = inner;
    }
    within?.label(name)
}

#[cfg(test)]
mod tests {
    use super::super::json::Value;
    use super::super::json::written::Written;
    use super::*;

    // Scenario 98.
    #[test]
    fn a_person_is_found_by_the_name_or_the_path_of_a_claim() {
        let user = Written::default().text("name", "alice").number("id", 7.0).value("tags", Value::Other);
        let claims = Written::default()
            .text("sub", "s")
            .text("https://example.com/user", "by a URL")
            .text("a.b", "by its own name")
            .with("a", Written::default().text("b", "by a path"))
            .with("user", Written::default().with("profile", user.clone()).text("name", "outer"))
            .value("nothing", Value::Null)
            .value("list", Value::Other);
        let person = |claim| subject_in(&claims, claim).map(|subject| subject.person().to_owned());
        for (claim, expected) in [
            ("sub", "s"),
            ("https://example.com/user", "by a URL"),
            ("a.b", "by its own name"),
            ("user.name", "outer"),
            ("user.profile.name", "alice"),
            ("user.profile.id", "7"),
        ] {
            assert_eq!(person(claim).as_deref(), Some(expected), "{claim}");
        }
        for claim in [
            "user",
            "user.profile",
            "user.profile.tags",
            "nothing",
            "list",
            "list.0",
            "sub.x",
            "user..name",
            ".",
            "",
            "no",
        ] {
            assert_eq!(person(claim), None, "{claim}");
        }
    }

    #[test]
    fn claims_are_read_with_and_without_padding() {
        for token in ["e30.eyJzdWIiOiJhIn0.c2ln", "e30.eyJzdWIiOiJhIn0=.c2ln", "e30.eyJzdWIiOiJhIn0."] {
            assert_eq!(decode_claims(token).as_deref(), Some(r#"{"sub":"a"}"#), "{token}");
        }
    }

    #[test]
    fn the_url_alphabet_is_read_and_the_standard_one_is_not() {
        // {"n":"?>~~"} encodes to both letters in which the alphabets differ.
        assert_eq!(decode_claims("e30.eyJuIjoiPz5-fiJ9.x").as_deref(), Some(r#"{"n":"?>~~"}"#));
        assert_eq!(decode_claims("e30.eyJuIjoiPz5+fiJ9.x"), None);
    }

    #[test]
    fn what_is_no_jws_has_no_claims() {
        let long = "a".repeat(100_000);
        for token in ["", ".", "..", "opaque", "a.b", "a.b.c.d.e", "e30..x", "e30.*.x", "e30._w.x", &long] {
            assert_eq!(decode_claims(token), None, "{token}");
        }
    }
}
