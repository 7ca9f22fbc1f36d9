//! What the `WWW-Authenticate` of an API says beside its 401.

/// Whether it wants more than any token that a refresh could bring: the user has to authenticate in another way (RFC 9470,
/// section 3).
pub fn wants_step_up(challenge: &str) -> bool {
    parameters(challenge).any(|(name, value)| {
        name.eq_ignore_ascii_case("error") && value == "insufficient_user_authentication"
    })
}

/// The parameters of all challenges (RFC 9110, section 11.6.1), in order. A scheme that stands before the first of its
/// parameters is left out; so is what is no parameter.
fn parameters(challenge: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut quoted = false;
    let mut escaped = false;
    let parts = challenge.split(move |character| {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' => return !quoted,
            _ => {}
        }
        false
    });
    parts.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        let name = name.trim().rsplit([' ', '\t']).next()?;
        let value = value.trim();
        Some((name, value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_up_is_found_in_whatever_form_it_is_written() {
        for challenge in [
            "Bearer error=\"insufficient_user_authentication\"",
            "bearer realm=\"a, error=\\\"b\\\"\", ERROR = insufficient_user_authentication , max_age=\"5\"",
            "Basic realm=\"x\", Bearer scope=\"a b\", error=\"insufficient_user_authentication\", acr_values=\"y\"",
        ] {
            assert!(wants_step_up(challenge), "{challenge}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_none() {
        for challenge in [
            "",
            "Bearer",
            "Bearer error=\"invalid_token\"",
            "Bearer error_description=\"insufficient_user_authentication\"",
            "Bearer realm=\", error=insufficient_user_authentication\"",
            "Bearer error=\"insufficient_user_authentication_x\"",
            "insufficient_user_authentication",
            "\"",
            "=,=,\\",
        ] {
            assert!(!wants_step_up(challenge), "{challenge}");
        }
    }
}
