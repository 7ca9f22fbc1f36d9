//! Parses the `WWW-Authenticate` header of an API response.

/// Whether the API requires more than a refreshed token: another scope (RFC 6750, section 3.1), or
/// another way to authenticate (RFC 9470, section 3).
///
/// `scheme` is the scheme that the token was sent with. Only challenges of this scheme, `Bearer` or
/// `DPoP` (RFC 9449, section 7.1) concern the token. The `error` of any other scheme is ignored.
pub fn wants_more(challenges: &str, scheme: &str) -> bool {
    parameters(challenges.as_bytes()).any(|Parameter { scheme: challenger, name, value }| {
        [scheme, "Bearer", "DPoP"].iter().any(|ours| ours.as_bytes().eq_ignore_ascii_case(challenger))
            && name.eq_ignore_ascii_case(b"error")
            && MORE.iter().any(|error| unescaped(value).eq(error.bytes()))
    })
}

const MORE: [&str; 2] = ["insufficient_scope", "insufficient_user_authentication"];

/// A parameter, and the scheme of its challenge.
#[derive(Debug, PartialEq, Eq)]
struct Parameter<'a> {
    scheme: &'a [u8],
    name: &'a [u8],
    /// The value without its quotes, still escaped.
    value: &'a [u8],
}

/// Returns the parameters of all challenges in order (RFC 9110, section 11.6.1).
///
/// An element that does not follow the grammar is skipped, up to the next comma outside quotes. So
/// is a `token68`.
fn parameters(challenges: &[u8]) -> Parameters<'_> {
    Parameters { scheme: b"", rest: challenges }
}

struct Parameters<'a> {
    /// The scheme of the current challenge; empty before the first.
    scheme: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Parameter<'a>;

    fn next(&mut self) -> Option<Parameter<'a>> {
        loop {
            // Elements of a list may be empty (section 5.6.1.2).
            let element = skipped(self.rest, b" \t,");
            if element.is_empty() {
                return None;
            }
            self.rest = after_element(element);
            if let Some((name, value)) = self.read(element)
                && !self.scheme.is_empty()
            {
                return Some(Parameter { scheme: self.scheme, name, value });
            }
        }
    }
}

impl<'a> Parameters<'a> {
    /// Reads an element of the list: a parameter, a scheme with its first parameter, or a scheme
    /// alone.
    fn read(&mut self, element: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        if let Some(parameter) = parameter(element) {
            return Some(parameter);
        }
        let (scheme, rest) = token(element)?;
        let first = trimmed(rest);
        if first.len() == rest.len() && !ends_element(rest) {
            return None;
        }
        self.scheme = scheme;
        parameter(first)
    }
}

/// Parses `token BWS "=" BWS ( token / quoted-string )` up to the end of the element.
fn parameter(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, rest) = token(text)?;
    let rest = trimmed(trimmed(rest).strip_prefix(b"=")?);
    let (value, rest) = match rest.strip_prefix(b"\"") {
        Some(rest) => quoted(rest)?,
        None => token(rest)?,
    };
    ends_element(trimmed(rest)).then_some((name, value))
}

/// Splits off a token (section 5.6.2).
fn token(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let end = text.iter().position(|byte| !is_part(byte)).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(token, _)| !token.is_empty())
}

/// Splits a quoted string (section 5.6.4) at its closing quote.
fn quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut escaped = false;
    let end = text.iter().position(|&byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// Returns the bytes of a value without the escaping backslashes.
fn unescaped(value: &[u8]) -> impl Iterator<Item = u8> {
    let mut escapes = false;
    value.iter().copied().filter(move |&byte| {
        escapes = byte == b'\\' && !escapes;
        !escapes
    })
}

/// Returns the rest of the header from the next comma outside quotes.
fn after_element(text: &[u8]) -> &[u8] {
    let (mut is_quoted, mut escaped) = (false, false);
    let comma = text.iter().position(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if is_quoted => escaped = true,
            b'"' => is_quoted = !is_quoted,
            b',' => return !is_quoted,
            _ => {}
        }
        false
    });
    comma.and_then(|comma| text.get(comma..)).unwrap_or_default()
}

fn ends_element(text: &[u8]) -> bool {
    matches!(text, [] | [b',', ..])
}

/// Skips leading white space (section 5.6.3).
fn trimmed(text: &[u8]) -> &[u8] {
    skipped(text, b" \t")
}

/// Skips leading bytes that are in `bytes`.
fn skipped<'a>(text: &'a [u8], bytes: &[u8]) -> &'a [u8] {
    let begin = text.iter().position(|byte| !bytes.contains(byte)).unwrap_or(text.len());
    text.get(begin..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(challenges: &str) -> Vec<(&str, &str, &str)> {
        let text = |bytes| str::from_utf8(bytes).unwrap();
        parameters(challenges.as_bytes())
            .map(|Parameter { scheme, name, value }| (text(scheme), text(name), text(value)))
            .collect()
    }

    #[test]
    fn several_challenges_stand_in_one_header() {
        // RFC 9110, section 11.6.1.
        let example =
            "Basic realm=\"simple\", Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\"";
        let newauth = [("realm", "apps"), ("type", "1"), ("title", "Login to \\\"apps\\\"")];
        let expected: Vec<_> = [("Basic", "realm", "simple")]
            .into_iter()
            .chain(newauth.map(|(name, value)| ("Newauth", name, value)))
            .collect();
        assert_eq!(read(example), expected);
    }

    #[test]
    fn a_scheme_may_have_no_parameter_or_a_token68() {
        let after = |challenges: &str| {
            read(challenges).iter().map(|(scheme, ..)| scheme.to_string()).collect::<Vec<_>>()
        };
        for none in [
            "",
            "Bearer",
            "Negotiate YII=",
            "Negotiate a.b-c_d~e+f/g==",
            "Basic ,, Bearer",
            "Negotiate YII=, Bearer",
        ] {
            assert_eq!(read(none), [], "{none}");
        }
        for bearer in [
            "Negotiate, Bearer a=b",
            "Negotiate YII=, Bearer a=b",
            "Negotiate a/b==,Bearer a=b",
            "Negotiate abc , Bearer a=b",
        ] {
            assert_eq!(after(bearer), ["Bearer"], "{bearer}");
        }
    }

    #[test]
    fn white_space_and_empty_elements_may_stand_where_the_grammar_says() {
        for challenges in [
            "Bearer a=\"1\",b=2",
            " , Bearer\t a = \"1\" ,\t, b\t=\t2 ,",
            "Bearer , a=1, b=\"2\"",
            "Bearer,a=1,b=2",
        ] {
            assert_eq!(read(challenges), [("Bearer", "a", "1"), ("Bearer", "b", "2")], "{challenges}");
        }
    }

    #[test]
    fn quotes_hide_commas_equals_signs_and_escaped_quotes() {
        let challenges = "Bearer a=\"x, Basic b=\\\"c\\\", \\\\\", d=\"\"";
        assert_eq!(read(challenges), [("Bearer", "a", "x, Basic b=\\\"c\\\", \\\\"), ("Bearer", "d", "")]);
    }

    #[test]
    fn what_is_no_parameter_is_left_out_and_the_rest_is_read() {
        for nonsense in [
            "a",
            "a=",
            "a==",
            "=",
            "\"",
            "a=\"",
            "a=b c=d",
            "a=\"b\" c=\"d\"",
            "a=b/c",
            "é",
            "a=é",
            "a b c",
            "(a)=b",
            "\\",
            "a=\"b\"c",
        ] {
            let (before, both) =
                (["Bearer x=y, ", nonsense].concat(), ["Bearer x=y, ", nonsense, ", z=1"].concat());
            assert_eq!(read(&before)[0], ("Bearer", "x", "y"), "{nonsense}");
            let closed = nonsense.matches('"').count() % 2 == 0;
            assert_eq!(
                read(&both).last().map(|&(_, name, _)| name),
                Some(if closed { "z" } else { "x" }),
                "{nonsense}"
            );
        }
    }

    #[test]
    fn what_is_no_parameter_is_neither_read_in_part_nor_taken_for_a_scheme() {
        for nonsense in ["a=b c=d", "a=\"b\" c=\"d\"", "a=b/c", "a/b", "a=\"b\"c", "(a)=b"] {
            let challenges = ["Bearer x=y, ", nonsense, ", z=1"].concat();
            assert_eq!(read(&challenges), [("Bearer", "x", "y"), ("Bearer", "z", "1")], "{nonsense}");
        }
    }

    #[test]
    fn no_nonsense_panics_or_goes_on_for_ever() {
        let pieces = ["Bearer", "error", "insufficient_scope", " ", ",", "=", "\"", "\\", "é"];
        let mut all = vec![String::new()];
        for _ in 0..5 {
            all = all.iter().flat_map(|text| pieces.map(|piece| [text, piece].concat())).collect();
            for text in &all {
                assert!(parameters(text.as_bytes()).count() <= text.len());
                if wants_more(text, "") {
                    assert!(text.contains("insufficient_scope"), "{text}");
                }
            }
        }
    }

    // Scenario 83.
    #[test]
    fn more_is_wanted_in_whatever_form_it_is_written() {
        for challenges in [
            "Bearer error=\"insufficient_user_authentication\"",
            "Bearer error=\"insufficient_scope\", scope=\"a b\"",
            "bearer realm=\"a, error=\\\"b\\\"\", ERROR = insufficient_user_authentication , max_age=\"5\"",
            "Basic realm=\"x\", Bearer scope=\"a b\", error=\"insufficient_user_authentication\", acr_values=\"y\"",
            "Negotiate YII==, BEARER error=\"insufficient\\_scope\"",
            "DPoP algs=\"ES256\", error=\"insufficient_scope\"",
            "Bearer error=\"invalid_token\", DPoP error=\"insufficient_scope\"",
            "jwt error=\"insufficient_scope\"",
        ] {
            assert!(wants_more(challenges, "JWT"), "{challenges}");
        }
    }

    #[test]
    fn what_only_looks_like_it_wants_nothing() {
        for challenges in [
            "",
            "Bearer",
            "Bearer error=\"invalid_token\"",
            "Bearer error_description=\"insufficient_user_authentication\"",
            "Bearer realm=\", error=insufficient_user_authentication\"",
            "Bearer realm=\"\\\", error=insufficient_scope, x=\\\"\"",
            "Bearer error=\"insufficient_user_authentication_x\"",
            "Bearer error=\"Insufficient_Scope\"",
            "Bearer error=\"insufficient_scope",
            "Bearer error*=insufficient_scope",
            "insufficient_user_authentication",
            "error=\"insufficient_scope\"",
            "Basic error=\"insufficient_scope\"",
            "Bearer error=\"invalid_token\", Basic error=\"insufficient_scope\"",
            "Bearers error=\"insufficient_scope\"",
            "jwt error=\"insufficient_scope\"",
            "\"",
            "=,=,\\",
        ] {
            assert!(!wants_more(challenges, "Token"), "{challenges}");
        }
    }

    #[test]
    fn a_token_without_a_scheme_makes_no_challenge_ours() {
        assert!(!wants_more("error=\"insufficient_scope\"", ""));
        assert!(wants_more("Bearer error=\"insufficient_scope\"", ""));
    }
}
