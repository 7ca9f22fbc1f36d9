//! What a token's `scope` says, for the user interface.

/// Whether a `scope` (RFC 6749, section 3.3: values with single spaces between them, case-sensitive) has the value.
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
