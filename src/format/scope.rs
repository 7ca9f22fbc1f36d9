//! The `scope` of a token, for the user interface.

/// Whether a `scope` contains the value. Values are case-sensitive and separated by single spaces
/// (RFC 6749, section 3.3).
pub fn scope_contains(scope: &str, value: &str) -> bool {
    !value.is_empty() && scope.split(' ').any(|one| one == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_has_whole_values_only() {
        let scope = "profile reports:read";
        assert!(scope_contains(scope, "reports:read"));
        for absent in ["reports", "read", "Profile", "", " ", "profile reports:read"] {
            assert!(!scope_contains(scope, absent), "{absent}");
        }
        assert!(!scope_contains("", "") && !scope_contains("a  b", ""));
    }
}
