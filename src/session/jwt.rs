//! Decodes a JWT. **Does not verify it**: a client has no business to, and no key.
//!
//! What is read here serves the user interface and the timing of refreshes. The server verifies (RFC 7519,
//! section 7.2).

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// RFC 7515 says unpadded; some servers pad.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The claims of a JWS in compact serialization (RFC 7515, section 7.1), as JSON text, **unverified**.
///
/// `None` when the token is none of that: an opaque token, a JWE, a PASETO. Whether the text is JSON is not looked at.
pub fn decode_claims(token: &str) -> Option<String> {
    let mut segments = token.split('.');
    let (header, claims, _signature) = (segments.next()?, segments.next()?, segments.next()?);
    // The signature may be empty (RFC 7519, section 6); a JWE has five segments.
    if header.is_empty() || claims.is_empty() || segments.next().is_some() {
        return None;
    }
    String::from_utf8(BASE64URL.decode(claims).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read_with_and_without_padding() {
        for token in ["e30.eyJzdWIiOiJhIn0.c2ln", "e30.eyJzdWIiOiJhIn0=.c2ln", "e30.eyJzdWIiOiJhIn0."] {
            assert_eq!(decode_claims(token).as_deref(), Some(r#"{"sub":"a"}"#), "{token}");
        }
    }

    #[test]
    fn the_url_alphabet_is_read_and_the_standard_one_is_not() {
        // {"n":"?>~~"} has both letters in which the alphabets differ.
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
